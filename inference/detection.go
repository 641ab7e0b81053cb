package inference

// Box is a rectangle in coordinates normalised to the upright picture: 0 is the left or top edge, 1 the right or bottom one.
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
}
