package layout

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// Look is what the numbers of a tensor show.
type Look struct {
	Name  string  `json:"name"`
	Type  string  `json:"type"`
	Shape []int64 `json:"shape"`
	// Count is how many numbers there are, Finite how many of them are neither infinite nor NaN;
	// the rest is about those.
	Count  int     `json:"count"`
	Finite int     `json:"finite"`
	Min    float32 `json:"min"`
	Max    float32 `json:"max"`
	// UpToOne is the share that lies in 0..1, and Whole the share without a fraction.
	UpToOne float32 `json:"up_to_one"`
	Whole   float32 `json:"whole"`
	// SumOne is the share of rows along the last axis that sum to 1.
	SumOne float32 `json:"rows_sum_to_one"`
	// Columns are the least and the greatest of each number of a row, of the first few. Turned is
	// true where they lie under each other.
	Columns [][2]float32 `json:"columns,omitempty"`
	Turned  bool         `json:"turned,omitempty"`
}

// shownColumns is how many columns are looked at one by one.
const shownColumns = 8

// LookAt looks at an output after a run.
func LookAt(t *Tensor) Look {
	l := Look{
		Name: clean(t.Name), Type: t.Type.String(), Shape: t.Shape, Min: float32(math.Inf(1)),
		Max: float32(math.Inf(-1)), Count: t.count(),
	}
	one, whole := 0, 0
	for i := range l.Count {
		v := t.number(i)
		if !finite(v) {
			continue
		}
		l.Finite++
		l.Min, l.Max = min(l.Min, v), max(l.Max, v)
		if v >= 0 && v <= 1 {
			one++
		}
		if v == float32(math.Trunc(float64(v))) {
			whole++
		}
	}
	if l.Finite == 0 {
		l.Min, l.Max = 0, 0
		return l
	}
	l.UpToOne, l.Whole = float32(one)/float32(l.Finite), float32(whole)/float32(l.Finite)
	l.SumOne = t.rowsOfOne()
	if v, width, turned, ok := t.asRows(); ok {
		l.Turned = turned
		for c := range min(width, shownColumns) {
			look := lookAtColumn(&v, c)
			if look.low > look.high {
				look.low, look.high = 0, 0
			}
			l.Columns = append(l.Columns, [2]float32{look.low, look.high})
		}
	}
	return l
}

// sides are the axes but those of 1, two at least: rows and numbers, or 1 where each number is a
// row. One row of several numbers, [1,1,5], is told from a list by its three axes.
func (t *Tensor) sides() []int64 {
	sides := slices.DeleteFunc(slices.Clone(t.Shape), func(n int64) bool { return n == 1 })
	last := len(t.Shape) - 1
	switch {
	case len(sides) == 0:
		return []int64{1, 1}
	case len(sides) > 1:
		return sides
	case last > 1 && t.Shape[last] > 1 ||
		last == 1 && t.Shape[1] == 4 && strings.Contains(strings.ToLower(t.Name), "box"):
		return []int64{1, sides[0]}
	}
	return []int64{sides[0], 1}
}

// asRows shows the tensor as rows of numbers, if it may be some: the shorter of two axes is that of
// the numbers, unless it is too short for a box and more.
func (t *Tensor) asRows() (v view, width int, turned, ok bool) {
	sides := t.sides()
	if len(sides) != 2 || t.Type == Other {
		return v, 0, false, false
	}
	rows, n := sides[0], sides[1]
	if rows > 4 && rows < n {
		n, turned = rows, true
	}
	if n < 2 || n > maxColumns {
		return v, 0, false, false
	}
	o := describedOutput{width: int(n), turned: turned}
	v, err := o.see(t, 1)
	return v, int(n), turned, err == nil
}

// count is how many elements there are.
func (t *Tensor) count() int { return len(t.Float32) + len(t.Int64) + len(t.Int32) }

// number is element i.
func (t *Tensor) number(i int) float32 {
	v := view{t: t, inner: math.MaxInt, row: 1}
	return v.at(i, 0)
}

// rowsOfOne is the share of rows, along the last axis, that sum to 1.
func (t *Tensor) rowsOfOne() float32 {
	n := t.count()
	if len(t.Shape) == 0 {
		return 0
	}
	width := int(t.Shape[len(t.Shape)-1])
	if width < 2 || n%width != 0 {
		return 0
	}
	rows := 0
	for from := 0; from < n; from += width {
		sum := 0.0
		for i := range width {
			sum += float64(t.number(from + i))
		}
		if math.Abs(sum-1) < 1e-3 {
			rows++
		}
	}
	return float32(rows) / float32(n/width)
}

// Describe names the tensor with its shape, as in `output0 [1,84,8400] of float32`.
func (t *Tensor) Describe() string { return t.describe() }

// Words says in a line what the numbers are.
func (l Look) Words() string {
	if l.Count == 0 {
		return "no numbers: nothing was found in the picture"
	}
	if l.Finite == 0 {
		return "no number is finite"
	}
	parts := []string{fmt.Sprintf("%.4g to %.4g", l.Min, l.Max)}
	add := func(share float32, what string) {
		switch {
		case share == 1:
			parts = append(parts, "all "+what)
		case share >= .001:
			parts = append(parts, fmt.Sprintf("%.3g %% %s", share*100, what))
		}
	}
	if l.Min != l.Max {
		add(l.UpToOne, "in 0..1")
	}
	if l.Whole == 1 {
		add(l.Whole, "whole")
	}
	if l.SumOne > .5 {
		parts = append(parts, fmt.Sprintf("%.3g %% of the rows sum to 1", l.SumOne*100))
	}
	if len(l.Columns) > 0 {
		var each []string
		for _, c := range l.Columns {
			each = append(each, fmt.Sprintf("%.4g to %.4g", c[0], c[1]))
		}
		kind := "by column"
		if l.Turned {
			kind = "by row"
		}
		parts = append(parts, kind+": "+strings.Join(each, "; "))
	}
	if l.Finite < l.Count {
		parts = append(parts, fmt.Sprintf("%d not finite", l.Count-l.Finite))
	}
	return strings.Join(parts, ", ")
}
