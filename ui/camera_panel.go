package ui

import (
	"fmt"
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"handlens/ui/kit"
	"handlens/ui/tile"
)

// cameraPanel works one phone's camera: the only one, the large one, or one of those that are seen.
// It lies over the pictures, so that they show at once what is changed, and offers only what that
// camera can do. It belongs to the UI goroutine.
type cameraPanel struct {
	object *fyne.Container
	w      *Window
	phone  string // whose camera, where several are seen

	phones, lens, size         *kit.Select
	phoneRow, lensRow, zoomRow fyne.CanvasObject
	zoom                       *kit.Slider
	factor                     *widget.Label
	torch                      *kit.Check
	flip, mute, pause          *kit.Button
	said                       *kit.Note
	ids                        []string // of the phones on offer
	lenses                     []tile.Lens
	sizes                      []tile.CameraSize
	filling                    bool // what is shown changes, and nothing was chosen
	nextZoom                   float64
	zooming                    bool // the phone was just asked, and nextZoom waits
}

const (
	cameraPanelWidth = 320
	cameraNames      = 90 // width of the names before the choices
	cameraGap        = 5  // between a name and a button
	// zoomEvery is how often a slider that is dragged asks the phone.
	zoomEvery = 100 * time.Millisecond
)

func newCameraPanel(w *Window) *cameraPanel {
	p := &cameraPanel{w: w, said: kit.NewNote(""), factor: widget.NewLabel("")}
	p.said.Set("", theme.ColorNameWarning)
	p.phones = kit.NewSelect(func(string) { p.choosePhone() })
	p.lens = kit.NewSelect(func(string) { p.chooseLens() })
	p.size = kit.NewSelect(func(string) { p.chooseSize() })
	p.torch = kit.NewCheck(kit.L("Torch"), func(on bool) { p.switchTorch(on) })
	p.flip = kit.NewButton(kit.L("Other camera"), iconFlip, func() {
		p.ask(CameraWish{Flip: true})
	})
	p.mute = kit.NewButton(kit.L("Microphone off"), theme.VolumeMuteIcon(), func() {
		p.ask(CameraWish{Mute: true})
	})
	p.pause = kit.NewButton("", theme.MediaPauseIcon(), p.togglePause)
	done := kit.NewToolButton(w.hints, kit.HintOf(kit.L("Close"), "Esc"), theme.CancelIcon(),
		func() { p.show(false) })
	done.Importance = widget.LowImportance
	title := kit.Heading(kit.L("Camera"), theme.SizeNameSubHeadingText)
	p.phoneRow = named(kit.L("Phone"), p.phones)
	p.lensRow = named(kit.L("Camera"), p.lens)
	p.zoomRow = p.newZoomRow()
	rows := container.New(layout.NewCustomPaddedVBoxLayout(4),
		container.NewBorder(nil, nil, nil, container.NewVBox(done), title),
		p.said.Object, p.phoneRow, p.lensRow, named(kit.L("Size"), p.size), p.zoomRow,
		container.NewHBox(p.torch, layout.NewSpacer(), p.flip, p.mute), p.pause,
	)
	// What lies below must not be tapped.
	p.object = container.NewStack(newTapArea(func() {}),
		kit.NewBackground(theme.ColorNameSeparator, kit.CardRadius),
		kit.Inset(1, container.NewStack(
			kit.NewBackground(theme.ColorNameOverlayBackground, kit.CardRadius),
			kit.Inset(10, kit.MinWidth(cameraPanelWidth, rows)))))
	p.object.Hide()
	return p
}

// named is a choice after its name.
func named(name string, o fyne.CanvasObject) fyne.CanvasObject {
	label := widget.NewLabel(name)
	label.Truncation = fyne.TextTruncateEllipsis
	return container.NewBorder(nil, nil, kit.MinWidth(cameraNames, label), nil, o)
}

func (p *cameraPanel) newZoomRow() fyne.CanvasObject {
	p.zoom = kit.NewSlider(1, 2, 0.1)
	p.zoom.OnChanged = p.dragZoom
	button := func(text, key string, icon fyne.Resource, factor float64) *kit.ToolButton {
		b := kit.NewToolButton(p.w.hints, kit.HintOf(text, key), icon, func() {
			if s := p.view(); s != nil {
				s.zoomBy(factor)
			}
		})
		b.Importance = widget.LowImportance
		return b
	}
	out := button(kit.L("Zoom out"), "[", theme.ZoomOutIcon(), 1/zoomStep)
	in := button(kit.L("Zoom in"), "]", theme.ZoomInIcon(), zoomStep)
	return container.NewBorder(nil, nil,
		container.NewHBox(kit.MinWidth(cameraNames-cameraGap, p.factor), out), in, p.zoom)
}

// view is the phone whose camera the panel works; nil when none is seen.
func (p *cameraPanel) view() *phoneView {
	chosen := p.w.live.chosen()
	for _, s := range chosen {
		if s.id == p.phone {
			return s
		}
	}
	if len(chosen) == 0 {
		return nil
	}
	return chosen[0]
}

// show opens or closes the panel.
func (p *cameraPanel) show(on bool) {
	if _, known := cameraOf(p.view()); on && !known {
		return
	}
	kit.SetVisible(p.object, on)
	p.update()
	p.w.live.object.Refresh()
}

// ask asks the camera for something; what came of it the phone says.
func (p *cameraPanel) ask(want CameraWish) {
	if s := p.view(); s != nil && !p.filling {
		s.setCamera(want)
	}
}

func (p *cameraPanel) choosePhone() {
	if i := p.phones.SelectedIndex(); i >= 0 && i < len(p.ids) && !p.filling {
		p.phone = p.ids[i]
		p.update()
	}
}

func (p *cameraPanel) chooseLens() {
	if i := p.lens.SelectedIndex(); i >= 0 && i < len(p.lenses) {
		p.ask(CameraWish{Camera: p.lenses[i].ID})
		p.update()
	}
}

func (p *cameraPanel) chooseSize() {
	if i := p.size.SelectedIndex(); i >= 0 && i < len(p.sizes) {
		p.ask(CameraWish{Size: &p.sizes[i]})
		p.update()
	}
}

func (p *cameraPanel) switchTorch(on bool) {
	p.ask(CameraWish{Torch: &on})
	p.update()
}

func (p *cameraPanel) togglePause() {
	if c, ok := cameraOf(p.view()); ok {
		on := !c.PausedHere
		p.ask(CameraWish{Pause: &on})
	}
}

// dragZoom asks for the slider's zoom, at most once in zoomEvery, the last one in any case.
func (p *cameraPanel) dragZoom(value float64) {
	s := p.view()
	if p.filling || s == nil {
		return
	}
	p.nextZoom = value
	if p.zooming {
		return
	}
	p.zooming = true
	s.zoomTo(value)
	p.later(zoomEvery, func() {
		p.zooming = false
		if p.nextZoom != value {
			p.dragZoom(p.nextZoom)
		}
	})
	p.later(zoomAnswers+zoomEvery, p.update)
}

// later runs f on the UI goroutine after a while, unless the window is closed by then.
func (p *cameraPanel) later(after time.Duration, f func()) {
	key := p.w.tasks.Key("camera")
	time.AfterFunc(after, func() { p.w.queue.Post(key, f) })
}

// update shows what the phone says of its camera.
func (p *cameraPanel) update() {
	if !p.object.Visible() {
		return
	}
	s := p.view()
	c, known := cameraOf(s)
	if !known {
		p.show(false)
		return
	}
	p.filling = true
	defer func() { p.filling = false }()
	p.fillPhones(s)
	p.fillChoices(c)
	p.fillZoom(s)
	p.torch.ShowChecked(c.Torch)
	kit.SetVisible(p.torch, c.HasTorch)
	kit.SetVisible(p.flip, len(c.Lenses) == 0)
	kit.SetVisible(p.mute, c.Microphone)
	p.fillPause(c)
	p.object.Refresh()
	p.w.live.placeCamera()
}

// fillPhones lists the phones that are seen, when it is not clear which one is meant.
func (p *cameraPanel) fillPhones(of *phoneView) {
	chosen := p.w.live.chosen()
	p.phone, p.ids = of.id, nil
	var names []string
	for _, s := range chosen {
		p.ids = append(p.ids, s.id)
		names = append(names, s.tile.Name())
	}
	choose(p.phones, numbered(names), slices.Index(p.ids, of.id))
	kit.SetVisible(p.phoneRow, len(chosen) > 1)
}

// fillChoices shows the cameras and sizes, and which ones are open.
func (p *cameraPanel) fillChoices(c tile.CameraState) {
	p.lenses, p.sizes = c.Lenses, sizesFor(c)
	choose(p.lens, lensNames(c.Lenses), slices.IndexFunc(c.Lenses, func(l tile.Lens) bool {
		return l.ID == c.ID
	}))
	kit.SetVisible(p.lensRow, len(c.Lenses) > 0)
	names := make([]string, len(p.sizes))
	for i, s := range p.sizes {
		names[i] = sizeWords(s)
	}
	if c.Width > 0 && c.Height > 0 && c.Size == (tile.CameraSize{}) {
		names[0] = kit.JoinDots(names[0], fmt.Sprintf("%d × %d", c.Width, c.Height))
	}
	choose(p.size, names, slices.Index(p.sizes, c.Size))
}

// fillZoom shows the zoom, and leaves the slider alone while it is dragged.
func (p *cameraPanel) fillZoom(s *phoneView) {
	c := s.status.camera
	kit.SetVisible(p.zoomRow, c.Zooms())
	if !c.Zooms() {
		return
	}
	p.factor.SetText(kit.L("Zoom {{.Factor}}",
		map[string]any{"Factor": fmt.Sprintf("%.1f×", c.Zoom)}))
	step := (c.ZoomMax - c.ZoomMin) / 100
	if p.zoom.Min != c.ZoomMin || p.zoom.Max != c.ZoomMax {
		p.zoom.Min, p.zoom.Max, p.zoom.Step = c.ZoomMin, c.ZoomMax, step
	} else if p.zoom.Value == c.Zoom || time.Since(s.zoom.at) < zoomAnswers {
		return
	}
	p.zoom.Value = c.Zoom
	p.zoom.Refresh()
}

// fillPause offers to pause the camera, or to have it go on when it was paused here: a phone that
// paused by itself goes on by itself.
func (p *cameraPanel) fillPause(c tile.CameraState) {
	text, icon, importance := kit.L("Pause the camera"), theme.MediaPauseIcon(),
		widget.MediumImportance
	said := ""
	switch {
	case c.PausedHere:
		text, icon, importance = kit.L("Resume the camera"), theme.MediaPlayIcon(),
			widget.HighImportance
		said = kit.L("the camera was paused here")
	case c.Paused:
		said = kit.L("paused on the phone")
	}
	p.said.Set(sentence(said), theme.ColorNameWarning)
	kit.SetVisible(p.pause, c.PausedHere || !c.Paused)
	if p.pause.Text != text {
		p.pause.Text, p.pause.Icon, p.pause.Importance = text, icon, importance
		p.pause.Refresh()
	}
}

// choose shows the options of a choice and the chosen one, without calling anything.
func choose(s *kit.Select, options []string, chosen int) {
	selected := ""
	if chosen >= 0 && chosen < len(options) {
		selected = options[chosen]
	}
	if !slices.Equal(s.Options, options) || s.Selected != selected {
		s.Options, s.Selected = options, selected
		s.Refresh()
	}
}
