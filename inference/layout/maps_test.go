package layout

import (
	"math"
	"strings"
	"testing"
)

// headsOf are the outputs of YOLOv8's heads for an input of 64 pixels, with one thing of class 2 at
// the cell of 16 pixels in the second row and column, two strides from each side; together says
// that bins and scores are in one output, and sums that their sums are a third one.
func headsOf(classes int, together, sums bool) (outputs []Tensor) {
	for _, n := range []int64{8, 4, 2} {
		cells := int(n * n)
		bins, scores := make([]float32, 64*cells), make([]float32, classes*cells)
		for i := range scores {
			scores[i] = -9
		}
		if n == 4 {
			for side := range 4 {
				bins[(16*side+2)*cells+5] = 30
			}
			scores[2*cells+5] = 3
		}
		c := int64(classes)
		if together {
			outputs = append(outputs, valued(float("o", 1, 64+c, n, n), append(bins, scores...)...))
			continue
		}
		outputs = append(outputs, valued(float("b", 1, 64, n, n), bins...),
			valued(float("s", 1, c, n, n), scores...))
		if sums {
			outputs = append(outputs, valued(float("t", 1, 1, n, n), make([]float32, cells)...))
		}
	}
	return outputs
}

func TestHeadsOfYOLO(t *testing.T) {
	for name, outputs := range map[string][]Tensor{
		"together": headsOf(80, true, false), "in pairs": headsOf(4, false, false),
		"with sums": headsOf(3, false, true), "as many as anchors have": headsOf(5, true, false),
	} {
		l := recognised(t, square(64), nil, outputs...)
		got := found(t, l, outputs...)
		if len(got) != 1 || got[0].Class != 2 || math.Abs(float64(got[0].Score)-0.953) > .001 {
			t.Fatalf("%s: it finds %+v", name, got)
		}
		// Two strides of 16 pixels around (24, 24), of which the frame cuts off what is outside.
		if b := got[0].Box; b.X1 != 0 || b.Y1 != 0 || math.Abs(float64(b.X2)-56./64) > .001 {
			t.Errorf("%s: the box is %+v", name, b)
		}
	}
}

func TestKindsThatAreNotRead(t *testing.T) {
	mixed := []Tensor{
		float("c", 1, 80, 80, 80), float("a", 1, 16, 4, 80, 80), float("v", 1, 4, 80, 80),
	}
	for want, outputs := range map[string][]Tensor{
		"YOLOv7's kind whose grids are not decoded": {
			float("a", 1, 255, 80, 80), float("b", 1, 255, 40, 40), float("c", 1, 255, 20, 20),
		},
		"kind whose grids are not decoded": {
			float("a", 1, 3, 80, 80, 85),
			float("b", 1, 3, 40, 40, 85),
		},
		"YOLOv2's kind":       {float("grid", 1, 125, 13, 13)},
		"YOLOv9's kind (MIT)": mixed,
		"offsets from anchors": {
			float("c", 1, 810, 64, 64),
			float("b", 1, 36, 64, 64),
		},
		"semantic segmentation":       {float("o", 1, 21, 512, 512)},
		"poses of one person":         {float("o", 1, 1, 17, 3)},
		"one value for each place":    {float("depth", 1, 1, 384, 384)},
		"another picture":             {float("o", 1, 3, 512, 512)},
		"several answers for a whole": {float("age", 1, 1), float("gender", 1, 2)},
		"but not the three": {
			float("hm", 1, 80, 128, 128),
			float("hps", 1, 34, 128, 128),
		},
		"no list of boxes":                  {float("o", 1, 17, 64, 48)},
		"a classification model: output o ": {float("o", 1, 6)},
	} {
		filled := make([]Tensor, len(outputs))
		for i, o := range outputs {
			filled[i] = o
			if len(o.Shape) == 2 {
				filled[i] = filledWith(0.1, o)
			}
		}
		_, err := Recognise(square(640), filled, nil, nil)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: %v, want %q", outputs, err, want)
		}
	}
	text := Tensor{Name: "classLabel", Type: Other, Shape: []int64{-1, 1}}
	if err := CheckOutputs([]Tensor{text}); err == nil ||
		!strings.Contains(err.Error(), "classification") {
		t.Errorf("a class as text is %v", err)
	}
}
