package ui

import (
	"fmt"
	"image"
	"sync"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"go.uber.org/goleak"

	"handlens/inference"
	"handlens/media"
	"handlens/media/waittest"
)

// loop stands in for Fyne's event loop: what is handed to it runs when the test says so, on the
// test's goroutine.
type loop struct {
	mu    sync.Mutex
	queue []func()
	most  int // the longest that the queue ever was
}

func (l *loop) do(f func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.queue = append(l.queue, f)
	l.most = max(l.most, len(l.queue))
}

// turn runs what waits and returns how much it was.
func (l *loop) turn() int {
	l.mu.Lock()
	queue := l.queue
	l.queue = nil
	l.mu.Unlock()
	for _, f := range queue {
		f()
	}
	return len(queue)
}

// until turns the loop until the condition holds.
func (l *loop) until(t *testing.T, what string, holds func() bool) {
	t.Helper()
	waittest.Until(t, what, func() bool {
		if holds() {
			return true
		}
		l.turn()
		return false
	})
}

// open makes a window of that size on Fyne's test driver, and checks at the end that it leaves no
// goroutine behind.
func open(t *testing.T, cfg Config) (*Window, *loop) {
	t.Helper()
	a := test.NewTempApp(t)
	before := goleak.IgnoreCurrent()
	l := &loop{}
	b := newInbox()
	b.do = l.do
	if cfg.Convert == nil {
		cfg.Convert = func() func(*image.RGBA, *media.Frame) error { return fill }
	}
	w := newWindow(cfg, a, b)
	w.win.Resize(fyne.NewSize(1000, 700))
	b.start()
	t.Cleanup(func() {
		w.close()
		w.tasks.Wait()
		goleak.VerifyNone(t, before)
	})
	return w, l
}

// fill is a converter that paints all of dst in the grey of the frame's first sample.
func fill(dst *image.RGBA, f *media.Frame) error {
	for i := 0; i < len(dst.Pix); i += 4 {
		v := f.Plane[0][0]
		dst.Pix[i], dst.Pix[i+1], dst.Pix[i+2], dst.Pix[i+3] = v, v, v, 255
	}
	return nil
}

// fakePhone shows what it is told to.
type fakePhone struct {
	id   string
	pool media.Pool

	mu    sync.Mutex
	frame *media.Frame
	scene Scene
	none  bool
}

func (p *fakePhone) ID() string   { return p.id }
func (p *fakePhone) Name() string { return "phone " + p.id }

func (p *fakePhone) Scene() (Scene, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.frame == nil {
		return Scene{}, false
	}
	s := p.scene
	s.Frame = p.frame.Retain()
	return s, true
}

// put shows a grey frame and boxes on it.
func (p *fakePhone) put(t *testing.T, seq uint64, w, h int, grey byte,
	dets ...inference.Detection,
) {
	t.Helper()
	f, err := p.pool.Get(w, h, media.I420)
	if err != nil {
		t.Fatal(err)
	}
	f.Plane[0][0] = grey
	f.Seq, f.Received = seq, time.Unix(int64(seq), 0)
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.frame != nil {
		p.frame.Release()
	}
	p.frame = f
	p.scene.Detections = dets
	p.scene.DetectedFor = f.Received
}

// end gives back what the phone still holds and checks that nobody else holds anything.
func (p *fakePhone) end(t *testing.T) {
	t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.frame != nil {
		p.frame.Release()
		p.frame = nil
	}
	if n := p.pool.Outstanding(); n != 0 {
		t.Errorf("%d frames of %s were not released", n, p.id)
	}
}

func detection(class int, label string, x1, y1, x2, y2 float32) inference.Detection {
	return inference.Detection{
		Box: inference.Box{X1: x1, Y1: y1, X2: x2, Y2: y2}, Class: class,
		Label: label, Score: 0.9,
	}
}

// join adds phones that show one frame each, and waits until they are to be seen.
func join(t *testing.T, w *Window, l *loop, n int) []*fakePhone {
	t.Helper()
	phones := make([]*fakePhone, n)
	for i := range phones {
		phones[i] = &fakePhone{id: fmt.Sprint(i)}
		phones[i].put(t, 1, 64, 48, 100)
		w.AddPhone(phones[i])
	}
	l.until(t, "all phones have their pictures", func() bool {
		for _, p := range phones {
			s := w.live.find(p.id)
			if s == nil || s.tile.front == nil {
				return false
			}
		}
		return true
	})
	t.Cleanup(func() {
		w.close()
		w.tasks.Wait()
		for _, p := range phones {
			p.end(t)
		}
	})
	return phones
}
