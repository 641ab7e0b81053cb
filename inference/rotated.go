package inference

import "math"

// Rotated returns the box and the shape of a rotated box with these corners, in 0..1 of the frame
// and in order around it: the upright rectangle around them as far as it lies in the frame, and the
// corners in it. It returns false when next to nothing lies in the frame, or a corner is not
// finite.
func Rotated(corners [4]Point) (Box, *Shape, bool) {
	b := Box{X1: corners[0].X, Y1: corners[0].Y, X2: corners[0].X, Y2: corners[0].Y}
	for _, p := range corners {
		if !(math.Abs(float64(p.X)) <= math.MaxFloat32 &&
			math.Abs(float64(p.Y)) <= math.MaxFloat32) {
			return Box{}, nil, false
		}
		b = Box{X1: min(b.X1, p.X), Y1: min(b.Y1, p.Y), X2: max(b.X2, p.X), Y2: max(b.Y2, p.Y)}
	}
	b = Box{X1: max(b.X1, 0), Y1: max(b.Y1, 0), X2: min(b.X2, 1), Y2: min(b.Y2, 1)}
	if !(b.X2-b.X1 > leastSide && b.Y2-b.Y1 > leastSide) {
		return Box{}, nil, false
	}
	s := &Shape{Corners: make([]Point, len(corners))}
	for i, p := range corners {
		s.Corners[i] = b.In(p)
	}
	return b, s, true
}

// leastSide is the least side of a box that is worth reporting: a tenth of a pixel in a thousand.
const leastSide = 1e-4

// IsRotated tells whether the detection is a rotated box, with the corners that its shape has.
func (d Detection) IsRotated() bool { return d.Shape != nil && len(d.Shape.Corners) == 4 }

// Corners returns the corners of a rotated box in 0..1 of the frame; false for an upright box.
func (d Detection) Corners() (corners [4]Point, ok bool) {
	if !d.IsRotated() {
		return corners, false
	}
	for i, p := range d.Shape.Corners {
		corners[i] = d.Box.Out(p)
	}
	return corners, true
}

// Turned describes a rotated box in pixels of a frame of width × height: its middle, its sides, and
// by how many degrees the first of them is turned clockwise, 0..180.
func (d Detection) Turned(width, height int) (x, y, w, h, degrees float64, ok bool) {
	corners, ok := d.Corners()
	if !ok {
		return 0, 0, 0, 0, 0, false
	}
	var px, py [4]float64
	for i, p := range corners {
		px[i], py[i] = float64(p.X)*float64(width), float64(p.Y)*float64(height)
		x, y = x+px[i]/4, y+py[i]/4
	}
	dx, dy := px[1]-px[0], py[1]-py[0]
	degrees = math.Mod(math.Atan2(dy, dx)*180/math.Pi+180, 180)
	return x, y, math.Hypot(dx, dy), math.Hypot(px[2]-px[1], py[2]-py[1]), degrees, true
}

// cornersOnly is the shape without all but its corners; nil when it has none.
func (s *Shape) cornersOnly() *Shape {
	if s == nil || s.Corners == nil {
		return nil
	}
	return &Shape{Corners: s.Corners}
}

// MixRotated returns the rotated box between two of an object: part 0 is a, 1 is b. The corners
// move straight, each to the nearest one that fits, so that a box that was turned by a little turns
// by as little. It returns false when either is upright.
func MixRotated(a, b Detection, part float32) (Box, *Shape, bool) {
	from, ok := a.Corners()
	to, also := b.Corners()
	if !ok || !also {
		return Box{}, nil, false
	}
	shift, least := 0, float32(math.Inf(1))
	for k := range to {
		sum := float32(0)
		for i, p := range from {
			q := to[(i+k)%len(to)]
			sum += (p.X-q.X)*(p.X-q.X) + (p.Y-q.Y)*(p.Y-q.Y)
		}
		if sum < least {
			shift, least = k, sum
		}
	}
	for i, p := range from {
		q := to[(i+shift)%len(to)]
		from[i] = Point{X: p.X + (q.X-p.X)*part, Y: p.Y + (q.Y-p.Y)*part}
	}
	return Rotated(from)
}
