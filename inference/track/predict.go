package track

import (
	"math"
	"slices"
	"time"

	"handlens/inference"
)

// What is drawn between the looks.
const (
	// Motion is carried on at full speed for so long, and then ever more slowly; it never goes on
	// for more than carryFor + carryFade.
	carryFor  = 300 * time.Millisecond
	carryFade = 150 * time.Millisecond
	// shownFor is how long a box outlives its look; where looks are rarer, shownLooks of them, at
	// most shownMost.
	shownFor   = 700 * time.Millisecond
	shownLooks = 2.5
	shownMost  = 1500 * time.Millisecond
	// missedFor is how long a track is shown that the looks since have not found; one miss is
	// always forgiven.
	missedFor = 300 * time.Millisecond
)

// Predict appends to dst what is to be drawn over the picture of that moment: each object where its
// motion has carried it since the look that saw it last, or a little back when the picture is older
// than the look. Boxes are cut to the picture; what has left it is not drawn. It changes nothing,
// and may be asked for any number of moments between two looks.
func (t *Tracker) Predict(at time.Duration, dst []inference.Detection) []inference.Detection {
	for _, o := range t.objects {
		if !t.shown(o, at) {
			continue
		}
		full := o.motion.moved(t.path.between(o.motion.at, at)).box(carried(at - o.motion.at))
		box, ok := cut(full)
		if ok {
			// What is cut is the box; the shape stays as large as it is.
			dst = append(dst, inference.Detection{
				Box: box, Class: o.kind.class, Label: o.kind.label, Score: o.score, Track: o.id,
				Shape: o.shape.Moved(full, box),
			})
		}
	}
	return dst
}

// Trails appends the ways of the objects that are shown, as of the newest look. The points are the
// caller's.
func (t *Tracker) Trails(dst []Trail) []Trail {
	for _, o := range t.objects {
		if o.looks > 1 && t.shown(o, t.at) {
			trail := slices.Clone(o.trail)
			pan(trail, t.path.between(o.motion.at, t.at))
			dst = append(dst, Trail{Track: o.id, Class: o.kind.class, Points: trail})
		}
	}
	return dst
}

func (t *Tracker) shown(o *object, at time.Duration) bool {
	if o.missed > 0 && (o.looks == 1 || o.missed > 1 && t.at-o.motion.at > missedFor) {
		return false
	}
	return at-o.motion.at <= t.patience()
}

// patience is how long a box may outlive its look.
func (t *Tracker) patience() time.Duration {
	return max(shownFor, min(time.Duration(shownLooks*float64(t.every)), shownMost))
}

// carried is for how many seconds of motion a box is moved that is so old; negative for one from
// the future.
func carried(age time.Duration) float64 {
	if age <= carryFor {
		return max(-carryFor, age).Seconds()
	}
	fade := carryFade.Seconds()
	return carryFor.Seconds() + fade*(1-math.Exp(-(age-carryFor).Seconds()/fade))
}

// cut returns the part of a box that lies in the picture, false when next to nothing does.
func cut(b inference.Box) (inference.Box, bool) {
	b = inference.Box{X1: max(b.X1, 0), Y1: max(b.Y1, 0), X2: min(b.X2, 1), Y2: min(b.Y2, 1)}
	return b, b.X2-b.X1 > leastScale/2 && b.Y2-b.Y1 > leastScale/2
}
