package layout

import (
	"math"

	"handlens/inference"
)

// turn reads the angles of the candidates and drops, in place, those without a finite one.
func (m *shapeDecoder) turn(list []candidate) []candidate {
	if !m.data.angle {
		return list
	}
	kept := list[:0]
	for _, c := range list {
		if c.angle = m.value(c, m.data.size()-1); finite(c.angle) {
			kept = append(kept, c)
		}
	}
	return kept
}

// cornersOf returns the corners of a turned candidate in coordinates of the frame, clockwise from
// the one that is its upper left one before it is turned. The angle goes from x to y, which is
// clockwise as y goes downwards (Ultralytics, ultralytics/utils/ops.py, xywhr2xyxyxyxy).
func cornersOf(c candidate, where Transform) [4]inference.Point {
	b := c.box
	x, y := (b.X1+b.X2)/2, (b.Y1+b.Y2)/2
	sin, cos := math.Sincos(float64(c.angle))
	w, h := float64(b.X2-b.X1)/2, float64(b.Y2-b.Y1)/2
	ux, uy := float32(w*cos), float32(w*sin) // from the middle to the right edge
	vx, vy := float32(-h*sin), float32(h*cos)
	return [4]inference.Point{
		where.point(x-ux-vx, y-uy-vy), where.point(x+ux-vx, y+uy-vy),
		where.point(x+ux+vx, y+uy+vy), where.point(x-ux+vx, y-uy+vy),
	}
}

// gaussian is a rotated box as the normal distribution with its middle and its spread: a and b are
// the variances along x and y, and c is the covariance.
type gaussian struct{ x, y, a, b, c float64 }

// spread makes the gaussian of a candidate (Llerena et al., Gaussian Bounding Boxes and
// Probabilistic Intersection-over-Union, arXiv 2106.06072).
func spread(c candidate) gaussian {
	w, h := float64(c.box.X2-c.box.X1), float64(c.box.Y2-c.box.Y1)
	sin, cos := math.Sincos(float64(c.angle))
	w, h = w*w/12, h*h/12
	return gaussian{
		x: float64(c.box.X1+c.box.X2) / 2, y: float64(c.box.Y1+c.box.Y2) / 2,
		a: w*cos*cos + h*sin*sin, b: w*sin*sin + h*cos*cos, c: (w - h) * cos * sin,
	}
}

// tiny keeps divisions defined, and mostApart bounds a distance, as in Ultralytics'
// ultralytics/utils/metrics.py, batch_probiou.
const (
	tiny      = 1e-7
	mostApart = 100
)

// apartness is the Bhattacharyya distance of two gaussians, or some number above limit when it is
// greater than that. Ultralytics calls 1 - √(1 - exp(-apartness)) the boxes' IoU, though two that
// only touch are alike to some degree.
func apartness(p, q gaussian, limit float64) float64 {
	a, b, c, dx, dy := p.a+q.a, p.b+q.b, p.c+q.c, p.x-q.x, p.y-q.y
	det := a*b - c*c
	d := ((a*dy*dy+b*dx*dx)/4 - c*dx*dy/2) / (det + tiny)
	if d > limit {
		return d
	}
	own := math.Sqrt(max(p.a*p.b-p.c*p.c, 0) * max(q.a*q.b-q.c*q.c, 0))
	return max(tiny, min(d+math.Log(det/(4*own+tiny)+tiny)/2, mostApart))
}

// suppressRotated keeps, in place, each candidate that no better one of its own class, even one
// that is itself suppressed, is alike to by limit or more (see apartness), at most n of them. The
// list must be sorted by falling score. It is Ultralytics' fast_nms (ultralytics/utils/nms.py).
func suppressRotated(list []candidate, limit float32, n int) []candidate {
	// The same limit for the distance, which for most pairs needs no exponential.
	unlike := 1 - float64(limit)
	farthest := -math.Log(1 + tiny - unlike*unlike)
	seen := make([]gaussian, 0, len(list))
	classes := make([]int32, 0, len(list))
	kept := list[:0]
	for _, c := range list {
		if len(kept) == n {
			break
		}
		g, free := spread(c), true
		for i := range seen {
			if classes[i] == c.class && apartness(g, seen[i], farthest) <= farthest {
				free = false
				break
			}
		}
		seen, classes = append(seen, g), append(classes, c.class)
		if free {
			kept = append(kept, c)
		}
	}
	return kept
}
