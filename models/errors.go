package models

import (
	"errors"

	"handlens/models/sniff"
)

// The sentinels that callers branch on; a [Fault] that wraps one says the rest.
var (
	// ErrUnknown: no model of that name is in the catalogue or in the store.
	ErrUnknown = errors.New("unknown model")
	// ErrNotInstalled: the catalogue has the model, this machine has not.
	ErrNotInstalled = errors.New("model not installed")
	// ErrDamaged: an installed file is not what the catalogue says it is.
	ErrDamaged = errors.New("model damaged")
	// ErrNotONNX: the file is not an ONNX model that can be used. A [sniff.Refusal] says the rest.
	ErrNotONNX = sniff.ErrNotONNX
	// ErrExists: another model already has that name.
	ErrExists = errors.New("model exists")
	// ErrShipped: the model came with the program and is not ours to remove.
	ErrShipped = errors.New("model shipped with the program")
	// ErrDownload: the server gave no usable answer.
	ErrDownload = errors.New("download failed")
	// ErrSize: what the server sent is longer or shorter than the catalogue says.
	ErrSize = errors.New("wrong size")
	// ErrChecksum: what the server sent has another SHA-256 than the catalogue says.
	ErrChecksum = errors.New("wrong checksum")
	// ErrDiskFull: there is no room for the file.
	ErrDiskFull = errors.New("disk full")
)
