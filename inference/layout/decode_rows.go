package layout

import (
	"fmt"

	"handlens/inference"
)

// decodeRows reads finished boxes, a row each of two corners, a score and a class, with or without
// axes before the rows.
func (l *Layout) decodeRows(t *Tensor, c *candidates) error {
	at := l.columns
	if len(t.Shape) == 0 || t.Shape[len(t.Shape)-1] != int64(at.width) ||
		len(t.Float32)%at.width != 0 {
		return t.changed()
	}
	sx, sy := l.rowsScale(t.Float32, at)
	for i := range len(t.Float32) / at.width {
		r := t.Float32[i*at.width:][:at.width]
		score := c.activated(r[at.score])
		if !(score >= c.limit) || !(r[at.class] >= 0 && r[at.class] < maxClasses) {
			continue
		}
		c.add(i, int(r[at.class]+0.5), score, inference.Box{
			X1: r[at.x1] * sx, Y1: r[at.y1] * sy, X2: r[at.x2] * sx, Y2: r[at.y2] * sy,
		})
	}
	return nil
}

// decodeIndices reads boxes [1, N, 4] as y1, x1, y2, x2, scores [1, C, N], and of those that count
// the numbers of picture, class and box, [K, 3].
func (l *Layout) decodeIndices(out Outputs, c *candidates) error {
	boxes, scores, indices := out.Output(l.boxes), out.Output(l.scores), out.Output(l.labels)
	n, _, err := boxes.matrix()
	if err != nil {
		return err
	}
	classes, m, err := scores.matrix()
	if err != nil {
		return err
	}
	const triple = 3
	k := (len(indices.Int64) + len(indices.Int32)) / triple
	if m != n || len(indices.Shape) == 0 || indices.Shape[len(indices.Shape)-1] != triple {
		return fmt.Errorf("there are %d boxes and scores of %d", n, m)
	}
	sx, sy := l.boxScale()
	for i := range k {
		class, box := classAt(indices, triple*i+1), indexAt(indices, triple*i+2)
		if class < 0 || class >= classes || box < 0 || box >= n {
			continue
		}
		b := boxes.Float32[4*box:][:4]
		c.add(i, class, scores.Float32[class*n+box], inference.Box{
			X1: b[1] * sx, Y1: b[0] * sy, X2: b[3] * sx, Y2: b[2] * sy,
		})
	}
	return nil
}

// indexAt reads a whole number; -1 is none.
func indexAt(t *Tensor, i int) int {
	v := int64(-1)
	if t.Int64 != nil {
		v = t.Int64[i]
	} else if t.Int32 != nil {
		v = int64(t.Int32[i])
	}
	if v < 0 || v > maxInput*maxInput {
		return -1
	}
	return int(v)
}

// decodeTransposed reads class scores [C, n], each class after the other.
func decodeTransposed(v []float32, n int, c *candidates, box func(i int) inference.Box) {
	limit := c.limit
	if c.activation == sigmoid {
		limit = logit(limit)
	}
	best := func(class, i int) bool {
		for k := i; k < len(v); k += n {
			if o := v[k]; o > v[class*n+i] || o == v[class*n+i] && k < class*n+i {
				return false
			}
		}
		return true
	}
	for class := 0; class*n < len(v); class++ {
		for i, score := range v[class*n:][:n] {
			if score >= limit && (c.allLabels || best(class, i)) {
				c.add(i, class, c.activated(score), box(i))
			}
		}
	}
}
