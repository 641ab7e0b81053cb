package layout

import (
	"fmt"

	"handlens/inference"
)

// decodeList reads finished detections: labels [1,n], boxes [1,n,4], scores [1,n], all with or
// without the first axis, and how many of them count where the model tells that.
func (l *Layout) decodeList(out Outputs, c *candidates) error {
	labels, boxes, scores := out.Output(l.labels), out.Output(l.boxes), out.Output(l.scores)
	n := len(scores.Float32)
	classes := len(labels.Int64) + len(labels.Int32)
	if classes == 0 {
		classes = len(labels.Float32)
	}
	if len(boxes.Shape) == 0 || boxes.Shape[len(boxes.Shape)-1] != 4 || len(boxes.Float32) != 4*n ||
		classes != n {
		return fmt.Errorf("labels, boxes and scores have %d, %d and %d elements", classes,
			len(boxes.Float32), n)
	}
	if l.counted {
		n = min(n, detectionCount(out.Output(l.count), n))
	}
	sx, sy := l.boxScale()
	if l.unsure && allShares(boxes.Float32[:4*n]) {
		sx, sy = float32(l.input.Width), float32(l.input.Height)
	}
	for i, score := range scores.Float32[:n] {
		score = c.activated(score)
		if !(score >= c.limit) {
			continue
		}
		b := boxes.Float32[4*i:][:4]
		box := inference.Box{X1: b[0] * sx, Y1: b[1] * sy, X2: b[2] * sx, Y2: b[3] * sy}
		switch {
		case l.centred:
			box = fromCentre(b[0]*sx, b[1]*sy, b[2]*sx, b[3]*sy)
		case l.yx:
			box = inference.Box{X1: b[1] * sx, Y1: b[0] * sy, X2: b[3] * sx, Y2: b[2] * sy}
		}
		c.add(i, classAt(labels, i), score, box)
	}
	return nil
}

// allShares tells whether coordinates are shares of the sides: a list in which no box reaches
// further than a pixel and a half has none in pixels.
func allShares(v []float32) bool {
	some := false
	for _, x := range v {
		if x > shareLimit {
			return false
		}
		some = some || x > 0
	}
	return some
}

// decodeScoredList reads finished boxes of two corners with their score, and labels.
func (l *Layout) decodeScoredList(out Outputs, c *candidates) error {
	labels, boxes := out.Output(l.labels), out.Output(l.boxes)
	const width = 5
	n := len(boxes.Float32) / width
	if len(boxes.Shape) == 0 || boxes.Shape[len(boxes.Shape)-1] != width ||
		len(labels.Int64)+len(labels.Int32)+len(labels.Float32) != n ||
		len(boxes.Float32) != width*n {
		return boxes.changed()
	}
	sx, sy := l.boxScale()
	for i := range n {
		r := boxes.Float32[width*i:][:width]
		c.add(i, classAt(labels, i), r[4], inference.Box{
			X1: r[0] * sx, Y1: r[1] * sy, X2: r[2] * sx, Y2: r[3] * sy,
		})
	}
	return nil
}

// boxScale is what the model's coordinates are multiplied by to get pixels of its input.
func (l *Layout) boxScale() (x, y float32) {
	switch l.boxUnit {
	case originalSize:
		return float32(l.input.Width) / OriginalSide, float32(l.input.Height) / OriginalSide
	case normalised:
		return float32(l.input.Width), float32(l.input.Height)
	}
	return 1, 1
}

// classAt reads a class; -1 is none.
func classAt(t *Tensor, i int) int {
	class := int64(-1)
	switch {
	case t.Int64 != nil:
		class = t.Int64[i]
	case t.Int32 != nil:
		class = int64(t.Int32[i])
	case t.Float32[i] >= 0 && t.Float32[i] < maxClasses:
		class = int64(t.Float32[i] + 0.5)
	}
	if class < 0 || class >= maxClasses {
		return -1
	}
	return int(class)
}

// detectionCount reads how many detections there are; n when the output is empty.
func detectionCount(t *Tensor, n int) int {
	if len(t.Int64)+len(t.Int32)+len(t.Float32) == 0 {
		return n
	}
	return max(0, classAt(t, 0))
}

// decodeQueries reads class scores [1,Q,C] and boxes [1,Q,4].
func (l *Layout) decodeQueries(out Outputs, c *candidates) error {
	st, bt := out.Output(l.scores), out.Output(l.boxes)
	n, columns, err := st.matrix()
	if err != nil {
		return err
	}
	if l.transposed {
		n, columns = columns, n
	}
	m, four, err := bt.matrix()
	if err != nil {
		return err
	}
	need := l.first + l.scoreColumns()
	if l.activation == softmax {
		need++
	}
	if four != 4 || n != m || columns < need {
		return st.changed()
	}
	sx, sy := l.boxScale()
	box := func(i int) inference.Box {
		b := bt.Float32[4*i:][:4]
		if l.corners {
			return inference.Box{X1: b[0] * sx, Y1: b[1] * sy, X2: b[2] * sx, Y2: b[3] * sy}
		}
		return fromCentre(b[0]*sx, b[1]*sy, b[2]*sx, b[3]*sy)
	}
	if l.transposed {
		decodeTransposed(st.Float32[l.first*n:][:l.scoreColumns()*n], n, c, box)
		return nil
	}
	scores{
		v: st.Float32, first: l.first, step: columns, classes: l.scoreColumns(),
		activation: l.activation,
	}.scan(n, 0, c, box)
	return nil
}
