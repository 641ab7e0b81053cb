package desktop

import (
	"bytes"
	"context"
	"image"
	"strings"
	"testing"
	"time"

	"handlens/app/cli"
	"handlens/app/session"
	"handlens/media"
	"handlens/media/glass"
	"handlens/ui"
)

// rig draws codes, films them and paints the frames, all by a clock of its own.
type rig struct {
	*delayTest
	at     time.Time
	pool   media.Pool
	reader glass.Reader
	seq    uint64
	told   []delayReading
}

func newRig() *rig {
	r := &rig{at: time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)}
	r.delayTest = &delayTest{
		now:  func() time.Time { return r.at },
		each: func(d delayReading, _ ui.Delay) { r.told = append(r.told, d) },
	}
	return r
}

// film has the camera look at a code, and the frame read.
func (r *rig) film(t *testing.T, code *image.Gray) (seq uint64, origin time.Time) {
	t.Helper()
	const cell = 8
	f, err := r.pool.Get(glass.Side*cell+40, glass.Side*cell+40, media.I420)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Release()
	for i := range f.Plane[0] {
		f.Plane[0][i] = 90
	}
	for y := range glass.Side * cell {
		for x := range glass.Side * cell {
			f.Plane[0][(y+20)*f.Stride[0]+x+20] = code.GrayAt(x/cell, y/cell).Y
		}
	}
	r.seq++
	f.Seq, f.Captured, f.Decoded = r.seq, r.at, r.at
	r.look(&r.reader, f)
	return f.Seq, f.Captured
}

func (r *rig) pass(d time.Duration) { r.at = r.at.Add(d) }

func TestDelayFromDrawingToPainting(t *testing.T) {
	r := newRig()
	if d := r.Delay(); d != (ui.Delay{}) {
		t.Errorf("before anything was read it is %+v", d)
	}
	for range 50 {
		code := r.Code().(*image.Gray)
		r.pass(16 * time.Millisecond) // half of the time that it stands still
		seq, origin := r.film(t, code)
		r.pass(17 * time.Millisecond)
		r.Code()
		r.pass(70 * time.Millisecond)
		r.painted(seq, origin, r.at)
	}
	d := r.Delay()
	// Drawn, still standing 33 ms later, painted after 103 ms: 103 - 33/2.
	want := 103*time.Millisecond - 16500*time.Microsecond
	if d.Readings != 50 || d.Median != want || d.P95 != want ||
		d.Error != 16500*time.Microsecond || !d.Seen {
		t.Errorf("it is %+v, want %v", d, want)
	}
	r.pass(unseenAfter)
	if r.Delay().Seen {
		t.Error("the phone has seen nothing for a while")
	}
}

// Painting may come before reading, and never.
func TestDelayInAnyOrder(t *testing.T) {
	r := newRig()
	code := r.Code().(*image.Gray)
	r.pass(40 * time.Millisecond)
	r.painted(1, r.at, r.at)
	r.film(t, code)
	if d := r.Delay(); d.Readings != 1 || d.Median != 40*time.Millisecond || d.Error != 0 {
		t.Errorf("it is %+v", d)
	}
	for range 3 * maxOpenFrames {
		r.film(t, code)
		r.painted(r.seq+1e6, r.at, r.at) // a frame of a paused view
	}
	if d := r.Delay(); d.Readings != 1 || len(r.frames) > maxOpenFrames {
		t.Errorf("%d readings, %d open frames", d.Readings, len(r.frames))
	}
}

// A code that was not drawn here, or too long ago, is told and does not count.
func TestDelayOfAForeignCode(t *testing.T) {
	r := newRig()
	code := r.Code().(*image.Gray)
	for _, number := range []int{40_000, 7, glass.Numbers - 1} {
		seq, origin := r.film(t, glass.Image(number))
		r.painted(seq, origin, r.at)
	}
	r.pass(maxDelay + time.Second)
	seq, origin := r.film(t, code)
	r.painted(seq, origin, r.at)
	if d := r.Delay(); d.Readings != 0 || len(r.told) != 4 {
		t.Errorf("%d of %d readings count", d.Readings, len(r.told))
	}
	for _, d := range r.told {
		if d.delay != 0 {
			t.Errorf("%d has a delay of %v", d.number, d.delay)
		}
	}
}

func TestDelayKeepsABoundedPast(t *testing.T) {
	r := newRig()
	for range 3 {
		for range drawnKept {
			r.Code()
			r.pass(sameDraw)
		}
		r.pass(time.Minute)
	}
	n := r.number
	if r.Code(); r.number != n+1 {
		t.Errorf("after %d comes %d", n, r.number)
	}
	if r.Code(); r.number != n+1 {
		t.Error("one refresh of the screen has two numbers")
	}
}

// A running test lets go of every frame, and ends.
func TestDelayLetsGoOfFrames(t *testing.T) {
	var pool media.Pool
	looks := make(chan struct{}, 1000)
	d := startDelayTest(func() session.Scene {
		f, err := pool.Get(64, 64, media.I420)
		if err != nil {
			t.Error(err)
		}
		f.Seq = uint64(len(looks))
		select {
		case looks <- struct{}{}:
		default:
		}
		return session.Scene{Frame: f}
	}, nil)
	for range 5 {
		<-looks
	}
	d.Close()
	d.ended.Wait()
	if n := pool.Outstanding(); n != 0 {
		t.Errorf("%d frames are still held", n)
	}
}

func TestGlassPrints(t *testing.T) {
	_, cancel := context.WithCancel(t.Context())
	g := &glassRun{readings: 30, done: cancel}
	var out bytes.Buffer
	if err := g.print(&out, false); err == nil || !strings.Contains(err.Error(), "only 0") {
		t.Errorf("without readings it says %v", err)
	}
	sum := ui.Delay{
		Readings: 30, Median: 118_400 * time.Microsecond, P95: 150 * time.Millisecond,
		Error: 17 * time.Millisecond,
	}
	g.each(sum)
	g.each(ui.Delay{Readings: 31, Median: time.Hour}) // too late
	if err := g.print(&out, false); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(out.String(),
		"From glass to glass: median 118 ms, 95 % within 150 ms.\n30 pictures") {
		t.Errorf("it prints %q", out.String())
	}
	out.Reset()
	if err := g.print(&out, true); err != nil {
		t.Fatal(err)
	}
	if want := `"median_ms": 118.4`; !strings.Contains(out.String(), want) {
		t.Errorf("%s lacks %s", out.String(), want)
	}
}

func TestGlassUsage(t *testing.T) {
	for args, want := range map[string]string{
		"film.mp4":          "takes nothing",
		"--readings 5":      "outside",
		"--readings 100000": "outside",
		"--json --events -": "both write",
		"--port 70000":      "--port 70000",
	} {
		var stderr bytes.Buffer
		status := GlassCommand().Run(t.Context(), strings.Fields(args), nil, &stderr)
		if status != cli.Usage || !strings.Contains(stderr.String(), want) {
			t.Errorf("%s: %d %s", args, status, stderr.String())
		}
	}
}
