package track

import (
	"math"
	"time"

	"handlens/inference"
)

// How objects move, in multiples of their own size, so that near and far objects are treated alike.
// They are standard deviations.
const (
	noise      = 0.05 // of a measured centre or size
	weakNoise  = 0.1  // the same with a low score
	anySpeed   = 3.0  // of an object seen for the first time, per second
	agility    = 2.0  // change of speed within a second
	anyGrowth  = 0.5  // change of size of an object seen for the first time, per second
	growth     = 0.5  // change of that within a second
	doubt      = 0.1  // how many variances count against a speed
	leastScale = 1e-3 // nothing counts as smaller
)

// axis is a Kalman filter for one coordinate that moves at nearly constant speed.
type axis struct {
	pos, vel   float64
	pp, pv, vv float64 // the covariance of the two
}

// ahead returns the axis after dt seconds; q is the variance that its speed gains in a second. It
// is the exact integral of white acceleration, so that many small steps and a large one give the
// same result.
func (a axis) ahead(dt, q float64) axis {
	a.pos += a.vel * dt
	a.pp += dt * (2*a.pv + dt*(a.vv+q*dt/3))
	a.pv += dt * (a.vv + q*dt/2)
	a.vv += q * dt
	return a
}

// correct updates the axis with a measured position z of variance r.
func (a *axis) correct(z, r float64) {
	s := a.pp + r
	k, kv, off := a.pp/s, a.pv/s, z-a.pos
	a.pos += k * off
	a.vel += kv * off
	a.vv = max(0, a.vv-kv*a.pv)
	a.pv *= 1 - k
	a.pp *= 1 - k
}

// speed is the axis' speed as far as it is certain: what may just as well be the trembling of a box
// that stands still is left out.
func (a axis) speed() float64 {
	v := a.vel * a.vel
	return a.vel * v / (v + doubt*a.vv)
}

// motion is where an object is and how it moves: centre and size, as of one moment.
type motion struct {
	x, y, w, h axis
	at         time.Duration
}

// scale is the size in which movement in any direction is measured.
func scale(w, h float64) float64 { return max(leastScale, math.Sqrt(max(0, w*h))) }

func start(b inference.Box, at time.Duration) motion {
	x, y, w, h := parts(b)
	s := scale(w, h)
	begin := func(pos, size, speed float64) axis {
		return axis{pos: pos, pp: square(noise * max(size, leastScale)), vv: square(speed)}
	}
	return motion{
		x: begin(x, w, anySpeed*s), y: begin(y, h, anySpeed*s),
		w: begin(w, w, anyGrowth*s), h: begin(h, h, anyGrowth*s), at: at,
	}
}

// ahead returns the motion advanced to a time that is not before its own.
func (m motion) ahead(at time.Duration) motion {
	dt := max(0, (at - m.at).Seconds())
	s := scale(m.w.pos, m.h.pos)
	q, g := square(agility*s), square(growth*s)
	m.x, m.y, m.w, m.h = m.x.ahead(dt, q), m.y.ahead(dt, q), m.w.ahead(dt, g), m.h.ahead(dt, g)
	m.at = max(at, m.at)
	return m
}

// correct updates the motion with a box measured at its own time; weak is for a low score.
func (m *motion) correct(b inference.Box, weak bool) {
	x, y, w, h := parts(b)
	n := noise
	if weak {
		n = weakNoise
	}
	rw, rh := square(n*max(w, leastScale)), square(n*max(h, leastScale))
	m.x.correct(x, rw)
	m.y.correct(y, rh)
	m.w.correct(w, rw)
	m.h.correct(h, rh)
}

// box is where the object is dt seconds after the motion's own time, or before it.
func (m motion) box(dt float64) inference.Box {
	// No object grows or shrinks by more than half within the time that is predicted.
	size := func(a axis) float64 {
		return max(leastScale, a.pos/2, min(a.pos+a.speed()*dt, a.pos*1.5))
	}
	x, y, w, h := m.x.pos+m.x.speed()*dt, m.y.pos+m.y.speed()*dt, size(m.w)/2, size(m.h)/2
	return inference.Box{
		X1: float32(x - w), Y1: float32(y - h), X2: float32(x + w),
		Y2: float32(y + h),
	}
}

func (m motion) middle() Point { return Point{X: float32(m.x.pos), Y: float32(m.y.pos)} }

func parts(b inference.Box) (x, y, w, h float64) {
	x1, y1, x2, y2 := float64(b.X1), float64(b.Y1), float64(b.X2), float64(b.Y2)
	return (x1 + x2) / 2, (y1 + y2) / 2, x2 - x1, y2 - y1
}

func square(v float64) float64 { return v * v }
