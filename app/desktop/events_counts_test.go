package desktop

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"handlens/app/session"
	"handlens/inference/track"
	"handlens/media"
)

// tallies are those of a line and a zone.
func tallies(in, inside int, staying float64) []track.Tally {
	return []track.Tally{
		{
			Region: track.Region{Name: "Line 1", Points: []track.Point{{}, {X: 1}}},
			In:     map[string]int{"person": in}, Out: map[string]int{},
		},
		{
			Region: track.Region{Name: "Zone 1", Points: []track.Point{{}, {X: 1}, {Y: 1}}},
			In:     map[string]int{}, Out: map[string]int{},
			Inside: map[string]int{"car": inside}, Staying: map[string]float64{"car": staying},
		},
	}
}

// TestCountsAreToldWhenTheyChange has the same counts told once, and again only when one of them
// changes.
func TestCountsAreToldWhenTheyChange(t *testing.T) {
	var out bytes.Buffer
	e, err := openEvents("-", &out, nil)
	if err != nil {
		t.Fatal(err)
	}
	s, other := new(session.Session), new(session.Session)
	e.counts(s, nil)
	e.counts(s, tallies(1, 1, 0.5))
	e.counts(s, tallies(1, 1, 0.7)) // time passes
	e.counts(s, tallies(2, 1, 1.23456))
	e.counts(other, tallies(2, 1, 1))
	e.counts(s, nil) // all removed
	e.counts(other, tallies(2, 1, 1))
	e.missing(map[string]int{"counts": 1})
	e.counts(other, tallies(2, 1, 1)) // as before, but the reader may not know
	e.Left(s, media.Reason{Code: media.PhoneLeft})
	if len(e.told) != 1 {
		t.Errorf("%d phones are remembered", len(e.told))
	}
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
	if len(lines) != 6 {
		t.Fatalf("there are %d lines:\n%s", len(lines), out.String())
	}
	var v struct {
		Event   string       `json:"event"`
		Regions []countsJSON `json:"regions"`
	}
	if err := json.Unmarshal([]byte(lines[1]), &v); err != nil {
		t.Fatal(err)
	}
	if v.Event != "counts" || len(v.Regions) != 2 || v.Regions[0].Kind != "line" ||
		v.Regions[0].In["person"] != 2 ||
		v.Regions[1].Kind != "zone" || v.Regions[1].Inside["car"] != 1 ||
		v.Regions[1].Staying["car"] != 1.235 {
		t.Errorf("told is %s", lines[1])
	}
	if !strings.Contains(lines[3], `"regions":[]`) {
		t.Errorf("without regions it is %s", lines[3])
	}
}
