package ui

import (
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"

	"handlens/ui/kit"
)

const (
	// lonelyAfter is how long to wait for a phone before the window says what could be wrong.
	lonelyAfter = 10 * time.Second
	// pulseEvery is half the beat of the rung that is awaited.
	pulseEvery = 500 * time.Millisecond
)

// doctor shows who is coming, wherever that is shown. It belongs to the UI goroutine.
type doctor struct {
	w     *Window
	now   Doctor
	clock func() time.Time

	nobody bool // is on the way
	lonely bool // and has not been for a while
	alone  *time.Timer
	pulse  *time.Timer // nil while nothing pulses
	bright bool

	modal  *kit.Modal // nil while closed
	visits *visitsView
	ways   *waysView
}

func newDoctor(w *Window) *doctor { return &doctor{w: w, clock: time.Now} }

// SetDoctor shows how far each device has come. Any goroutine may call it.
func (w *Window) SetDoctor(d Doctor) {
	w.queue.Post("doctor", func() {
		w.doctor.now = d
		w.doctor.update()
	})
}

// wait begins to wait for a phone.
func (d *doctor) wait() {
	d.stop()
	d.lonely = false
	d.alone = time.AfterFunc(lonelyAfter, func() { d.w.queue.Post("lonely", d.giveUp) })
}

// giveUp says that nobody has come for a while.
func (d *doctor) giveUp() {
	d.lonely = d.nobody
	d.update()
}

func (d *doctor) stop() {
	if d.alone != nil {
		d.alone.Stop()
	}
}

// open are the views that can be seen.
func (d *doctor) open() (open []*visitsView) {
	if d.w.first.object.Visible() {
		open = append(open, d.w.first.visits)
	}
	if d.w.live.object.Visible() && d.w.live.side.Visible() {
		open = append(open, d.w.beside.visits)
	}
	if d.modal != nil {
		open = append(open, d.visits)
	}
	return open
}

// update shows what is known in all that can be seen.
func (d *doctor) update() {
	nobody := !slices.ContainsFunc(d.now.Visits, onTheWay)
	if nobody != d.nobody {
		d.nobody = nobody
		d.wait()
	}
	for _, v := range d.open() {
		v.set(d.now, d.lonely)
	}
	if d.ways != nil {
		d.ways.setCame(d.now.Visits)
	}
	d.beat()
}

// setPairing shows other ways to this computer, when they are to be seen.
func (d *doctor) setPairing(p Pairing) {
	if d.ways != nil {
		d.ways.set(p)
	}
}

// beat lets the rungs that are awaited pulse for as long as there are any.
func (d *doctor) beat() {
	beats, now := false, d.clock()
	for _, v := range d.open() {
		beats = v.tick(now, d.bright) || beats
	}
	switch {
	case beats && d.pulse == nil:
		d.pulse = time.AfterFunc(pulseEvery, func() {
			d.w.queue.Post("pulse", func() {
				d.pulse, d.bright = nil, !d.bright
				d.beat()
			})
		})
	case !beats && d.pulse != nil:
		d.pulse.Stop()
		d.pulse = nil
	}
}

// close ends the timers.
func (d *doctor) close() {
	d.stop()
	if d.pulse != nil {
		d.pulse.Stop()
	}
}

// The doctor's size where the window has room for it, and how wide two columns have to be.
const (
	doctorWidth, doctorHeight = 940, 600
	doctorTwo                 = 700
	doctorGap                 = 18
)

// showDoctor shows the ladders of all visitors, and all ways to this computer.
func (w *Window) showDoctor() {
	d := w.doctor
	if d.modal != nil {
		return
	}
	window := w.win.Canvas().Size()
	width := min(doctorWidth, window.Width-modalMargin)
	height := min(doctorHeight, window.Height-modalChrome)
	d.visits, d.ways = newVisitsView(w, inModal), newWaysView(w)
	left := doctorColumn(kit.L("Phones"), d.visits.object)
	right := doctorColumn(kit.L("Ways to this computer"), d.ways.object)
	var body fyne.CanvasObject
	if width >= doctorTwo {
		body = container.New(&doctorLayout{}, container.NewVScroll(left),
			container.NewVScroll(right))
	} else {
		body = container.NewVScroll(container.NewVBox(left, right))
	}
	sized := container.NewGridWrap(fyne.NewSize(width, height), body)
	done := kit.NewButton(kit.L("Close"), nil, func() { d.modal.Close() })
	d.modal = w.modals.Show(kit.L("Connection doctor"), 0, sized, func() {
		d.modal, d.visits, d.ways = nil, nil, nil
		d.beat()
	}, done)
	w.win.Canvas().Focus(done)
	d.ways.set(w.first.pairing)
	d.update()
}

func doctorColumn(title string, body fyne.CanvasObject) fyne.CanvasObject {
	return container.New(layout.NewCustomPaddedLayout(0, 0, 0, 12),
		container.New(layout.NewCustomPaddedVBoxLayout(0),
			kit.Heading(title, theme.SizeNameText), body))
}

// doctorLayout sets the visitors left and the ways right.
type doctorLayout struct{}

func (*doctorLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.Size{} }

func (*doctorLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	left := float32(int(0.54 * (size.Width - doctorGap)))
	kit.SetBounds(o[0], 0, 0, left, size.Height)
	kit.SetBounds(o[1], left+doctorGap, 0, size.Width-left-doctorGap, size.Height)
}
