package coco

import (
	"strings"
	"testing"
)

func TestLabels(t *testing.T) {
	labels := Labels()
	if len(labels) != Classes {
		t.Fatalf("%d labels, want %d", len(labels), Classes)
	}
	for i, want := range map[int]string{
		0: "person", 2: "car", 15: "cat", 39: "bottle",
		79: "toothbrush",
	} {
		if labels[i] != want {
			t.Errorf("label %d is %q, want %q", i, labels[i], want)
		}
	}
	seen := map[string]bool{}
	for _, l := range labels {
		if l == "" || l != strings.TrimSpace(l) || seen[l] {
			t.Errorf("label %q is empty, padded or a duplicate", l)
		}
		seen[l] = true
	}
	labels[0] = "changed"
	if Labels()[0] != "person" {
		t.Error("a change by the caller shows in the next call")
	}
}
