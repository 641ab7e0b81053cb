package track

import (
	"math"
	"slices"
	"time"

	"handlens/inference"
)

// What is drawn between detection passes.
const (
	// Motion is extrapolated at full speed for extrapolateFor, and then ever more slowly, never
	// farther than extrapolateFor + extrapolateFade.
	extrapolateFor  = 300 * time.Millisecond
	extrapolateFade = 150 * time.Millisecond
	// shownFor is how long a box is drawn after its pass; if passes are rarer, shownPasses of their
	// intervals, at most shownMost.
	shownFor    = 700 * time.Millisecond
	shownPasses = 2.5
	shownMost   = 1500 * time.Millisecond
	// missedFor is how long a track is drawn that later passes have not found; one miss is always
	// forgiven.
	missedFor = 300 * time.Millisecond
)

// Predict appends to dst what is to be drawn over the frame of that moment: each object where its
// motion has taken it since the pass that found it last, or a little back if the frame is older
// than the pass. Boxes are clipped to the frame; objects that have left it are not drawn. It
// changes nothing, and may be called for any number of moments between two passes.
func (t *Tracker) Predict(at time.Duration, dst []inference.Detection) []inference.Detection {
	for _, o := range t.objects {
		if !t.shown(o, at) {
			continue
		}
		full := o.motion.moved(t.path.between(o.motion.at, at)).box(extrapolation(at - o.motion.at))
		if box, shape, ok := o.look(full); ok {
			dst = append(dst, inference.Detection{
				Box: box, Class: o.vote.class, Label: o.vote.label, Score: o.score, Track: o.id,
				Shape: shape,
			})
		}
	}
	return dst
}

// look is the object's box and shape in the frame when it is in the box full, of which a part may
// lie outside; false when next to nothing is in the frame.
func (o *object) look(full inference.Box) (inference.Box, *inference.Shape, bool) {
	d := inference.Detection{Box: shapedAs(full, o.found), Shape: o.shape}
	if corners, ok := d.Corners(); ok {
		return inference.Rotated(corners)
	}
	// Only the box is clipped; the shape keeps its size.
	box, ok := clip(full)
	return box, o.shape.Moved(full, box), ok
}

// shapedAs returns a box with the middle and the area of one and the form of another: a rotated box
// within it stays a rectangle, where a filter that follows width and height apart would skew it.
func shapedAs(b, form inference.Box) inference.Box {
	x, y, w, h := parts(b)
	_, _, fw, fh := parts(form)
	k := math.Sqrt(w*h/(max(fw, leastScale)*max(fh, leastScale))) / 2
	return inference.Box{
		X1: float32(x - k*fw), Y1: float32(y - k*fh), X2: float32(x + k*fw), Y2: float32(y + k*fh),
	}
}

// Trails appends the trails of the objects that are drawn, as of the newest pass. The points belong
// to the caller.
func (t *Tracker) Trails(dst []Trail) []Trail {
	for _, o := range t.objects {
		if o.hits > 1 && t.shown(o, t.at) {
			trail := slices.Clone(o.trail)
			pan(trail, t.path.between(o.motion.at, t.at))
			dst = append(dst, Trail{Track: o.id, Class: o.vote.class, Points: trail})
		}
	}
	return dst
}

// shown tells whether an object is drawn at that moment.
func (t *Tracker) shown(o *object, at time.Duration) bool {
	if o.missed > 0 && (o.hits == 1 || o.missed > 1 && t.at-o.motion.at > missedFor) {
		return false
	}
	return at-o.motion.at <= t.patience()
}

// patience is how long a box is drawn after its pass.
func (t *Tracker) patience() time.Duration {
	return max(shownFor, min(time.Duration(shownPasses*float64(t.interval)), shownMost))
}

// extrapolation is how many seconds of motion a box of that age is moved by; negative for one from
// the future.
func extrapolation(age time.Duration) float64 {
	if age <= extrapolateFor {
		return max(-extrapolateFor, age).Seconds()
	}
	fade := extrapolateFade.Seconds()
	return extrapolateFor.Seconds() + fade*(1-math.Exp(-(age-extrapolateFor).Seconds()/fade))
}

// clip returns the part of a box that lies in the frame, false when next to nothing does.
func clip(b inference.Box) (inference.Box, bool) {
	b = inference.Box{X1: max(b.X1, 0), Y1: max(b.Y1, 0), X2: min(b.X2, 1), Y2: min(b.Y2, 1)}
	return b, b.X2-b.X1 > leastScale/2 && b.Y2-b.Y1 > leastScale/2
}
