package egomotion

import (
	"math"
	"time"

	"handlens/inference"
	"handlens/inference/track"
	"handlens/media"
)

const (
	// longSide is about the longer side of the shrunk frame, in pixels; that is always less than
	// twice as long.
	longSide = 160
	// leastSide is the shortest side, in pixels, of a shrunk frame in which anything can be found.
	leastSide = 24
	// Frames are compared with the same earlier one until they have moved keepWithin away from it,
	// in pixels of the shrunk frame, or for keepFor. So a camera that stands still does not drift.
	keepWithin = 3.0
	keepFor    = 400 * time.Millisecond
	// restless is the least displacement of any corner, in pixels of the shrunk frame, that counts
	// as a motion.
	restless = 0.25
	// margin is the part of its size by which an object's box is enlarged on each side, since it
	// may have moved.
	margin = 0.15
)

// Estimator follows the camera of one stream. The zero value is ready to use. It keeps its memory
// and is not safe for concurrent use.
type Estimator struct {
	width, height int // of the stream's frames
	side          int // of the square of pixels that becomes one pixel

	now, kept pyramid
	keptAt    time.Duration
	some      bool  // there is a kept frame
	before    shift // from the kept frame to the one before

	fit fitter
}

// pyramid is one frame in three sizes.
type pyramid struct{ full, half, quarter gray }

func (p *pyramid) make(f *media.Frame, side int) {
	p.full.shrink(f, side)
	p.half.half(&p.full)
	p.quarter.half(&p.half)
}

// Next processes the next frame of the stream. It returns how the content moved since the frame
// before, and whether that is certain; if it is not, the motion is [track.Still]. The boxes, in
// 0..1 of the frame, of objects that may move by themselves are left out if enough of the frame
// remains. A frame with incomplete planes, smaller than some 24 pixels, or of another size than
// before starts again.
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

// keep makes the present frame the one with which the next ones are compared.
func (e *Estimator) keep(at time.Duration) {
	e.now, e.kept = e.kept, e.now
	e.keptAt, e.some, e.before = at, true, shift{}
}

// shift is a similarity transform about the centre of the shrunk frame, in its pixels: a point p,
// relative to the centre, goes to (1+a, -b; b, 1+a)·p + (x, y).
type shift struct{ a, b, x, y float64 }

// on returns by how much a point, relative to the centre, is moved.
func (s shift) on(x, y float64) (dx, dy float64) { return s.a*x - s.b*y + s.x, s.b*x + s.a*y + s.y }

// most is how far the corner moves that moves most, in pixels.
func (s shift) most(w, h float64) float64 {
	most := 0.0
	for _, c := range [...][2]float64{{-1, -1}, {1, -1}, {-1, 1}, {1, 1}} {
		dx, dy := s.on(c[0]*w/2, c[1]*h/2)
		most = max(most, math.Hypot(dx, dy))
	}
	return most
}

// moved returns the same in coordinates 0..1 of the frame.
func (s shift) moved(w, h float64) track.Moved {
	m := track.Moved{XX: 1 + s.a, XY: -s.b * h / w, YX: s.b * w / h, YY: 1 + s.a}
	m.X = 0.5 + s.x/w - 0.5*m.XX - 0.5*m.XY
	m.Y = 0.5 + s.y/h - 0.5*m.YX - 0.5*m.YY
	return m
}
