package session

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"handlens/inference"
	"handlens/media"
)

// Detector is what a Worker needs of inference.Detector. Detect is called from the Worker's goroutine only.
type Detector interface {
	Detect(f *media.Frame, dst []inference.Detection) ([]inference.Detection, inference.Timing, error)
	Info() inference.Info
	Close()
}

// subject is one session as the Worker sees it.
type subject interface {
	// nextFrame hands over the newest picture that nobody has looked at yet, with its reference.
	nextFrame() (*media.Frame, bool)
	// detected is told what was found in f. The slice belongs to the receiver.
	detected(f *media.Frame, found []inference.Detection, t inference.Timing, model inference.Info)
	// undetected is told why f could not be looked at.
	undetected(err error)
}

// Worker owns the detector. Its one goroutine, Run, looks at the newest picture of each session in turn, so that one phone's stream
// never starves another's and no picture waits behind an older one.
type Worker struct {
	wake chan struct{}

	mu       sync.Mutex
	detector Detector
	retired  []Detector
	subjects []subject
	next     int
	current  subject    // whose picture is being looked at
	idle     *sync.Cond // signalled, under mu, when it no longer is
}

// NewWorker returns a Worker without a detector: pictures are left alone until SetDetector.
func NewWorker() *Worker {
	w := &Worker{wake: make(chan struct{}, 1)}
	w.idle = sync.NewCond(&w.mu)
	return w
}

// SetDetector puts a detector in place, or takes it away with nil. The Worker owns it from here on and closes the one before when
// it is done with its current picture.
func (w *Worker) SetDetector(d Detector) {
	w.mu.Lock()
	if w.detector != nil {
		w.retired = append(w.retired, w.detector)
	}
	w.detector = d
	w.mu.Unlock()
	w.signal()
}

// Run serves until ctx ends, then closes the detector.
func (w *Worker) Run(ctx context.Context) {
	defer w.close()
	for {
		w.closeRetired()
		d, s, f := w.choose()
		if f == nil {
			select {
			case <-w.wake:
				continue
			case <-ctx.Done():
				return
			}
		}
		look(d, s, f)
		w.done()
		if ctx.Err() != nil {
			return
		}
	}
}

// look runs the detector on one picture. A crash in it must not take the app along: it becomes an error of that picture.
func look(d Detector, s subject, f *media.Frame) {
	defer f.Release()
	defer func() {
		if r := recover(); r != nil {
			s.undetected(fmt.Errorf("the detector failed on a picture of %d × %d: %v", f.Width, f.Height, r))
		}
	}()
	found, timing, err := d.Detect(f, nil)
	if err != nil {
		s.undetected(err)
		return
	}
	s.detected(f, found, timing, d.Info())
}

// choose takes the newest unseen picture of the next session in turn that has one.
func (w *Worker) choose() (Detector, subject, *media.Frame) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.detector == nil {
		return nil, nil, nil
	}
	for range w.subjects {
		s := w.subjects[w.next%len(w.subjects)]
		w.next++
		if f, ok := s.nextFrame(); ok {
			w.current = s
			return w.detector, s, f
		}
	}
	return nil, nil, nil
}

func (w *Worker) done() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.current = nil
	w.idle.Broadcast()
}

func (w *Worker) add(s subject) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.subjects = append(w.subjects, s)
}

// remove waits until s is no longer looked at, so that nothing is told of it afterwards.
func (w *Worker) remove(s subject) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.subjects = slices.DeleteFunc(slices.Clone(w.subjects), func(t subject) bool { return t == s })
	for w.current == s {
		w.idle.Wait()
	}
}

// signal tells Run that there may be something to do.
func (w *Worker) signal() {
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

func (w *Worker) closeRetired() {
	w.mu.Lock()
	retired := w.retired
	w.retired = nil
	w.mu.Unlock()
	for _, d := range retired {
		d.Close()
	}
}

func (w *Worker) close() {
	w.SetDetector(nil)
	w.closeRetired()
}
