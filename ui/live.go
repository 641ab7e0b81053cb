package ui

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// liveView shows the phones' pictures with what can be done below them, and with what can be set
// beside them. It belongs to the UI goroutine.
type liveView struct {
	object *fyne.Container
	w      *Window
	tiles  []*seat
	grid   *fyne.Container
	gaps   *canvas.Rectangle // what is between tiles
	large  string            // the phone that has the whole stage; "" when all share it

	bar     *toolbar
	sidebar *sidebar
	banner  *fyne.Container // above the pictures, while there is no detector
	said    *stateLine
	side    *fyne.Container // the pairing panel beside the pictures
	bottom  *fyne.Container
	insist  bool // the sidebar was opened by hand: it stands also where there is little room
}

// seat is one phone's place: its tile, the painter behind it, and what it last said.
type seat struct {
	id    string
	tile  *tile
	facts facts
	stop  func() // ends the painter and the watcher
}

func newLiveView(w *Window, pairing *pairingView) *liveView {
	v := &liveView{w: w, grid: container.New(gridLayout{})}
	w.live = v // what follows asks for it
	v.side = container.NewStack()
	v.bar = newToolbar(w, v)
	v.bottom = container.NewStack(newGround(theme.ColorNameBackground, 0), inset(8, v.bar.object))
	v.said = newStateLine()
	get := newKeyedButton(w, L("Detector…"), theme.DownloadIcon(), w.showModel)
	get.Importance = widget.HighImportance
	v.banner = container.NewStack(newGround(theme.ColorNameBackground, 0),
		inset(8, container.NewBorder(nil, nil, nil, container.NewVBox(get), v.said.object)))
	v.banner.Hide()
	closeSide := newToolButton(w, hintOf(L("Close"), "Esc"), theme.CancelIcon(), func() {
		w.showPairing(false)
	})
	closeSide.Importance = widget.LowImportance
	top := container.NewBorder(nil, nil, nil, closeSide,
		heading(L("Pair another phone"), theme.SizeNameSubHeadingText))
	v.side.Objects = []fyne.CanvasObject{
		newGround(theme.ColorNameBackground, 0),
		inset(10,
			container.NewBorder(top, nil, nil, nil,
				container.New(&minWidth{sideWidth}, pairing.object))),
	}
	v.side.Hide()
	v.gaps = canvas.NewRectangle(stageGround)
	stage := container.NewStack(v.gaps, v.grid)
	v.sidebar = newSidebar(w)
	v.object = container.New(&liveLayout{v, stage}, v.banner, v.sidebar.object, stage, v.side,
		v.bottom)
	return v
}

// sideWidth is that of the pairing panel.
const sideWidth = 316

// find returns the seat of a phone, or nil.
func (v *liveView) find(id string) *seat {
	for _, s := range v.tiles {
		if s.id == id {
			return s
		}
	}
	return nil
}

func (v *liveView) add(s *seat) {
	s.tile.tapped = func() {
		if len(v.tiles) > 1 {
			v.enlarge(s.id)
		}
	}
	v.tiles = append(v.tiles, s)
	v.grid.Add(s.tile)
	v.arrange()
}

func (v *liveView) remove(s *seat) {
	v.tiles = slices.DeleteFunc(v.tiles, func(o *seat) bool { return o == s })
	v.grid.Remove(s.tile)
	if v.large == s.id {
		v.large = ""
	}
	v.arrange()
}

// enlarge gives one phone the whole stage, or gives it back to all when it has it.
func (v *liveView) enlarge(id string) {
	if v.large == id {
		id = ""
	}
	v.large = id
	v.arrange()
}

// arrange shows the tiles that are to be seen now.
func (v *liveView) arrange() {
	for _, s := range v.tiles {
		s.tile.choice = len(v.tiles) > 1
		s.tile.alone = len(v.tiles) == 1 || v.large == s.id
		s.tile.words()
		show(s.tile, v.large == "" || v.large == s.id)
		s.tile.MouseOut()
	}
	// One tile covers the stage: painting under it would be painting twice.
	show(v.gaps, len(v.tiles) > 1 && v.large == "")
	v.grid.Refresh()
	v.bar.update()
	v.sidebar.update()
}

// chosen returns the phones that a command is for: the large one, or all that are seen.
func (v *liveView) chosen() []*seat {
	if s := v.find(v.large); s != nil {
		return []*seat{s}
	}
	return slices.Clone(v.tiles)
}

// learned takes what a phone said of itself.
func (v *liveView) learned(id string, f facts) {
	if s := v.find(id); s != nil {
		s.facts = f
		v.bar.update()
		v.sidebar.update()
	}
}

// settingsChanged makes everything follow the settings.
func (v *liveView) settingsChanged(before Settings) {
	v.setLooks(v.w.settings)
	v.sidebar.settingsChanged()
	if v.w.settings.Sidebar != before.Sidebar {
		v.object.Refresh()
	}
}

// modelChanged shows the banner while there is no detector.
func (v *liveView) modelChanged() {
	text, c, _ := v.w.model.words()
	missing := v.w.model.known && v.w.model.model.State == Failed
	if missing {
		v.said.set(L("{{.State}}: video without boxes", map[string]any{"State": text}), c)
	}
	show(v.banner, missing)
	v.sidebar.settingsChanged()
	v.object.Refresh()
}

// liveLayout sets the banner above, the bar below, the sidebar left and the pairing panel right of
// the pictures. In a narrow window the sidebar is out of the way until it is asked for, and always
// while a phone is being paired.
type liveLayout struct {
	v     *liveView
	stage fyne.CanvasObject
}

const (
	// roomy is how wide the pictures must stay beside a sidebar that nobody asked for by hand.
	roomy = 560
	// bearable is how wide they must stay beside one that was.
	bearable = 260
)

// MinSize lets the window become small: what does not fit yields.
func (l *liveLayout) MinSize([]fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(leastWidth-40, 200+l.v.bottom.MinSize().Height)
}

// Layout implements fyne.Layout.
func (l *liveLayout) Layout(_ []fyne.CanvasObject, size fyne.Size) {
	v := l.v
	full := v.w.win.FullScreen()
	var top, bottom, left, right float32
	if v.banner.Visible() {
		// A wrapped text knows its height only once it knows its width.
		v.banner.Resize(fyne.NewSize(size.Width, v.banner.MinSize().Height))
		top = v.banner.MinSize().Height
	}
	if v.bottom.Visible() {
		bottom = v.bottom.MinSize().Height
	}
	if v.side.Visible() {
		right = max(sideWidth+20, v.side.MinSize().Width)
	}
	least := float32(roomy)
	if v.insist {
		least = bearable
	}
	open := v.w.settings.Sidebar && !full && size.Width-right-sidebarWidth >= least
	show(v.sidebar.object, open)
	if open {
		left = sidebarWidth
	}
	height := size.Height - top - bottom
	move(v.banner, 0, 0, size.Width, top)
	move(v.sidebar.object, 0, top, left, height)
	move(l.stage, left, top, size.Width-left-right, height)
	move(v.side, size.Width-right, top, right, height)
	move(v.bottom, 0, size.Height-bottom, size.Width, bottom)
}
