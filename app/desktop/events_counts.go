package desktop

import (
	"maps"
	"slices"

	"handlens/app/session"
	"handlens/inference/track"
)

// countsJSON is what one line or zone has counted, by label. Times are in seconds.
type countsJSON struct {
	Name string         `json:"name"`
	Kind string         `json:"kind"` // line or zone
	In   map[string]int `json:"in"`
	Out  map[string]int `json:"out"`
	// The rest is of zones only.
	Inside  map[string]int     `json:"inside,omitempty"`
	Dwell   map[string]float64 `json:"dwell,omitempty"`
	Longest map[string]float64 `json:"longest,omitempty"`
	Staying map[string]float64 `json:"staying,omitempty"`
}

func newCounts(t track.Tally) countsJSON {
	c := countsJSON{
		Name: t.Region.Name, Kind: "zone", In: t.In, Out: t.Out, Inside: t.Inside,
		Dwell: rounded(t.Dwell), Longest: rounded(t.Longest), Staying: rounded(t.Staying),
	}
	if t.Region.IsLine() {
		c.Kind = "line"
	}
	return c
}

func rounded(times map[string]float64) map[string]float64 {
	for label, s := range times {
		times[label] = float64(int64(s*1000+0.5)) / 1000
	}
	return times
}

// counts tells what all lines and zones of a phone have counted, whenever that has changed.
func (e *events) counts(s *session.Session, now []track.Tally) {
	if !e.news(s, now) {
		return
	}
	regions := make([]countsJSON, 0, len(now))
	for _, t := range now {
		regions = append(regions, newCounts(t))
	}
	e.write(struct {
		head
		Regions []countsJSON `json:"regions"`
	}{begin("counts", s), regions})
}

// news says whether a phone's counts differ from those that were told last, and keeps them.
func (e *events) news(s *session.Session, now []track.Tally) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	same := slices.EqualFunc(e.told[s], now, func(a, b track.Tally) bool {
		return a.Region.Name == b.Region.Name && maps.Equal(a.In, b.In) &&
			maps.Equal(a.Out, b.Out) && maps.Equal(a.Inside, b.Inside)
	})
	if same {
		return false
	}
	if e.told == nil {
		e.told = make(map[*session.Session][]track.Tally)
	}
	e.told[s] = now
	return true
}

// forget drops what was told of a phone that has left.
func (e *events) forget(s *session.Session) {
	e.mu.Lock()
	defer e.mu.Unlock()
	delete(e.told, s)
}
