package models

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"handlens/inference/testmodel"
)

func TestMetadata(t *testing.T) {
	data, err := testmodel.Build("yolov8", 64)
	if err != nil {
		t.Fatal(err)
	}
	got, err := Metadata(bytes.NewReader(data), int64(len(data)))
	if err != nil || !strings.Contains(got["names"], testmodel.Labels[0]) {
		t.Errorf("the test model says %v, %v", got, err)
	}
	entry := func(key, value string) []byte {
		inside := append([]byte{entryKey<<3 | wireBytes, byte(len(key))}, key...)
		inside = append(append(inside, entryValue<<3|wireBytes, byte(len(value))), value...)
		return append([]byte{modelMetadata<<3 | wireBytes, byte(len(inside))}, inside...)
	}
	more := append(bytes.Clone(data), entry("colour", "\xff blue")...)
	got, err = Metadata(bytes.NewReader(more), int64(len(more)))
	if err != nil || got["colour"] != "\ufffd blue" || len(got["names"]) == 0 {
		t.Errorf("with one more entry it says %v, %v", got, err)
	}
	for name, broken := range map[string][]byte{
		"cut off": data[:len(data)-3], "text": []byte("<!DOCTYPE html>"),
		"an entry cut off": append(bytes.Clone(data), modelMetadata<<3|wireBytes, 3, 10, 9, 65),
	} {
		if _, err := Metadata(bytes.NewReader(broken), int64(len(broken))); !errors.Is(err,
			ErrNotONNX) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestMetadataIsBounded(t *testing.T) {
	var data []byte
	for i := range 2 * maxEntries {
		key := string([]byte{byte('a' + i%26), byte('a' + i/26%26), byte('a' + i/676)})
		inside := append([]byte{entryKey<<3 | wireBytes, 3}, key...)
		data = append(append(data, modelMetadata<<3|wireBytes, byte(len(inside))), inside...)
	}
	got, err := Metadata(bytes.NewReader(data), int64(len(data)))
	if err != nil || len(got) != maxEntries {
		t.Errorf("%d entries, %v", len(got), err)
	}
}
