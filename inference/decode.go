package inference

import (
	"fmt"
	"math"

	"handlens/inference/ort"
)

// sieve collects the candidates that pass, the best ones when too many do. Its memory is used again
// for each picture.
type sieve struct {
	// limit is the least score.
	limit float32
	// allow is by class; nil means all.
	allow []bool
	// allLabels lets one box carry several classes.
	allLabels bool
	// renumber makes the model's numbers of classes into indices of the labels; nil where they are.
	renumber []int16
	// activation makes the model's scores such of 0..1.
	activation activation
	// list has at most maxCandidates, in no order.
	list []candidate
	// top is the greatest score seen, before it is bounded by 1.
	top float32
	// shaper makes the shapes of those that are kept in the end.
	shaper shaper
}

// allowed tells whether a class is wanted.
func (s *sieve) allowed(class int) bool {
	return s.allow == nil || class < len(s.allow) && s.allow[class]
}

// add takes a box in the input's pixels. What is not a number fails every comparison and thus never
// passes.
func (s *sieve) add(order, class int, score float32, b Box) {
	if s.renumber != nil {
		if class < 0 || class >= len(s.renumber) {
			return
		}
		class = int(s.renumber[class])
	}
	if !(score >= s.limit) || math.IsInf(float64(score), 0) {
		return
	}
	if class < 0 || class >= maxClasses || !s.allowed(class) || !(b.X2 > b.X1 && b.Y2 > b.Y1) {
		return
	}
	s.top = max(s.top, score)
	c := candidate{box: b, score: min(score, 1), class: int32(class), order: int32(order)}
	s.list = insert(s.list, c, maxCandidates)
}

// activated makes a model's own score one of 0..1, where scores do not depend on each other.
func (s *sieve) activated(v float32) float32 {
	if s.activation == sigmoid {
		return 1 / (1 + exp(-v))
	}
	return v
}

// outputs gives the decoders what the engine left: *ort.Session, or a test's own tensors.
type outputs interface{ Output(i int) *ort.Tensor }

// decode reads the outputs of one run into the sieve. Boxes come in pixels of the model's input. It
// fails when the outputs do not have the shape that the layout promised, and never trusts a number
// in them.
func (l *layout) decode(in input, out outputs, s *sieve) error {
	s.list, s.renumber, s.activation = s.list[:0], l.renumber, l.activation
	s.top, s.shaper.extras = 0, extras{}
	switch l.head {
	case triple:
		return l.decodeList(in, out, s)
	case queries:
		return l.decodeQueries(in, out, s)
	case levels:
		return l.decodeLevels(in, out, s)
	}
	return l.decodeOne(in, out, s)
}

// decodeOne reads the layouts whose boxes and scores are in one output.
func (l *layout) decodeOne(in input, out outputs, s *sieve) error {
	t := out.Output(l.boxes)
	a, b, err := matrix(t)
	if err != nil {
		return err
	}
	switch {
	case l.head == columns && a >= 4+l.classes:
		decodeColumns(t.Float32, b, l.classes, s)
	case l.head == grid && b == 5+l.classes && a == cells(in.width, in.height):
		decodeGrid(t.Float32, in, l.classes, s)
	case l.head == rows && b == 5+l.classes+l.extras.size():
		decodeRows(t.Float32, a, l.classes, s)
	case l.head == endToEnd && b == 6+l.extras.size():
		decodeEndToEnd(t.Float32, a, s)
	case l.head == plain && b == 4+l.classes:
		scores{
			v: t.Float32, first: 4, step: b, classes: l.classes,
			activation: l.activation,
		}.scan(a, 0, s, func(i int) Box {
			r := t.Float32[i*b:][:4]
			return fromCentre(r[0], r[1], r[2], r[3])
		})
	case l.head == distribution && b == l.classes+4*l.bins && int64(a) == nanodetCells(in):
		l.decodeDistribution(t.Float32, a, b, in, s)
	default:
		return fmt.Errorf("output %s changed its shape to %v", t.Name, t.Shape)
	}
	return s.shaper.begin(l, in, out)
}

// matrix returns the sizes of an output [1, a, b] whose elements are all there.
func matrix(t *ort.Tensor) (a, b int, err error) {
	if len(t.Shape) != 3 || t.Shape[0] != 1 || t.Shape[1] < 0 || t.Shape[2] < 0 ||
		t.Shape[1] > math.MaxInt32 || t.Shape[2] > math.MaxInt32 ||
		t.Shape[1]*t.Shape[2] != int64(len(t.Float32)) {
		return 0, 0,
			fmt.Errorf("output %s has %d elements in the shape %v", t.Name, len(t.Float32), t.Shape)
	}
	return int(t.Shape[1]), int(t.Shape[2]), nil
}

// decodeColumns reads [4+classes, n]: centre x and y, width, height in pixels, then the class
// scores. It goes row by row, as they lie in memory, and since hardly any score passes, the
// comparison costs next to nothing.
func decodeColumns(v []float32, n, classes int, s *sieve) {
	limit := s.limit
	if s.activation == sigmoid {
		limit = logit(limit)
	}
	cx, cy, w, h := v[:n], v[n:2*n], v[2*n:3*n], v[3*n:4*n]
	for c := range classes {
		if !s.allowed(c) {
			continue
		}
		row := v[(4+c)*n:][:n]
		for i, score := range row {
			if score >= limit && (s.allLabels || bestOfColumn(v, n, classes, c, i)) {
				s.add(i, c, s.activated(score), fromCentre(cx[i], cy[i], w[i], h[i]))
			}
		}
	}
}

// bestOfColumn tells whether class c is the best one of cell i; of equal ones the first.
func bestOfColumn(v []float32, n, classes, c, i int) bool {
	score := v[(4+c)*n+i]
	for k := range classes {
		if o := v[(4+k)*n+i]; o > score || o == score && k < c {
			return false
		}
	}
	return true
}

// decodeGrid reads [cells, 5+classes] of YOLOX: offsets from the cell's corner in cells, logarithms
// of the sizes in cells, objectness, class scores (YOLOX, yolox/utils/demo_utils.py,
// demo_postprocess).
func decodeGrid(v []float32, in input, classes int, s *sieve) {
	step := 5 + classes
	i := 0
	for _, stride := range strides {
		scale := float32(stride)
		for y := range in.height / stride {
			for x := range in.width / stride {
				r := v[i*step:][:step]
				if s.activated(r[4]) >= s.limit {
					s.addRow(i, r,
						fromCentre((r[0]+float32(x))*scale, (r[1]+float32(y))*scale,
							exp(r[2])*scale, exp(r[3])*scale))
				}
				i++
			}
		}
	}
}

// decodeRows reads [n, 5+classes] with centre and size in pixels; rows may be longer.
func decodeRows(v []float32, n, classes int, s *sieve) {
	for i := range n {
		r := v[i*(len(v)/n):][:5+classes]
		if s.activated(r[4]) >= s.limit {
			s.addRow(i, r, fromCentre(r[0], r[1], r[2], r[3]))
		}
	}
}

// addRow takes one row of box, objectness and class scores: a class's score is the objectness times
// its own.
func (s *sieve) addRow(order int, r []float32, b Box) {
	best, score, object := -1, float32(0), s.activated(r[4])
	for c, v := range r[5:] {
		v = s.activated(v)
		if s.allLabels {
			s.add(order, c, v*object, b)
		} else if v > score {
			best, score = c, v
		}
	}
	if best >= 0 {
		s.add(order, best, score*object, b)
	}
}

// decodeEndToEnd reads [n, 6]: two corners in pixels, score, class; rows may be longer.
func decodeEndToEnd(v []float32, n int, s *sieve) {
	for i := range n {
		r := v[i*(len(v)/n):][:6]
		score := s.activated(r[4])
		if !(score >= s.limit) || !(r[5] >= 0 && r[5] < maxClasses) {
			continue
		}
		s.add(i, int(r[5]+0.5), score, Box{X1: r[0], Y1: r[1], X2: r[2], Y2: r[3]})
	}
}

func fromCentre(cx, cy, w, h float32) Box {
	return Box{X1: cx - w/2, Y1: cy - h/2, X2: cx + w/2, Y2: cy + h/2}
}

func exp(v float32) float32 { return float32(math.Exp(float64(v))) }
