package record

import (
	"reflect"
	"testing"
)

// Rotated boxes are written by their corners, all of a picture then, and read back as polygons.
func TestDatasetOfRotatedBoxes(t *testing.T) {
	d := Dataset{Dir: t.TempDir()}
	saved, err := d.Add(noon, "Pixel", gradient(200, 100), []Label{
		{
			Name: "ship", X1: .25, Y1: 0, X2: .75, Y2: .5,
			Corners: [][2]float32{{.5, -.1}, {.75, .25}, {.5, .5}, {.25, .25}},
		},
		{Name: "pier", X1: .5, Y1: .5, X2: 1, Y2: .75},
	})
	if err != nil {
		t.Fatal(err)
	}
	const want = "0 0.500000 0.000000 0.750000 0.250000 0.500000 0.500000 0.250000 0.250000\n" +
		"1 0.500000 0.500000 1.000000 0.500000 1.000000 0.750000 0.500000 0.750000\n"
	if got := readText(t, saved.Data); got != want {
		t.Errorf("the labels are %q, want %q", got, want)
	}
	if c := readCOCO(t, d); !reflect.DeepEqual(c.Boxes, []cocoAnnotation{
		{
			ID: 1, Image: 1, Category: 1, Box: [4]float64{50, 0, 100, 50}, Area: 2500,
			Segmentation: [][]float64{{100, 0, 150, 25, 100, 50, 50, 25}},
		},
		{
			ID: 2, Image: 1, Category: 2, Box: [4]float64{100, 50, 100, 25}, Area: 2500,
			Segmentation: [][]float64{{100, 50, 200, 50, 200, 75, 100, 75}},
		},
	}) {
		t.Errorf("the annotations are %+v", c.Boxes)
	}
	for _, line := range []string{
		"0 0 0 1 0 1 1 0", "0 0 0 1 0 1 1 0 2", "0 0.5 0.5 0.5 0.5 0.5 0.5 0.5 0.5",
		"9 0 0 1 0 1 1 0 1",
	} {
		if got := parseYOLO(line, 2); got != nil {
			t.Errorf("%q is %+v", line, got)
		}
	}
}
