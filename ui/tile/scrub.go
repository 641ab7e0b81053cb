package tile

import (
	"fmt"
	"image/color"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"handlens/ui/kit"
)

const (
	scrubHeight = 44
	scrubPad    = 12
	scrubRail   = 4 // how thick
	scrubKnob   = 8 // radius
	frameStep   = time.Second / 30
	secondStep  = time.Second
)

var (
	railInk = color.NRGBA{R: 0xff, G: 0xff, B: 0xff, A: 0x50}
	knobInk = color.NRGBA{R: 0xff, G: 0xff, B: 0xff, A: 0xff}
)

// scrubBar shows which moment a paused picture is from, and lets the user choose another: by mouse,
// or by the arrow keys (one frame; with Shift or the page keys one second; up and down to what
// happened before and after), Home and End.
type scrubBar struct {
	widget.BaseWidget
	// pause and seek are called on the UI goroutine when the user wants it.
	pause func(on bool)
	seek  func(at time.Duration)

	past    Past
	wanted  time.Duration // while dragging
	drags   bool
	shift   bool
	focused bool

	background, rail, done, ring *canvas.Rectangle
	marks                        scrubMarks
	knob                         *canvas.Circle
	text                         *canvas.Text
	live                         *kit.Button
}

var (
	_ fyne.Draggable     = (*scrubBar)(nil)
	_ fyne.Tappable      = (*scrubBar)(nil)
	_ fyne.Focusable     = (*scrubBar)(nil)
	_ desktop.Keyable    = (*scrubBar)(nil)
	_ desktop.Cursorable = (*scrubBar)(nil)
)

func newScrubBar() *scrubBar {
	s := &scrubBar{
		background: canvas.NewRectangle(overlayBackground), rail: canvas.NewRectangle(railInk),
		done: canvas.NewRectangle(knobInk),
		ring: canvas.NewRectangle(color.Transparent), knob: canvas.NewCircle(knobInk),
		text: canvas.NewText("", overlayInk), marks: newScrubMarks(),
	}
	s.background.CornerRadius, s.ring.CornerRadius = hudRadius, hudRadius
	s.ring.StrokeWidth = 2
	s.text.TextSize, s.text.TextStyle.Bold = hudTextSize, true
	s.text.Alignment = fyne.TextAlignTrailing
	s.live = kit.NewButton(kit.L("Live"), theme.MediaPlayIcon(), s.goLive)
	s.live.Importance = widget.HighImportance
	s.ExtendBaseWidget(s)
	s.Hide()
	return s
}

// set shows the bar for a paused picture and hides it for a live one.
func (s *scrubBar) set(p Past) {
	if p.same(s.past) && s.Visible() == p.Held {
		return
	}
	s.past = p
	kit.SetVisible(s, p.Held)
	s.say()
}

// at is the moment that the bar shows.
func (s *scrubBar) at() time.Duration {
	at := s.past.At
	if s.drags {
		at = s.wanted
	}
	return max(s.past.From, min(at, s.past.To))
}

func (s *scrubBar) say() {
	s.text.Text = beforeNow(s.past.To - s.at())
	s.marks.set(s.past.Marks, s.at())
	s.place(s.Size())
	s.Refresh()
}

// beforeNow is how long ago a moment is, for example "−12.4 s".
func beforeNow(ago time.Duration) string {
	if ago < time.Minute {
		return fmt.Sprintf("−%.1f s", ago.Seconds())
	}
	return fmt.Sprintf("−%d:%04.1f", int(ago/time.Minute), (ago % time.Minute).Seconds())
}

// span is where the rail lies, from left to right.
func (s *scrubBar) span(size fyne.Size) (left, right float32) {
	right = size.Width - scrubPad - scrubKnob
	if size.Width >= 260 {
		right -= 66 // for the text
	}
	return scrubPad + s.live.MinSize().Width + scrubPad + scrubKnob, right
}

func (s *scrubBar) place(size fyne.Size) {
	left, right := s.span(size)
	width := max(0, right-left)
	middle := size.Height / 2
	kit.SetBounds(s.background, 0, 0, size.Width, size.Height)
	kit.SetBounds(s.ring, 0, 0, size.Width, size.Height)
	button := s.live.MinSize()
	kit.SetBounds(s.live, scrubPad/2, (size.Height-button.Height)/2, button.Width, button.Height)
	kit.SetBounds(s.rail, left, middle-scrubRail/2, width, scrubRail)
	x := s.along(s.at(), width)
	kit.SetBounds(s.done, left, middle-scrubRail/2, x, scrubRail)
	kit.SetBounds(s.knob, left+x-scrubKnob, middle-scrubKnob, 2*scrubKnob, 2*scrubKnob)
	h := s.text.MinSize().Height
	kit.SetVisible(s.text, size.Width >= 260)
	kit.SetBounds(s.text, right+scrubKnob, middle-h/2, 66, h)
	s.marks.place(size, middle, left+x, func(at time.Duration) float32 {
		return left + s.along(at, width)
	})
}

// along is how far a moment is along a rail of that width.
func (s *scrubBar) along(at time.Duration, width float32) float32 {
	length := s.past.To - s.past.From
	if length <= 0 {
		return width
	}
	return width * float32(at-s.past.From) / float32(length)
}

// to shows the moment at that position on the bar.
func (s *scrubBar) to(x float32) {
	left, right := s.span(s.Size())
	if right <= left {
		return
	}
	length := float64(s.past.To - s.past.From)
	part := clamp01((x - left) / (right - left))
	at := s.past.From + time.Duration(float64(part)*length)
	s.jump(s.marks.near(at, time.Duration(markCatch/float64(right-left)*length)))
}

func (s *scrubBar) jump(at time.Duration) {
	at = max(s.past.From, min(at, s.past.To))
	s.wanted = at
	if !s.drags {
		s.past.At = at // until the picture is there
	}
	s.say()
	if s.seek != nil {
		s.seek(at)
	}
}

func (s *scrubBar) goLive() {
	if s.pause != nil {
		s.pause(false)
	}
}

// Tapped goes to the moment at that position.
func (s *scrubBar) Tapped(ev *fyne.PointEvent) { s.to(ev.Position.X) }

// Dragged follows the pointer.
func (s *scrubBar) Dragged(ev *fyne.DragEvent) {
	s.drags = true
	s.to(ev.Position.X)
}

// DragEnd stays where the drag ended.
func (s *scrubBar) DragEnd() {
	s.drags = false
	s.past.At = s.wanted
	s.say()
}

// Cursor shows that the bar can be moved.
func (s *scrubBar) Cursor() desktop.Cursor { return desktop.HResizeCursor }

// FocusGained implements fyne.Focusable.
func (s *scrubBar) FocusGained() { s.focus(true) }

// FocusLost implements fyne.Focusable.
func (s *scrubBar) FocusLost() { s.focus(false) }

func (s *scrubBar) focus(on bool) {
	s.focused, s.shift = on, false
	s.ring.StrokeColor = color.Transparent
	if on {
		s.ring.StrokeColor = s.Theme().Color(theme.ColorNamePrimary,
			fyne.CurrentApp().Settings().ThemeVariant())
	}
	s.Refresh()
}

// KeyDown notes that Shift is held.
func (s *scrubBar) KeyDown(ev *fyne.KeyEvent) {
	if ev.Name == desktop.KeyShiftLeft || ev.Name == desktop.KeyShiftRight {
		s.shift = true
	}
}

// KeyUp notes that Shift was released.
func (s *scrubBar) KeyUp(ev *fyne.KeyEvent) {
	if ev.Name == desktop.KeyShiftLeft || ev.Name == desktop.KeyShiftRight {
		s.shift = false
	}
}

// TypedKey moves through the past and passes on the other keys.
func (s *scrubBar) TypedKey(ev *fyne.KeyEvent) {
	if !s.key(ev.Name, s.shift) {
		kit.PassKey(s, ev)
	}
}

// TypedRune passes the letter on.
func (s *scrubBar) TypedRune(r rune) { kit.PassRune(s, r) }

// key handles a key and says whether it had a use.
func (s *scrubBar) key(name fyne.KeyName, fast bool) bool {
	if !s.past.Held {
		return false
	}
	step := frameStep
	if fast {
		step = secondStep
	}
	switch name {
	case fyne.KeyLeft:
		s.jump(s.at() - step)
	case fyne.KeyRight:
		s.jump(s.at() + step)
	case fyne.KeyPageUp:
		s.jump(s.at() - secondStep)
	case fyne.KeyPageDown:
		s.jump(s.at() + secondStep)
	case fyne.KeyUp, fyne.KeyDown:
		return s.toMark(name == fyne.KeyDown)
	case fyne.KeyHome:
		s.jump(s.past.From)
	case fyne.KeyEnd:
		s.jump(s.past.To)
	default:
		return false
	}
	return true
}

// toMark goes to the next thing that happened, or to the one before, and says whether there is one.
func (s *scrubBar) toMark(onward bool) bool {
	at, ok := s.marks.beside(s.at(), onward)
	if ok {
		s.jump(at)
	}
	return ok
}

// CreateRenderer implements fyne.Widget.
func (s *scrubBar) CreateRenderer() fyne.WidgetRenderer { return &scrubRenderer{s} }

type scrubRenderer struct{ s *scrubBar }

func (r *scrubRenderer) Layout(size fyne.Size) { r.s.place(size) }
func (r *scrubRenderer) MinSize() fyne.Size    { return fyne.NewSize(120, scrubHeight) }
func (r *scrubRenderer) Destroy()              {}
func (r *scrubRenderer) Objects() []fyne.CanvasObject {
	all := []fyne.CanvasObject{r.s.background, r.s.rail, r.s.done}
	all = append(all, r.s.marks.objects()...)
	return append(all, r.s.knob, r.s.text, r.s.live, r.s.ring)
}

func (r *scrubRenderer) Refresh() {
	for _, o := range r.Objects() {
		canvas.Refresh(o)
	}
}
