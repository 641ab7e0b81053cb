package sniff

import (
	"bytes"
	"testing"

	"handlens/inference/testmodel"
)

func TestReadHeader(t *testing.T) {
	data, err := testmodel.Build("yolov8", 64)
	if err != nil {
		t.Fatal(err)
	}
	h, err := ReadHeader(bytes.NewReader(data), int64(len(data)))
	if err != nil || h.Format != 7 || h.Producer != "handlens testmodel" || h.Operators[""] != 13 {
		t.Errorf("it is %+v, %v", h, err)
	}
	for n := range data[:200] {
		// A cut file is an error, or one that says less; it never reads beyond its end.
		_, _ = ReadHeader(bytes.NewReader(data[:n]), int64(n))
	}
	if _, err := ReadHeader(bytes.NewReader([]byte{0x12, 0xff, 0xff, 0x7f}), 4); err == nil {
		t.Error("a field longer than its file is taken")
	}
}
