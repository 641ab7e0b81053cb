// Package models knows which detection models there are and where they lie on this machine.
//
// The catalogue is a list of models that may be shipped and used freely, each with its licence, its
// accuracy as published, its size, its SHA-256 and the upstream address of one pinned commit. The
// store is a folder of ONNX files under the user's data directory; a folder named "models" beside
// the program is searched after it, so that a packager may ship one. One small model of our own,
// the starter, is a part of the program, so that there always is one; folder starter has the recipe
// that made it.
//
//	store, err := models.Open(filepath.Join(dataDir, "models"))
//	// Or a path to an .onnx file, or "" for the best installed one.
//	model, err := store.Find("yolox-nano-416")
//	// OpenBytes for the starter, which has Data and no Path.
//	d, err := detector.Open(model.Path, detector.Options{})
//
// Nothing is ever downloaded but by [Store.Get], which the program calls only on the user's word.
// What comes down the wire is not trusted: its size is bounded by the catalogue's, and the file
// gets its name only when its checksum is right.
//
// A Store holds no open files and no goroutine between calls. Any goroutine may use it; several
// processes may share its folder, since a file appears under its name by one rename and downloads
// write only bytes that the checksum fixes.
package models
