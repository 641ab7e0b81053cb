package ort

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
)

var (
	// ErrLibrary says that ONNX Runtime itself is missing or does not fit. Its text says what to do.
	ErrLibrary = errors.New("ONNX Runtime cannot be used")
	// ErrModel says that the engine refuses a model, or cannot run it.
	ErrModel = errors.New("the model cannot be used")
	// ErrProvider says that what was asked to run the model is not available.
	ErrProvider = errors.New("the provider is not available")
	errClosed   = errors.New("the session is closed")
)

// ModelError says which model the engine refuses and why, in a sentence. It matches [ErrModel].
type ModelError struct {
	// File is the model's file name without its folder.
	File string
	// Doing says what failed: "load" or "run".
	Doing string
	// Cause is short and in one line.
	Cause string
}

func (e *ModelError) Error() string {
	return fmt.Sprintf("model %s does not %s: %s", e.File, e.Doing, e.Cause)
}

// Is makes errors.Is(err, ErrModel) true.
func (e *ModelError) Is(target error) bool { return target == ErrModel }

// maxCause bounds what is repeated of the engine's own words, in bytes.
const maxCause = 160

// knownCauses maps parts of the engine's messages to words for people. The first match wins.
var knownCauses = []struct{ part, words string }{
	{"Protobuf parsing failed", "the file is damaged or is no ONNX model"},
	{"ModelProto does not have a graph", "the file is damaged or is no ONNX model"},
	{"bad_alloc", "it asks for more memory than there is"},
	{"Failed to allocate memory", "it asks for more memory than there is"},
}

// newModelError makes one sentence of what the engine says, which may be many lines and name its own source files.
func newModelError(path, doing string, err error) error {
	return &ModelError{File: filepath.Base(path), Doing: doing, Cause: shortCause(path, err.Error())}
}

// shortCause keeps the part of the engine's message that tells a person something.
func shortCause(path, text string) string {
	for _, k := range knownCauses {
		if strings.Contains(text, k.part) {
			return k.words
		}
	}
	text, _, _ = strings.Cut(text, "\n")
	for _, lead := range []string{
		"Error loading temporary session: ", "Error creating temporary session: ", "Error creating C session from file: ",
		"Error creating C session: ", "Error running network: ", "Load model from " + path + " failed:", "Exception during initialization: ",
		"Exception during loading: ",
	} {
		text = strings.TrimPrefix(text, lead)
	}
	// The engine's messages name its own source: "/build/…/graph.cc:1452 void onnxruntime::Graph::… the message".
	if i := strings.Index(text, ".cc:"); i >= 0 {
		if _, rest, ok := strings.Cut(text[i:], ") "); ok {
			text = rest
		}
	}
	text = strings.Map(printable, strings.TrimSpace(text))
	if len(text) > maxCause {
		text = strings.ToValidUTF8(text[:maxCause], "") + "…"
	}
	if text == "" {
		return "the engine gives no reason"
	}
	return text
}

// printable drops control characters and what is not UTF-8: damaged files put anything into names that the engine repeats.
func printable(r rune) rune {
	if r < ' ' || r == 0x7f || r == '\uFFFD' {
		return -1
	}
	return r
}
