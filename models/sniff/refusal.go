// Package sniff says what a file is that somebody takes for a model: whether it is a whole ONNX
// model, which other files that one needs, and what anything else is and how to get from it to a
// model. It is the one checker for all ways in. It knows no engine and imports nothing of the
// program but how to open files.
package sniff

import (
	"errors"
	"fmt"
	"strings"

	"handlens/media/plaintext"
)

// ErrNotONNX: the file is not an ONNX model that can be used. Each [Refusal] matches it.
var ErrNotONNX = errors.New("not an ONNX model")

// Code is a kind of Refusal.
type Code uint8

// The kinds of refusals.
const (
	// Empty: the file has no bytes.
	Empty Code = iota
	// LFSPointer and WebPage are what was downloaded instead of a model.
	LFSPointer
	WebPage
	// OtherModel: a model of Format, which Command can turn into one of ONNX.
	OtherModel
	// Compiled: a model of Format, from which no way leads back.
	Compiled
	// OnlyWeights: weights in Format, without the network that they belong to.
	OnlyWeights
	// Archive: an archive of the kind Format. ArchiveWith: one with the model File in it.
	Archive
	ArchiveWith
	// Folder: a folder, with the model File in it. PlainFolder: one without.
	Folder
	PlainFolder
	// NotModel: something of Format that is no model of any kind.
	NotModel
	// Broken: no ONNX model, or only a part of one.
	Broken
	// NoGraph: ONNX's format without a network in it.
	NoGraph
	// TooLarge: the file has Got bytes, and Most is the limit.
	TooLarge
	// DataMissing: the model's weights are in File, which is not there. DataShort: it is too short.
	// DataOutside: it is not in the model's folder.
	DataMissing
	DataShort
	DataOutside
	// NewerOpset: the model needs version Got of the operators of Domain, and the engine has Most.
	NewerOpset
	// NewerIR: the file's format has the version Got, and the engine reads Most.
	NewerIR
	// Plugin: the model has TensorRT's plugin Op in it.
	Plugin
	// Operator: the engine does not have the operator Op of Domain.
	Operator

	codes // how many there are
)

// Codes returns all kinds, for tests that want each of them worded.
func Codes() []Code {
	all := make([]Code, codes)
	for i := range all {
		all[i] = Code(i)
	}
	return all
}

// Refusal says what a file is that is no model for us. The window words it by its code.
type Refusal struct {
	Code Code
	// Format and Command are the same in all languages: names, and what is typed.
	Format, Command  string
	File, Op, Domain string
	Got, Most        int64
}

// english has a sentence for each code, which says what the file is and what to do about it.
var english = map[Code]string{
	Empty: "the file is empty: download or export it again",
	LFSPointer: "the file is a Git LFS pointer, not the model itself: download the model itself " +
		"(`git lfs pull`)",
	WebPage: "the file is a web page, not a model: download the raw file",
	OtherModel: "the file is a model for {Format}, not for ONNX: export it to ONNX " +
		"({Command})",
	Compiled: "the file is a model made for {Format} alone, which cannot be turned back: export " +
		"the model that it was made from to ONNX (`yolo export model=best.pt format=onnx`, for " +
		"example)",
	OnlyWeights: "the file has only weights in it ({Format}), not the network: load them with " +
		"the program that they were trained with, and export to ONNX from there",
	Archive: "the file is an archive ({Format}), not a model: unpack it, and use the .onnx file " +
		"that is in it",
	ArchiveWith: "the file is an archive ({Format}), not a model: unpack it, and use {File}",
	Folder:      "this is a folder, not a model: use {File}",
	PlainFolder: "this is a folder, not a model: choose the .onnx file",
	NotModel:    "the file is no model, its format is {Format}: choose the .onnx file",
	Broken: "the file is not an ONNX model, or only a part of one: download or export it " +
		"again",
	NoGraph: "the file is not an ONNX model: it has no network in it",
	TooLarge: "the file has {Got bytes}, and an ONNX file has at most {Most bytes}: save its " +
		"weights as external data",
	DataMissing: "the model's weights are in another file, {File}, which is not beside it: put " +
		"it there, or export the model as one file",
	DataShort: "the file with the model's weights, {File}, is only a part of it: download or " +
		"export it again",
	DataOutside: "the model names weights outside its own folder ({File}), which is refused: " +
		"save it again as one file, or with its weights beside it",
	NewerOpset: "the model needs version {Got} of the operators ({Domain}), and this ONNX " +
		"Runtime has {Most}: export it with opset={Most} or less",
	NewerIR: "the file's ONNX format (IR version {Got}) is newer than this ONNX Runtime reads " +
		"({Most}): export it with an older version of the package onnx, or set its ir_version " +
		"to {Most} and save it again",
	Plugin: "the model has the TensorRT plugin {Op} in it, which nothing but TensorRT can run: " +
		"export it without (YOLOv7: `export.py --grid --end2end --max-wh 640`, or --grid alone; " +
		"Ultralytics: `format=onnx`)",
	Operator: "the model uses an operator that ONNX Runtime does not have, {Op} of {Domain}: " +
		"export it for ONNX Runtime, with standard operators only",
}

// Error words the refusal in English, for the terminal and for scripts.
func (r *Refusal) Error() string {
	return strings.NewReplacer(
		"{Format}", r.Format, "{Command}", r.Command, "{File}", plaintext.Printable(r.File),
		"{Op}", plaintext.Printable(r.Op), "{Domain}", plaintext.Printable(r.Domain),
		"{Got}", fmt.Sprint(r.Got), "{Most}", fmt.Sprint(r.Most),
		"{Got bytes}", plaintext.Bytes(r.Got), "{Most bytes}", plaintext.Bytes(r.Most),
	).Replace(english[r.Code])
}

// Is makes errors.Is(err, ErrNotONNX) true.
func (r *Refusal) Is(target error) bool { return target == ErrNotONNX }
