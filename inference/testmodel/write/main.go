// Command write puts the test models into a folder, one file for each layout, so that a person can
// try the program with a red, green or blue thing in front of the camera:
//
//	go run ./inference/testmodel/write DIR [SIZE]
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"handlens/inference/testmodel"
)

// defaultSize is the models' input in pixels, that of the default model.
const defaultSize = 416

func main() {
	if len(os.Args) < 2 || len(os.Args) > 3 {
		fmt.Fprintln(os.Stderr, "usage: write DIR [SIZE]")
		os.Exit(2)
	}
	if err := write(os.Args[1], os.Args[2:]); err != nil {
		fmt.Fprintln(os.Stderr, "write:", err)
		os.Exit(1)
	}
}

func write(dir string, size []string) error {
	n := defaultSize
	if len(size) == 1 {
		var err error
		if n, err = strconv.Atoi(size[0]); err != nil {
			return fmt.Errorf("%q is no size in pixels", size[0])
		}
	}
	for _, layout := range slices.Concat(testmodel.Layouts, testmodel.Shaped,
		testmodel.Rotated) {
		data, err := testmodel.Build(layout, n)
		if err != nil {
			return err
		}
		path := filepath.Join(dir, fmt.Sprintf("patches-%s-%d.onnx", layout, n))
		if err := os.WriteFile(path, data, 0o644); err != nil {
			return err
		}
		fmt.Println(path)
	}
	return nil
}
