package tile

import (
	"errors"
	"fmt"
	"image"
	"testing"
	"time"

	"handlens/inference"
	"handlens/media"
	"handlens/ui/kit"
)

// bench is a painter whose steps the test takes itself.
type bench struct {
	*painter
	phone *fakePhone
	ui    []func() // what was handed to the UI goroutine
	shown []update
	front *image.RGBA
	made  int // conversions
	sizes []image.Point
	fail  error
	clock time.Time
}

// statusNumber stands for the window's words for a status.
func statusNumber(s media.Status) string {
	if s == media.StatusLive {
		return ""
	}
	return fmt.Sprintf("status %d", s)
}

func newBench() *bench {
	b := &bench{phone: &fakePhone{}, clock: time.Unix(1000, 0)}
	b.painter = &painter{
		phone: b.phone, now: func() time.Time { return b.clock },
		words: statusNumber,
	}
	b.convert = func(dst *image.RGBA, f *media.Frame) error {
		if dst.Stride != 4*dst.Rect.Dx() || dst.Rect.Min != (image.Point{}) ||
			len(dst.Pix) != 4*dst.Rect.Dx()*dst.Rect.Dy() {
			return errors.New("the picture is not tight")
		}
		if dst == b.front {
			return errors.New("the picture on the screen is painted over")
		}
		b.made++
		b.sizes = append(b.sizes, dst.Rect.Size())
		return b.fail
	}
	b.publish = func(f func()) bool { b.ui = append(b.ui, f); return true }
	b.show = func(p update) (free *image.RGBA) {
		b.shown = append(b.shown, p)
		if p.img != nil {
			free, b.front = b.front, p.img
		}
		return free
	}
	b.setArea(640, 480)
	return b
}

// display lets the UI goroutine take what waits, and draws it.
func (b *bench) display() {
	for _, f := range b.ui {
		f()
	}
	b.ui = nil
	b.drawn()
}

func TestPainterConvertsEachFrameOnce(t *testing.T) {
	b := newBench()
	b.step()
	if len(b.ui) != 0 {
		t.Error("something was shown before there was a scene")
	}
	for seq := uint64(1); seq <= 5; seq++ {
		b.phone.put(t, seq, 64, 48, 0)
		for range 10 {
			b.step()
			b.display()
		}
	}
	if b.made != 5 || len(b.shown) != 5 {
		t.Errorf("5 frames were converted %d times and shown %d times", b.made, len(b.shown))
	}
	for i, p := range b.shown {
		if p.seq != uint64(i+1) || p.size != image.Pt(64, 48) ||
			!p.origin.Equal(time.Unix(int64(i+1), 0)) {
			t.Errorf("picture %d is %+v", i, p)
		}
	}
	b.phone.end(t)
}

func TestPainterWaitsForTheScreen(t *testing.T) {
	b := newBench()
	for seq := uint64(1); seq <= 20; seq++ {
		b.phone.put(t, seq, 64, 48, 0)
		b.step()
	}
	if len(b.ui) != 1 || b.made != 1 {
		t.Fatalf("with a slow screen %d pictures wait and %d were converted, want 1", len(b.ui),
			b.made)
	}
	b.ui[0]()
	b.ui = nil
	b.step() // taken, but not drawn
	if b.made != 1 {
		t.Error("the next picture was made before the last was drawn")
	}
	b.drawn()
	b.step()
	b.display()
	if b.made != 2 || b.shown[1].seq != 20 {
		t.Errorf("after the draw %d conversions and frame %d, want the newest", b.made,
			b.shown[1].seq)
	}
	// A covered window is not drawn: a few pictures a second go on.
	b.phone.put(t, 21, 64, 48, 0)
	b.step()
	b.ui[0]()
	b.ui = nil
	b.phone.put(t, 22, 64, 48, 0)
	b.clock = b.clock.Add(undrawnAfter + time.Millisecond)
	b.step()
	if b.made != 4 {
		t.Errorf("%d conversions for a covered window, want 4", b.made)
	}
	b.phone.end(t)
}

func TestPainterUsesTwoBuffers(t *testing.T) {
	b := newBench()
	seen := map[*image.RGBA]bool{}
	for seq := uint64(1); seq <= 30; seq++ {
		b.phone.put(t, seq, 64, 48, 0)
		b.step()
		b.display()
		seen[b.front] = true
	}
	if len(seen) != 2 {
		t.Errorf("%d buffers for 30 frames, want 2", len(seen))
	}
	b.phone.end(t)
}

func TestPainterFollowsBoxesWithoutConverting(t *testing.T) {
	b := newBench()
	b.phone.put(t, 1, 64, 48, 0)
	b.step()
	b.display()
	b.phone.mu.Lock()
	b.phone.scene.Detections = []inference.Detection{detection(1, "dog", 0, 0, 0.5, 0.5)}
	b.phone.scene.DetectedFor = time.Unix(0, 0)
	b.phone.mu.Unlock()
	b.step()
	b.display()
	if b.made != 1 || len(b.shown) != 2 {
		t.Fatalf("%d conversions and %d pictures, want 1 and 2", b.made, len(b.shown))
	}
	if p := b.shown[1]; p.img != nil || len(p.detections) != 1 || p.lag != time.Second ||
		p.seq != 1 {
		t.Errorf("the new boxes came as %+v", p)
	}
	b.phone.mu.Lock()
	b.phone.scene.Stale, b.phone.scene.Status = true, media.StatusPaused
	b.phone.mu.Unlock()
	b.step()
	b.display()
	b.step()
	b.display()
	if p := b.shown[len(b.shown)-1]; len(b.shown) != 3 || !p.stale ||
		p.status != statusNumber(media.StatusPaused) {
		t.Errorf("the stale state came as %+v in %d", p, len(b.shown))
	}
	b.phone.end(t)
}

// Each paint costs the whole window, so what changes between two brisk pictures comes with the
// next one; but it does not wait for pictures that stay away, nor for slow ones.
func TestPainterLetsBoxesRideWithThePicture(t *testing.T) {
	for _, c := range []struct {
		name     string
		interval time.Duration
		skipped  uint64 // frames between two pictures
		paints   int    // at once, without the next picture
	}{
		{"30 a second", time.Second / 30, 0, 0},
		{"30 a second, every other one left out", time.Second / 30, 1, 0},
		{"15 a second", time.Second / 15, 0, 1},
	} {
		b := newBench()
		for i := range 3 {
			seq := 1 + uint64(i)*(1+c.skipped)
			b.phone.put(t, seq, 64, 48, 0)
			b.phone.frames.Newest().Received = b.clock.Add(time.Duration(seq) * c.interval)
			b.step()
			b.display()
		}
		before := len(b.shown)
		boxes := []inference.Detection{detection(1, "dog", 0, 0, 0.5, 0.5)}
		b.phone.say(func(s *Scene) { s.Detections = boxes })
		b.clock = b.clock.Add(20 * time.Millisecond)
		b.step()
		b.display()
		if n := len(b.shown) - before; n != c.paints {
			t.Errorf("%s: new boxes alone led to %d paints, want %d", c.name, n, c.paints)
		}
		b.clock = b.clock.Add(boxesWait)
		b.step()
		b.display()
		if p := b.shown[len(b.shown)-1]; len(b.shown) != before+1 || len(p.detections) != 1 {
			t.Errorf("%s: the boxes that waited came as %+v", c.name, p)
		}
		b.phone.say(func(s *Scene) { s.Stale = true })
		b.step()
		b.display()
		if p := b.shown[len(b.shown)-1]; !p.stale {
			t.Errorf("%s: that the picture is stale waited", c.name)
		}
		b.phone.end(t)
	}
}

func TestPainterRestsWhileHidden(t *testing.T) {
	b := newBench()
	b.setArea(0, 0)
	b.phone.put(t, 1, 64, 48, 0)
	b.step()
	if b.made != 0 || len(b.ui) != 0 {
		t.Error("a hidden phone was painted")
	}
	b.phone.end(t)
}

func TestPainterAdaptsToTheScreen(t *testing.T) {
	b := newBench()
	b.phone.put(t, 1, 1280, 720, 0)
	for _, area := range []image.Point{{1920, 1080}, {1000, 1000}, {320, 320}, {320, 320}} {
		b.setArea(area.X, area.Y)
		b.step()
		b.display()
	}
	if want := []image.Point{{1280, 720}, {320, 180}}; len(b.sizes) != 2 || b.sizes[0] != want[0] ||
		b.sizes[1] != want[1] {
		t.Errorf("converted to %v, want %v", b.sizes, want)
	}
	b.phone.put(t, 2, 720, 1280, 0) // the phone was turned
	b.step()
	b.display()
	if last := b.sizes[2]; last != image.Pt(180, 320) {
		t.Errorf("the turned phone was converted to %v", last)
	}
	b.phone.end(t)
}

func TestPainterSaysWhyItCannot(t *testing.T) {
	b := newBench()
	b.fail = errors.New("odd planes")
	b.phone.put(t, 1, 64, 48, 0)
	for range 5 {
		b.step()
		b.display()
	}
	if len(b.shown) != 1 || b.shown[0].status != "This picture cannot be shown: odd planes" ||
		b.made != 1 {
		t.Errorf("a bad frame was tried %d times and shown as %+v", b.made, b.shown)
	}
	b.fail = nil
	b.phone.put(t, 2, 64, 48, 0)
	b.step()
	b.display()
	if p := b.shown[len(b.shown)-1]; p.status != "" || p.img == nil {
		t.Errorf("the next good frame came as %+v", p)
	}
	b.phone.end(t)
}

func TestPainterBoundsTheFigures(t *testing.T) {
	b := newBench()
	b.phone.put(t, 1, 64, 48, 0)
	figures := 0
	for i := range 1000 { // one second in steps of a millisecond
		b.phone.mu.Lock()
		b.phone.scene.Stats.Age = time.Duration(i) * time.Millisecond
		b.phone.mu.Unlock()
		b.clock = b.clock.Add(time.Millisecond)
		b.step()
		b.display()
	}
	for _, p := range b.shown {
		if p.hud != nil {
			figures++
		}
	}
	if figures < 2 || figures > 10 {
		t.Errorf("the figures changed %d times in a second", figures)
	}
	b.phone.end(t)
}

func TestFit(t *testing.T) {
	for _, c := range []struct {
		w, h, areaW, areaH int
		want               image.Point
	}{
		{1280, 720, 1280, 720, image.Pt(1280, 720)},
		{1280, 720, 3840, 2160, image.Pt(1280, 720)},
		{1280, 720, 640, 2000, image.Pt(1280, 720)},
		{1280, 720, 600, 2000, image.Pt(600, 338)},
		{720, 1280, 300, 300, image.Pt(169, 300)},
		{16384, 1, 10, 10, image.Pt(10, 1)},
		{1, 1, 1, 1, image.Pt(1, 1)},
	} {
		if got := kit.Fit(c.w, c.h, c.areaW, c.areaH); got != c.want {
			t.Errorf("%d × %d in %d × %d: %v, want %v", c.w, c.h, c.areaW, c.areaH, got, c.want)
		}
	}
}
