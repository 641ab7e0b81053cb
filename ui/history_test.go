package ui

import (
	"slices"
	"testing"
	"time"

	"handlens/inference/track"
	"handlens/ui/tile"
)

func TestHistoryKeepsTheLastMinutes(t *testing.T) {
	h := new(history)
	at := time.Unix(1_750_000_000, 0)
	if h.age() != 0 {
		t.Error("there is a history before the beginning")
	}
	note := func(after time.Duration, people, inside, crossed int) {
		at = at.Add(after)
		h.note(at, []tile.ClassCount{{Label: "person", Now: people}}, []track.Tally{
			{
				Region: track.Region{Name: "Zone", Points: make([]track.Point, 4)},
				Inside: map[string]int{"person": inside},
			},
			{
				Region: track.Region{Name: "Line", Points: make([]track.Point, 2)},
				In:     map[string]int{"person": crossed},
			},
		})
	}
	note(0, 1, 0, 5) // what was counted before is not of this time
	note(historyStep/4, 3, 1, 5)
	note(historyStep/4, 2, 0, 5)
	note(historyStep, 0, 2, 7)
	note(historyStep/4, 0, 2, 8)
	note(2*historyStep, 1, 0, 0) // the counts were reset
	note(historyStep, 0, 0, 1)
	read := func(get func(string, []int), name string) []int {
		sum := make([]int, 5)
		get(name, sum)
		return sum
	}
	for _, c := range []struct {
		name string
		get  func(string, []int)
		want []int
	}{
		{"person", h.class, []int{3, 0, 0, 1, 0}},
		{"Zone", h.region, []int{1, 2, 0, 0, 0}},
		{"Line", h.region, []int{0, 3, 0, 0, 1}},
		{"cat", h.class, make([]int, 5)},
	} {
		if got := read(c.get, c.name); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
	note(historyLength*historyStep, 0, 0, 1)
	if h.age() != historyLength || len(h.classes) != 1 || *h.classes["person"] != (series{}) {
		t.Errorf("%d steps, with %v", h.age(), h.classes)
	}
}

// However many classes there are, few are remembered, and those that are gone make room.
func TestHistoryIsBounded(t *testing.T) {
	h := new(history)
	var many []tile.ClassCount
	for i := range 3 * maxHistory {
		many = append(many, tile.ClassCount{Label: string(rune('a' + i)), Now: 1 << 20})
	}
	at := time.Unix(1_750_000_000, 0)
	h.note(at, many, nil)
	if len(h.classes) != maxHistory {
		t.Errorf("%d classes are kept", len(h.classes))
	}
	h.note(at.Add(2*historyLength*historyStep), many[maxHistory:], nil)
	if sum := make([]int, 1); len(h.classes) == maxHistory {
		if h.class(many[maxHistory].Label, sum); sum[0] != 1<<16-1 {
			t.Errorf("a new class counts %v", sum)
		}
	}
}
