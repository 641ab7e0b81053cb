package layout

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"handlens/inference"
)

// said recognises a model with these outputs by a sidecar with that layout.
func saidLayout(in Input, outputs []Tensor, text string) (*Layout, error) {
	s, err := ParseSidecar("x.json", []byte(`{"layout": `+text+`}`))
	if err != nil {
		return nil, err
	}
	return Recognise(in, outputs, nil, s)
}

// read decodes outputs by a sidecar.
func read(t *testing.T, in Input, outputs []Tensor, text string) []inference.Detection {
	t.Helper()
	l, err := saidLayout(in, outputs, text)
	if err != nil {
		t.Fatal(err)
	}
	list := make(tensors, len(outputs))
	for i := range outputs {
		list[i] = &outputs[i]
	}
	found, err := NewDecoder(l).Decode(list, l.Place(100, 100), Filter{Confidence: .4, IoU: .5},
		nil)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func describe(found []inference.Detection) string {
	var parts []string
	for _, d := range found {
		parts = append(parts, fmt.Sprintf("%s %.2f %.0f %.0f %.0f %.0f", d.Label, d.Score,
			d.Box.X1*100, d.Box.Y1*100, d.Box.X2*100, d.Box.Y2*100))
	}
	return strings.Join(parts, "; ")
}

func withValues(t Tensor, v ...float32) Tensor {
	t.Float32 = v
	return t
}

// rowsInAnyOrder have a box at 10, 20 to 30, 60 of an input of 100 × 100 pixels.
var rowsInAnyOrder = []struct {
	columns string
	more    string
	row     []float32
	want    string
}{
	{
		`"x1", "y1", "x2", "y2", "score", "class"`, "",
		[]float32{10, 20, 30, 60, .9, 1},
		"b 0.90 10 20 30 60",
	},
	{
		`"y1", "x1", "y2", "x2", "class", "score"`, "",
		[]float32{20, 10, 60, 30, 1, .9},
		"b 0.90 10 20 30 60",
	},
	{
		`"cx", "cy", "w", "h", "scores"`, "",
		[]float32{20, 40, 20, 40, .1, .8},
		"b 0.80 10 20 30 60",
	},
	{
		`"x", "y", "w", "h", "objectness", "scores"`, "",
		[]float32{10, 20, 20, 40, .5, .1, 1},
		"b 0.50 10 20 30 60",
	},
	{
		`"ignored*2", "h", "w", "cy", "cx", "score"`, `"boxes": {"unit": "shares"},`,
		[]float32{7, 7, .4, .2, .4, .2, .9},
		"a 0.90 10 20 30 60",
	},
	{
		`"x1", "y1", "x2", "y2", "scores*2", "background"`, `"scores": "softmax",`,
		[]float32{10, 20, 30, 60, 0, 2, 0},
		"b 0.79 10 20 30 60",
	},
	{
		`"background", "scores", "x1", "y1", "x2", "y2"`, `"scores": "sigmoid",`,
		[]float32{9, 0, 2, 10, 20, 30, 60}[:7], "b 0.88 10 20 30 60",
	},
	{
		`"x1", "y1", "x2", "y2", "score", "class"`, `"numbering": 1,`,
		[]float32{10, 20, 30, 60, .9, 1},
		"a 0.90 10 20 30 60",
	},
	{
		`"x1", "y1", "x2", "y2", "score", "class"`, `"numbering": [4, 17],`,
		[]float32{10, 20, 30, 60, .9, 17},
		"b 0.90 10 20 30 60",
	},
	{
		`"x1", "y1", "x2", "y2", "score", "class"`, `"numbering": [4, 17],`,
		[]float32{10, 20, 30, 60, .9, 5},
		"",
	},
	{
		`"x1", "y1", "x2", "y2", "score"`, `"boxes": {"unit": "original"},`,
		[]float32{
			.1 * OriginalSide, .2 * OriginalSide, .3 * OriginalSide, .6 * OriginalSide,
			.9,
		},
		"a 0.90 10 20 30 60",
	},
}

func TestRowsInAnyOrder(t *testing.T) {
	in := square(100)
	for _, c := range rowsInAnyOrder {
		for _, turned := range []bool{false, true} {
			n := int64(len(c.row))
			out := withValues(float("o", 1, 1, n), c.row...)
			if turned {
				out.Shape = []int64{1, n, 1}
			}
			got := describe(read(t, in, []Tensor{out}, fmt.Sprintf(
				`{%s "labels": ["a", "b"], "outputs": {"o": {"columns": [%s], "turned": %v}}}`,
				c.more, c.columns, turned)))
			if got != c.want {
				t.Errorf("%s %v, turned %v: %s, want %s", c.columns, c.row, turned, got, c.want)
			}
		}
	}
}

// gridCase is a way in which the numbers of a cell become a box.
type gridCase struct {
	formula, anchors, columns string
	box                       []float32 // of the numbers by column, score last
	anchor                    int       // which has it
}

func logOf(v float64) float32  { return float32(math.Log(v)) }
func oddsOf(p float64) float32 { return logOf(p / (1 - p)) }

// gridCases have the box at 24, 40 of 16 × 32 pixels in the cell 1, 2 of stride 16 of an input of
// 64 × 64 pixels, whose grid is 4 × 4.
var gridCases = []gridCase{
	{"yolox", "", `"cx", "cy", "w", "h", "score"`, []float32{.5, .5, 0, logOf(2), .9}, 0},
	{
		"distances", "", `"left", "top", "right", "bottom", "score"`,
		[]float32{.5, 1, .5, 1, .9},
		0,
	},
	{
		"yolov3", "[[[8, 8], [16, 16]]]", `"cx", "cy", "w", "h", "score"`,
		[]float32{0, 0, 0, logOf(2), .9},
		1,
	},
	{
		"yolov5", "[[[16, 8], [8, 32]]]", `"cx", "cy", "w", "h", "score"`,
		[]float32{0, 0, oddsOf(math.Sqrt(2) / 2), oddsOf(.5), .9},
		1,
	},
	{
		"ssd", "[[[8, 8], [16, 16]]]", `"cx", "cy", "w", "h", "score"`,
		[]float32{0, 0, 0, logOf(2) / .2, .9},
		1,
	},
}

func TestGrids(t *testing.T) {
	for _, c := range gridCases {
		anchors := ""
		if c.anchors != "" {
			anchors = `"anchors": ` + c.anchors + `,`
		}
		text := `{"outputs": {"o": {"columns": [` + c.columns + `], "turned": %v, "stride": %d}},
			"input": {"fit": "stretch"}, "labels": ["a"],
			"boxes": {"formula": "` + c.formula + `", "strides": [16], ` + anchors +
			` "middle": 0.5}}`
		for _, out := range c.outputs() {
			got := describe(read(t, square(64), []Tensor{out.Tensor}, fmt.Sprintf(text, out.turned,
				out.stride)))
			if got != "a 0.90 25 38 50 88" {
				t.Errorf("%s as %v: %q", c.formula, out.Shape, got)
			}
		}
	}
}

// gridOutput is an output with what a sidecar says of it.
type gridOutput struct {
	Tensor
	turned bool
	stride int
}

// outputs have the box as rows one after the other, as planes of all anchors, and as five axes with
// the anchors first or last.
func (c gridCase) outputs() []gridOutput {
	per := 1
	if c.anchors != "" {
		per = strings.Count(c.anchors, "], [") + 1
	}
	const cell, cells = 2*4 + 1, 16
	k := len(c.box)
	first, last := make([]float32, per*cells*k), make([]float32, per*cells*k)
	planes := make([]float32, per*cells*k)
	copy(first[(c.anchor*cells+cell)*k:], c.box)
	copy(last[(cell*per+c.anchor)*k:], c.box)
	for i, v := range c.box {
		planes[(c.anchor*k+i)*cells+cell] = v
	}
	flat := first
	if c.formula == "ssd" {
		flat = last
	}
	size, n, each := int64(per*cells), int64(per), int64(k)
	return []gridOutput{
		{withValues(float("o", 1, size, each), flat...), false, 0},
		{withValues(float("o", 1, n*each, 4, 4), planes...), true, 16},
		{withValues(float("o", 1, n, 4, 4, each), first...), false, 16},
		{withValues(float("o", 1, 4, 4, n, each), last...), false, 16},
	}
}
