package models

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"handlens/models/sniff"
)

// Wire types of protobuf (https://protobuf.dev/programming-guides/encoding/#structure).
const (
	wireVarint  = 0
	wireFixed64 = 1
	wireBytes   = 2
	wireFixed32 = 5
)

// Field numbers of onnx.proto: those that lead from the model (ModelProto) to its graph, to the
// graph's weights, and to where a tensor says that its data lie.
const (
	modelGraph       = 7
	graphInitializer = 5
	tensorLocation   = 14
	tensorExternal   = 1 // TensorProto.DataLocation.EXTERNAL
)

// maxProtobufFields bounds how many fields of a file are looked at, and with it the time.
const maxProtobufFields = 1 << 20

var errNotProtobuf = errors.New("not protobuf")

// mistakes are the faults of what people save instead of a model.
var mistakes = map[sniff.Kind]FaultCode{
	sniff.Empty: EmptyFile, sniff.LFSPointer: LFSPointer, sniff.WebPage: WebPage,
	sniff.ZIPArchive: ZIPArchive,
}

// CheckONNX checks that the size bytes in r are one whole ONNX file that stands alone: a model with
// a graph, not cut off, whose weights are not in a second file. It reads only the heads of fields,
// however large the file is. Whether the model can run only the engine knows. The error wraps
// ErrNotONNX.
func CheckONNX(r io.ReaderAt, size int64) error {
	head := make([]byte, min(size, sniff.HeadSize))
	n, _ := r.ReadAt(head, 0)
	if code, found := mistakes[sniff.Mistake(head[:n])]; found {
		return &Fault{Code: code}
	}
	if size > maxModel {
		return &Fault{Code: TooLarge, Got: size, Size: maxModel}
	}
	w := walker{r: r, left: maxProtobufFields}
	switch err := w.walk(0, size, inModel); {
	case errors.Is(err, errNotProtobuf), errors.Is(err, io.EOF),
		errors.Is(err, io.ErrUnexpectedEOF):
		return &Fault{Code: NotONNX}
	case err != nil:
		return fmt.Errorf("reading the model file: %w", err)
	case !w.graph:
		return &Fault{Code: NoGraph}
	case w.external:
		return &Fault{Code: SecondFile}
	}
	return nil
}

// message is the kind of message that the walker is in.
type message int

const (
	inModel message = iota
	inGraph
	inTensor
)

// walker goes over the fields of an ONNX file. It reads the content of a field only when more
// fields are to be looked at in it.
type walker struct {
	r    io.ReaderAt
	left int // how many more fields are looked at
	// graph says that the model has one, external that the data of a tensor lie in another file.
	graph, external bool
}

// walk looks at the fields between two offsets, which are those of one message.
func (w *walker) walk(from, to int64, in message) error {
	for from < to {
		f, err := w.field(from, to)
		if err != nil {
			return err
		}
		switch {
		case in == inModel && f.number == modelGraph && f.wire == wireBytes:
			w.graph = true
			err = w.walk(f.at, f.end, inGraph)
		case in == inGraph && f.number == graphInitializer && f.wire == wireBytes:
			err = w.walk(f.at, f.end, inTensor)
		case in == inTensor && f.number == tensorLocation && f.wire == wireVarint:
			w.external = w.external || f.value == tensorExternal
		}
		if err != nil {
			return err
		}
		from = f.end
	}
	return nil
}

// protoField is one field of protobuf: the value of a number, or where its content begins and ends.
type protoField struct {
	number, wire int
	value        uint64
	at, end      int64
}

// field reads the head of the field at from, which must end at to at the latest.
func (w *walker) field(from, to int64) (f protoField, err error) {
	if w.left--; w.left < 0 {
		return f, errNotProtobuf
	}
	head := make([]byte, min(2*binary.MaxVarintLen64, to-from))
	if n, err := w.r.ReadAt(head, from); n < len(head) {
		return f, err
	}
	key, n := binary.Uvarint(head)
	f.number, f.wire = int(min(key>>3, 1<<29)), int(key&7)
	if n <= 0 || f.number == 0 || f.number >= 1<<29 {
		return f, errNotProtobuf
	}
	var length uint64
	switch f.wire {
	case wireVarint, wireBytes:
		value, more := binary.Uvarint(head[n:])
		if more <= 0 {
			return f, errNotProtobuf
		}
		f.value, n = value, n+more
		if f.wire == wireBytes {
			length = value
		}
	case wireFixed64:
		length = 8
	case wireFixed32:
		length = 4
	default:
		return f, errNotProtobuf
	}
	f.at = from + int64(n)
	if length > uint64(to-f.at) {
		return f, errNotProtobuf
	}
	f.end = f.at + int64(length)
	return f, nil
}
