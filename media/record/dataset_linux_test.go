package record

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestDatasetOnASmallDisk(t *testing.T) {
	dir, shrink, ok := smallDisk(t)
	if !ok {
		return // TestDatasetHasNoHalfSamples stands in for it
	}
	shrink(600_000)
	d := DatasetIn(dir)
	var full error
	n := 0
	for ; full == nil && n < 1000; n++ {
		_, full = d.Add(noon.Add(time.Duration(n)*time.Second), "", gradient(64, 64),
			[]Label{{Name: "cup", X2: .5, Y2: .5}})
	}
	if !errors.Is(full, ErrFull) || n < 3 {
		t.Fatalf("after %d pictures: %v", n, full)
	}
	c := readCOCO(t, d)
	images, labels := namesIn(t, filepath.Join(d.Dir, imagesFolder)),
		namesIn(t, filepath.Join(d.Dir, labelsFolder))
	if len(c.Images) != n-1 || len(c.Boxes) != n-1 || len(images) != n-1 || len(labels) != n-1 {
		t.Errorf("of %d pictures there are %d listed, %d annotations, %d images and %d files of "+
			"labels", n-1, len(c.Images), len(c.Boxes), len(images), len(labels))
	}
	// With room again it goes on.
	if err := os.Remove(filepath.Join(d.Dir, imagesFolder, images[0])); err != nil {
		t.Fatal(err)
	}
	shrink(600_000)
	if saved, err := d.Add(noon, "", gradient(64, 64), nil); err != nil || saved.Count != n-1 {
		t.Errorf("with room again: %+v, %v", saved, err)
	}
}
