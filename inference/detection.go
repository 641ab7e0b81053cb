package inference

import (
	"cmp"
	"slices"
)

// Box is a rectangle in coordinates normalised to the upright picture: 0 is the left or top edge, 1
// the right or bottom one.
type Box struct{ X1, Y1, X2, Y2 float32 }

// Detection is one object that a model found.
type Detection struct {
	// Box lies within the picture (0..1), with X1 < X2 and Y1 < Y2.
	Box Box
	// Class is the index into the model's labels, Label its name there.
	Class int
	Label string
	// Score is the model's confidence, 0..1.
	Score float32
	// Track identifies the object over time; 0 while nothing tracks it.
	Track int
	// Shape is more than the box, from models that tell it; nil else. It is shared and never
	// changed once made.
	Shape *Shape
}

// Shape is what segmentation and pose models tell of an object beside its box. All of it lies in
// coordinates of the box (0 is its left or top edge, 1 the right or bottom one), so that it moves
// and grows with the box when a tracker carries that along.
type Shape struct {
	// Outline is the object's silhouette as a closed polygon, some tens of points; empty where the
	// model tells none.
	Outline []Point
	// Keypoints are the model's key points in its own order, for persons COCO's 17; empty where the
	// model tells none.
	Keypoints []Keypoint
}

// Point is a place in coordinates of whatever it belongs to.
type Point struct{ X, Y float32 }

// Keypoint is one key point. It may lie outside the box.
type Keypoint struct {
	Point
	// Score is how certain the model is that it can be seen there, 0..1.
	Score float32
}

// Strongest returns the n detections of the greatest scores, in the order in which they were: for
// whoever has room for no more. Of equal scores the first stay, and a score that is not a number is
// the least. A list that is short enough is returned as it is; n must not be negative.
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
