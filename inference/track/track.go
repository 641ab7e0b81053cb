package track

import (
	"math"
	"time"

	"handlens/inference"
)

// Trails: how far back they go, how far apart their points are at least, and how many there are at
// most.
const (
	trailFor    = 3 * time.Second
	trailStep   = 0.004
	trailPoints = 96
)

// When something counts as really there, and not as a flicker of the detector.
const (
	realLooks = 3
	realFor   = 150 * time.Millisecond
)

// object is one track.
type object struct {
	id     int
	motion motion // as of the look that saw it last
	// ample is its motion as of a look that saw all of it, as far as can be told, and some time
	// before it did not: what goes behind something shrinks and seems to slow down first, and comes
	// out on the other side as if it had done neither. Later is the next one.
	ample, later motion
	full         float64 // the area that it has when all of it is seen; sinks slowly
	score        float32
	kind         kind
	// shape is what that look told of it beside the box, in coordinates of the box.
	shape *inference.Shape

	strong    time.Duration // last seen with a score of at least the confidence
	looks     int           // how many saw it
	row       int           // how many in a row saw it, since rowFrom
	rowFrom   time.Duration
	missed    int    // how many in a row did not
	counted   string // the label under which Seen counts it
	isCounted bool

	trail   []Point
	trailAt []time.Duration
}

func newObject(id int, at time.Duration, d inference.Detection) *object {
	o := &object{
		id: id, motion: start(d.Box, at), score: d.Score, shape: d.Shape, strong: at,
		looks: 1, row: 1, rowFrom: at,
	}
	o.ample, o.later, o.full = o.motion, o.motion, area(d.Box)
	o.kind.lock(d.Class, d.Label)
	o.kind.vote(at, d.Class, d.Label, d.Score)
	o.mark(at)
	return o
}

// see takes in that a look found it, when the camera has moved since the look that saw it before.
func (o *object) see(at time.Duration, camera *path, d inference.Detection, strong bool) {
	pan(o.trail, camera.between(o.motion.at, at))
	if o.missed > 0 && overlap(o.whole(at, camera), d.Box) > overlap(o.box(at, camera), d.Box) {
		o.motion = o.ample
	}
	o.full *= math.Exp(-(at - o.motion.at).Seconds() / fullFade.Seconds())
	o.motion = o.motion.moved(camera.between(o.motion.at, at)).ahead(at)
	o.motion.correct(d.Box, !strong)
	if a := area(o.motion.box(0)); a > fullPart*o.full || at-o.later.at > lostFor {
		o.full = max(a, o.full)
		if at-o.later.at >= ampleEvery {
			o.ample, o.later = o.later, o.motion
		}
	}
	o.score, o.shape = d.Score, d.Shape
	if strong {
		o.strong = at
	}
	if o.missed > 0 {
		o.row, o.rowFrom = 0, at
	}
	o.looks++
	o.row++
	o.missed = 0
	o.kind.vote(at, d.Class, d.Label, d.Score)
	o.mark(at)
}

// fullPart is the part of a thing's former area from which on all of it is seen, fullFade the time
// constant by which that is forgotten.
const (
	fullPart = 0.85
	fullFade = 4 * time.Second
	// ampleEvery is how far apart the motions are that are kept of it.
	ampleEvery = 250 * time.Millisecond
)

// box is where it should be at that moment, whole where it should be had it gone on as when all of
// it was last seen.
func (o *object) box(at time.Duration, camera *path) inference.Box {
	return o.motion.moved(camera.between(o.motion.at, at)).box(max(0, (at - o.motion.at).Seconds()))
}

func (o *object) whole(at time.Duration, camera *path) inference.Box {
	return o.ample.moved(camera.between(o.ample.at, at)).box(max(0, (at - o.ample.at).Seconds()))
}

// real says that it is seen often and long enough, and without a break, to be counted.
func (o *object) real() bool { return o.row >= realLooks && o.motion.at-o.rowFrom >= realFor }

// mark adds the present place to the trail.
func (o *object) mark(at time.Duration) {
	p := o.motion.middle()
	if n := len(o.trail); n > 1 && far(o.trail[n-2], p) < trailStep {
		// It hardly moved from the point before: the newest point follows it.
		o.trail[n-1], o.trailAt[n-1] = p, at
	} else {
		o.trail, o.trailAt = append(o.trail, p), append(o.trailAt, at)
	}
	drop := max(0, len(o.trail)-trailPoints)
	for drop < len(o.trail)-1 && at-o.trailAt[drop] > trailFor {
		drop++
	}
	if drop > 0 {
		o.trail = o.trail[:copy(o.trail, o.trail[drop:])]
		o.trailAt = o.trailAt[:copy(o.trailAt, o.trailAt[drop:])]
	}
}

// pan carries places along with the camera, no farther than what any box may be away.
func pan(points []Point, by Moved) {
	if by == Still {
		return
	}
	for i, p := range points {
		x, y := by.On(float64(p.X), float64(p.Y))
		points[i] = Point{X: float32(max(-4, min(x, 4))), Y: float32(max(-4, min(y, 4)))}
	}
}

func far(a, b Point) float32 {
	dx, dy := a.X-b.X, a.Y-b.Y
	return max(dx, -dx) + max(dy, -dy)
}
