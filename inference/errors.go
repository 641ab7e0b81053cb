package inference

import (
	"errors"
	"fmt"
	"strings"

	"handlens/inference/ort"
)

var (
	// ErrUnknownLayout says that a model's inputs or outputs are none that Handlens can read. The
	// text names their shapes.
	ErrUnknownLayout = errors.New("the model's layout is unknown")
	// ErrUnknownClass says that a class was asked for that the model does not know. The text names
	// it and what is near.
	ErrUnknownClass = errors.New("the model does not know the class")
	// ErrClosed says that the Detector was closed.
	ErrClosed = errors.New("the detector is closed")

	// ErrLibrary, ErrModel and ErrProvider are those of package ort, so that callers need not know
	// it.
	ErrLibrary  = ort.ErrLibrary
	ErrModel    = ort.ErrModel
	ErrProvider = ort.ErrProvider
)

// LayoutError names what could not be recognised. It matches [ErrUnknownLayout].
type LayoutError struct {
	// What is the input or output in words, with its shape.
	What string
	// Hint says what would be understood.
	Hint string
}

func (e *LayoutError) Error() string {
	return fmt.Sprintf("%s is not understood: %s", e.What,
		e.Hint)
}

// Is makes errors.Is(err, ErrUnknownLayout) true.
func (e *LayoutError) Is(target error) bool { return target == ErrUnknownLayout }

// ClassError names a class that the model does not know. It matches [ErrUnknownClass].
type ClassError struct {
	Name string
	// Near are labels of the model that look alike; it may be empty.
	Near []string
}

func (e *ClassError) Error() string {
	s := fmt.Sprintf("the model knows no class %q", e.Name)
	if len(e.Near) > 0 {
		s += "; it knows " + strings.Join(e.Near, ", ")
	}
	return s
}

// Is makes errors.Is(err, ErrUnknownClass) true.
func (e *ClassError) Is(target error) bool { return target == ErrUnknownClass }
