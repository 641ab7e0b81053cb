package layout

import (
	"encoding/json"
	"reflect"
	"slices"

	"handlens/inference/coco"
)

// written is a sidecar as it is written to start from: only what can be said of the layout.
type written struct {
	Family string       `json:"family,omitempty"`
	Title  string       `json:"title,omitempty"`
	Labels []string     `json:"labels,omitempty"`
	Input  writtenInput `json:"input"`
	Scores string       `json:"scores"`
	NMS    bool         `json:"nms"`
}

type writtenInput struct {
	Order  string    `json:"order"`
	Range  float32   `json:"range"`
	Mean   []float32 `json:"mean,omitempty"`
	Std    []float32 `json:"std,omitempty"`
	Fit    string    `json:"fit"`
	Smooth bool      `json:"smooth"`
}

// familyByHead are the families that a sidecar can name, by how their outputs are read.
var familyByHead = map[head]string{
	channelsFirst: "yolov8", objectness: "yolov5", gridOffsets: "yolox", endToEnd: "yolov10",
	distribution: "nanodet-plus",
}

// Sidecar returns a sidecar, as JSON, that says of the layout what a sidecar can say: put beside
// the model it changes nothing, and is a start for changes.
func (l *Layout) Sidecar() ([]byte, error) {
	w := written{
		Family: familyByHead[l.head], Title: l.family, NMS: l.nms,
		Scores: wordFor(sidecarScores, l.activation),
		Input: writtenInput{
			Order: wordFor(sidecarOrders, l.bgr), Range: 255, Fit: wordFor(sidecarFits, l.fit),
			Smooth: l.antialias,
		},
	}
	if l.shapes.at > 0 {
		w.Family = "" // it has more in its rows than the family
	}
	if l.unit {
		w.Input.Range = 1
	}
	if l.std[0] != 0 {
		for i := range 3 {
			plane := i
			if l.bgr {
				plane = 2 - i
			}
			w.Input.Mean = append(w.Input.Mean, l.mean[plane])
			w.Input.Std = append(w.Input.Std, l.std[plane])
		}
	}
	if l.ownNames() {
		w.Labels = l.classNames
	}
	return json.MarshalIndent(map[string]written{"layout": w}, "", "  ")
}

// ownNames tells whether the classes have names that are the model's own.
func (l *Layout) ownNames() bool {
	if len(l.classNames) == 0 || l.unnamed || slices.Equal(l.classNames, coco.Labels()) {
		return false
	}
	for i, name := range l.classNames {
		if name != className(i) {
			return true
		}
	}
	return false
}

// wordFor is the word of a sidecar's table that stands for a value.
func wordFor[T comparable](table map[string]T, value T) string {
	for word, v := range table {
		if v == value {
			return word
		}
	}
	return ""
}

// Alike tells whether two layouts read a model in the same way, whatever they were concluded from.
func (l *Layout) Alike(o *Layout) bool {
	a, b := *l, *o
	a.reasons, b.reasons, a.warnings, b.warnings = nil, nil, nil, nil
	return reflect.DeepEqual(a, b)
}
