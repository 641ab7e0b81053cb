package ort

import (
	"cmp"
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"handlens/media/plaintext"
	"handlens/models/sniff"
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
	// Err is what is known of the cause beyond its text, a [sniff.Refusal] for example, or nil.
	Err error
}

func (e *ModelError) Error() string {
	return fmt.Sprintf("model %s does not %s: %s", e.File, e.Doing, e.Cause)
}

// Unwrap returns what is known of the cause.
func (e *ModelError) Unwrap() error { return e.Err }

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
	if r := refusalOf(err.Error()); r != nil {
		return &ModelError{File: filepath.Base(path), Doing: doing, Cause: r.Error(), Err: r}
	}
	return &ModelError{
		File: filepath.Base(path), Doing: doing,
		Cause: shortCause(path, err.Error()),
	}
}

var (
	newerIR = regexp.MustCompile(
		`Unsupported model IR version: (\d+), max supported IR version: (\d+)`)
	newerOpset = regexp.MustCompile(
		`(?s)Opset (\d+) is under development.* domain (\S+) is till opset (\d+)`)
	// foreignOp matches `Fatal error: domain:Op(-1) is not a registered function/op`, unknownOp
	// `In Node, ("name", Op, "", -1) : … No Op registered for Op with domain_version of 13`.
	foreignOp = regexp.MustCompile(
		`error: (?:(\S*):)?(\w+)\(-?\d+\) is not a registered function/op`)
	unknownOp = regexp.MustCompile(`No Op registered for (\w+) with domain_version`)
	// ofTensorRT matches the plugins of TensorRT by their names or domains.
	ofTensorRT = regexp.MustCompile(`(?i)^trt|_trt$|trtbatchednms|^batchednms|tensorrt`)
)

// refusalOf reads what kind of refusal the engine's message is; nil for others. Only the engine
// knows which versions and operators it has.
func refusalOf(text string) *sniff.Refusal {
	number := func(s string) int64 {
		n, _ := strconv.ParseInt(s, 10, 64) // digits; too many of them are as good as none
		return n
	}
	if m := newerIR.FindStringSubmatch(text); m != nil {
		return &sniff.Refusal{Code: sniff.NewerIR, Got: number(m[1]), Most: number(m[2])}
	}
	if m := newerOpset.FindStringSubmatch(text); m != nil {
		return &sniff.Refusal{
			Code: sniff.NewerOpset, Got: number(m[1]), Domain: m[2], Most: number(m[3]),
		}
	}
	op, domain := "", ""
	if m := foreignOp.FindStringSubmatch(text); m != nil {
		domain, op = m[1], m[2]
	} else if m := unknownOp.FindStringSubmatch(text); m != nil {
		op = m[1]
	}
	switch {
	case op == "":
		return nil
	case ofTensorRT.MatchString(op) || ofTensorRT.MatchString(domain):
		return &sniff.Refusal{Code: sniff.Plugin, Op: op, Domain: domain}
	}
	return &sniff.Refusal{Code: sniff.Operator, Op: op, Domain: cmp.Or(domain, "ai.onnx")}
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
	if path != "" {
		text = strings.ReplaceAll(text, path, filepath.Base(path))
	}
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
