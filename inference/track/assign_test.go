package track

import (
	"math"
	"math/rand/v2"
	"testing"
)

// TestAssignIsBest holds the assignment against trying out all of them.
func TestAssignIsBest(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 9))
	var a assigner
	for range 3000 {
		rows, cols := r.IntN(6), r.IntN(6)
		gain := make([][]float64, rows)
		a.size(rows, cols)
		for i := range gain {
			gain[i] = make([]float64, cols)
			for j := range gain[i] {
				if r.IntN(3) > 0 {
					gain[i][j] = r.Float64()
					a.set(i, j, gain[i][j])
				}
			}
		}
		got, used := 0.0, make(map[int]bool)
		for i, c := range a.solve() {
			if c < 0 {
				continue
			}
			if used[c] || gain[i][c] == 0 {
				t.Fatalf("column %d is taken twice or for nothing", c)
			}
			used[c] = true
			got += gain[i][c]
		}
		if want := bestGain(gain, 0, make([]bool, cols)); math.Abs(got-want) > 1e-9 {
			t.Fatalf("%d × %d: the gain is %v, the best is %v", rows, cols, got, want)
		}
	}
}

func bestGain(gain [][]float64, row int, used []bool) float64 {
	if row == len(gain) {
		return 0
	}
	best := bestGain(gain, row+1, used)
	for c, g := range gain[row] {
		if !used[c] && g > 0 {
			used[c] = true
			best = max(best, g+bestGain(gain, row+1, used))
			used[c] = false
		}
	}
	return best
}

// TestAssignHeap has more hang together than is solved exactly: still nobody is taken twice, and
// who fits best is paired.
func TestAssignHeap(t *testing.T) {
	var a assigner
	a.size(200, 150)
	for i := range 200 {
		for j := range 150 {
			gain := 0.1 + 0.0001*float64((i*7+j*13)%97)
			if i == j {
				gain = 0.9
			}
			a.set(i, j, gain)
		}
	}
	for i, c := range a.solve() {
		if want := i; i < 150 && c != want || i >= 150 && c != -1 {
			t.Fatalf("row %d has column %d", i, c)
		}
	}
}

// BenchmarkAssignWorst is a table in which everything could be anything, and one as large as is
// still solved exactly.
func BenchmarkAssignWorst(b *testing.B) {
	for name, n := range map[string][2]int{
		"heap":  {300, maxObjects},
		"exact": {componentLimit, componentLimit},
	} {
		b.Run(name, func(b *testing.B) {
			r := rand.New(rand.NewPCG(9, 9))
			var a assigner
			for b.Loop() {
				a.size(n[0], n[1])
				for i := range n[0] {
					for j := range n[1] {
						a.set(i, j, r.Float64())
					}
				}
				a.solve()
			}
		})
	}
}
