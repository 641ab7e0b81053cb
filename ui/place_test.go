package ui

import (
	"slices"
	"strings"
	"testing"
	"time"

	"handlens/ui/tile"
)

// The choice of where detection runs changes its setting, and the figures of each place stand below
// it, with a mark where it runs.
func TestWhereDetectionRunsIsChosenAndShown(t *testing.T) {
	var s told
	w, l := open(t, Config{Settings: DefaultSettings(), Changed: s.changed})
	p := join(t, w, l, 1)[0]
	c := w.live.sidebar.place
	for i, want := range detectPlaces {
		c.choice.SetSelectedIndex((i + 1) % len(detectPlaces)) // so that it changes
		c.choice.SetSelectedIndex(i)
		if s.last.DetectOn != want {
			t.Errorf("choice %d is %q, want %q", i, s.last.DetectOn, want)
		}
	}
	p.say(func(sc *tile.Scene) {
		sc.Stats.DetectOn, sc.Stats.PhoneDetector = tile.OnPhone, tile.PhoneSlow
		sc.Stats.Computer = tile.PlaceFigures{
			Took: 20 * time.Millisecond, Age: 90 * time.Millisecond, FPS: 25, Load: 0.5,
		}
		sc.Stats.Phone = tile.PlaceFigures{
			Took: 600 * time.Millisecond, Age: 900 * time.Millisecond, FPS: 1.4, Load: 0.84,
		}
	})
	l.Until(t, "the figures", func() bool { return c.lines[2].Visible() })
	for i, words := range [][]string{
		{"This computer", "20 ms", "25/s", "90 ms old", "50 % busy"},
		{"• The phone", "600 ms", "1/s", "900 ms old", "84 % busy"},
		{"slow"},
	} {
		for _, word := range words {
			if !strings.Contains(c.lines[i].Text, word) {
				t.Errorf("line %d is %q, without %q", i, c.lines[i].Text, word)
			}
		}
	}
	if strings.HasPrefix(c.lines[0].Text, "•") {
		t.Error("both places are marked")
	}
}

func TestADetectorThatMovesIsTold(t *testing.T) {
	var said []string
	for _, to := range []tile.Place{tile.OnComputer, tile.OnPhone} {
		for _, why := range []MoveWhy{0, MoveYounger, MoveStopped} {
			text := movedText(map[string]any{"Name": "Anna"}, to, why)
			if !strings.Contains(text, "Anna") {
				t.Errorf("of whom is %q", text)
			}
			said = append(said, text)
		}
	}
	slices.Sort(said)
	if said = slices.Compact(said); len(said) != 5 {
		t.Errorf("it says %q", said)
	}
	w, l := open(t, Config{Settings: DefaultSettings()})
	w.DetectionMoved("Anna", tile.OnPhone, MoveYounger)
	l.Until(t, "a notice", func() bool { return len(w.toasts.live) == 1 })
}
