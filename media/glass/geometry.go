package glass

import "math"

// point is a place in a frame, in pixels.
type point struct{ x, y float64 }

// quad are the corners of the border's outer edge, in order around it.
type quad [4]point

// cross is twice the area of the triangle a, b, c; its sign tells which way round they go.
func cross(a, b, c point) float64 { return (b.x-a.x)*(c.y-a.y) - (b.y-a.y)*(c.x-a.x) }

// area of the quad; negative when its corners go round counter-clockwise on the screen.
func (q quad) area() float64 { return (cross(q[0], q[1], q[2]) + cross(q[0], q[2], q[3])) / 2 }

// plausible says whether it can be a square seen at a moderate angle: convex, with sides of at
// least so many pixels that differ by no more than a factor of three.
func (q quad) plausible(side float64) bool {
	shortest, longest := math.Inf(1), 0.
	for i := range q {
		a, b, c := q[i], q[(i+1)%4], q[(i+2)%4]
		if cross(a, b, c) <= 0 {
			return false
		}
		length := math.Hypot(b.x-a.x, b.y-a.y)
		shortest, longest = min(shortest, length), max(longest, length)
	}
	return shortest >= side && longest <= 3*shortest
}

// projection maps the unit square to a quad: x = (a·u + b·v + c) / (g·u + h·v + 1), likewise y.
type projection struct{ a, b, c, d, e, f, g, h float64 }

// project returns the projection that maps (0,0), (1,0), (1,1), (0,1) to the corners; Heckbert,
// "Fundamentals of Texture Mapping and Image Warping" (1989), section 2.2.3.
func project(q quad) projection {
	dx1, dx2 := q[1].x-q[2].x, q[3].x-q[2].x
	dy1, dy2 := q[1].y-q[2].y, q[3].y-q[2].y
	sx, sy := q[0].x-q[1].x+q[2].x-q[3].x, q[0].y-q[1].y+q[2].y-q[3].y
	det := dx1*dy2 - dx2*dy1
	g, h := (sx*dy2-dx2*sy)/det, (dx1*sy-sx*dy1)/det
	return projection{
		a: q[1].x - q[0].x + g*q[1].x, b: q[3].x - q[0].x + h*q[3].x, c: q[0].x,
		d: q[1].y - q[0].y + g*q[1].y, e: q[3].y - q[0].y + h*q[3].y, f: q[0].y,
		g: g, h: h,
	}
}

func (p projection) at(u, v float64) point {
	w := p.g*u + p.h*v + 1
	return point{(p.a*u + p.b*v + p.c) / w, (p.d*u + p.e*v + p.f) / w}
}
