package layout

import "strings"

// listOutputs holds the indices of the outputs of finished detections; -1 is none.
type listOutputs struct{ labels, boxes, scores, count int }

// findList finds the outputs of finished detections: by their names, and by their types where those
// say nothing; false when labels, boxes or scores are missing.
func findList(outputs []Tensor) (listOutputs, bool) {
	at := listOutputs{-1, -1, -1, -1}
	for _, byName := range []bool{true, false} {
		for i := range outputs {
			if name := strings.ToLower(outputs[i].Name); !strings.Contains(name, "raw_") &&
				!strings.Contains(name, "anchor_ind") {
				at.take(i, &outputs[i], name, byName)
			}
		}
	}
	if at.labels < 0 {
		at.tellLabels(outputs)
	}
	return at, at.labels >= 0 && at.boxes >= 0 && at.scores >= 0
}

// tellLabels finds the classes of two outputs of numbers with fractions whose names say nothing:
// they are whole, and no scores.
func (at *listOutputs) tellLabels(outputs []Tensor) {
	if at.scores < 0 {
		return
	}
	for i := range outputs {
		o := &outputs[i]
		if i == at.boxes || i == at.scores || i == at.count || !o.isVector() || !o.isFloat() {
			continue
		}
		switch scores := &outputs[at.scores]; {
		case o.areLabels() && !scores.areLabels():
			at.labels = i
		case scores.areLabels() && !o.areLabels():
			at.labels, at.scores = at.scores, i
		}
		return
	}
}

// areLabels tells whether the numbers of a vector are whole, and not all of them scores.
func (t *Tensor) areLabels() bool {
	beyond := false
	for _, v := range t.Float32 {
		if v != float32(int(v)) || v < -1 || v >= maxClasses {
			return false
		}
		beyond = beyond || v > scoreLimit
	}
	return beyond
}

// take notes an output for what it can be, unless that was found already. The name is in lower
// case.
func (at *listOutputs) take(i int, o *Tensor, name string, byName bool) {
	scored := strings.Contains(name, "score") || strings.Contains(name, "conf")
	switch {
	case i == at.labels, i == at.boxes, i == at.scores, i == at.count:
	case at.boxes < 0 && o.isBoxList():
		at.boxes = i
	case at.count < 0 && strings.Contains(name, "num"):
		at.count = i
	case at.labels < 0 && !scored && o.isLabelList(name):
		at.labels = i
	case at.scores < 0 && o.isVector() && o.isFloat() && scored == byName:
		at.scores = i
	}
}
