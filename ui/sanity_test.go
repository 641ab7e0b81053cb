package ui

import (
	"math"
	"testing"
	"time"

	"handlens/inference/track"
)

func TestSettingsThatMakeNoSenseAreMended(t *testing.T) {
	s := Settings{Confidence: math.NaN(), Replay: time.Hour, Appearance: "pink"}.Sane()
	if s.Confidence != leastConfidence || s.Replay != 2*time.Minute || s.Appearance != "auto" {
		t.Errorf("they became %+v", s)
	}
	if s := (Settings{Replay: -1}).Sane(); s.Replay != 30*time.Second {
		t.Errorf("the replay became %v", s.Replay)
	}
	for given, want := range map[string]string{
		"": "auto", "auto": "auto", "ask": "ask",
		"Ask": "ask",
	} {
		if got := (Settings{Approve: given}).Sane().Approve; got != want {
			t.Errorf("who lets phones in, %q, became %q", given, got)
		}
	}
	for given, want := range map[string]string{
		"": DetectOnComputer, "phone": DetectOnPhone, "auto": DetectOnAutomatic,
		"moon": DetectOnComputer,
	} {
		if got := (Settings{DetectOn: given}).Sane().DetectOn; got != want {
			t.Errorf("detection on %q became %q", given, got)
		}
	}
	for given, want := range map[int]int{-1: 1, 0: MostPhones, 1: 1, 5: 5, 99: MostPhones} {
		if got := (Settings{MaxPhones: given}).Sane().MaxPhones; got != want {
			t.Errorf("%d phones became %d", given, got)
		}
	}
	for given, want := range map[int]int{-1: 1, 0: 4, 1: 1, 5: 5, 99: MostViewers} {
		if got := (Settings{MaxViewers: given}).Sane().MaxViewers; got != want {
			t.Errorf("%d viewers became %d", given, got)
		}
	}
}

// TestRegionsThatMakeNoSenseAreLeftOut keeps what can be drawn, each under a name of its own.
func TestRegionsThatMakeNoSenseAreLeftOut(t *testing.T) {
	line := []track.Point{{X: 0.1}, {X: 0.9}}
	given := []track.Region{
		{Name: "Door", Points: line},
		{Name: "Door", Points: line},
		{Name: "a dot", Points: line[:1]},
		{Name: "beside the frame", Points: []track.Point{{X: 2}, {}}},
		{Name: "no number", Points: []track.Point{{X: float32(math.NaN())}, {}}},
		{Name: "too much", Points: make([]track.Point, maxPoints+1)},
	}
	got := Settings{Counted: given, Hidden: make([]string, maxNames+1), Figures: 99}.Sane()
	if len(got.Counted) != 2 || got.Counted[0].Name != "Door" || got.Counted[1].Name != "Door 2" {
		t.Errorf("the regions became %+v", got.Counted)
	}
	if len(got.Hidden) != maxNames || got.Figures != FiguresBrief {
		t.Errorf("%d names are hidden, and the figures are %d", len(got.Hidden), got.Figures)
	}
	if given[1].Name != "Door" {
		t.Error("what was given was changed")
	}
}
