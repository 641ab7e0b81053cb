package track

import "handlens/inference"

// Point is a place in the upright frame: 0 is the left or top edge, 1 the right or bottom one.
type Point = inference.Point

// Region is a line (two points) or a zone (three or more points of a closed polygon).
type Region struct {
	// Name is shown, and written into exports; for example "Line 1".
	Name   string  `json:"name"`
	Points []Point `json:"points"`
}

// IsLine tells whether the region is a line and not a zone.
func (r Region) IsLine() bool { return len(r.Points) == 2 }

// Tally is what a region has counted so far.
type Tally struct {
	Region Region `json:"region"`
	// In and Out are crossings of a line, by label: In goes from the left of the line to its right,
	// as seen from the first point in the direction of the second. For a zone they are entries and
	// exits.
	In  map[string]int `json:"in"`
	Out map[string]int `json:"out"`
	// Inside is how many objects are in a zone now, by label; nil for a line.
	Inside map[string]int `json:"inside,omitempty"`
	// Dwell is the mean time, in seconds, that objects which left a zone had spent in it, by label;
	// nil for a line.
	Dwell map[string]float64 `json:"dwell,omitempty"`
	// Longest is the longest of those times. Staying is how long, in seconds, the object has been
	// inside that has been there longest. Both are by label, nil for a line.
	Longest map[string]float64 `json:"longest,omitempty"`
	Staying map[string]float64 `json:"staying,omitempty"`
}

// Trail is the path of one object: the centres of its boxes, oldest first.
type Trail struct {
	Track, Class int
	Points       []Point
}
