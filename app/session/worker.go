package session

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"handlens/inference"
	"handlens/inference/detector"
	"handlens/media"
)

// Detector is what a Worker needs of detector.Detector. Detect is called for one frame at a time,
// unless it is a parallel one.
type Detector interface {
	Detect(f *media.Frame, dst []inference.Detection) ([]inference.Detection, detector.Timing,
		error)
	Info() detector.Info
	Close()
}

// batcher is a Detector that may run on several frames at once, where that gains.
type batcher interface {
	// Batch says how many frames it wants at once when so many may be waiting: 1 unless more are
	// known to gain, or are to be tried. It does not wait.
	Batch(waiting int) int
	// DetectBatch runs on them and returns a result for each, in their order. It is called from the
	// Worker's goroutine only.
	DetectBatch(frames []*media.Frame) []detector.Result
}

// parallel is a Detector that may run on several frames at once, each by a call of its own.
type parallel interface {
	// Parallel says how many calls of Detect may be under way at this moment. It does not wait.
	Parallel() int
}

var (
	_ batcher  = (*detector.Detector)(nil)
	_ batcher  = (*detector.Served)(nil)
	_ parallel = (*detector.Served)(nil)
)

// frameSource is one session as the Worker sees it.
type frameSource interface {
	// nextFrame hands over the newest frame that the detector has not run on, with its reference.
	nextFrame() (*media.Frame, bool)
	// detected is told what was found in f. The slice belongs to the receiver.
	detected(f *media.Frame, found []inference.Detection, t detector.Timing, model detector.Info)
	// undetected is told why the detector could not run on a frame.
	undetected(err error)
}

// Worker owns the detector. Its goroutine, Run, has it run on the newest frame of each session in
// turn, so that one phone's stream never starves another's and no frame waits behind an older one.
// A detector that gains by it is given the newest frames of several sessions at once. One that can
// wait for several frames, each on a goroutine of its own, is given as many as it wants.
type Worker struct {
	wake chan struct{}

	mu       sync.Mutex
	detector Detector
	retired  []Detector
	ended    bool // Run has ended
	sources  []frameSource
	next     int
	current  []frameSource // whose frames the detector runs on
	under    int           // how many calls are under way
	idle     *sync.Cond    // signalled, under mu, when one is done

	running sync.WaitGroup // the calls under way
}

// job is one call of the detector.
type job struct {
	detector Detector
	sources  []frameSource
	frames   []*media.Frame // one of each source
	alone    bool           // nothing else may be under way
}

// NewWorker returns a Worker without a detector: frames are left alone until SetDetector.
func NewWorker() *Worker {
	w := &Worker{wake: make(chan struct{}, 1)}
	w.idle = sync.NewCond(&w.mu)
	return w
}

// SetDetector puts a detector in place, or takes it away with nil. The Worker owns it from here on
// and closes the one before when it is done with its current frame. After the end of Run it closes
// the detector at once.
func (w *Worker) SetDetector(d Detector) {
	w.mu.Lock()
	w.retire()
	w.detector = d
	ended := w.ended
	if ended {
		w.retire()
	}
	w.mu.Unlock()
	if ended {
		w.closeRetired()
	} else {
		w.signal()
	}
}

// working says whether there is a detector.
func (w *Worker) working() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.detector != nil
}

// retire takes the detector away; closeRetired closes it. w.mu is held.
func (w *Worker) retire() {
	if w.detector != nil {
		w.retired = append(w.retired, w.detector)
	}
	w.detector = nil
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

// turn has the detector run on what is next in turn. It returns false when nothing is, or no more
// may be under way.
func (w *Worker) turn() bool {
	j := w.choose()
	if len(j.sources) == 0 {
		return false
	}
	if j.alone {
		w.do(j)
	} else {
		w.running.Go(func() {
			w.do(j)
			w.signal()
		})
	}
	return true
}

func (w *Worker) do(j job) {
	defer w.done(j)
	runDetector(j.detector, j.sources, j.frames)
}

// runDetector runs the detector on the frames, one of each source. A crash in it must not take the
// app along: it becomes an error of those frames.
func runDetector(d Detector, all []frameSource, frames []*media.Frame) {
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
				s.undetected(&media.Fault{
					Code: media.DetectorCrashed, Width: f.Width, Height: f.Height,
					Err: fmt.Errorf("%v", r),
				})
			}
		}
	}()
	results := detect(d, frames)
	for i, r := range results {
		told = i + 1
		switch {
		case r.Err == nil:
			all[i].detected(frames[i], r.Found, r.Timing, d.Info())
		case !errors.Is(r.Err, detector.ErrStale):
			all[i].undetected(r.Err)
		}
	}
}

// detect takes several frames only when choose found a batcher.
func detect(d Detector, frames []*media.Frame) []detector.Result {
	if b, ok := d.(batcher); ok && len(frames) > 1 {
		return b.DetectBatch(frames)
	}
	found, timing, err := d.Detect(frames[0], nil)
	return []detector.Result{{Found: found, Timing: timing, Err: err}}
}

// choose takes the newest pending frame of the next session in turn that has one, or of the next
// few sessions; none while as much is under way as may be.
func (w *Worker) choose() job {
	w.mu.Lock()
	defer w.mu.Unlock()
	j := job{detector: w.detector, alone: true}
	if w.detector == nil {
		return j
	}
	if p, ok := w.detector.(parallel); ok {
		if w.under >= p.Parallel() {
			return j
		}
		j.alone = false
	}
	most := 1
	if b, ok := w.detector.(batcher); ok && len(w.sources) > 1 {
		most = max(1, b.Batch(len(w.sources)))
	}
	for range w.sources {
		s := w.sources[w.next%len(w.sources)]
		w.next++
		if f, ok := s.nextFrame(); ok {
			j.sources, j.frames = append(j.sources, s), append(j.frames, f)
			if len(j.frames) == most {
				break
			}
		}
	}
	if len(j.sources) > 0 {
		w.current = append(w.current, j.sources...)
		w.under++
	}
	return j
}

// done takes note that a call has returned.
func (w *Worker) done(j job) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, s := range j.sources {
		i := slices.Index(w.current, s)
		w.current = slices.Delete(w.current, i, i+1)
	}
	w.under--
	w.idle.Broadcast()
}

func (w *Worker) add(s frameSource) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.sources = append(w.sources, s)
}

// remove waits until the detector is done with s, so that s is told nothing afterwards.
func (w *Worker) remove(s frameSource) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.sources = slices.DeleteFunc(slices.Clone(w.sources), func(t frameSource) bool {
		return t == s
	})
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
	w.mu.Lock()
	w.ended = true
	w.retire()
	w.mu.Unlock()
	w.closeRetired()
	w.running.Wait()
}
