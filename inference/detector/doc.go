// Package detector finds objects in frames: it opens a model, prepares a [media.Frame] for it, runs
// it through package ort, and returns what package layout reads in the outputs.
//
// A [Detector] owns its engine session and its tensors. Any goroutine may call Detect, one call at
// a time runs, and Close waits for it. [Detector.Tune] measures what runs the model fastest on this
// computer (threads, graphics card) and remembers it; a provider counts only if its answers are
// those of the processor. [Detector.DetectBatch] takes several frames at once where that has proved
// to be faster.
//
// A model may run on a server as well, by package remote: [OpenServer] reads it as [Open] reads a
// file, and [Served] has the server look at frames while it answers, and a Detector here else.
//
// The package starts no goroutine that outlives a call, except for one that waits for a driver that
// does not return.
package detector
