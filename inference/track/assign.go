package track

import (
	"cmp"
	"math"
	"slices"
)

// componentLimit is how many rows or columns a connected component may have to be assigned exactly.
// Larger heaps of boxes cannot be told apart anyway, and the exact solution could take seconds.
const componentLimit = 64

// assigner pairs rows with columns so that the sum of the gains is greatest. Each connected
// component is solved by itself, with the Hungarian method by shortest augmenting paths; components
// beyond componentLimit greedily, the best pair first. It keeps its memory.
type assigner struct {
	pairs  []pair
	parent []int // of rows, and of columns after them: the union-find forest of components
	place  []int // of each row and column within its component
	chosen []int // the column of each row
	used   []bool
	rows   int

	gain               []float64 // of the component that is being solved, row by row
	rowPrice, colPrice []float64
	rowOf, from        []int // of each column, from 1; 0 is free
	slack              []float64
	seen               []bool
}

// pair is a row and a column that may be paired.
type pair struct {
	row, col int
	gain     float64
}

// size prepares a table without gains.
func (a *assigner) size(rows, cols int) {
	a.rows = rows
	a.pairs = a.pairs[:0]
	a.parent, a.place = zeroed(a.parent, rows+cols), zeroed(a.place, rows+cols)
	for i := range a.parent {
		a.parent[i] = i
	}
	a.chosen, a.used = zeroed(a.chosen, rows), zeroed(a.used, cols)
	for i := range a.chosen {
		a.chosen[i] = -1
	}
}

// set gives a pair a gain, which must be above 0. It must not be called twice for a pair.
func (a *assigner) set(row, col int, gain float64) {
	a.pairs = append(a.pairs, pair{row, col, gain})
	if x, y := a.root(row), a.root(a.rows+col); x != y {
		a.parent[max(x, y)] = min(x, y)
	}
}

// root is the representative of the component of a row or column.
func (a *assigner) root(i int) int {
	for a.parent[i] != i {
		a.parent[i] = a.parent[a.parent[i]]
		i = a.parent[i]
	}
	return i
}

// solve returns the column of each row, -1 for none. Pairs without a gain are not made. The slice
// is valid until the next call of size.
func (a *assigner) solve() []int {
	slices.SortFunc(a.pairs, func(x, y pair) int {
		return cmp.Or(cmp.Compare(a.root(x.row), a.root(y.row)), cmp.Compare(y.gain, x.gain),
			x.row-y.row, x.col-y.col)
	})
	for rest := a.pairs; len(rest) > 0; {
		root, n := a.root(rest[0].row), 1
		for n < len(rest) && a.root(rest[n].row) == root {
			n++
		}
		a.part(rest[:n])
		rest = rest[n:]
	}
	return a.chosen
}

// part solves one component; the pairs are sorted by falling gain.
func (a *assigner) part(pairs []pair) {
	rows, cols := 0, 0
	for _, p := range pairs {
		if a.place[p.row] == 0 {
			rows++
			a.place[p.row] = rows
		}
		if c := a.rows + p.col; a.place[c] == 0 {
			cols++
			a.place[c] = cols
		}
	}
	if len(pairs) == 1 || max(rows, cols) > componentLimit {
		for _, p := range pairs {
			if a.chosen[p.row] < 0 && !a.used[p.col] {
				a.chosen[p.row], a.used[p.col] = p.col, true
			}
		}
		return
	}
	// run wants no more rows than columns.
	n, m, turned := rows, cols, rows > cols
	if turned {
		n, m = cols, rows
	}
	a.gain = zeroed(a.gain, n*m)
	at := func(p pair) (r, c int) {
		r, c = a.place[p.row], a.place[a.rows+p.col]
		if turned {
			r, c = c, r
		}
		return r, c
	}
	for _, p := range pairs {
		r, c := at(p)
		a.gain[(r-1)*m+c-1] = p.gain
	}
	a.run(n, m)
	for _, p := range pairs {
		if r, c := at(p); a.rowOf[c] == r {
			a.chosen[p.row] = p.col
		}
	}
}

// run assigns each of n rows one of m ≥ n columns for the greatest sum of gains. Index 0 of all
// lists is the row or column that stands for none.
func (a *assigner) run(n, m int) {
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
			col = a.step(col, m)
		}
		for col != 0 {
			before := a.from[col]
			a.rowOf[col] = a.rowOf[before]
			col = before
		}
	}
}

// step reaches one more column on the cheapest path and adjusts the prices.
func (a *assigner) step(col, m int) int {
	a.seen[col] = true
	row, next, least := a.rowOf[col], 0, math.Inf(1)
	for c := 1; c <= m; c++ {
		if a.seen[c] {
			continue
		}
		if v := -a.gain[(row-1)*m+c-1] - a.rowPrice[row] - a.colPrice[c]; v < a.slack[c] {
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

// zeroed returns a slice of n zeros, in the memory of s if that suffices.
func zeroed[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n, n+n/2)
	}
	s = s[:n]
	clear(s)
	return s
}
