// Package layout knows the model families: in what form a model takes its frames, and how its
// outputs become detections.
//
// The families are data (families.go). [RecogniseInput] and [Recognise] tell from the names, types
// and shapes of a model's inputs and outputs, and from its metadata, which one it is; what they
// cannot tell is read from a [Sidecar]. The [Layout] that results says how frames are prepared
// ([Layout.Preparation]) and where they lie in the input ([Layout.Place]). A [Decoder] reads the
// outputs of a run, suppresses duplicates and gives the boxes in coordinates of the frame.
//
// It is pure Go without an engine, and builds for browsers as well: a caller with an engine of its
// own fills in [Tensor]s. Nothing in a model or its outputs is trusted; what does not fit is an
// error. A Layout may be read from any goroutine, a Decoder is for one at a time, and the package
// starts none.
package layout
