package layout

import (
	"math"

	"handlens/inference"
)

// maxBins bounds a distribution; NanoDet has 8 bins, the other families that have one 16 or 33.
const maxBins = 64

// scores says where class scores lie: row i has them from index i*step+first on.
type scores struct {
	v           []float32
	first, step int
	classes     int
	activation  activation
}

// scan adds the best class of each of n rows if it passes, or each class that does when all labels
// are wanted. order is that of the first row. A box is made only for what passes.
func (s scores) scan(n, order int, c *candidates, box func(i int) inference.Box) {
	limit := c.limit
	if s.activation == sigmoid {
		limit = logit(limit)
	}
	for i := range n {
		if s.activation == softmax {
			limit = s.softLimit(i, c.limit)
		}
		if c.allLabels {
			s.addAll(i, order, limit, c, box)
		} else {
			s.addBest(i, order, limit, c, box)
		}
	}
}

// row returns the class scores of row i.
func (s scores) row(i int) []float32 { return s.v[i*s.step+s.first:][:s.classes] }

// addAll adds each class of row i whose raw value reaches the limit.
func (s scores) addAll(i, order int, limit float32, c *candidates, box func(i int) inference.Box) {
	var shared inference.Box // of all classes, made for the first one that passes
	made := false
	for k, v := range s.row(i) {
		if !(v >= limit) {
			continue
		}
		if !made {
			shared, made = box(i), true
		}
		c.add(order+i, k, s.score(i, v), shared)
	}
}

// addBest adds the best class of row i if its raw value reaches the limit.
func (s scores) addBest(i, order int, limit float32, c *candidates, box func(i int) inference.Box) {
	best, score := -1, limit
	for k, v := range s.row(i) {
		if v >= limit && (best < 0 || v > score) {
			best, score = k, v
		}
	}
	if best >= 0 {
		c.add(order+i, best, s.score(i, score), box(i))
	}
}

// score turns a raw value of row i into a score of 0..1.
func (s scores) score(i int, v float32) float32 {
	switch s.activation {
	case sigmoid:
		return 1 / (1 + exp(-v))
	case softmax:
		return exp(v - s.logSum(i))
	}
	return v
}

// logSum is the logarithm of the summed exponentials of all classes of row i and the background,
// which follows them.
func (s scores) logSum(i int) float32 {
	r := s.v[i*s.step+s.first:][:s.classes+1]
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

// softLimit is the raw value that a class of row i needs for that score.
func (s scores) softLimit(i int, score float32) float32 {
	return s.logSum(i) + float32(math.Log(float64(score)))
}

// decodeLevels reads NanoDet's outputs, one pair for each stride.
func (l *Layout) decodeLevels(out Outputs, c *candidates) error {
	order := 0
	for k, v := range l.levels {
		stride := l.strides[k]
		if stride == 0 {
			break
		}
		st, bt := out.Output(v.scores), out.Output(v.boxes)
		n, classes, err := st.matrix()
		if err != nil {
			return err
		}
		m, b, err := bt.matrix()
		if err != nil {
			return err
		}
		across := cellsAlong(l.input.Width, stride)
		if classes != l.classes || b != 4*l.bins || n != m ||
			n != across*cellsAlong(l.input.Height, stride) {
			return st.changed()
		}
		s := scores{v: st.Float32, step: classes, classes: classes, activation: l.activation}
		s.scan(n, order, c, func(i int) inference.Box {
			return l.distances(bt.Float32[i*b:][:b], i%across, i/across, stride)
		})
		order += n
	}
	return nil
}

// decodeDistribution reads [n, classes + 4*bins] of NanoDet-Plus, the cells of all strides one
// after the other; width is the length of a row.
func (l *Layout) decodeDistribution(v []float32, n, width int, c *candidates) {
	start := 0
	for _, stride := range l.strides {
		across := cellsAlong(l.input.Width, stride)
		m := min(across*cellsAlong(l.input.Height, stride), n-start)
		part := v[start*width:]
		s := scores{v: part, step: width, classes: l.classes, activation: l.activation}
		s.scan(m, start, c, func(i int) inference.Box {
			return l.distances(part[i*width+l.classes:][:4*l.bins], i%across, i/across, stride)
		})
		start += m
	}
}

// distances turns the bins of a cell's four distances, to the left, top, right and bottom, into a
// box. Each distance is the mean of its distribution, in strides (Generalized Focal Loss, arXiv
// 2006.04388).
func (l *Layout) distances(bins []float32, x, y, stride int) inference.Box {
	var d [4]float32
	for k := range d {
		d[k] = expectation(bins[k*l.bins:][:l.bins]) * float32(stride)
	}
	cx, cy := (float32(x)+l.middle)*float32(stride), (float32(y)+l.middle)*float32(stride)
	return inference.Box{X1: cx - d[0], Y1: cy - d[1], X2: cx + d[2], Y2: cy + d[3]}
}

// expectation is the mean index of a distribution over the bins, which are logits.
func expectation(bins []float32) float32 {
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
