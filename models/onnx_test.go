package models

import (
	"bytes"
	"errors"
	"strings"
	"testing"
)

func TestCheckONNX(t *testing.T) {
	whole := tinyONNX(100)
	if err := CheckONNX(bytes.NewReader(whole), int64(len(whole))); err != nil {
		t.Fatal(err)
	}
	end := len(field(modelOpsetImport, number(2, 17))) // the last field; a file may end before it
	for n := range len(whole) {
		if n == len(whole)-end {
			continue
		}
		if err := CheckONNX(bytes.NewReader(whole[:n]), int64(n)); !errors.Is(err, ErrNotONNX) {
			t.Fatalf("the first %d of %d bytes: %v", n, len(whole), err)
		}
	}
	external := join(field(8, []byte("weights")), number(tensorLocation, tensorExternal))
	graph := join(field(graphNode, nil), field(graphInitializer, external))
	split := join(number(modelIRVersion, 8), field(modelGraph, graph), field(modelOpsetImport, nil))
	if err := CheckONNX(bytes.NewReader(split), int64(len(split))); !errors.Is(err, ErrNotONNX) ||
		!strings.Contains(err.Error(), "second file") {
		t.Errorf("external weights: %v", err)
	}
	if err := CheckONNX(bytes.NewReader(whole), 1<<40); !errors.Is(err, ErrNotONNX) {
		t.Errorf("a terabyte: %v", err)
	}
	many := bytes.Repeat(number(5, 1), maxProtobufFields+1)
	if err := CheckONNX(bytes.NewReader(many), int64(len(many))); !errors.Is(err, ErrNotONNX) {
		t.Errorf("endless fields: %v", err)
	}
}

func FuzzCheckONNX(f *testing.F) {
	f.Add(tinyONNX(20))
	f.Add([]byte("version https://git-lfs.github.com/spec/v1\n"))
	f.Add([]byte{0x3a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01})
	f.Add([]byte{0x08, 0x08, 0x3a, 0x02, 0x0a, 0x00, 0x42, 0x00})
	f.Fuzz(func(t *testing.T, data []byte) {
		err := CheckONNX(bytes.NewReader(data), int64(len(data)))
		if err != nil && !errors.Is(err, ErrNotONNX) {
			t.Fatalf("bytes in memory cannot fail to be read: %v", err)
		}
	})
}
