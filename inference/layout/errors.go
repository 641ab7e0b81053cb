package layout

import (
	"errors"
	"fmt"
	"strings"
)

var (
	// ErrUnknown says that Handlens cannot read a model's inputs or outputs. The text names their
	// shapes.
	ErrUnknown = errors.New("the model's layout is unknown")
	// ErrUnknownClass says that a class was asked for that the model does not know. The text names
	// it and similar ones.
	ErrUnknownClass = errors.New("the model does not know the class")
)

// Error names what could not be recognised. It matches [ErrUnknown].
type Error struct {
	// What is the input or output in words, with its shape.
	What string
	// Hint says what would be understood.
	Hint string
	// NoDetector: the model is another kind of model, which What says, and Hint what to do; nothing
	// beside it could make it a detector.
	NoDetector bool
}

func (e *Error) Error() string {
	if e.NoDetector {
		return fmt.Sprintf("%s: %s", e.What, e.Hint)
	}
	return fmt.Sprintf("%s is not understood: %s", e.What, e.Hint)
}

// Is makes errors.Is(err, ErrUnknown) true.
func (e *Error) Is(target error) bool { return target == ErrUnknown }

// ClassError names a class that the model does not know. It matches [ErrUnknownClass].
type ClassError struct {
	Name string
	// Suggestions are up to three labels of the model that look similar.
	Suggestions []string
}

func (e *ClassError) Error() string {
	s := fmt.Sprintf("the model knows no class %q", e.Name)
	if len(e.Suggestions) > 0 {
		s += "; it knows " + strings.Join(e.Suggestions, ", ")
	}
	return s
}

// Is makes errors.Is(err, ErrUnknownClass) true.
func (e *ClassError) Is(target error) bool { return target == ErrUnknownClass }
