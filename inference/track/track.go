package track

import (
	"math"
	"time"

	"handlens/inference"
)

// Trails: how far back they go, how far apart their points are at least, in 0..1 of the frame, and
// how many points there are at most.
const (
	trailFor    = 3 * time.Second
	trailStep   = 0.004
	trailPoints = 96
)

// An object counts as real, and not as a flicker of the detector, after so many passes in a row
// over so much time.
const (
	realHits = 3
	realFor  = 150 * time.Millisecond
)

// object is one track.
type object struct {
	id     int
	motion motion // as of the pass that found it last
	// unoccluded is its motion as of a pass that saw all of it, as far as can be told, some time
	// before it was partly hidden: what goes behind something shrinks and seems to slow down first,
	// and comes out on the other side as if it had done neither. nextUnoccluded replaces it later.
	unoccluded, nextUnoccluded motion
	fullArea                   float64 // the area when all of it is seen; sinks slowly
	score                      float32
	vote                       classVote
	// shape is what that pass told beyond the box, in coordinates of the box that it found.
	shape *inference.Shape
	found inference.Box

	strong     time.Duration // last found with a score of at least the confidence
	hits       int           // the passes that found it
	streak     int           // those in a row, since streakFrom
	streakFrom time.Duration
	missed     int    // the last passes, in a row, that did not find it
	counted    string // the label under which Seen counts it
	isCounted  bool

	trail   []Point
	trailAt []time.Duration
}

func newObject(id int, at time.Duration, d inference.Detection) *object {
	o := &object{
		id: id, motion: start(d.Box, at), score: d.Score, shape: d.Shape, found: d.Box,
		strong: at, hits: 1, streak: 1, streakFrom: at,
	}
	o.unoccluded, o.nextUnoccluded, o.fullArea = o.motion, o.motion, area(d.Box)
	o.vote.settle(d.Class, d.Label)
	o.vote.add(at, d.Class, d.Label, d.Score)
	o.mark(at)
	return o
}

// see updates the object with a detection of it. camera is how the camera moved, and strong says
// that the score is at least the confidence.
func (o *object) see(at time.Duration, camera *path, d inference.Detection, strong bool) {
	pan(o.trail, camera.between(o.motion.at, at))
	if o.missed > 0 && overlap(o.whole(at, camera), d.Box) > overlap(o.box(at, camera), d.Box) {
		o.motion = o.unoccluded
	}
	o.fullArea *= math.Exp(-(at - o.motion.at).Seconds() / fullFade.Seconds())
	o.motion = o.motion.moved(camera.between(o.motion.at, at)).ahead(at)
	o.motion.correct(d.Box, !strong)
	if a := area(o.motion.box(0)); a > fullPart*o.fullArea || at-o.nextUnoccluded.at > lostFor {
		o.fullArea = max(a, o.fullArea)
		if at-o.nextUnoccluded.at >= unoccludedEvery {
			o.unoccluded, o.nextUnoccluded = o.nextUnoccluded, o.motion
		}
	}
	o.score, o.shape, o.found = d.Score, d.Shape, d.Box
	if strong {
		o.strong = at
	}
	if o.missed > 0 {
		o.streak, o.streakFrom = 0, at
	}
	o.hits++
	o.streak++
	o.missed = 0
	o.vote.add(at, d.Class, d.Label, d.Score)
	o.mark(at)
}

const (
	// fullPart is the part of its full area that an object must have to count as seen completely,
	// and fullFade the time constant with which that area is forgotten.
	fullPart = 0.85
	fullFade = 4 * time.Second
	// unoccludedEvery is the time between the motions that are kept.
	unoccludedEvery = 250 * time.Millisecond
)

// box is where it should be at that moment; whole is where it should be if it has moved on as it
// did when all of it was last seen.
func (o *object) box(at time.Duration, camera *path) inference.Box {
	return o.motion.moved(camera.between(o.motion.at, at)).box(max(0, (at - o.motion.at).Seconds()))
}

func (o *object) whole(at time.Duration, camera *path) inference.Box {
	return o.unoccluded.moved(camera.between(o.unoccluded.at, at)).box(max(0,
		(at - o.unoccluded.at).Seconds()))
}

// real tells whether it was found often and long enough, without a break, to be counted.
func (o *object) real() bool { return o.streak >= realHits && o.motion.at-o.streakFrom >= realFor }

// mark adds the present position to the trail.
func (o *object) mark(at time.Duration) {
	p := o.motion.middle()
	if n := len(o.trail); n > 1 && far(o.trail[n-2], p) < trailStep {
		// It hardly moved from the point before: the newest point moves with it.
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

// pan moves points along with the camera, no farther away than any box may be.
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
