// Package inference finds objects in pictures: it prepares a [media.Frame] for a model, runs the
// model through package ort, and turns what comes out into a list of [Detection].
//
// The parts are separate so that each is tested alone: package resample makes the picture into a
// tensor, the letterbox is a value that is carried along and inverted, a layout described by data
// decodes the outputs, non-maximum suppression is one function, and the engine knows nothing of any
// of them.
//
// A [Detector] owns its engine session and its tensors. Detect may be called from any goroutine,
// one call at a time runs; Close waits for it. The package starts no goroutine that outlives a
// call.
package inference
