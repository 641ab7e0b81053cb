package testmodel

import (
	"bytes"
	"slices"
	"testing"
)

func TestBuildIsSmallAndTheSameEachTime(t *testing.T) {
	for _, layout := range slices.Concat(Layouts, Shaped) {
		for _, size := range []int{32, 416, 640, maxSize} {
			a, err := Build(layout, size)
			if err != nil {
				t.Fatal(err)
			}
			b, _ := Build(layout, size)
			if !bytes.Equal(a, b) {
				t.Errorf("%s of %d differs from one time to the next", layout, size)
			}
			// Two index lines of four bytes a pixel, those of the prototypes, and the graph.
			if limit := 10*size + 32<<10; len(a) > limit {
				t.Errorf("%s of %d has %d bytes, more than %d", layout, size, len(a), limit)
			}
			for _, want := range []string{
				"{0: 'red', 1: 'green', 2: 'blue'}", "Apache-2.0",
				"description",
			} {
				if !bytes.Contains(a, []byte(want)) {
					t.Errorf("%s has no %q", layout, want)
				}
			}
		}
	}
}

func TestBuildRefuses(t *testing.T) {
	if _, err := Build("yolo99", 416); err == nil {
		t.Error("an unknown layout was accepted")
	}
	for _, size := range []int{-32, 0, 31, 33, 4096} {
		if _, err := Build("yolov8", size); err == nil {
			t.Errorf("a size of %d was accepted", size)
		}
	}
}
