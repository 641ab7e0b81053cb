package track

import (
	"math"
	"time"
)

// Moved is how the frame's content moved because the camera did: what was at (x, y), in 0..1 of the
// frame, is now at (XX·x + XY·y + X, YX·x + YY·y + Y). [Still] is no motion; [Tracker.Camera] takes
// the zero value for that as well.
type Moved struct {
	XX, XY, X float64
	YX, YY, Y float64
}

// Still is no motion.
var Still = Moved{XX: 1, YY: 1}

// On returns where a point has moved to.
func (m Moved) On(x, y float64) (float64, float64) {
	return m.XX*x + m.XY*y + m.X, m.YX*x + m.YY*y + m.Y
}

// Then returns this motion followed by another one.
func (m Moved) Then(n Moved) Moved {
	x, y := n.On(m.X, m.Y)
	return Moved{
		XX: n.XX*m.XX + n.XY*m.YX, XY: n.XX*m.XY + n.XY*m.YY, X: x,
		YX: n.YX*m.XX + n.YY*m.YX, YY: n.YX*m.XY + n.YY*m.YY, Y: y,
	}
}

// Back returns the motion that undoes this one; Still when nothing can.
func (m Moved) Back() Moved {
	d := m.XX*m.YY - m.XY*m.YX
	if !(math.Abs(d) > 1e-6) {
		return Still
	}
	b := Moved{XX: m.YY / d, XY: -m.XY / d, YX: -m.YX / d, YY: m.XX / d}
	b.X, b.Y = -(b.XX*m.X + b.XY*m.Y), -(b.YX*m.X + b.YY*m.Y)
	return b
}

// part returns the first part, 0..1, of a small motion.
func (m Moved) part(p float64) Moved {
	return Moved{
		XX: 1 + p*(m.XX-1), XY: p * m.XY, X: p * m.X,
		YX: p * m.YX, YY: 1 + p*(m.YY-1), Y: p * m.Y,
	}
}

// Limits of one step of the camera that is believed: about a third of the frame, and about a third
// larger or smaller.
const (
	mostShift = 0.35
	mostScale = 0.35
)

// believable tells whether a camera can move like that from one frame to the next.
func (m Moved) believable() bool {
	for _, v := range [...]float64{m.X, m.Y} {
		if !(math.Abs(v) <= mostShift+mostScale) {
			return false
		}
	}
	// With a rotation, what multiplies the other axis depends on the frame's aspect ratio.
	return math.Abs(m.XX-1) <= mostScale && math.Abs(m.YY-1) <= mostScale &&
		math.Abs(m.XY) <= 2*mostScale && math.Abs(m.YX) <= 2*mostScale
}

// maxSteps bounds how many steps of the camera are kept. It is more than lostFor at 120 frames a
// second.
const maxSteps = 256

// path is how the camera moved recently, from frame to frame.
type path struct {
	steps []step // ascending

	// The last answer, since many objects ask the same.
	from, to time.Duration
	answer   Moved
	known    bool
}

// step is how the content moved from the step before until that time.
type step struct {
	at time.Duration
	by Moved
}

func (p *path) add(at time.Duration, by Moved) {
	p.known = false
	if n := len(p.steps); n > 0 && at <= p.steps[n-1].at {
		if at >= p.steps[n-1].at-backwards {
			return
		}
		p.steps = p.steps[:0]
	}
	if len(p.steps) == maxSteps {
		p.steps = p.steps[:copy(p.steps, p.steps[maxSteps/2:])]
	}
	p.steps = append(p.steps, step{at, by})
}

// between is how the content moved from one time to another, which may be earlier. It is Still for
// times of which nothing is known.
func (p *path) between(from, to time.Duration) Moved {
	if len(p.steps) == 0 || from == to {
		return Still
	}
	if !p.known || p.from != from || p.to != to {
		m := p.forward(min(from, to), max(from, to))
		if to < from {
			m = m.Back()
		}
		p.from, p.to, p.answer, p.known = from, to, m, true
	}
	return p.answer
}

func (p *path) forward(from, to time.Duration) Moved {
	m := Still
	for i, s := range p.steps {
		if i == 0 || s.at <= from {
			continue
		}
		begun := p.steps[i-1].at
		if begun >= to {
			break
		}
		part := float64(min(to, s.at)-max(from, begun)) / float64(s.at-begun)
		if part >= 1 {
			m = m.Then(s.by)
		} else {
			m = m.Then(s.by.part(part))
		}
	}
	return m
}

// Camera says how the camera moved from the frame of the last call to the one of that moment. A
// tracker that is told this for each frame, before [Tracker.Predict] is called for it, keeps boxes
// on their objects while the camera pans or shakes, and recognises the objects after a pan; without
// it, all objects are assumed to move by themselves. There need not be a detection pass for the
// frame. A motion that no camera makes counts as none. Times ascend; one from much earlier starts a
// new stream.
func (t *Tracker) Camera(at time.Duration, by Moved) {
	if !by.believable() {
		by = Still
	}
	t.path.add(at, by)
}

// moved moves a motion along with the camera. The sides of a box stay level, so of a rotation only
// the position is taken.
func (m motion) moved(by Moved) motion {
	if by == Still {
		return m
	}
	m.x.pos, m.y.pos = by.On(m.x.pos, m.y.pos)
	m.x.vel, m.y.vel = by.XX*m.x.vel+by.XY*m.y.vel, by.YX*m.x.vel+by.YY*m.y.vel
	s := math.Sqrt(math.Abs(by.XX*by.YY - by.XY*by.YX))
	m.x.grow(s)
	m.y.grow(s)
	for _, a := range [...]*axis{&m.w, &m.h} {
		a.grow(s)
		a.pos *= s
		a.vel *= s
	}
	return m
}

// grow scales the standard deviations.
func (a *axis) grow(by float64) {
	by *= by
	a.pp, a.pv, a.vv = a.pp*by, a.pv*by, a.vv*by
}
