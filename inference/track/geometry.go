package track

import "math"

// side is how far a point lies to the right of the line from a to b, as seen from a in the
// direction of b; negative to its left.
func side(a, b, p Point) float64 {
	dx, dy := float64(b.X)-float64(a.X), float64(b.Y)-float64(a.Y)
	length := math.Hypot(dx, dy)
	if length == 0 {
		return 0
	}
	return (dx*(float64(p.Y)-float64(a.Y)) - dy*(float64(p.X)-float64(a.X))) / length
}

// crosses tells whether the segment from p to q crosses the one from a to b.
func crosses(a, b, p, q Point) bool {
	return opposite(side(a, b, p), side(a, b, q)) && opposite(side(p, q, a), side(p, q, b))
}

func opposite(a, b float64) bool { return a <= 0 && b >= 0 && a != b || a >= 0 && b <= 0 && a != b }

// inside tells whether a point lies in a polygon, by the even-odd rule, and how far it is from the
// edge.
func inside(polygon []Point, p Point) (in bool, edge float64) {
	edge = math.Inf(1)
	a := polygon[len(polygon)-1]
	for _, b := range polygon {
		if (a.Y > p.Y) != (b.Y > p.Y) {
			dx, dy := float64(b.X)-float64(a.X), float64(b.Y)-float64(a.Y)
			if float64(p.X) < float64(a.X)+(float64(p.Y)-float64(a.Y))*dx/dy {
				in = !in
			}
		}
		edge = min(edge, toSegment(a, b, p))
		a = b
	}
	return in, edge
}

// toSegment is how far a point is from the segment between a and b.
func toSegment(a, b, p Point) float64 {
	dx, dy := float64(b.X)-float64(a.X), float64(b.Y)-float64(a.Y)
	px, py := float64(p.X)-float64(a.X), float64(p.Y)-float64(a.Y)
	if n := dx*dx + dy*dy; n > 0 {
		t := min(1, max(0, (px*dx+py*dy)/n))
		px, py = px-t*dx, py-t*dy
	}
	return math.Hypot(px, py)
}

// sensible tells whether a region can count anything.
func sensible(r Region) bool {
	for _, p := range r.Points {
		if !(math.Abs(float64(p.X)) <= 4 && math.Abs(float64(p.Y)) <= 4) {
			return false
		}
	}
	return len(r.Points) > 2 || r.IsLine() && r.Points[0] != r.Points[1]
}
