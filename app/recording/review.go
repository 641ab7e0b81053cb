package recording

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"handlens/inference"
	"handlens/inference/overlay"
	"handlens/inference/timeline"
	"handlens/inference/track"
)

// Choice says anew what of a recording's detections is to be seen.
type Choice struct {
	// Confidence is the least score, 0..1, of something new; 0 means inference.DefaultConfidence.
	// The objects are followed again with it, from what the detector itself had found, so that the
	// outcome is that of a recording made with it.
	Confidence float32
	// Classes are the labels that are shown; none for all. Blur are those that are made
	// unrecognisable.
	Classes, Blur []string
}

// check refuses labels that the model does not have.
func (c Choice) check(labels []string) error {
	if len(labels) == 0 {
		return nil
	}
	for _, label := range slices.Concat(c.Classes, c.Blur) {
		if !slices.Contains(labels, label) {
			return fmt.Errorf("the model of this recording knows no %q; it knows %s", label,
				some(labels))
		}
	}
	return nil
}

// some names a few labels.
func some(labels []string) string {
	const few = 8
	if len(labels) <= few {
		return strings.Join(labels, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(labels[:few], ", "), len(labels)-few)
}

func (c Choice) style() Style {
	return Style{
		View: overlay.View{Boxes: true, Labels: true, IDs: true},
		Shows: func(d inference.Detection) bool {
			return (len(c.Classes) == 0 || slices.Contains(c.Classes, d.Label)) &&
				track.Shown(d, c.Confidence)
		},
		Blurs: func(d inference.Detection) bool { return slices.Contains(c.Blur, d.Label) },
	}
}

const (
	// maxAhead bounds how many lines are read ahead for the next look of the detector.
	maxAhead = 600
	// lonely is how far away the looks must be for a line's own boxes to be taken, which were drawn
	// from looks that came too late to be written.
	lonely = 2 * time.Second
)

// review looks at a sidecar again.
type review struct {
	*script
	style   Style
	tracker *track.Tracker
	counter *track.Counter
	looks   timeline.Timeline
	ahead   []Line // read and not yet passed
	ended   bool
	current Line // the last one that was passed
	passed  bool
}

func openReview(path string, c Choice) (*review, error) {
	s, err := openScript(path)
	if err != nil {
		return nil, err
	}
	if err := c.check(s.head.Labels); err != nil {
		s.close()
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if !(c.Confidence > 0) {
		c.Confidence = inference.DefaultConfidence
	}
	return &review{
		script: s, style: c.style(), tracker: track.New(track.Options{Confidence: c.Confidence}),
		counter: track.NewCounter(s.head.Regions),
	}, nil
}

// fill reads until the looks cover that time.
func (v *review) fill(to time.Duration) error {
	for !v.ended && v.looks.Until() < to && len(v.ahead) < maxAhead || len(v.ahead) == 0 &&
		!v.ended {
		l, err := v.script.next()
		if errors.Is(err, io.EOF) {
			v.ended = true
			return nil
		}
		if err != nil {
			return err
		}
		if l.Looked {
			at := l.time()
			found := v.tracker.Update(at, l.Detections)
			v.looks.Add(at, found)
			v.counter.Update(at, v.shown(found))
		}
		v.ahead = append(v.ahead, l)
	}
	return nil
}

// shown are those that are to be seen, and so counted.
func (v *review) shown(found []inference.Detection) []inference.Detection {
	return slices.DeleteFunc(slices.Clone(found), func(d inference.Detection) bool {
		return !v.style.Shows(d)
	})
}

func (l Line) time() time.Duration { return time.Duration(l.T) * time.Millisecond }

// step passes on to the next line; io.EOF after the last one.
func (v *review) step() (Line, sight, error) {
	if err := v.fill(0); err != nil {
		return Line{}, sight{}, err
	}
	if len(v.ahead) == 0 {
		return Line{}, sight{}, io.EOF
	}
	if err := v.fill(v.ahead[0].time()); err != nil {
		return Line{}, sight{}, err
	}
	v.pass()
	return v.current, v.see(v.current.time()), nil
}

func (v *review) pass() {
	v.current, v.passed = v.ahead[0], true
	v.ahead = slices.Delete(v.ahead, 0, 1)
	v.looks.Forget(v.current.time() - 2*lonely)
}

// at passes on to that time and says what is to be seen then.
func (v *review) at(t time.Duration) (sight, error) {
	for {
		if err := v.fill(t); err != nil {
			return sight{}, err
		}
		if len(v.ahead) == 0 || v.ahead[0].time() > t+time.Millisecond {
			return v.see(t), nil
		}
		v.pass()
	}
}

func (v *review) see(t time.Duration) sight {
	s := sight{view: v.style.View, all: v.looks.At(t)}
	near := false
	for range v.looks.Between(t-lonely, t+lonely) {
		near = true
	}
	if !near && v.passed && (v.current.time()-t).Abs() < lonely/4 {
		s.all = v.current.Detections
	}
	s.apply(v.style, v.looks.Between(t-hideFor, t+hideAhead), t)
	return s
}
