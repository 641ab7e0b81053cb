package testmodel

import "handlens/inference"

// Inside tells whether a point lies within a polygon, by the even-odd rule.
func Inside(polygon []inference.Point, x, y float64) bool {
	in := false
	last := polygon[len(polygon)-1]
	for _, p := range polygon {
		dx, dy := float64(p.X)-float64(last.X), float64(p.Y)-float64(last.Y)
		if (float64(p.Y) > y) != (float64(last.Y) > y) &&
			x < float64(last.X)+(y-float64(last.Y))/dy*dx {
			in = !in
		}
		last = p
	}
	return in
}

// Likeness is the overlap over the union of a polygon and what a function says is inside, in the
// unit square.
func Likeness(polygon []inference.Point, truth func(x, y float64) bool) float64 {
	both, either := 0, 0
	const n = 200
	for i := range n {
		for j := range n {
			x, y := (float64(i)+.5)/n, (float64(j)+.5)/n
			a, b := Inside(polygon, x, y), truth(x, y)
			if a && b {
				both++
			}
			if a || b {
				either++
			}
		}
	}
	return float64(both) / float64(max(1, either))
}
