package session

import (
	"context"
	"errors"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"handlens/inference"
	"handlens/inference/detector"
	"handlens/media"
)

// patient stands in for a session: an endless supply of frames, and a count of what was found.
type patient struct {
	pool       *media.Pool
	left       int
	mu         sync.Mutex
	detections int
	errs       []error
	done       func()
}

func (p *patient) nextFrame() (*media.Frame, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.left == 0 {
		return nil, false
	}
	p.left--
	f, err := p.pool.Get(2, 2, media.I420)
	return f, err == nil
}

func (p *patient) detected(*media.Frame, []inference.Detection, detector.Timing, detector.Info) {
	p.mu.Lock()
	p.detections++
	p.mu.Unlock()
	p.done()
}

func (p *patient) undetected(err error) {
	p.mu.Lock()
	p.errs = append(p.errs, err)
	p.mu.Unlock()
	p.done()
}

// eye stands in for a detector.
type eye struct {
	look   func() error
	closed chan struct{}
}

func newEye(look func() error) *eye { return &eye{look: look, closed: make(chan struct{})} }

func (e *eye) Detect(*media.Frame, []inference.Detection) ([]inference.Detection, detector.Timing,
	error,
) {
	return nil, detector.Timing{}, e.look()
}
func (e *eye) Info() detector.Info { return detector.Info{Name: "eye"} }
func (e *eye) Close()              { close(e.closed) }

func TestWorkerTakesTurns(t *testing.T) {
	defer goleak.VerifyNone(t)
	var pool media.Pool
	all := make(chan struct{}, 100)
	a := &patient{pool: &pool, left: 30, done: func() { all <- struct{}{} }}
	b := &patient{pool: &pool, left: 3, done: func() { all <- struct{}{} }}
	w := NewWorker()
	w.add(a)
	w.add(b)
	var order []int
	e := newEye(func() error {
		a.mu.Lock()
		order = append(order, a.left)
		a.mu.Unlock()
		return nil
	})
	w.SetDetector(e)
	ctx, cancel := context.WithCancel(context.Background())
	finished := make(chan struct{})
	go func() { w.Run(ctx); close(finished) }()
	for range 33 {
		<-all
	}
	cancel()
	<-finished
	<-e.closed
	if a.detections != 30 || b.detections != 3 {
		t.Fatalf("looked at %d and %d pictures, want 30 and 3", a.detections, b.detections)
	}
	// As long as both have frames, the two alternate: after six runs only three of a's 30 are
	// gone.
	if order[5] != 27 {
		t.Errorf("after six looks a has %d pictures left, want 27", order[5])
	}
	if n := pool.Outstanding(); n != 0 {
		t.Errorf("%d frames were not released", n)
	}
}

// wideEye is an eye that can look at several frames at once.
type wideEye struct {
	*eye
	most int
}

func (e wideEye) Parallel() int { return e.most }

// A detector that only waits is given several frames at once, and no more than it wants.
func TestWorkerHasSeveralUnderWay(t *testing.T) {
	defer goleak.VerifyNone(t)
	var pool media.Pool
	all := make(chan struct{}, 100)
	p := &patient{pool: &pool, left: 9, done: func() { all <- struct{}{} }}
	w := NewWorker()
	w.add(p)
	looking, goOn := make(chan struct{}, 100), make(chan struct{})
	e := wideEye{newEye(func() error {
		looking <- struct{}{}
		<-goOn
		return detector.ErrStale
	}), 3}
	w.SetDetector(e)
	ctx, cancel := context.WithCancel(context.Background())
	finished := make(chan struct{})
	go func() { w.Run(ctx); close(finished) }()
	for range 3 {
		<-looking
	}
	w.signal() // another frame has come
	w.signal()
	p.mu.Lock()
	left := p.left
	p.mu.Unlock()
	if left != 6 || len(looking) != 0 {
		t.Errorf("%d frames are left while three are under way, want 6", left)
	}
	close(goOn)
	for range 6 {
		<-looking
	}
	w.remove(p)
	cancel()
	<-finished
	<-e.closed
	if len(p.errs) != 0 || p.detections != 0 || pool.Outstanding() != 0 {
		t.Errorf("of stale frames %v is told, and %d are found; %d were not released", p.errs,
			p.detections, pool.Outstanding())
	}
}

func TestWorkerSurvivesTheDetector(t *testing.T) {
	defer goleak.VerifyNone(t)
	var pool media.Pool
	told := make(chan struct{}, 10)
	p := &patient{pool: &pool, left: 2, done: func() { told <- struct{}{} }}
	w := NewWorker()
	w.add(p)
	n := 0
	e := newEye(func() error {
		if n++; n == 1 {
			panic("broken")
		}
		return errors.New("refused")
	})
	w.SetDetector(e)
	ctx, cancel := context.WithCancel(context.Background())
	finished := make(chan struct{})
	go func() { w.Run(ctx); close(finished) }()
	<-told
	<-told
	cancel()
	<-finished
	if len(p.errs) != 2 {
		t.Fatalf("told of %d faults, want 2: %v", len(p.errs), p.errs)
	}
	if pool.Outstanding() != 0 {
		t.Error("a frame was not released after a fault")
	}
}

func TestWorkerExchangesTheDetector(t *testing.T) {
	w := NewWorker()
	first, second := newEye(nil), newEye(nil)
	w.SetDetector(first)
	w.SetDetector(second)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	w.Run(ctx)
	<-first.closed
	<-second.closed
}

// After remove nothing more is told of a session, even when the detector was running on its frame.
func TestWorkerRemoveWaits(t *testing.T) {
	defer goleak.VerifyNone(t)
	var pool media.Pool
	p := &patient{pool: &pool, left: 1, done: func() {}}
	w := NewWorker()
	w.add(p)
	looking, goOn := make(chan struct{}), make(chan struct{})
	w.SetDetector(newEye(func() error {
		close(looking)
		<-goOn
		return nil
	}))
	ctx, cancel := context.WithCancel(context.Background())
	finished := make(chan struct{})
	go func() { w.Run(ctx); close(finished) }()
	<-looking
	removed := make(chan struct{})
	go func() {
		w.remove(p)
		p.mu.Lock()
		defer p.mu.Unlock()
		if p.detections != 1 {
			t.Error("removed while it was looked at")
		}
		close(removed)
	}()
	close(goOn)
	<-removed
	cancel()
	<-finished
}

// TestDetectorThatComesTooLate is given to a Worker that has ended, and closed.
func TestDetectorThatComesTooLate(t *testing.T) {
	w := NewWorker()
	ctx, stop := context.WithCancel(context.Background())
	stop()
	w.Run(ctx)
	late := newEye(nil)
	w.SetDetector(late)
	select {
	case <-late.closed:
	default:
		t.Error("it stays open")
	}
	w.SetDetector(nil)
}
