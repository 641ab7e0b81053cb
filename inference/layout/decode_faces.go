package layout

import (
	"math"

	"handlens/inference"
)

// faceRow is one row of a face detector's outputs: its cell, and the numbers of one stride.
type faceRow struct {
	*faceLevel
	// x and y are those of the cell, row the index in the outputs, prior which of the cell's it is.
	x, y, row, prior int
}

// decodeFaces reads all rows of all strides.
func (l *Layout) decodeFaces(out Outputs, c *candidates) error {
	if !c.allowed(0) {
		return nil
	}
	order := 0
	for k := range l.faces.levels {
		v := &l.faces.levels[k]
		n := l.facesOn(v)
		st, bt := out.Output(v.scores), out.Output(v.boxes)
		width := 1
		if l.faces.form == facePriors {
			width = 2
		}
		if !hasRows(st, v.first+n, width) || !hasRows(bt, v.first+n, 4) {
			return st.changed()
		}
		var objects []float32
		if v.objects >= 0 {
			ot := out.Output(v.objects)
			if !hasRows(ot, v.first+n, 1) {
				return ot.changed()
			}
			objects = ot.Float32
		}
		for i := range n {
			score := l.faceScore(st.Float32, objects, v.first+i, c)
			if score >= c.limit {
				r := l.faceRow(v, i)
				c.add(order+i, 0, score, l.faceBox(r, bt.Float32[4*r.row:][:4]))
			}
		}
		order += n
	}
	return nil
}

// facesOn is how many rows a stride has.
func (l *Layout) facesOn(v *faceLevel) int {
	return l.faces.each * cellsAlong(l.input.Width, v.stride) * cellsAlong(l.input.Height, v.stride)
}

// hasRows tells whether an output has at least n rows of that width.
func hasRows(t *Tensor, n, width int) bool {
	return len(t.Shape) > 0 && t.Shape[len(t.Shape)-1] == int64(width) &&
		len(t.Float32) >= n*width
}

// faceScore is the score of a row, 0..1.
func (l *Layout) faceScore(scores, objects []float32, row int, c *candidates) float32 {
	switch {
	case l.faces.form == facePriors && l.activation == sigmoid: // of the odds against background
		return c.activated(scores[2*row+1] - scores[2*row])
	case l.faces.form == facePriors:
		return scores[2*row+1]
	case objects != nil:
		p := min(max(c.activated(scores[row]), 0), 1) * min(max(c.activated(objects[row]), 0), 1)
		return float32(math.Sqrt(float64(p)))
	}
	return c.activated(scores[row])
}

// faceRow finds row i of a stride.
func (l *Layout) faceRow(v *faceLevel, i int) faceRow {
	cell, across := i/l.faces.each, cellsAlong(l.input.Width, v.stride)
	return faceRow{
		faceLevel: v, x: cell % across, y: cell / across, row: v.first + i, prior: i % l.faces.each,
	}
}

// The variances that SSD's authors divide offsets and logarithms by.
const (
	offsetVariance = 0.1
	sizeVariance   = 0.2
)

// faceBox makes a box in pixels of the input.
func (l *Layout) faceBox(r faceRow, b []float32) inference.Box {
	x, y, s := l.facePoint(r)
	switch l.faces.form {
	case faceDistances:
		return inference.Box{X1: x - b[0]*s, Y1: y - b[1]*s, X2: x + b[2]*s, Y2: y + b[3]*s}
	case faceOffsets:
		return fromCentre(x+b[0]*s, y+b[1]*s, exp(b[2])*s, exp(b[3])*s)
	}
	return fromCentre(x+b[0]*s*offsetVariance, y+b[1]*s*offsetVariance, exp(b[2]*sizeVariance)*s,
		exp(b[3]*sizeVariance)*s)
}

// facePoint is the place that a row's numbers start from, and what they are measured in, all in
// pixels of the input.
func (l *Layout) facePoint(r faceRow) (x, y, unit float32) {
	s := float32(r.stride)
	if l.faces.form == facePriors {
		return (float32(r.x) + 0.5) * s, (float32(r.y) + 0.5) * s, r.sizes[r.prior]
	}
	return float32(r.x) * s, float32(r.y) * s, s
}

// landmark is coordinate k (x and y in turns) of a candidate's landmarks, in pixels of the input; 0
// where the outputs have none.
func (l *Layout) landmark(out Outputs, order, k int) float32 {
	for i := range l.faces.levels {
		v := &l.faces.levels[i]
		n := l.facesOn(v)
		if order >= n {
			order -= n
			continue
		}
		t := out.Output(v.landmarks)
		if !hasRows(t, v.first+n, 2*faceLandmarks) {
			return 0
		}
		r := l.faceRow(v, order)
		at := t.Float32[2*faceLandmarks*r.row+k]
		x, y, unit := l.facePoint(r)
		if l.faces.form == facePriors {
			unit *= offsetVariance
		}
		if k%2 == 0 {
			return x + at*unit
		}
		return y + at*unit
	}
	return 0
}
