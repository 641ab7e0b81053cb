package detector

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"handlens/inference/testmodel"
)

func TestCheck(t *testing.T) {
	for _, layout := range slices.Concat(testmodel.Layouts, testmodel.Shaped, testmodel.Rotated,
		testmodel.Halves, testmodel.Families) {
		if err := openTestModel(t, layout, 416, Options{}).Check(); err != nil {
			t.Errorf("%s: %v", layout, err)
		}
	}
	for _, c := range []struct{ layout, said, want string }{
		{
			"detr", `{"layout": {"scores": "plain"}}`,
			"it gives a score of 3.89, and scores end at 1",
		},
		// A score of zero is even odds in every cell, but a box without a size is not one.
		{"yolov8", `{"layout": {"scores": "sigmoid"}}`, ""},
	} {
		d, err := openBeside(t, c.layout, c.said)
		if err != nil {
			t.Fatal(err)
		}
		err = d.Check()
		if c.want == "" && err == nil {
			continue
		}
		if !errors.Is(err, ErrUnknownLayout) || !strings.Contains(err.Error(), c.want) ||
			!strings.Contains(err.Error(), "thing.json") {
			t.Errorf("%s with %s: the error is %v, want %q", c.layout, c.said, err, c.want)
		}
	}
}

func TestNamesThatDoNotFitAreSaid(t *testing.T) {
	d, err := openBeside(t, "yolov8", `{"layout": {"labels": ["r", "g"]}}`)
	if err != nil {
		t.Fatal(err)
	}
	// That the last score may be an angle is said as well.
	if w := d.Info().Warnings; len(w) != 2 || !strings.Contains(w[1], "angle") ||
		!strings.Contains(w[0], "2 names and 3 class scores") {
		t.Errorf("the warnings are %q", w)
	}
	if w := openTestModel(t, "yolov8", 416, Options{}).Info().Warnings; len(w) != 0 {
		t.Errorf("a model whose names fit has the warnings %q", w)
	}
}
