package layout

import (
	"math/rand/v2"
	"testing"

	"handlens/inference"
)

func TestSuppress(t *testing.T) {
	list := best([]candidate{
		{box: rect(0, 0, 10, 10), score: .5, class: 0, order: 0},
		{box: rect(1, 0, 11, 10), score: .9, class: 0, order: 1}, // takes the first away
		{box: rect(1, 0, 11, 10), score: .8, class: 1, order: 2}, // another class stays
		{box: rect(8, 0, 18, 10), score: .7, class: 0, order: 3}, // overlaps too little
		// equal score: the earlier one first
		{box: rect(50, 50, 60, 60), score: .9, class: 0, order: 4},
	}, maxCandidates)
	got := suppress(list, .5, maxDetections)
	want := []int32{1, 4, 2, 3}
	if len(got) != len(want) {
		t.Fatalf("kept %+v", got)
	}
	for i, w := range want {
		if got[i].order != w {
			t.Errorf("place %d has %+v, want order %d", i, got[i], w)
		}
	}
}

func TestSuppressKeepsItsBounds(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var list []candidate
	for i := range 20000 {
		x, y := r.Float32()*1000, r.Float32()*1000
		list = append(list,
			candidate{
				box: rect(x, y, x+2, y+2), score: r.Float32(), class: int32(i % 3),
				order: int32(i),
			})
	}
	list = best(list, maxCandidates)
	if len(list) != maxCandidates {
		t.Fatalf("%d candidates", len(list))
	}
	kept := suppress(list, .5, maxDetections)
	if len(kept) != maxDetections {
		t.Errorf("%d detections", len(kept))
	}
	for i := 1; i < len(kept); i++ {
		if kept[i].score > kept[i-1].score {
			t.Fatal("not sorted by score")
		}
	}
}

func TestDedupe(t *testing.T) {
	a, b := inference.Box{X2: 10, Y2: 10}, inference.Box{X2: 10, Y2: 11}
	got := dedupe([]candidate{
		{box: a, score: .9, class: 1},
		{box: a, score: .8, class: 2},
		{box: b, score: .7, class: 2},
		{box: b, score: .6, class: 1},
	}, maxDetections)
	if len(got) != 2 || got[0].class != 1 || got[1].class != 2 {
		t.Errorf("kept %+v, want the best class of each box", got)
	}
}

func TestAllLabels(t *testing.T) {
	row := []float32{5, 5, 2, 2, 1, .6, .9, .1}
	for all, want := range map[bool]int{false: 1, true: 2} {
		s := candidates{limit: .5, allLabels: all}
		(&Layout{classes: 3}).decodeObjectness(row, 1, 8, &s)
		if len(s.list) != want || best(s.list, 1)[0].class != 1 {
			t.Errorf("all labels %v: %+v", all, s.list)
		}
		columns := make([]float32, 0, 7)
		columns = append(columns, row[:4]...)
		columns = append(columns, row[5:]...)
		s = candidates{limit: .5, allLabels: all}
		(&Layout{classes: 3}).decodeChannelsFirst(columns, 1, &s)
		if len(s.list) != want || best(s.list, 1)[0].class != 1 {
			t.Errorf("all labels %v: %+v", all, s.list)
		}
	}
}
