package egomotion

import (
	"math"
	"time"

	"handlens/inference"
	"handlens/inference/track"
	"handlens/media"
)

const (
	// longSide is about how long the longer side of the shrunk picture is; it is always less than
	// twice that.
	longSide = 160
	// leastSide is the shortest side of a shrunk picture in which anything can be found.
	leastSide = 24
	// A picture is compared with an earlier one until it has moved so far from it, in pixels of the
	// shrunk picture, or for so long. So what does not move does not drift.
	keepWithin = 3.0
	keepFor    = 400 * time.Millisecond
	// restless is the least displacement of any corner that is a motion.
	restless = 0.25
	// margin is by how much of its size the box of a thing is left out on each side, since it may
	// have moved.
	margin = 0.15
)

// Estimator follows the camera of one stream. The zero value is ready. It keeps its memory and is
// not safe for concurrent use.
type Estimator struct {
	width, height int // of the stream's pictures
	side          int // of a cell that becomes one pixel

	now, kept pyramid
	keptAt    time.Duration
	some      bool  // there is a kept picture
	before    shift // from the kept picture to the one before

	fit fitter
}

// pyramid is one picture in three sizes.
type pyramid struct{ full, half, quarter gray }

func (p *pyramid) make(f *media.Frame, side int) {
	p.full.shrink(f, side)
	p.half.half(&p.full)
	p.quarter.half(&p.half)
}

// Next takes in the next picture of the stream and returns how the picture moved since the one
// before, and whether that is certain; if it is not, [track.Still]. The boxes, in the picture's
// 0..1, of things that may move by themselves are left out as far as the picture leaves anything
// else. A picture without whole planes, or smaller than some 24 pixels, or of another size than
// before, begins anew.
func (e *Estimator) Next(f *media.Frame, at time.Duration, things []inference.Box) (track.Moved,
	bool,
) {
	if !f.Valid() {
		e.some = false
		return track.Still, false
	}
	if f.Width != e.width || f.Height != e.height {
		e.width, e.height, e.some = f.Width, f.Height, false
		e.side = max(1, (max(f.Width, f.Height)+longSide-1)/longSide)
	}
	if min(f.Width, f.Height)/e.side < leastSide {
		return track.Still, false
	}
	e.now.make(f, e.side)
	if !e.some {
		e.keep(at)
		return track.Still, false
	}
	e.fit.begin(&e.kept.full, things)
	all, ok := e.fit.find(&e.kept, &e.now, e.before)
	if !ok {
		e.keep(at)
		return track.Still, false
	}
	w, h := float64(e.now.full.w), float64(e.now.full.h)
	if all.most(w, h) < restless {
		all = shift{}
	}
	m := e.before.moved(w, h).Back().Then(all.moved(w, h))
	e.before = all
	if all.most(w, h) > keepWithin || at-e.keptAt > keepFor || at < e.keptAt {
		e.keep(at)
	}
	return m, true
}

// keep makes the present picture the one that the next ones are compared with.
func (e *Estimator) keep(at time.Duration) {
	e.now, e.kept = e.kept, e.now
	e.keptAt, e.some, e.before = at, true, shift{}
}

// shift is a similarity about the middle of the shrunk picture, in its pixels: a place p from the
// middle goes to (1+a, -b; b, 1+a)·p + (x, y).
type shift struct{ a, b, x, y float64 }

// on is by how much a place, from the middle, is moved.
func (s shift) on(x, y float64) (dx, dy float64) { return s.a*x - s.b*y + s.x, s.b*x + s.a*y + s.y }

// most is how far any corner moves.
func (s shift) most(w, h float64) float64 {
	most := 0.0
	for _, c := range [...][2]float64{{-1, -1}, {1, -1}, {-1, 1}, {1, 1}} {
		dx, dy := s.on(c[0]*w/2, c[1]*h/2)
		most = max(most, math.Hypot(dx, dy))
	}
	return most
}

// moved is the same in coordinates 0..1 of the picture.
func (s shift) moved(w, h float64) track.Moved {
	m := track.Moved{XX: 1 + s.a, XY: -s.b * h / w, YX: s.b * w / h, YY: 1 + s.a}
	m.X = 0.5 + s.x/w - 0.5*m.XX - 0.5*m.XY
	m.Y = 0.5 + s.y/h - 0.5*m.YX - 0.5*m.YY
	return m
}
