package ort

import (
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"strings"

	"handlens/media/plaintext"
)

var (
	// ErrLibrary says that ONNX Runtime itself is missing or does not fit. Its text says what to
	// do.
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

// maxCause bounds what is repeated of the engine's message, in bytes.
const maxCause = 200

// knownCauses maps parts of the engine's messages to plain words. The first match wins.
var knownCauses = []struct{ part, words string }{
	{"Protobuf parsing failed", "the file is damaged or is not an ONNX model"},
	{"ModelProto does not have a graph", "the file is damaged or is not an ONNX model"},
	{"bad_alloc", "it asks for more memory than there is"},
	{"Failed to allocate memory", "it asks for more memory than there is"},
	{
		"External data path escapes",
		"it names weights in a file outside its own folder, which is refused",
	},
	{"External data path does not exist", "the file beside it that holds its weights is missing"},
	{"GetExtDataFromTensorProto", "the file beside it that holds its weights is too short"},
	{
		"does not match expected size from shape and data type",
		"the file is damaged: a part of its weights is missing",
	},
}

// newModelError makes one sentence of the engine's message, which may have many lines and name its
// own source files.
func newModelError(path, doing string, err error) error {
	return &ModelError{
		File: filepath.Base(path), Doing: doing,
		Cause: shortCause(path, err.Error()),
	}
}

// wordy matches what the engine puts before the informative part.
var wordy = regexp.MustCompile(
	`^(Error (loading|creating|running) [a-zA-Z ]*: |Error getting [a-z ]*: |Load model from .* failed:|` +
		`Exception during [a-z]+: |(This is an i|I)nvalid model\. ?|Failed to load model with error: )+`)

var (
	// atLoad matches `In Node, ("name", Op, "", -1) : (…) -> (…) , Error what is wrong`.
	atLoad = regexp.MustCompile(`^(?:Error: )?In Node, \("([^"]*)", ([^,]*),.*, Error (.*)$`)
	// atRun matches `Non-zero status code returned while running Op node. Name:'name' Status
	// Message: where and what`.
	atRun = regexp.MustCompile(
		`^Non-zero status code returned while running (\S*) node\. Name:'([^']*)' Status Message: (.*)$`)
	// inSource matches the engine's own file, function and condition, as in `/a/b.h:48 f(const T&)
	// x == y was false. `.
	inSource = regexp.MustCompile(`^\S*\.(cc|h):\d+ .*?\) (.*? was false\. )?`)
)

// shortCause keeps the informative part of the engine's message.
func shortCause(path, text string) string {
	for _, k := range knownCauses {
		if strings.Contains(strings.ToLower(text), strings.ToLower(k.part)) {
			return k.words
		}
	}
	text, _, _ = strings.Cut(strings.TrimSpace(text), "\n")
	text = strings.ReplaceAll(text, path, filepath.Base(path))
	text = wordy.ReplaceAllString(text, "")
	if m := atLoad.FindStringSubmatch(text); m != nil {
		text = fmt.Sprintf("%s node %q: %s", m[2], m[1], m[3])
	} else if m := atRun.FindStringSubmatch(text); m != nil {
		text = fmt.Sprintf("%s node %q: %s", m[1], m[2], inSource.ReplaceAllString(m[3], ""))
	}
	text = inSource.ReplaceAllString(text, "")
	text = strings.TrimRight(plaintext.Printable(text), " .")
	if len(text) > maxCause {
		text = strings.ToValidUTF8(text[:maxCause], "") + "…"
	}
	if text == "" {
		return "the engine gives no reason"
	}
	return text
}
