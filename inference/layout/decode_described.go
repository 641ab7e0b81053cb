package layout

import "handlens/inference"

// decodeDescribed reads rows whose columns a sidecar has named.
func (l *Layout) decodeDescribed(t *Tensor, c *candidates) error {
	d := &l.described
	width := d.length(t)
	if width < d.width || len(t.Float32)%width != 0 ||
		d.classes >= 0 && width != d.classes+l.scoreColumns() {
		return t.changed()
	}
	n := len(t.Float32) / width
	at := func(i, k int) float32 { return t.Float32[i*width+k] }
	if d.transposed {
		at = func(i, k int) float32 { return t.Float32[k*n+i] }
	}
	sx, sy := l.boxScale()
	for i := range n {
		a, b, x, y := at(i, d.box[0])*sx, at(i, d.box[1])*sy, at(i, d.box[2])*sx, at(i, d.box[3])*sy
		box := inference.Box{X1: a, Y1: b, X2: x, Y2: y}
		if d.centre {
			box = fromCentre(a, b, x, y)
		}
		object := float32(1)
		if d.object >= 0 {
			object = c.activated(at(i, d.object))
		}
		if d.classes >= 0 {
			c.addScores(i, object, box, l.scoreColumns(), func(k int) float32 {
				return at(i, d.classes+k)
			})
			continue
		}
		class := float32(0)
		if d.class >= 0 {
			class = at(i, d.class)
		}
		if class >= 0 && class < maxClasses {
			c.add(i, int(class+0.5), c.activated(at(i, d.score))*object, box)
		}
	}
	return nil
}

// addScores takes the best of n class scores, or all of them, times the objectness.
func (c *candidates) addScores(order int, object float32, b inference.Box, n int,
	score func(class int) float32,
) {
	best, top := -1, float32(0)
	for k := range n {
		v := c.activated(score(k)) * object
		if c.allLabels {
			c.add(order, k, v, b)
		} else if v > top {
			best, top = k, v
		}
	}
	if best >= 0 {
		c.add(order, best, top, b)
	}
}
