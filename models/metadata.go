package models

import (
	"io"
	"strings"
)

// Field numbers of onnx.proto: the model's metadata, and of each entry (StringStringEntryProto) its
// key and its value.
const (
	modelMetadata = 14
	entryKey      = 1
	entryValue    = 2
)

const (
	// maxMetadata bounds the bytes of keys and values together: the class names of the largest
	// known models have some tens of thousands.
	maxMetadata = 1 << 20
	// maxEntries bounds how many entries there are.
	maxEntries = 1 << 10
)

// Metadata reads what an ONNX file of so many bytes says about itself: keys and values as its
// exporter wrote them. It is for who has an engine that does not tell, as that of browsers. What is
// too long is left out. The error wraps ErrNotONNX.
func Metadata(r io.ReaderAt, size int64) (map[string]string, error) {
	w := walker{r: r, left: maxProtobufFields}
	all := make(map[string]string)
	for from, room := int64(0), int64(maxMetadata); from < size; {
		f, err := w.field(from, size)
		if err != nil {
			return nil, &Fault{Code: NotONNX}
		}
		from = f.end
		if f.number != modelMetadata || f.wire != wireBytes || f.end-f.at > room ||
			len(all) == maxEntries {
			continue
		}
		room -= f.end - f.at
		key, value, err := w.entry(f)
		if err != nil {
			return nil, &Fault{Code: NotONNX}
		}
		all[key] = value
	}
	return all, nil
}

// entry reads a key and its value.
func (w *walker) entry(of protoField) (key, value string, err error) {
	for from := of.at; from < of.end; {
		f, err := w.field(from, of.end)
		if err != nil {
			return "", "", err
		}
		from = f.end
		if f.wire != wireBytes || f.number != entryKey && f.number != entryValue {
			continue
		}
		b := make([]byte, f.end-f.at)
		if n, err := w.r.ReadAt(b, f.at); n < len(b) {
			return "", "", err
		}
		text := strings.ToValidUTF8(string(b), "\ufffd")
		if f.number == entryKey {
			key = text
		} else {
			value = text
		}
	}
	return key, value, nil
}
