package inference

import (
	"cmp"
	"slices"
)

// Defaults of the thresholds, both 0..1: the least score that is reported, and the overlap above
// which the weaker of two boxes of one class is dropped.
const (
	DefaultConfidence = 0.4
	DefaultIoU        = 0.5
)

// Point is a place. X grows to the right and Y downwards; what they are measured in depends on what
// the point belongs to.
type Point struct {
	X float32 `json:"x"`
	Y float32 `json:"y"`
}

// Box is a rectangle in coordinates normalised to the upright frame: 0 is the left or top edge, 1
// the right or bottom one.
type Box struct{ X1, Y1, X2, Y2 float32 }

// Detection is one object that a model found.
type Detection struct {
	// Box lies within the frame (0..1), with X1 < X2 and Y1 < Y2.
	Box Box
	// Class is the index into the model's labels, Label the name there.
	Class int
	Label string
	// Score is the model's confidence, 0..1.
	Score float32
	// Track identifies the object over time; 0 while nothing tracks it.
	Track int
	// Shape is what the model tells beyond the box; nil for models that tell nothing more. It is
	// shared and never changes once it is made.
	Shape *Shape
}

// IoU is the intersection of two boxes over their union, 0..1; 0 when either is empty or has a
// coordinate that is not a number. The boxes may be in any unit, as long as it is the same.
func IoU(a, b Box) float32 {
	w := min(a.X2, b.X2) - max(a.X1, b.X1)
	h := min(a.Y2, b.Y2) - max(a.Y1, b.Y1)
	if !(w > 0 && h > 0) {
		return 0
	}
	both := w * h
	union := (a.X2-a.X1)*(a.Y2-a.Y1) + (b.X2-b.X1)*(b.Y2-b.Y1) - both
	if !(union > 0) {
		return 0
	}
	return both / union
}

// Strongest returns the n detections with the greatest scores, in the order in which they were
// given. Of equal scores the first ones stay; a score that is not a number counts as the least. A
// list of at most n is returned as it is. n must not be negative.
func Strongest(found []Detection, n int) []Detection {
	if len(found) <= n {
		return found
	}
	places := make([]int, len(found))
	for i := range places {
		places[i] = i
	}
	slices.SortStableFunc(places, func(a, b int) int {
		return cmp.Compare(found[b].Score, found[a].Score)
	})
	places = places[:n]
	slices.Sort(places)
	kept := make([]Detection, n)
	for i, place := range places {
		kept[i] = found[place]
	}
	return kept
}
