package mqtt

import (
	"maps"
	"slices"

	"handlens/app/slug"
)

// Phone is what is known of a phone.
type Phone struct {
	Name      string
	Connected bool
	// Objects are how many there are in the picture, by label.
	Objects map[string]int
	Regions []Region
}

// Region is a line, or a zone with what is inside. In and Out count crossings and entries of all
// classes.
type Region struct {
	Name            string
	Line            bool
	In, Out, Inside int
}

// Rule is a rule that fired.
type Rule struct {
	Name, Phone, Place string
	// Time is in milliseconds since 1970.
	Time   int64
	Labels map[string]int
	Count  int
}

// The bounds of what is described; models may have thousands of labels.
const (
	maxLabels  = 40
	maxRegions = 32
	maxPhones  = 64
)

// phoneJSON is a phone's state on the wire. Its keys are slugs.
type phoneJSON struct {
	Name      string                `json:"name"`
	Connected bool                  `json:"connected"`
	Objects   map[string]int        `json:"objects"`
	Zones     map[string]regionJSON `json:"zones"`
	Lines     map[string]regionJSON `json:"lines"`
}

type regionJSON struct {
	Name   string `json:"name"`
	In     int    `json:"in"`
	Out    int    `json:"out"`
	Inside *int   `json:"inside,omitempty"` // of zones
}

// ruleJSON is a rule that fired on the wire; event_type is for Home Assistant.
type ruleJSON struct {
	EventType string         `json:"event_type"`
	Rule      string         `json:"rule"`
	Phone     string         `json:"phone"`
	Place     string         `json:"place,omitempty"`
	Time      int64          `json:"time"`
	Labels    map[string]int `json:"labels"`
	Count     int            `json:"count"`
}

// state puts a phone into the form of the wire. A label that was seen stays, with 0.
func (p Phone) state(seen []string) phoneJSON {
	s := phoneJSON{
		Name: p.Name, Connected: p.Connected, Objects: make(map[string]int),
		Zones: make(map[string]regionJSON), Lines: make(map[string]regionJSON),
	}
	for _, label := range seen {
		s.Objects[slug.Of(label)] = p.Objects[label]
	}
	for _, r := range p.Regions[:min(len(p.Regions), maxRegions)] {
		v := regionJSON{Name: r.Name, In: r.In, Out: r.Out}
		if r.Line {
			s.Lines[slug.Of(r.Name)] = v
			continue
		}
		v.Inside = &r.Inside
		s.Zones[slug.Of(r.Name)] = v
	}
	return s
}

// left is the phone once it is gone, with what it has counted.
func (p Phone) left() Phone {
	p.Connected, p.Objects, p.Regions = false, nil, slices.Clone(p.Regions)
	for i := range p.Regions {
		p.Regions[i].Inside = 0
	}
	return p
}

// addSeen returns the labels that were seen, those of a phone with them, in a fixed order.
func addSeen(seen []string, p Phone) []string {
	for _, label := range slices.Sorted(maps.Keys(p.Objects)) {
		if len(seen) < maxLabels && !slices.Contains(seen, label) {
			seen = append(seen, label)
		}
	}
	return seen
}
