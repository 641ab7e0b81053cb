package layout

import (
	"fmt"
	"strings"
)

// notADetector refuses, in words, models that are no detectors, or of a kind that is not read.
func notADetector(outputs []Tensor, metadata map[string]string) error {
	refuse := func(what, hint string) error {
		return &Error{What: what, Hint: hint, NoDetector: true}
	}
	if metadata["task"] == "classify" {
		return refuse("a classification model",
			"it says what a whole picture shows, not where; export a detection model")
	}
	if len(outputs) == 1 && len(outputs[0].Shape) == 2 && outputs[0].shaped(1, anySize) {
		return refuse(fmt.Sprintf("a classification model: output %s", outputs[0].describe()),
			"it says what a whole picture shows, not where; export a detection model")
	}
	_, isList := findList(outputs)
	maps, grids := 0, 0
	for i := range outputs {
		switch o := &outputs[i]; {
		case len(o.Shape) == 4 && len(outputs) > 1 && i == 0 && !isList:
			maps++
		case len(o.Shape) == 5:
			grids++
		}
	}
	switch {
	case grids == len(outputs):
		return refuse("a model whose grids are not decoded: "+list(outputs),
			"export it with its last layer (YOLOv5, YOLOv7: --grid), or with its own suppression")
	case maps > 0:
		return refuse("a model of heat maps: "+list(outputs),
			"its maps are not boxes yet; export it with what makes boxes of them")
	case needsPriors(outputs):
		return refuse("a model whose boxes are offsets from prior boxes: "+list(outputs),
			"export it with its decoding, which knows the priors")
	}
	return nil
}

// needsPriors recognises RetinaFace and its like: offsets of boxes, two scores and the offsets of
// five landmarks for each prior.
func needsPriors(outputs []Tensor) bool {
	if len(outputs) != 3 || len(outputs[0].Shape) != 3 {
		return false
	}
	n := outputs[0].Shape[1]
	const landmarks = 10
	var widths [landmarks + 1]int
	for i := range outputs {
		o := &outputs[i]
		if !o.shaped(1, n, anySize) || o.Shape[2] < 0 || o.Shape[2] > landmarks {
			return false
		}
		widths[o.Shape[2]]++
	}
	return widths[4] == 1 && widths[2] == 1 && widths[landmarks] == 1
}

// list names outputs with their shapes, so many at most.
func list(outputs []Tensor) string {
	const enough = 6
	var parts []string
	for _, o := range outputs[:min(len(outputs), enough)] {
		parts = append(parts, o.describe())
	}
	if len(outputs) > enough {
		parts = append(parts, "…")
	}
	return strings.Join(parts, ", ")
}

// notScores is the error for a column that most cells are sure of: an angle, for example.
func notScores(t *Tensor, class int) error {
	return &Error{
		What: fmt.Sprintf("output %s, whose row %d is high nearly everywhere,", t.describe(),
			4+class),
		Hint: "that is no class score; if it is the angle of rotated boxes, " +
			`"layout": {"family": "yolov8-obb"} in the file NAME.json beside the model says so`,
	}
}

// mainOutput is the index of the output to read where others go with it: the grids of YOLOv5 and
// YOLOv7 are the same boxes undecoded, and the auxiliary head of YOLOv9 comes before the main one.
func mainOutput(outputs []Tensor) int {
	if len(outputs) == 2 && len(outputs[0].Shape) == 3 && len(outputs[1].Shape) == 3 &&
		outputs[0].isFloat() && outputs[1].isFloat() &&
		outputs[0].Shape[1] > 4 && outputs[0].Shape[2] > 4 &&
		outputs[0].Shape[1] == outputs[1].Shape[1] && outputs[0].Shape[2] == outputs[1].Shape[2] {
		return 1
	}
	return 0
}

// beside tells whether all other outputs only go with that one.
func beside(outputs []Tensor, at int) bool {
	if at == 1 {
		return true
	}
	for i := range outputs {
		if i != at && len(outputs[i].Shape) != 5 {
			return false
		}
	}
	return len(outputs[at].Shape) == 3
}
