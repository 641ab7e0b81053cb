package ui

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"handlens/ui/kit"
	"handlens/ui/tile"
)

// liveView shows the phones' pictures with what can be done below them, and with what can be set
// beside them. It belongs to the UI goroutine.
type liveView struct {
	object *fyne.Container
	w      *Window
	phones []*phoneView
	grid   *fyne.Container
	gaps   *canvas.Rectangle // what is between tiles
	large  string            // the phone that has the whole stage; "" when all share it

	bar     *toolbar
	sidebar *sidebar
	banner  *fyne.Container // above the pictures, while there is no detector
	said    *kit.StatusLine
	side    *fyne.Container // the pairing panel beside the pictures
	bottom  *fyne.Container
	camera  *cameraPanel
	shown   area // where the pictures are
	pinned  bool // the sidebar was opened by hand: it stays even where there is little room
}

// phoneView is one phone's tile and the last status that it reported.
type phoneView struct {
	id     string
	phone  Phone
	tile   *tile.Tile
	status phoneStatus
	zoom   zoomWish
	stop   func() // ends the painter and the poller
}

func newLiveView(w *Window, pairing *pairingView) *liveView {
	v := &liveView{w: w, grid: container.New(tile.GridLayout{})}
	w.live = v // what is made below uses it
	v.side = container.NewStack()
	v.bar = newToolbar(w, v)
	// No backgrounds: nothing lies behind these, Fyne clears the window in that very colour, and
	// without a graphics card each one costs as much as the picture, for every picture.
	v.bottom = container.NewStack(kit.Inset(8, v.bar.object))
	v.said = kit.NewStatusLine()
	get := kit.NewButton(kit.L("Detector…"), theme.DownloadIcon(), w.showModel)
	get.Importance = widget.HighImportance
	v.banner = container.NewStack(
		kit.Inset(8, container.NewBorder(nil, nil, nil, container.NewVBox(get), v.said.Object)))
	v.banner.Hide()
	closeSide := kit.NewToolButton(w.hints, kit.HintOf(kit.L("Close"), "Esc"), theme.CancelIcon(),
		func() {
			w.showPairing(false)
		})
	closeSide.Importance = widget.LowImportance
	top := container.NewBorder(nil, nil, nil, closeSide,
		kit.Heading(kit.L("Pair another phone"), theme.SizeNameSubHeadingText))
	v.side.Objects = []fyne.CanvasObject{
		kit.Inset(10,
			container.NewBorder(top, nil, nil, nil,
				kit.MinWidth(sideWidth, pairing.object))),
	}
	v.side.Hide()
	v.gaps = canvas.NewRectangle(tile.Backdrop)
	stage := container.NewStack(v.gaps, v.grid)
	v.sidebar = newSidebar(w)
	v.camera = newCameraPanel(w)
	v.object = container.New(&liveLayout{v, stage}, v.banner, v.sidebar.object, stage, v.side,
		v.bottom, v.camera.object)
	return v
}

// area is a part of the window.
type area struct {
	at   fyne.Position
	size fyne.Size
}

// sideWidth is that of the pairing panel.
const sideWidth = 316

// find returns the view of a phone, or nil.
func (v *liveView) find(id string) *phoneView {
	for _, s := range v.phones {
		if s.id == id {
			return s
		}
	}
	return nil
}

func (v *liveView) add(s *phoneView) {
	s.tile.OnTapped = func() {
		if len(v.phones) > 1 {
			v.enlarge(s.id)
		}
	}
	v.phones = append(v.phones, s)
	v.grid.Add(s.tile)
	v.arrange()
}

func (v *liveView) remove(s *phoneView) {
	v.phones = slices.DeleteFunc(v.phones, func(o *phoneView) bool { return o == s })
	v.grid.Remove(s.tile)
	if v.large == s.id {
		v.large = ""
	}
	v.arrange()
}

// enlarge shows one phone alone, or all again when it was alone.
func (v *liveView) enlarge(id string) {
	if v.large == id {
		id = ""
	}
	v.large = id
	v.arrange()
}

// arrange shows the tiles that are to be seen now.
func (v *liveView) arrange() {
	for _, s := range v.phones {
		s.tile.SetPlace(len(v.phones) > 1, len(v.phones) == 1 || v.large == s.id)
		kit.SetVisible(s.tile, v.large == "" || v.large == s.id)
	}
	// One tile covers everything, so what is behind it need not be painted.
	kit.SetVisible(v.gaps, len(v.phones) > 1 && v.large == "")
	v.grid.Refresh()
	v.bar.update()
	v.sidebar.update()
	v.camera.update()
}

// chosen returns the phones that a command is for: the large one, or all that are seen.
func (v *liveView) chosen() []*phoneView {
	if s := v.find(v.large); s != nil {
		return []*phoneView{s}
	}
	return slices.Clone(v.phones)
}

// setStatus keeps a phone's status and shows it.
func (v *liveView) setStatus(id string, f phoneStatus) {
	if s := v.find(id); s != nil {
		s.status = f
		v.bar.update()
		v.sidebar.update()
		v.camera.update()
	}
}

// settingsChanged makes everything follow the settings.
func (v *liveView) settingsChanged(before Settings) {
	for _, s := range v.phones {
		s.tile.SetOptions(v.w.settings.displayOptions())
	}
	v.sidebar.settingsChanged()
	if v.w.settings.Sidebar != before.Sidebar {
		v.object.Refresh()
	}
}

// modelChanged shows the banner while there is no detector.
func (v *liveView) modelChanged() {
	text, c, _ := v.w.model.text()
	missing := v.w.model.known && v.w.model.model.State == Failed
	if missing {
		v.said.Set(kit.L("{{.State}}: video without boxes", map[string]any{"State": text}), c)
	}
	kit.SetVisible(v.banner, missing)
	v.sidebar.settingsChanged()
	v.object.Refresh()
}

// liveLayout sets the banner above, the bar below, the sidebar left and the pairing panel right of
// the pictures. In a narrow window the sidebar is closed until it is opened by hand, and always
// while a phone is being paired.
type liveLayout struct {
	v     *liveView
	stage fyne.CanvasObject
}

const (
	// roomy is how wide the pictures must stay beside a sidebar that was not opened by hand.
	roomy = 560
	// bearable is how wide they must stay beside one that was.
	bearable = 260
)

// MinSize lets the window become small: what does not fit is left out.
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
	if v.pinned {
		least = bearable
	}
	open := v.w.settings.Sidebar && !full && size.Width-right-sidebarWidth >= least
	kit.SetVisible(v.sidebar.object, open)
	if open {
		left = sidebarWidth
	}
	height := size.Height - top - bottom
	kit.SetBounds(v.banner, 0, 0, size.Width, top)
	kit.SetBounds(v.sidebar.object, 0, top, left, height)
	v.shown = area{fyne.NewPos(left, top), fyne.NewSize(size.Width-left-right, height)}
	kit.SetBounds(l.stage, left, top, v.shown.size.Width, height)
	kit.SetBounds(v.side, size.Width-right, top, right, height)
	kit.SetBounds(v.bottom, 0, size.Height-bottom, size.Width, bottom)
	v.placeCamera()
	v.w.layOutToasts()
}

// placeCamera sets the camera's panel into a lower corner of the pictures: the left one, unless its
// own picture is there and another is not.
func (v *liveView) placeCamera() {
	const margin = 8
	size := v.camera.object.MinSize()
	x := v.shown.at.X + margin
	if s := v.camera.view(); s != nil && len(v.chosen()) > 1 &&
		s.tile.Position().X+s.tile.Size().Width/2 < v.shown.size.Width/2 {
		x = v.shown.at.X + v.shown.size.Width - margin - size.Width
	}
	y := v.shown.at.Y + v.shown.size.Height - size.Height - margin
	kit.SetBounds(v.camera.object, x, max(0, y), size.Width, size.Height)
}

// cancelDrawing ends the drawing of a line or zone on any tile and says whether there was one.
func (v *liveView) cancelDrawing() bool {
	for _, s := range v.phones {
		if s.tile.Drawing() {
			s.tile.CancelRegion()
			return true
		}
	}
	return false
}
