package track

import "math"

// assigner pairs rows with columns so that the gain of all pairs together is greatest: the Hungarian method by shortest augmenting paths, in
// time rows² × columns at worst and about rows × columns where few are in question, as with boxes that overlap. It keeps its memory.
type assigner struct {
	gain       []float64
	cols       int
	rowPrice   []float64
	colPrice   []float64
	rowOf      []int // of each column, from 1; 0 is free
	from       []int
	slack      []float64
	seen       []bool
	colOfTaken []int
}

// size prepares a table without any gain.
func (a *assigner) size(rows, cols int) {
	a.cols = cols
	a.gain = zeroed(a.gain, rows*cols)
	a.colOfTaken = zeroed(a.colOfTaken, rows)
}

func (a *assigner) set(row, col int, gain float64) { a.gain[row*a.cols+col] = gain }

// solve returns the column of each row, -1 for none. Pairs without gain are not made. The slice is valid until the next size.
func (a *assigner) solve() []int {
	rows := len(a.colOfTaken)
	for i := range a.colOfTaken {
		a.colOfTaken[i] = -1
	}
	if rows == 0 || a.cols == 0 {
		return a.colOfTaken
	}
	if rows <= a.cols {
		a.run(rows, a.cols, func(r, c int) float64 { return -a.gain[r*a.cols+c] })
	} else {
		a.run(a.cols, rows, func(r, c int) float64 { return -a.gain[c*a.cols+r] })
	}
	for col, row := range a.rowOf[1:] {
		r, c := row-1, col
		if rows > a.cols {
			r, c = c, r
		}
		if row > 0 && a.gain[r*a.cols+c] > 0 {
			a.colOfTaken[r] = c
		}
	}
	return a.colOfTaken
}

// run assigns each of n rows one of m ≥ n columns at the least cost. Index 0 of all lists is the row or column that stands for none.
func (a *assigner) run(n, m int, cost func(r, c int) float64) {
	a.rowPrice, a.colPrice = zeroed(a.rowPrice, n+1), zeroed(a.colPrice, m+1)
	a.rowOf, a.from = zeroed(a.rowOf, m+1), zeroed(a.from, m+1)
	for row := 1; row <= n; row++ {
		a.slack, a.seen = zeroed(a.slack, m+1), zeroed(a.seen, m+1)
		for c := range a.slack {
			a.slack[c] = math.Inf(1)
		}
		a.rowOf[0] = row
		col := 0
		for a.rowOf[col] != 0 {
			col = a.step(col, m, cost)
		}
		for col != 0 {
			before := a.from[col]
			a.rowOf[col] = a.rowOf[before]
			col = before
		}
	}
}

// step reaches one more column on the cheapest way and moves the prices accordingly.
func (a *assigner) step(col, m int, cost func(r, c int) float64) int {
	a.seen[col] = true
	row, next, least := a.rowOf[col], 0, math.Inf(1)
	for c := 1; c <= m; c++ {
		if a.seen[c] {
			continue
		}
		if v := cost(row-1, c-1) - a.rowPrice[row] - a.colPrice[c]; v < a.slack[c] {
			a.slack[c], a.from[c] = v, col
		}
		if a.slack[c] < least {
			least, next = a.slack[c], c
		}
	}
	for c := range m + 1 {
		if a.seen[c] {
			a.rowPrice[a.rowOf[c]] += least
			a.colPrice[c] -= least
		} else {
			a.slack[c] -= least
		}
	}
	return next
}

// zeroed returns a slice of n zeros, in the same memory where it suffices.
func zeroed[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n, n+n/2)
	}
	s = s[:n]
	clear(s)
	return s
}
