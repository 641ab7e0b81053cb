package desktop

import (
	"context"
	"image"
	"slices"
	"sync"
	"time"

	"handlens/app/session"
	"handlens/media"
	"handlens/media/glass"
	"handlens/ui"
)

const (
	// lookEvery is how often a delayTest looks for a new frame, as a painter does.
	lookEvery = 4 * time.Millisecond
	// drawnKept is how many of the numbers that were drawn last are remembered: more than half a
	// minute.
	drawnKept = 1024
	// maxDelay is the longest delay that is believed.
	maxDelay = 15 * time.Second
	// sameDraw: what is drawn again so soon is drawn for the same refresh of the screen.
	sameDraw = 10 * time.Millisecond
	// maxOpenFrames bounds the frames of which it is not known yet whether they will be painted.
	maxOpenFrames = 32
	// maxReadings bounds the readings that are kept; later ones replace the oldest.
	maxReadings = 2000
	// unseenAfter: when nothing was read for so long, the phone does not see the code.
	unseenAfter = time.Second
)

// delayReading is one frame that was read.
type delayReading struct {
	number int // as it was read, whether it was drawn here or not
	// captured and decoded are the frame's; painted is when it was drawn.
	captured, decoded, painted time.Time
	// delay is from the drawing of the code until the frame was painted, wrong by up to off either
	// way: the camera may have looked at any time between this number and the next. Both are zero
	// for a number that was not drawn here within maxDelay.
	delay, off time.Duration
}

// delayTest measures the delay of one phone's picture from glass to glass: the window draws a code
// that changes (Code), the phone films it, and what was painted of that is read. Drawing and
// painting are the same step for the same screen, so what the screen adds after it is counted once,
// as it is between light and light. Any goroutine may use it; it owns one, until Close.
type delayTest struct {
	scene func() session.Scene
	// each is told of every frame that was read and painted, and what came of all so far. It must
	// not wait.
	each  func(delayReading, ui.Delay)
	now   func() time.Time
	stop  context.CancelFunc
	ended sync.WaitGroup

	mu       sync.Mutex
	number   int // drawn last
	drawn    [drawnKept]time.Time
	frames   []openFrame
	readings []delayReading // in a ring
	oldest   int
	seen     time.Time
}

// openFrame is a frame that was read, or painted, and not yet both.
type openFrame struct {
	seq           uint64
	origin        time.Time // with seq it tells frames apart, those of a paused view too
	read, painted bool
	reading       delayReading
}

// startDelayTest begins to read the frames of a scene.
func startDelayTest(scene func() session.Scene, each func(delayReading, ui.Delay)) *delayTest {
	ctx, cancel := context.WithCancel(context.Background())
	t := &delayTest{scene: scene, each: each, now: time.Now, stop: cancel}
	t.ended.Go(func() { t.run(ctx) })
	return t
}

// Close implements ui.DelayTest.
func (t *delayTest) Close() { t.stop() }

func (t *delayTest) run(ctx context.Context) {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	var reader glass.Reader
	var last uint64
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		sc := t.scene()
		if sc.Frame == nil {
			continue
		}
		if !sc.Stale && sc.Frame.Seq != last {
			last = sc.Frame.Seq
			t.look(&reader, sc.Frame)
		}
		sc.Frame.Release()
	}
}

// look reads one frame.
func (t *delayTest) look(reader *glass.Reader, f *media.Frame) {
	if f.Format != media.I420 {
		return
	}
	number, ok := reader.Read(glass.Luma{
		Pix: f.Plane[0], Stride: f.Stride[0], Width: f.Width, Height: f.Height,
	})
	if !ok {
		return
	}
	t.join(f.Seq, f.Origin(), func(o *openFrame) {
		o.read = true
		o.reading.number, o.reading.captured, o.reading.decoded = number, f.Captured, f.Decoded
	})
}

// painted notes that a frame was painted.
func (t *delayTest) painted(seq uint64, origin, at time.Time) {
	t.join(seq, origin, func(o *openFrame) { o.painted, o.reading.painted = true, at })
}

// join adds what is known of a frame, and takes its reading when all is.
func (t *delayTest) join(seq uint64, origin time.Time, add func(*openFrame)) {
	t.mu.Lock()
	i := slices.IndexFunc(t.frames, func(o openFrame) bool {
		return o.seq == seq && o.origin.Equal(origin)
	})
	if i < 0 {
		if len(t.frames) == maxOpenFrames {
			t.frames = slices.Delete(t.frames, 0, 1)
		}
		i = len(t.frames)
		t.frames = append(t.frames, openFrame{seq: seq, origin: origin})
	}
	add(&t.frames[i])
	o := t.frames[i]
	if !o.read || !o.painted {
		t.mu.Unlock()
		return
	}
	t.frames = slices.Delete(t.frames, i, i+1)
	r := t.take(o.reading)
	sum := t.sum()
	t.mu.Unlock()
	if t.each != nil {
		t.each(r, sum)
	}
}

// take works out the delay of a reading and keeps it. t.mu is held.
func (t *delayTest) take(r delayReading) delayReading {
	shown := t.drawn[r.number%drawnKept]
	behind := (t.number - r.number + glass.Numbers) % glass.Numbers
	if behind >= drawnKept || shown.IsZero() || shown.After(r.painted) ||
		r.painted.Sub(shown) > maxDelay {
		return r // it may be a code that somebody else draws
	}
	until := shown
	if behind > 0 {
		until = t.drawn[(r.number+1)%drawnKept]
	}
	r.off = until.Sub(shown) / 2
	r.delay = r.painted.Sub(shown.Add(r.off))
	t.seen = t.now()
	if len(t.readings) < maxReadings {
		t.readings = append(t.readings, r)
	} else {
		t.readings[t.oldest] = r
		t.oldest = (t.oldest + 1) % maxReadings
	}
	return r
}

// Delay implements ui.DelayTest.
func (t *delayTest) Delay() ui.Delay {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.sum()
}

// sum describes the readings. t.mu is held.
func (t *delayTest) sum() ui.Delay {
	n := len(t.readings)
	if n == 0 {
		return ui.Delay{}
	}
	delays, offs := make([]time.Duration, n), make([]time.Duration, n)
	for i, r := range t.readings {
		delays[i], offs[i] = r.delay, r.off
	}
	slices.Sort(delays)
	slices.Sort(offs)
	return ui.Delay{
		Seen: t.now().Sub(t.seen) < unseenAfter, Readings: n,
		Median: delays[n/2], P95: delays[min(n-1, n*95/100)], Error: offs[n/2],
	}
}

// Code implements ui.DelayTest.
func (t *delayTest) Code() image.Image {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.now()
	if now.Sub(t.drawn[t.number%drawnKept]) >= sameDraw {
		t.number = (t.number + 1) % glass.Numbers
		t.drawn[t.number%drawnKept] = now
	}
	return glass.Image(t.number)
}
