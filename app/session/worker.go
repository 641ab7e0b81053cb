package session

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"handlens/inference"
	"handlens/inference/detector"
	"handlens/media"
)

// Detector is what a Worker needs of detector.Detector. Detect is called from the Worker's goroutine only.
type Detector interface {
	Detect(f *media.Frame, dst []inference.Detection) ([]inference.Detection, detector.Timing, error)
	Info() detector.Info
	Close()
}

// batcher is a Detector that may look at several pictures in one run, where that gains.
type batcher interface {
	// Batch says how many pictures it wants at once when so many may be waiting: 1 unless more are proved, or to be tried. It does not wait.
	Batch(waiting int) int
	// DetectBatch looks at them and answers for each in its place. It is called from the Worker's goroutine only.
	DetectBatch(frames []*media.Frame) []detector.Result
}

var _ batcher = (*detector.Detector)(nil)

// subject is one session as the Worker sees it.
type subject interface {
	// nextFrame hands over the newest picture that nobody has looked at yet, with its reference.
	nextFrame() (*media.Frame, bool)
	// detected is told what was found in f. The slice belongs to the receiver.
	detected(f *media.Frame, found []inference.Detection, t detector.Timing, model detector.Info)
	// undetected is told why f could not be looked at.
	undetected(err error)
}

// Worker owns the detector. Its one goroutine, Run, looks at the newest picture of each session in turn, so that one phone's stream
// never starves another's and no picture waits behind an older one. A detector that gains by it is given the newest pictures of several
// sessions at once.
type Worker struct {
	wake chan struct{}

	mu       sync.Mutex
	detector Detector
	retired  []Detector
	subjects []subject
	next     int
	current  []subject  // whose pictures are being looked at
	idle     *sync.Cond // signalled, under mu, when they no longer are

	// frames belongs to the goroutine of Run.
	frames []*media.Frame
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
		if !w.turn() {
			select {
			case <-w.wake:
				continue
			case <-ctx.Done():
				return
			}
		}
		if ctx.Err() != nil {
			return
		}
	}
}

// turn looks at what is next in turn. It returns false when nothing is.
func (w *Worker) turn() bool {
	d, all := w.choose()
	if len(all) == 0 {
		return false
	}
	look(d, all, w.frames)
	w.done()
	return true
}

// look runs the detector on the pictures, one of each subject. A crash in it must not take the app along: it becomes an error of those pictures.
func look(d Detector, all []subject, frames []*media.Frame) {
	told := 0
	defer func() {
		for _, f := range frames {
			f.Release()
		}
	}()
	defer func() {
		if r := recover(); r != nil {
			for i, s := range all[told:] {
				f := frames[told+i]
				s.undetected(fmt.Errorf("the detector failed on a picture of %d × %d: %v", f.Width, f.Height, r))
			}
		}
	}()
	results := detect(d, frames)
	for i, r := range results {
		told = i + 1
		if r.Err != nil {
			all[i].undetected(r.Err)
		} else {
			all[i].detected(frames[i], r.Found, r.Timing, d.Info())
		}
	}
}

// detect takes several pictures only when choose found a batcher.
func detect(d Detector, frames []*media.Frame) []detector.Result {
	if b, ok := d.(batcher); ok && len(frames) > 1 {
		return b.DetectBatch(frames)
	}
	found, timing, err := d.Detect(frames[0], nil)
	return []detector.Result{{Found: found, Timing: timing, Err: err}}
}

// choose takes the newest unseen picture of the next session in turn that has one, into frames; or of the next few sessions.
func (w *Worker) choose() (Detector, []subject) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.frames = w.frames[:0]
	if w.detector == nil {
		return nil, nil
	}
	most := 1
	if b, ok := w.detector.(batcher); ok && len(w.subjects) > 1 {
		most = max(1, b.Batch(len(w.subjects)))
	}
	for range w.subjects {
		s := w.subjects[w.next%len(w.subjects)]
		w.next++
		if f, ok := s.nextFrame(); ok {
			w.current, w.frames = append(w.current, s), append(w.frames, f)
			if len(w.frames) == most {
				break
			}
		}
	}
	return w.detector, w.current
}

func (w *Worker) done() {
	w.mu.Lock()
	defer w.mu.Unlock()
	clear(w.current)
	w.current = w.current[:0]
	clear(w.frames)
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
	for slices.Contains(w.current, s) {
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
