package record

// Saved says where the two files of a snapshot are.
type Saved struct {
	// Annotated has the boxes burnt in, Clean is the picture as the camera sent it.
	Annotated, Clean string
}
