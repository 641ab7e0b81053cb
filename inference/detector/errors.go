package detector

import (
	"errors"

	"handlens/inference/layout"
	"handlens/inference/ort"
)

// ErrClosed says that the Detector was closed.
var ErrClosed = errors.New("the detector is closed")

// Errors of the packages below, so that callers need not know those.
var (
	// ErrUnknownLayout says that Handlens cannot read a model's inputs or outputs.
	ErrUnknownLayout = layout.ErrUnknown
	// ErrUnknownClass says that a class was asked for that the model does not know.
	ErrUnknownClass = layout.ErrUnknownClass
	// ErrLibrary says that ONNX Runtime itself is missing or does not fit.
	ErrLibrary = ort.ErrLibrary
	// ErrModel says that the engine refuses a model, or cannot run it.
	ErrModel = ort.ErrModel
	// ErrProvider says that the provider that was asked for is not available.
	ErrProvider = ort.ErrProvider
)
