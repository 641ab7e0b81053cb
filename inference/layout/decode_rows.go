package layout

import "handlens/inference"

// decodeRows reads finished boxes, a row each of two corners, a score and a class.
func (l *Layout) decodeRows(v []float32, n int, c *candidates) {
	at := l.columns
	sx, sy := l.boxScale()
	for i := range n {
		r := v[i*at.width:][:at.width]
		score := c.activated(r[at.score])
		if !(score >= c.limit) || !(r[at.class] >= 0 && r[at.class] < maxClasses) {
			continue
		}
		c.add(i, int(r[at.class]+0.5), score, inference.Box{
			X1: r[at.x1] * sx, Y1: r[at.y1] * sy, X2: r[at.x2] * sx, Y2: r[at.y2] * sy,
		})
	}
}
