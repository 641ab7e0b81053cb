package inference

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestStrongest(t *testing.T) {
	nan := float32(math.NaN())
	of := func(scores ...float32) []Detection {
		list := make([]Detection, len(scores))
		for i, v := range scores {
			list[i] = Detection{Class: i, Score: v}
		}
		return list
	}
	for _, c := range []struct {
		scores []float32
		n      int
		want   []int
	}{
		{nil, 3, nil},
		{[]float32{.1, .2}, 2, []int{0, 1}},
		{[]float32{.1, .9, .2, .8}, 2, []int{1, 3}},
		{[]float32{.5, .5, .5}, 2, []int{0, 1}},
		{[]float32{nan, nan, .1, nan, .2}, 3, []int{0, 2, 4}},
		{[]float32{.3, .4}, 0, nil},
	} {
		var got []int
		for _, d := range Strongest(of(c.scores...), c.n) {
			got = append(got, d.Class)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("of %v the %d strongest are %v, want %v", c.scores, c.n, got, c.want)
		}
	}
}

func TestStrongestIsSortingAndCutting(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	for range 200 {
		found := make([]Detection, r.IntN(100))
		for i := range found {
			found[i] = Detection{Class: i, Score: float32(r.IntN(10)) / 10}
		}
		n := r.IntN(100)
		got := Strongest(slices.Clone(found), n)
		sorted := slices.Clone(found)
		slices.SortStableFunc(sorted, func(a, b Detection) int {
			return cmp.Compare(b.Score, a.Score)
		})
		sorted = sorted[:min(n, len(sorted))]
		for _, d := range got {
			if !slices.Contains(sorted, d) {
				t.Fatalf("%+v is not among the %d strongest of %+v", d, n, found)
			}
		}
		byPlace := func(a, b Detection) int { return a.Class - b.Class }
		if len(got) != len(sorted) || !slices.IsSortedFunc(got, byPlace) {
			t.Fatalf("%d of %d, or out of order", len(got), len(found))
		}
	}
}

func TestIoU(t *testing.T) {
	nan := float32(math.NaN())
	for _, c := range []struct {
		a, b Box
		want float32
	}{
		{Box{0, 0, 2, 2}, Box{1, 0, 3, 2}, 1.0 / 3},
		{Box{0, 0, 2, 2}, Box{0, 0, 2, 2}, 1},
		{Box{0, 0, 2, 2}, Box{2, 0, 4, 2}, 0},
		{Box{0, 0, 0, 0}, Box{0, 0, 0, 0}, 0},
		{Box{nan, 0, 2, 2}, Box{0, 0, 2, 2}, 0},
		{
			Box{0, 0, math.MaxFloat32, math.MaxFloat32},
			Box{0, 0, math.MaxFloat32, math.MaxFloat32},
			0,
		},
	} {
		if got := IoU(c.a, c.b); math.Abs(float64(got-c.want)) > 1e-6 {
			t.Errorf("%v and %v overlap by %v, want %v", c.a, c.b, got, c.want)
		}
	}
}
