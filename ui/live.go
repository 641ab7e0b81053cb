package ui

import (
	"fmt"
	"math"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// liveView shows the phones' pictures with a bar of what can be done below them. It belongs to the UI goroutine.
type liveView struct {
	object fyne.CanvasObject
	w      *Window
	tiles  []*seat
	grid   *fyne.Container
	gaps   *canvas.Rectangle // what is between tiles
	large  string            // the phone that has the whole stage; "" when all share it

	bar    *controlBar
	banner *fyne.Container // above the pictures, while there is no detector
	said   *stateLine
	side   *fyne.Container // the pairing panel beside the pictures
	bottom *fyne.Container
	hud    bool
}

// seat is one phone's place: its tile and the painter behind it.
type seat struct {
	id   string
	tile *tile
	stop func() // ends the painter and waits for it
}

func newLiveView(w *Window, pairing *pairingView) *liveView {
	v := &liveView{w: w, grid: container.New(gridLayout{}), hud: true}
	v.bar = newControlBar(w, v)
	v.bottom = container.NewStack(newGround(theme.ColorNameBackground, 0), inset(8, v.bar.object))
	v.said = newStateLine()
	get := newKeyedButton(w, "Detector…", theme.DownloadIcon(), w.showModel)
	get.Importance = widget.HighImportance
	v.banner = container.NewStack(newGround(theme.ColorNameBackground, 0),
		inset(8, container.NewBorder(nil, nil, nil, container.NewVBox(get), v.said.object)))
	v.banner.Hide()
	closeSide := newKeyedButton(w, "", theme.CancelIcon(), func() { w.showPairing(false) })
	closeSide.Importance = widget.LowImportance
	top := container.NewBorder(nil, nil, nil, closeSide, heading("Pair another phone", theme.SizeNameSubHeadingText))
	v.side = container.NewStack(newGround(theme.ColorNameBackground, 0),
		inset(10, container.NewBorder(top, nil, nil, nil, container.New(&minWidth{sideWidth}, pairing.object))))
	v.side.Hide()
	v.gaps = canvas.NewRectangle(stageGround)
	stage := container.NewStack(v.gaps, v.grid)
	v.object = container.NewBorder(v.banner, v.bottom, nil, v.side, stage)
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
		s.tile.showHUD = v.hud
		s.tile.alone = len(v.tiles) == 1 || v.large == s.id
		s.tile.words()
		show(s.tile, v.large == "" || v.large == s.id)
		s.tile.MouseOut()
	}
	// One tile covers the stage: painting under it would be painting twice.
	show(v.gaps, len(v.tiles) > 1 && v.large == "")
	v.grid.Refresh()
	v.bar.update()
}

// chosen returns the phones that a command is for: the large one, or all that are seen.
func (v *liveView) chosen() []*seat {
	if s := v.find(v.large); s != nil {
		return []*seat{s}
	}
	return slices.Clone(v.tiles)
}

func (v *liveView) toggleHUD() {
	v.hud = !v.hud
	for _, s := range v.tiles {
		s.tile.setHUD(v.hud)
	}
}

// modelChanged shows the banner while there is no detector.
func (v *liveView) modelChanged() {
	text, c, _ := v.w.model.words()
	missing := v.w.model.known && (v.w.model.model.State == Missing || v.w.model.model.State == Failed)
	if missing {
		v.said.set(text+": video without boxes", c)
	}
	show(v.banner, missing)
	v.bar.model.set(text, c)
	v.object.Refresh()
}

// controlBar is the row of commands below the pictures. In a narrow window its buttons are icons only.
type controlBar struct {
	object     *fyne.Container
	v          *liveView
	all        *keyedButton
	pair       *keyedButton
	model      *stateLine
	slider     *keyedSlider
	value      *widget.Label
	snapshot   *keyedButton
	disconnect *keyedButton
	full       *keyedButton
	help       *keyedButton
	titles     map[*keyedButton]string
	narrow     bool
}

func newControlBar(w *Window, v *liveView) *controlBar {
	b := &controlBar{v: v, model: newStateLine(), value: widget.NewLabel(""), titles: make(map[*keyedButton]string)}
	button := func(title string, icon fyne.Resource, f func()) *keyedButton {
		k := newKeyedButton(w, title, icon, f)
		b.titles[k] = title
		return k
	}
	b.all = button("All phones", theme.GridIcon(), func() { v.enlarge(v.large) })
	b.pair = button("Pair a phone", theme.ContentAddIcon(), func() { w.showPairing(!v.side.Visible()) })
	b.snapshot = button("Screenshot", theme.MediaPhotoIcon(), w.snapshot)
	b.snapshot.Importance = widget.HighImportance
	b.disconnect = button("Disconnect", theme.LogoutIcon(), w.disconnect)
	b.full = newKeyedButton(w, "", theme.ViewFullScreenIcon(), w.toggleFullScreen)
	b.help = newKeyedButton(w, "", theme.HelpIcon(), w.showKeys)
	b.model.words.Wrapping = fyne.TextWrapOff
	b.model.words.Truncation = fyne.TextTruncateEllipsis
	b.model.words.TextStyle.Bold = false
	b.slider = newKeyedSlider(w, 0.05, 0.95, 0.01)
	b.slider.Value = clampConfidence(w.cfg.Confidence)
	b.slider.OnChanged = func(c float64) {
		b.say(c)
		if w.cfg.SetConfidence != nil {
			w.cfg.SetConfidence(c)
		}
	}
	b.say(b.slider.Value)
	confidence := container.NewHBox(widget.NewLabel("Confidence"),
		container.New(&minWidth{130}, b.slider), container.New(&minWidth{48}, b.value))
	left := container.NewHBox(b.pair, b.all)
	right := container.NewHBox(confidence, b.snapshot, b.disconnect, b.full, b.help)
	b.object = container.New(&barLayout{b}, left, b.model.object, right)
	return b
}

func clampConfidence(c float64) float64 {
	if !(c > 0.05) {
		return 0.05
	}
	return min(c, 0.95)
}

func (b *controlBar) say(c float64) { b.value.SetText(fmt.Sprintf("%d %%", int(math.Round(100*c)))) }

// update shows what makes sense for the phones that are here.
func (b *controlBar) update() {
	show(b.all, b.v.large != "" && len(b.v.tiles) > 1)
	show(b.disconnect, len(b.v.tiles) == 1 || b.v.large != "")
	b.object.Refresh()
}

// setNarrow drops the buttons' words, or brings them back.
func (b *controlBar) setNarrow(narrow bool) {
	if narrow == b.narrow {
		return
	}
	b.narrow = narrow
	for k, title := range b.titles {
		if narrow {
			title = ""
		}
		k.SetText(title)
	}
}

// barLayout sets the commands left and right and the detector's name between them.
type barLayout struct{ b *controlBar }

// barNarrow is the width below which the words on the buttons do not fit.
const barNarrow = 1000

func (l *barLayout) MinSize(o []fyne.CanvasObject) fyne.Size {
	// As if narrow: the words yield before the window stops shrinking.
	const icons, slider = 6 * 48, 290
	return fyne.NewSize(icons+slider, o[2].MinSize().Height)
}

func (l *barLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	l.b.setNarrow(size.Width < barNarrow)
	left, right := o[0].MinSize(), o[2].MinSize()
	move(o[0], 0, 0, left.Width, size.Height)
	move(o[2], size.Width-right.Width, 0, right.Width, size.Height)
	move(o[1], left.Width, 0, size.Width-left.Width-right.Width-8, size.Height)
}
