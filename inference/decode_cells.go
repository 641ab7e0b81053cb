package inference

import (
	"fmt"
	"math"
)

// level is where one stride's numbers are: its class scores and its boxes.
type level struct{ scores, boxes int }

// maxBins bounds a distribution; NanoDet has 8 bins, the other families that have one 16 or 33.
const maxBins = 64

// scores is where class scores lie: row i has them from place i*step+first on.
type scores struct {
	v           []float32
	first, step int
	classes     int
	activation  activation
}

// scan adds each row whose best class passes, or each class when all labels are wanted. A box is
// made only for what passes.
func (c scores) scan(n, order int, s *sieve, box func(i int) Box) {
	limit := s.limit
	if c.activation == sigmoid {
		limit = logit(limit)
	}
	for i := range n {
		r := c.v[i*c.step+c.first:][:c.classes]
		if c.activation == softmax {
			limit = c.softLimit(i, s.limit)
		}
		best, score := -1, limit
		var shared Box // of all classes, made for the first one that passes
		made := false
		for k, v := range r {
			if !(v >= limit) {
				continue
			}
			if s.allLabels {
				if !made {
					shared, made = box(i), true
				}
				s.add(order+i, k, c.score(i, v), shared)
			} else if best < 0 || v > score {
				best, score = k, v
			}
		}
		if best >= 0 {
			s.add(order+i, best, c.score(i, score), box(i))
		}
	}
}

// score makes a raw value a score of 0..1.
func (c scores) score(i int, v float32) float32 {
	switch c.activation {
	case sigmoid:
		return 1 / (1 + exp(-v))
	case softmax:
		return exp(v - c.whole(i))
	}
	return v
}

// whole is the logarithm of the sum over all classes of row i and the background, which follows
// them.
func (c scores) whole(i int) float32 {
	r := c.v[i*c.step+c.first:][:c.classes+1]
	top := float32(math.Inf(-1))
	for _, v := range r {
		top = max(top, v)
	}
	sum := float32(0)
	for _, v := range r {
		sum += exp(v - top)
	}
	return top + float32(math.Log(float64(sum)))
}

// softLimit is the raw value that a class of row i needs to have that score.
func (c scores) softLimit(i int, score float32) float32 {
	return c.whole(i) + float32(math.Log(float64(score)))
}

func logit(p float32) float32 { return float32(math.Log(float64(p) / (1 - float64(p)))) }

// around is how many cells of that stride a side has, where the last one may stick out.
func around(side, stride int) int { return (side + stride - 1) / stride }

// decodeLevels reads NanoDet's outputs, one pair for each stride.
func (l *layout) decodeLevels(in input, out outputs, s *sieve) error {
	order := 0
	for k, v := range l.levels {
		if l.steps[k] == 0 {
			break
		}
		st, bt := out.Output(v.scores), out.Output(v.boxes)
		n, c, err := matrix(st)
		if err != nil {
			return err
		}
		m, b, err := matrix(bt)
		if err != nil {
			return err
		}
		across := around(in.width, l.steps[k])
		if c != l.classes || b != 4*l.bins || n != m || n != across*around(in.height, l.steps[k]) {
			return fmt.Errorf("output %s changed its shape to %v", st.Name, st.Shape)
		}
		scores{v: st.Float32, step: c, classes: c, activation: l.activation}.scan(n, order, s,
			func(i int) Box {
				return l.distances(bt.Float32[i*b:][:b], i%across, i/across, l.steps[k])
			})
		order += n
	}
	return nil
}

// decodeDistribution reads [n, classes + 4*bins] of NanoDet-Plus, the cells of all strides one
// after the other.
func (l *layout) decodeDistribution(v []float32, n, width int, in input, s *sieve) {
	c := scores{v: v, step: width, classes: l.classes, activation: l.activation}
	start := 0
	for _, stride := range l.steps {
		across := around(in.width, stride)
		m := min(across*around(in.height, stride), n-start)
		part := c
		part.v = v[start*width:]
		part.scan(m, start, s, func(i int) Box {
			return l.distances(part.v[i*width+l.classes:][:4*l.bins], i%across, i/across, stride)
		})
		start += m
	}
}

// distances makes the bins of a cell's four distances, to the left, top, right and bottom, into a
// box: each distance is the mean of its distribution, in strides (Generalized Focal Loss, arXiv
// 2006.04388).
func (l *layout) distances(bins []float32, x, y, stride int) Box {
	var d [4]float32
	for k := range d {
		d[k] = mean(bins[k*l.bins:][:l.bins]) * float32(stride)
	}
	cx, cy := (float32(x)+l.middle)*float32(stride), (float32(y)+l.middle)*float32(stride)
	return Box{X1: cx - d[0], Y1: cy - d[1], X2: cx + d[2], Y2: cy + d[3]}
}

// mean is the mean place in a distribution that is given by logarithms.
func mean(bins []float32) float32 {
	top := float32(math.Inf(-1))
	for _, v := range bins {
		top = max(top, v)
	}
	sum, all := float32(0), float32(0)
	for i, v := range bins {
		e := exp(v - top)
		sum += e * float32(i)
		all += e
	}
	return sum / all
}

// decodeQueries reads logits [1,Q,C] and boxes [1,Q,4] as centre and size.
func (l *layout) decodeQueries(in input, out outputs, s *sieve) error {
	st, bt := out.Output(l.scores), out.Output(l.boxes)
	n, c, err := matrix(st)
	if err != nil {
		return err
	}
	m, four, err := matrix(bt)
	if err != nil {
		return err
	}
	need := l.scored()
	if l.activation == softmax {
		need++
	}
	if four != 4 || n != m || c < need {
		return fmt.Errorf("output %s changed its shape to %v", st.Name, st.Shape)
	}
	w, h := float32(in.width), float32(in.height)
	scores{v: st.Float32, step: c, classes: l.scored(), activation: l.activation}.scan(n, 0, s,
		func(i int) Box {
			b := bt.Float32[4*i:][:4]
			return fromCentre(b[0]*w, b[1]*h, b[2]*w, b[3]*h)
		})
	return nil
}

// scored is how many class scores the outputs have, whatever becomes of them.
func (l *layout) scored() int {
	if l.raw > 0 {
		return l.raw
	}
	return l.classes
}
