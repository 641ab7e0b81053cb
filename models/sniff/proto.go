package sniff

import (
	"encoding/binary"
	"errors"
	"io"
)

// Wire types of protobuf (https://protobuf.dev/programming-guides/encoding/#structure).
const (
	wireVarint  = 0
	wireFixed64 = 1
	wireBytes   = 2
	wireFixed32 = 5
)

// maxProtobufFields bounds how many fields of a file are looked at, and with it the time.
const maxProtobufFields = 1 << 20

var errNotProtobuf = errors.New("not protobuf")

// walker goes over the fields of a protobuf file of size bytes. It reads the content of a field
// only when more fields are to be looked at in it.
type walker struct {
	r    io.ReaderAt
	size int64
	left int // how many more fields are looked at
	near []byte
	from int64 // where near lies in the file
}

func newWalker(r io.ReaderAt, size int64) *walker {
	return &walker{r: r, size: size, left: maxProtobufFields}
}

// protoField is one field of protobuf: the value of a number, or where its content begins and ends.
type protoField struct {
	number, wire int
	value        uint64
	at, end      int64
}

// fields calls do for each field between two offsets, which are those of one message.
func (w *walker) fields(from, to int64, do func(f protoField) error) error {
	for from < to {
		f, err := w.field(from, to)
		if err != nil {
			return err
		}
		if err := do(f); err != nil {
			return err
		}
		from = f.end
	}
	return nil
}

// field reads the head of the field at from, which must end at to at the latest.
func (w *walker) field(from, to int64) (f protoField, err error) {
	if w.left--; w.left < 0 {
		return f, errNotProtobuf
	}
	head, err := w.bytes(from, min(2*binary.MaxVarintLen64, to-from))
	if err != nil {
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

// nearby is how many bytes are read at once: the heads of fields mostly lie side by side.
const nearby = 4096

// bytes returns n bytes from an offset, for as long as nothing else is read.
func (w *walker) bytes(from, n int64) ([]byte, error) {
	if n > nearby {
		b := make([]byte, n)
		if got, err := w.r.ReadAt(b, from); int64(got) < n {
			return nil, err
		}
		return b, nil
	}
	if from < w.from || from+n > w.from+int64(len(w.near)) {
		if w.near == nil {
			w.near = make([]byte, nearby)
		}
		w.near = w.near[:cap(w.near)]
		got, err := w.r.ReadAt(w.near[:min(nearby, w.size-from)], from)
		w.near, w.from = w.near[:got], from
		if int64(got) < n {
			return nil, err
		}
	}
	at := from - w.from
	return w.near[at : at+n], nil
}

// text returns the content of a field as text; "" when it is longer than most bytes.
func (w *walker) text(f protoField, most int64) (string, error) {
	if f.wire != wireBytes || f.end-f.at > most {
		return "", nil
	}
	b, err := w.bytes(f.at, f.end-f.at)
	return string(b), err
}
