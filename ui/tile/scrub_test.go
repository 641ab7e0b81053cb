package tile

import (
	"math"
	"reflect"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"
)

// held shows a picture of the past, and what its bar asks for.
func held(t *testing.T) (tl *Tile, sought *[]time.Duration, paused *[]bool) {
	t.Helper()
	p := scene400()
	p.past = Past{From: 10 * time.Second, To: 70 * time.Second, Held: true, At: 40 * time.Second}
	tl, _ = still(t, fyne.NewSize(600, 400), p)
	sought, paused = new([]time.Duration), new([]bool)
	tl.scrub.pause = func(on bool) { *paused = append(*paused, on) }
	tl.scrub.seek = func(at time.Duration) { *sought = append(*sought, at) }
	return tl, sought, paused
}

func TestScrubBarStandsWhileHeld(t *testing.T) {
	tl, _, paused := held(t)
	if !tl.scrub.Visible() || tl.scrub.text.Text != "−30.0 s" {
		t.Errorf("the bar is seen: %v, and says %q", tl.scrub.Visible(), tl.scrub.text.Text)
	}
	test.Tap(tl.scrub.live)
	if !reflect.DeepEqual(*paused, []bool{false}) {
		t.Errorf("the button told %v", *paused)
	}
	p := tl.current
	p.past = Past{}
	tl.show(p)
	if tl.scrub.Visible() {
		t.Error("the bar stands on a live picture")
	}
}

func TestScrubBarByHand(t *testing.T) {
	tl, sought, _ := held(t)
	s := tl.scrub
	left, right := s.span(s.Size())
	s.Tapped(&fyne.PointEvent{Position: fyne.NewPos(left, 20)})
	s.Dragged(
		&fyne.DragEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos((left+right)/2, 20)}})
	s.Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(right+500, 20)}})
	s.DragEnd()
	want := []time.Duration{10 * time.Second, 40 * time.Second, 70 * time.Second}
	if len(*sought) != 3 {
		t.Fatalf("it sought %v", *sought)
	}
	for i, at := range *sought {
		if math.Abs(float64(at-want[i])) > float64(10*time.Millisecond) {
			t.Errorf("it sought %v, want %v", *sought, want)
		}
	}
	if s.text.Text != "−0.0 s" {
		t.Errorf("at the end it says %q", s.text.Text)
	}
}

func TestScrubBarByKeys(t *testing.T) {
	tl, sought, _ := held(t)
	s := tl.scrub
	c := fyne.CurrentApp().Driver().CanvasForObject(tl)
	if c.Focused() != s {
		t.Fatalf("the keys go to %v", c.Focused())
	}
	var onward []fyne.KeyName
	c.SetOnTypedKey(func(ev *fyne.KeyEvent) { onward = append(onward, ev.Name) })
	key := func(names ...fyne.KeyName) {
		for _, n := range names {
			s.TypedKey(&fyne.KeyEvent{Name: n})
		}
	}
	key(fyne.KeyLeft, fyne.KeyRight)
	s.KeyDown(&fyne.KeyEvent{Name: desktop.KeyShiftLeft})
	key(fyne.KeyLeft)
	s.KeyUp(&fyne.KeyEvent{Name: desktop.KeyShiftLeft})
	key(fyne.KeyPageDown, fyne.KeyHome, fyne.KeyLeft, fyne.KeyEnd, fyne.KeyS)
	want := []time.Duration{
		40*time.Second - frameStep, 40 * time.Second, 39 * time.Second, 40 * time.Second,
		10 * time.Second, 10 * time.Second, 70 * time.Second,
	}
	if !reflect.DeepEqual(*sought, want) {
		t.Errorf("the keys sought %v, want %v", *sought, want)
	}
	if !reflect.DeepEqual(onward, []fyne.KeyName{fyne.KeyS}) {
		t.Errorf("the window got %v", onward)
	}
}

func TestScrubBarMarks(t *testing.T) {
	tl, sought, _ := held(t)
	p := tl.current
	p.past.Marks = []Mark{{20 * time.Second, "Gate"}, {50 * time.Second, "Dog\non the sofa"}}
	tl.show(p)
	s := tl.scrub
	left, right := s.span(s.Size())
	if !s.marks.strokes[1].Visible() || s.marks.words.Visible() {
		t.Error("the marks are not there, or one has words")
	}
	for _, name := range []fyne.KeyName{fyne.KeyDown, fyne.KeyUp, fyne.KeyUp} {
		s.TypedKey(&fyne.KeyEvent{Name: name})
	}
	s.Tapped(&fyne.PointEvent{Position: fyne.NewPos(left+(right-left)*2/3+markCatch-2, 20)})
	want := []time.Duration{50 * time.Second, 20 * time.Second, 50 * time.Second}
	if !reflect.DeepEqual(*sought, want) {
		t.Errorf("it sought %v, want %v", *sought, want)
	}
	if !s.marks.words.Visible() || s.marks.words.Text != "Dog on the sofa" {
		t.Errorf("it says %q", s.marks.words.Text)
	}
	test.AssertRendersToMarkup(t, "tile_marks.xml",
		fyne.CurrentApp().Driver().CanvasForObject(tl))
	p.past.Marks = nil
	if tl.show(p); s.marks.strokes[0].Visible() || s.marks.words.Visible() {
		t.Error("marks stand that are not there any more")
	}
}

func TestBeforeNow(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "−0.0 s", 12400 * time.Millisecond: "−12.4 s", 95500 * time.Millisecond: "−1:35.5",
	} {
		if got := beforeNow(d); got != want {
			t.Errorf("%v ago is %q, want %q", d, got, want)
		}
	}
}
