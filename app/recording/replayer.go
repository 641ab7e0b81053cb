package recording

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"handlens/inference"
	"handlens/inference/timeline"
	"handlens/inference/track"
)

const (
	// maxAhead bounds how many lines are read ahead for the detector's next results.
	maxAhead = 600
	// isolated is how far away all results must be for a line's own boxes to be taken: those were
	// drawn from results that came too late to be written.
	isolated = 2 * time.Second
)

// replayer goes through a sidecar and tracks and counts again what was found, by a Filter.
type replayer struct {
	*sidecarReader
	style Style

	confidence float32 // the least score of something new

	tracker  *track.Tracker
	counter  *track.Counter
	timeline timeline.Timeline
	ahead    []Line // read and not yet passed
	ended    bool
	current  Line // the last one that was passed
	passed   bool
}

// openReplayer opens a sidecar. The caller closes the replayer.
func openReplayer(path string, f Filter) (*replayer, error) {
	s, err := openSidecar(path)
	if err != nil {
		return nil, err
	}
	if err := f.check(s.head.Labels); err != nil {
		s.close()
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if !(f.Confidence > 0) {
		f.Confidence = inference.DefaultConfidence
	}
	return &replayer{
		sidecarReader: s, style: f.style(), confidence: f.Confidence,
		tracker: track.New(track.Options{Confidence: f.Confidence}),
		counter: track.NewCounter(s.head.Regions),
	}, nil
}

// fill reads until the results cover that time, and at least one line.
func (r *replayer) fill(to time.Duration) error {
	enough := func() bool {
		return r.timeline.Until() >= to || len(r.ahead) >= maxAhead
	}
	for !r.ended && (!enough() || len(r.ahead) == 0) {
		l, err := r.sidecarReader.next()
		if errors.Is(err, io.EOF) {
			r.ended = true
			return nil
		}
		if err != nil {
			return err
		}
		if l.Detected {
			at := l.time()
			found := r.tracker.Update(at, l.Detections)
			r.timeline.Add(at, found)
			r.counter.Update(at, r.shown(found))
		}
		r.ahead = append(r.ahead, l)
	}
	return nil
}

// shown are those that are shown, and so counted.
func (r *replayer) shown(found []inference.Detection) []inference.Detection {
	return slices.DeleteFunc(slices.Clone(found), func(d inference.Detection) bool {
		return !r.style.Shows(d)
	})
}

// step passes on to the next line; io.EOF after the last one.
func (r *replayer) step() (Line, frameOverlay, error) {
	if err := r.fill(0); err != nil {
		return Line{}, frameOverlay{}, err
	}
	if len(r.ahead) == 0 {
		return Line{}, frameOverlay{}, io.EOF
	}
	if err := r.fill(r.ahead[0].time()); err != nil {
		return Line{}, frameOverlay{}, err
	}
	r.pass()
	return r.current, r.overlay(r.current.time()), nil
}

func (r *replayer) pass() {
	r.current, r.passed = r.ahead[0], true
	r.ahead = slices.Delete(r.ahead, 0, 1)
	r.timeline.Forget(r.current.time() - 2*isolated)
}

// at passes on to that time and says what is drawn then.
func (r *replayer) at(t time.Duration) (frameOverlay, error) {
	for {
		if err := r.fill(t); err != nil {
			return frameOverlay{}, err
		}
		if len(r.ahead) == 0 || r.ahead[0].time() > t+time.Millisecond {
			return r.overlay(t), nil
		}
		r.pass()
	}
}

func (r *replayer) overlay(t time.Duration) frameOverlay {
	fo := frameOverlay{view: r.style.View, all: r.timeline.At(t)}
	near := false
	for range r.timeline.Between(t-isolated, t+isolated) {
		near = true
	}
	if !near && r.passed && (r.current.time()-t).Abs() < isolated/4 {
		fo.all = r.current.Detections
	}
	fo.apply(r.style, r.timeline.Between(t-blurAfter, t+blurBefore), t)
	return fo
}
