package layout

import (
	"math"
	"slices"
)

// What the values of a run on some picture say about a layout. All of it is about a tensor whose
// last axis has the columns of a row: box, scores and whatever else there is.

const (
	// shareLimit is the most that a coordinate in shares of the side reaches: boxes may stick out.
	shareLimit = 1.5
	// scoreLimit is the most that a score reaches, with room for rounding.
	scoreLimit = 1.01
	// some is a score that a run on nothing in particular hardly reaches by chance.
	some = 0.3
	// next to nothing, for a score.
	hardly = 0.05
)

// columns is how long a row is, and how many there are; 0 when there are no values.
func (t *Tensor) columns() (width, rows int) {
	if len(t.Shape) == 0 || len(t.Float32) == 0 {
		return 0, 0
	}
	width = int(t.Shape[len(t.Shape)-1])
	if width < 1 || len(t.Float32)%width != 0 {
		return 0, 0
	}
	return width, len(t.Float32) / width
}

// column returns the least and the greatest value of a column; false when there is none, or not a
// number among them.
func (t *Tensor) column(k int) (low, high float32, ok bool) {
	width, rows := t.columns()
	if k >= width || rows == 0 {
		return 0, 0, false
	}
	low, high = float32(math.Inf(1)), float32(math.Inf(-1))
	for i := range rows {
		v := t.Float32[i*width+k]
		if v != v {
			return 0, 0, false
		}
		low, high = min(low, v), max(high, v)
	}
	return low, high, true
}

// span is that of the columns from one to before another.
func (t *Tensor) span(from, to int) (low, high float32, ok bool) {
	low, high = float32(math.Inf(1)), float32(math.Inf(-1))
	for k := from; k < to; k++ {
		l, h, ok := t.column(k)
		if !ok {
			return 0, 0, false
		}
		low, high = min(low, l), max(high, h)
	}
	return low, high, to > from
}

// inShares tells whether the first four columns are shares of the input's sides: something above 0
// and nothing that only pixels reach.
func (t *Tensor) inShares() bool {
	low, high, ok := t.span(0, 4)
	return ok && high > 0 && high <= shareLimit && low >= 1-shareLimit
}

// areCorners tells whether the first four columns are two corners: then the second one is never
// before the first, which centres and sizes of small boxes would be.
func (t *Tensor) areCorners() bool {
	width, rows := t.columns()
	if width < 4 {
		return false
	}
	filled := 0
	for i := range rows {
		r := t.Float32[i*width:][:4]
		if r[2] < r[0] || r[3] < r[1] {
			return false
		}
		if r[2] != 0 || r[3] != 0 {
			filled++
		}
	}
	return filled > 0
}

// sumToOne tells whether the values of each row are shares of a whole, as softmax makes them.
func (t *Tensor) sumToOne() bool {
	const near = 0.01
	width, rows := t.columns()
	if width < 2 {
		return false
	}
	for i := range rows {
		sum := float32(0)
		for _, v := range t.Float32[i*width:][:width] {
			if !(v >= 0) {
				return false
			}
			sum += v
		}
		if !(sum > 1-near && sum < 1+near) {
			return false
		}
	}
	return true
}

// isConstant tells whether a column has this value everywhere.
func (t *Tensor) isConstant(k int, v float32) bool {
	low, high, ok := t.column(k)
	return ok && low == v && high == v
}

// areWhole tells whether a column has whole numbers only, and some above 0 or more than one row.
func (t *Tensor) areWhole(k int) bool {
	width, rows := t.columns()
	if k >= width {
		return false
	}
	for i := range rows {
		v := t.Float32[i*width+k]
		if v != float32(math.Trunc(float64(v))) {
			return false
		}
	}
	return rows > 0
}

// beyondScores tells whether a column reaches what no score does.
func (t *Tensor) beyondScores(k int) bool {
	_, high, ok := t.column(k)
	return ok && high > scoreLimit
}

// lastDominates tells whether the last of the class scores is far above all others, as that of "no
// object" is where nothing is.
func (t *Tensor) lastDominates() bool {
	const far = 2 // as logarithms
	width, rows := t.columns()
	if width < 2 || rows == 0 {
		return false
	}
	last := mean(t, width-1)
	for k := range width - 1 {
		if mean(t, k) > last-far {
			return false
		}
	}
	return true
}

// belief is what a column says about whether it is an objectness.
type belief int8

const (
	unknowable belief = iota
	itIs
	itIsNot
)

// objectness tells whether column k is an objectness with the classes after it. Class scores beside
// one are trained where something is only: they stand for certain where the objectness is high, and
// anywhere else. Without one, all of them are next to nothing where nothing is.
func (t *Tensor) objectness(k int) belief {
	width, rows := t.columns()
	if width < k+2 {
		return unknowable
	}
	best := make([]float32, rows)
	lonely := false
	for i := range rows {
		r := t.Float32[i*width:][:width]
		best[i] = slices.Max(r[k+1:])
		switch {
		case r[k] > some && best[i] > some:
			return itIs
		case r[k] > some && best[i] < hardly:
			return itIsNot
		case best[i] > some && r[k] < hardly:
			lonely = true
		}
	}
	slices.Sort(best)
	const background = 0.01 // medians here: YOLOX-Nano 0.15 and 0.09, YOLOv8n 1e-5
	switch {
	case best[rows/2] > background:
		return itIs
	case lonely:
		return itIsNot
	}
	return unknowable
}

// everywhere is the first of n class scores, which begin each row or follow four rows of boxes,
// that most cells are sure of: then it is none. -1 is none. The tensor is [1, 4+n, cells].
func (t *Tensor) everywhere(n int) int {
	if len(t.Shape) != 3 || len(t.Float32) == 0 {
		return -1
	}
	cells := int(t.Shape[2])
	if len(t.Float32) < (4+n)*cells {
		return -1
	}
	for k := range n {
		high := 0
		for _, v := range t.Float32[(4+k)*cells:][:cells] {
			if v > some || v < -hardly {
				high++
			}
		}
		if high > cells/2 {
			return k
		}
	}
	return -1
}
