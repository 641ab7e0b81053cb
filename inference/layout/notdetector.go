package layout

import (
	"fmt"
	"slices"
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
	if len(outputs) == 1 && outputs[0].isClassScores() {
		return refuse(fmt.Sprintf("a classification model: output %s", outputs[0].describe()),
			"it says what a whole picture shows, not where; export a detection model")
	}
	if what, hint := rawKind(outputs); what != "" {
		return refuse("a model of "+what+": "+list(outputs), hint)
	}
	if needsPriors(outputs) {
		return refuse("a model whose boxes are offsets from prior boxes: "+list(outputs),
			"export it with its decoding, which knows the priors")
	}
	return nil
}

// CheckOutputs refuses, by the descriptions of a model's outputs, one that cannot even be run here:
// a classification model that gives the names of classes as text.
func CheckOutputs(outputs []Tensor) error {
	for i := range outputs {
		if o := &outputs[i]; o.Type == Other && o.hasName("label", "class") {
			return &Error{
				What: "a classification model: its output " + clean(o.Name) +
					" is the name of a class",
				Hint: "it says what a whole picture shows, not where; export a detection " +
					"model",
				NoDetector: true,
			}
		}
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

// mainOutput is the index of the output to read where others only go with it, which alone says. The
// grids of YOLOv5 and YOLOv7 are the same boxes undecoded, and the auxiliary head of YOLOv9 comes
// before the main one.
func mainOutput(in Input, outputs []Tensor) (at int, alone bool) {
	at = -1
	for i := range outputs {
		switch o := &outputs[i]; {
		case len(o.Shape) != 3 || !o.isFloat():
		case at < 0:
			at = i
		case len(outputs) == 2 && o.Shape[1] > 4 && o.Shape[2] > 4 &&
			slices.Equal(o.Shape, outputs[at].Shape):
			return i, true
		default:
			return 0, false
		}
	}
	if at < 0 {
		return 0, len(outputs) == 1
	}
	return at, !slices.ContainsFunc(outputs, func(o Tensor) bool {
		return len(o.Shape) != 3 && !o.isBeside(in, &outputs[at], len(outputs))
	})
}

// isBeside tells whether an output, of so many, only goes with the one that has the boxes: it is a
// grid or a map of which they were made.
func (t *Tensor) isBeside(in Input, boxes *Tensor, outputs int) bool {
	return len(t.Shape) == 5 || len(t.Shape) == 4 && outputs > 2 && boxes.hasCells(in)
}

// hasCells tells whether an output has so many rows or columns as the input has cells.
func (t *Tensor) hasCells(in Input) bool {
	_, rows := gridOf(in, t.Shape[1])
	_, columns := gridOf(in, t.Shape[2])
	return rows > 0 || columns == 1
}

// isClassScores tells whether an output is one row of class scores, and not finished boxes, of
// which there may be none or one.
func (t *Tensor) isClassScores() bool {
	if len(t.Shape) != 2 || !t.shaped(1, anySize) {
		return false
	}
	const six, seven = 6, 7
	isList := t.Shape[1] == six || t.Shape[1] == seven
	return !isList || t.Shape[0] == 1 && !t.isFinishedRow()
}
