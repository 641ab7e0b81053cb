package ui

import (
	"context"
	"image"
	"image/color"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"

	"handlens/ui/kit"
)

// DelayTest is a running measurement of one phone's delay from glass to glass.
type DelayTest interface {
	// Code is the picture that the phone has to film now, one pixel a cell. It is called on the UI
	// goroutine in the moment in which it is drawn, and must not wait.
	Code() image.Image
	// Delay says what was measured so far. Any goroutine may call it.
	Delay() Delay
	// Close ends the measurement. It must not wait.
	Close()
}

// Delay is what was measured: from drawing the code until its picture was drawn.
type Delay struct {
	// Seen says that the phone sees the code now.
	Seen bool
	// Readings is how many pictures were read. The rest is zero without any.
	Readings int
	// Median and P95 are the times, each reading wrong by up to Error either way.
	Median, P95, Error time.Duration
}

const (
	// codeEvery is how often the code changes: every other refresh of most screens. Faster changes
	// would only blur in the camera.
	codeEvery = time.Second / 30
	// codeSide bounds the code on the screen.
	leastCodeSide, mostCodeSide = 220, 640
	delayChrome                 = 400 // what the modal needs above and below the code
)

// delayView is the modal that shows the code. It belongs to the UI goroutine.
type delayView struct {
	w     *Window
	phone string
	test  DelayTest
	modal *kit.Modal
	code  *canvas.Raster
	said  *kit.StatusLine
	stop  context.CancelFunc
}

// measureDelay shows the code to the phone that is chosen, and what was read from its pictures.
func (w *Window) measureDelay() {
	chosen := w.live.chosen()
	if w.cfg.MeasureDelay == nil || w.delay != nil || len(chosen) == 0 {
		return
	}
	v := &delayView{w: w, phone: chosen[0].id, said: kit.NewStatusLine()}
	v.test = w.cfg.MeasureDelay(v.phone)
	if v.test == nil {
		return
	}
	w.delay = v
	v.code = canvas.NewRaster(func(int, int) image.Image { return v.test.Code() })
	v.code.ScaleMode = canvas.ImageScalePixels
	window := w.win.Canvas().Size()
	side := min(max(min(window.Width-120, window.Height-delayChrome), leastCodeSide), mostCodeSide)
	v.code.SetMinSize(fyne.NewSquareSize(side))
	white := canvas.NewRectangle(color.White)
	how := kit.NewNote(kit.L("Film this code with the phone, large and straight. The time goes " +
		"from " +
		"the screen through the phone to the screen: display, exposure, encoding, network, " +
		"decoding, painting."))
	body := container.NewVBox(
		container.NewCenter(container.NewStack(white, kit.Inset(side/16, v.code))),
		v.said.Object, how.Object)
	done := kit.NewButton(kit.L("Close"), nil, func() { v.modal.Close() })
	v.show(Delay{})
	v.modal = w.modals.Show(kit.L("Measure the delay"), 0, body, v.closed, done)
	w.win.Canvas().Focus(done)
	ctx, cancel := context.WithCancel(w.tasks.Context())
	v.stop = cancel
	w.tasks.Go(func() { v.run(ctx) })
}

// run has the code change and the figures follow, until ctx ends.
func (v *delayView) run(ctx context.Context) {
	step := time.NewTicker(codeEvery)
	defer step.Stop()
	say := time.NewTicker(pollEvery)
	defer say.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-step.C:
			v.w.queue.Post("delay code", func() { canvas.Refresh(v.code) })
		case <-say.C:
			now := v.test.Delay()
			v.w.queue.Post("delay", func() { v.show(now) })
		}
	}
}

// show says what was measured.
func (v *delayView) show(d Delay) {
	c := theme.ColorNameSuccess
	if !d.Seen {
		c = theme.ColorNameWarning
	}
	if d.Readings == 0 {
		v.said.Set(kit.L("The phone does not see the code yet"), c)
		return
	}
	v.said.Set(kit.L("{{.Time}} from glass to glass",
		map[string]any{"Time": kit.Millis(d.Median)}), c)
	v.said.SetDetail(kit.N("One reading, ± {{.Error}}",
		"95 % within {{.Time}} · {{.Count}} readings, each ± {{.Error}}", d.Readings,
		map[string]any{"Time": kit.Millis(d.P95), "Error": kit.Millis(d.Error)}),
		theme.ColorNamePlaceHolder)
}

func (v *delayView) closed() {
	v.stop()
	v.test.Close()
	v.w.delay = nil
}

// phoneLeft closes the measurement of a phone that has left.
func (w *Window) phoneLeft(id string) {
	if w.delay != nil && w.delay.phone == id {
		w.delay.modal.Close()
	}
}
