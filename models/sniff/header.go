package sniff

import (
	"io"
	"strings"
)

// Header is what an ONNX file says about how it was made.
type Header struct {
	// Format is the version of the file's format (ir_version).
	Format uint64 `json:"ir_version"`
	// Producer is the program that wrote it, with its version.
	Producer string `json:"producer"`
	// Operators are the versions of the sets of operators; the standard one has the name "".
	Operators map[string]uint64 `json:"opset"`
}

// Field numbers of onnx.proto: ModelProto and OperatorSetIdProto.
const (
	modelFormat    = 1
	modelProducer  = 2
	modelVersion   = 3
	modelOperators = 8
	setDomain      = 1
	setVersion     = 2
)

// maxHeaderText bounds a text in the header.
const maxHeaderText = 256

// ReadHeader reads it from an ONNX file of so many bytes. What was read before an error counts.
func ReadHeader(r io.ReaderAt, size int64) (Header, error) {
	w := newWalker(r, size)
	h := Header{Operators: make(map[string]uint64)}
	version := ""
	err := w.fields(0, size, func(f protoField) (err error) {
		switch f.number {
		case modelFormat:
			h.Format = f.value
		case modelProducer:
			h.Producer, err = w.text(f, maxHeaderText)
		case modelVersion:
			version, err = w.text(f, maxHeaderText)
		case modelOperators:
			err = w.operators(f, h.Operators)
		}
		return err
	})
	h.Producer = strings.ToValidUTF8(strings.TrimSpace(h.Producer+" "+version), "\ufffd")
	if err != nil {
		return h, &Refusal{Code: Broken}
	}
	return h, nil
}

// operators reads a set of operators.
func (w *walker) operators(of protoField, to map[string]uint64) error {
	domain, number := "", uint64(0)
	err := w.fields(of.at, of.end, func(f protoField) (err error) {
		switch f.number {
		case setDomain:
			domain, err = w.text(f, maxHeaderText)
		case setVersion:
			number = f.value
		}
		return err
	})
	if number > 0 && len(to) < maxEntries {
		to[strings.ToValidUTF8(domain, "\ufffd")] = number
	}
	return err
}
