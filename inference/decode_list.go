package inference

import (
	"fmt"

	"handlens/inference/ort"
)

// nominalSide is what the models that ask for the picture's size are told, for both sides. The
// boxes then come in units of it whether an export takes (width, height), as the family does, or
// (height, width). As a power of two it costs no precision.
const nominalSide = 4096

// decodeList reads finished detections: labels [1,n], boxes [1,n,4], scores [1,n], all with or
// without the first axis, and where the model tells it the number of those that count.
func (l *layout) decodeList(in input, out outputs, s *sieve) error {
	labels, boxes, scores := out.Output(l.labels), out.Output(l.boxes), out.Output(l.scores)
	n := len(scores.Float32)
	whole := len(labels.Int64) + len(labels.Int32)
	if whole == 0 {
		whole = len(labels.Float32)
	}
	if len(boxes.Shape) == 0 || boxes.Shape[len(boxes.Shape)-1] != 4 || len(boxes.Float32) != 4*n ||
		whole != n {
		return fmt.Errorf("labels, boxes and scores have %d, %d and %d elements", whole,
			len(boxes.Float32), n)
	}
	if l.counted {
		n = min(n, first(out.Output(l.count), n))
	}
	sx, sy := float32(1), float32(1)
	switch l.measure {
	case nominal:
		sx, sy = float32(in.width)/nominalSide, float32(in.height)/nominalSide
	case shares:
		sx, sy = float32(in.width), float32(in.height)
	}
	for i, score := range scores.Float32[:n] {
		score = s.activated(score)
		if !(score >= s.limit) {
			continue
		}
		b := boxes.Float32[4*i:][:4]
		box := Box{X1: b[0] * sx, Y1: b[1] * sy, X2: b[2] * sx, Y2: b[3] * sy}
		if l.yx {
			box = Box{X1: b[1] * sx, Y1: b[0] * sy, X2: b[3] * sx, Y2: b[2] * sy}
		}
		s.add(i, labelAt(labels, i), score, box)
	}
	return nil
}

// labelAt reads a class; -1 is none.
func labelAt(t *ort.Tensor, i int) int {
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

// first reads how many detections there are; n when that is not told.
func first(t *ort.Tensor, n int) int {
	if len(t.Int64)+len(t.Int32)+len(t.Float32) == 0 {
		return n
	}
	return max(0, labelAt(t, 0))
}
