// Package inference is the vocabulary of object detection: what a model finds in a frame
// ([Detection] with its [Box] and [Shape]), the message that tells others about it ([Message]), and
// the default thresholds.
//
// It holds values only, in pure Go, and imports nothing else of the program, so that whatever
// merely speaks of boxes (the window, the tracker, the timeline, the overlay) links no engine. What
// finds the objects is in the packages below it: detector opens and runs a model, layout reads the
// outputs of the model families, ort is the engine, and resample prepares frames.
package inference
