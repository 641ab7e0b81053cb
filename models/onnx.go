package models

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// Field numbers of onnx.proto (ModelProto, GraphProto, TensorProto) that the check looks at.
const (
	modelIRVersion   = 1
	modelGraph       = 7
	modelOpsetImport = 8
	graphNode        = 1
	graphInitializer = 5
	tensorLocation   = 14
	tensorExternal   = 1 // TensorProto.DataLocation.EXTERNAL
	// far beyond today's 13: only a number that cannot be a version is refused
	newestIRVersion   = 100
	maxProtobufFields = 1 << 20
)

// Wire types of protobuf (https://protobuf.dev/programming-guides/encoding/#structure).
const (
	wireVarint  = 0
	wireFixed64 = 1
	wireBytes   = 2
	wireFixed32 = 5
)

var errNotProtobuf = errors.New("not protobuf")

// CheckONNX looks whether the size bytes in r have the outer shape of an ONNX model that stands
// alone: fields of a ModelProto from the first byte to the last, a version, an operator set, a
// graph with nodes, and no weights kept in a second file. It reads only the fields' heads, whatever
// the size. That the engine can run the model is not said by it. The error wraps ErrNotONNX.
func CheckONNX(r io.ReaderAt, size int64) error {
	if size == 0 {
		return say("the file is empty", ErrNotONNX)
	}
	if size > maxModel {
		return say(fmt.Sprintf("the file has %s, and an ONNX file ends at %s", FormatSize(size),
			FormatSize(maxModel)), ErrNotONNX)
	}
	if what := commonMistake(r); what != "" {
		return say(what, ErrNotONNX)
	}
	m := modelShape{fields: fields{r: r, left: maxProtobufFields}}
	switch err := m.read(size); {
	case errors.Is(err, errNotProtobuf), errors.Is(err, io.EOF),
		errors.Is(err, io.ErrUnexpectedEOF):
		return say("the file is not an ONNX model, or a part of one only", ErrNotONNX)
	case err != nil:
		return fmt.Errorf("reading the model file: %w", err)
	case m.external:
		return say("the model keeps its weights in a second file: use it where it lies, with "+
			"--model FILE", ErrNotONNX)
	case m.version < 1 || m.version > newestIRVersion || m.opsets == 0 || m.nodes == 0:
		return say("the file is not an ONNX model: it has no graph", ErrNotONNX)
	}
	return nil
}

// commonMistake recognises what people get when they save the wrong address.
func commonMistake(r io.ReaderAt) string {
	head := make([]byte, 64)
	n, _ := r.ReadAt(head, 0)
	head = bytes.ToLower(bytes.TrimSpace(head[:n]))
	switch {
	case bytes.HasPrefix(head, []byte("version https://git-lfs")):
		return "the file is a Git LFS pointer, not the model itself: fetch the real file"
	case bytes.HasPrefix(head, []byte("<!doctype")), bytes.HasPrefix(head, []byte("<html")):
		return "the file is a web page, not a model: fetch the raw file"
	case bytes.HasPrefix(head, []byte("pk\x03\x04")):
		return "the file is a ZIP archive (a PyTorch checkpoint is one, too), not an ONNX model: " +
			"export it to ONNX"
	}
	return ""
}

// modelShape is what CheckONNX gathers.
type modelShape struct {
	fields
	version       uint64
	opsets, nodes int
	external      bool
}

func (m *modelShape) read(size int64) error {
	return m.walk(0, size, func(number int, wire int, value uint64, at int64) error {
		switch {
		case number == modelIRVersion && wire == wireVarint:
			m.version = value
		case number == modelOpsetImport && wire == wireBytes:
			m.opsets++
		case number == modelGraph && wire == wireBytes:
			return m.graph(at, at+int64(value))
		}
		return nil
	})
}

func (m *modelShape) graph(from, to int64) error {
	return m.walk(from, to, func(number int, wire int, value uint64, at int64) error {
		switch {
		case number == graphNode && wire == wireBytes:
			m.nodes++
		case number == graphInitializer && wire == wireBytes:
			return m.tensor(at, at+int64(value))
		}
		return nil
	})
}

func (m *modelShape) tensor(from, to int64) error {
	return m.walk(from, to, func(number int, wire int, value uint64, _ int64) error {
		if number == tensorLocation && wire == wireVarint && value == tensorExternal {
			m.external = true
		}
		return nil
	})
}

// fields walks over protobuf fields without reading what is in them.
type fields struct {
	r    io.ReaderAt
	left int // how many more fields are looked at: a bound on time
}

// walk calls visit for each field between two offsets: value is the number of a varint, or the
// length of what begins at offset at.
func (f *fields) walk(from, to int64,
	visit func(number int, wire int, value uint64, at int64) error,
) error {
	for from < to {
		if f.left--; f.left < 0 {
			return errNotProtobuf
		}
		head := make([]byte, min(2*binary.MaxVarintLen64, to-from))
		if n, err := f.r.ReadAt(head, from); n < len(head) {
			return err
		}
		key, n := binary.Uvarint(head)
		number, wire := int(min(key>>3, 1<<29)), int(key&7)
		if n <= 0 || number == 0 || number >= 1<<29 {
			return errNotProtobuf
		}
		var value uint64
		var length int64
		switch wire {
		case wireVarint, wireBytes:
			v, more := binary.Uvarint(head[n:])
			if more <= 0 {
				return errNotProtobuf
			}
			value, n = v, n+more
			if wire == wireBytes {
				if value > uint64(to-from-int64(n)) {
					return errNotProtobuf
				}
				length = int64(value)
			}
		case wireFixed64:
			length = 8
		case wireFixed32:
			length = 4
		default:
			return errNotProtobuf
		}
		at := from + int64(n)
		if length > to-at {
			return errNotProtobuf
		}
		if err := visit(number, wire, value, at); err != nil {
			return err
		}
		from = at + length
	}
	return nil
}
