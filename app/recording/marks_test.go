package recording

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"testing"
	"time"
)

func TestMarksAreInOrderAndFew(t *testing.T) {
	var m Marks
	for i := range maxMarks + 10 {
		m.Add(Mark{At: time.Duration(i^1) * time.Second}) // pairs the wrong way round
	}
	all := m.Between(0, time.Hour)
	if len(all) != maxMarks || all[0].At != 10*time.Second ||
		!slices.IsSortedFunc(all, func(a, b Mark) int { return int(a.At - b.At) }) {
		t.Errorf("%d marks from %v on", len(all), all[0].At)
	}
	if got := m.Between(20*time.Second, 22*time.Second); len(got) != 3 {
		t.Errorf("between are %v", got)
	}
}

func TestMarksAreTakenOnce(t *testing.T) {
	var m Marks
	for i := range 4 {
		m.Add(Mark{At: time.Duration(i) * time.Second})
	}
	n := m.number(time.Second)
	got, n := m.since(n, 2500*time.Millisecond)
	if len(got) != 2 || got[0].At != time.Second {
		t.Fatalf("got %v", got)
	}
	if got, n = m.since(n, 2600*time.Millisecond); got != nil || n != 3 {
		t.Errorf("again %v, then %d", got, n)
	}
	for i := range maxMarks { // the fourth is forgotten
		m.Add(Mark{At: time.Duration(i+10) * time.Second})
	}
	if got, _ = m.since(n, 10*time.Second); len(got) != 1 || got[0].At != 10*time.Second {
		t.Errorf("later %v", got)
	}
}

// A rule stands in the line of the frame at which it came true, in a recording that runs and in one
// that is made of the past.
func TestRulesStandInTheSidecar(t *testing.T) {
	c := makeClip(t, 320, 180, 30)
	p := newPhone(t)
	p.send(c, 0, 1)
	p.marks.Add(Mark{At: -1, Rule: "before"})
	r := p.start(Options{Data: true, Rule: "Gate"})
	p.marks.Add(Mark{
		At: p.at(10) - time.Millisecond, Rule: "Gate",
		Labels: map[string]int{"dog": 2},
	})
	p.send(c, 1, 30)
	p.timeline.Add(p.at(30), nil)
	made := p.stop(r)
	want := []string{"Gate", fmt.Sprintf("%d Gate map[dog:2]", p.at(10).Milliseconds())}
	if got := rulesIn(t, made.Data); !slices.Equal(got, want) {
		t.Errorf("the recording's lines say %q, want %q", got, want)
	}
}

// rulesIn is what a sidecar says of rules: that of the head, and each with its time.
func rulesIn(t *testing.T, path string) (said []string) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for in := bufio.NewScanner(f); in.Scan(); {
		if said == nil {
			var h Head
			if err := json.Unmarshal(in.Bytes(), &h); err != nil {
				t.Fatal(err)
			}
			said = []string{h.Rule}
			continue
		}
		var l lineJSON
		if err := json.Unmarshal(in.Bytes(), &l); err != nil {
			t.Fatal(err)
		}
		for _, m := range l.Rules {
			said = append(said, fmt.Sprint(l.T, " ", m.Rule, " ", m.Labels))
		}
	}
	return said
}
