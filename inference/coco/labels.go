package coco

import (
	_ "embed"
	"strings"
)

//go:embed labels.txt
var labels string

// Labels returns the names of the 80 categories of COCO's detection task in the order that models
// use (0 is "person"), as they stand in the COCO 2017 annotation files (https://cocodataset.org).
// Each call returns a slice of its own.
func Labels() []string {
	return strings.Split(strings.TrimSpace(labels), "\n")
}
