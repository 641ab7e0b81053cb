package layout

import (
	"fmt"
	"strings"
	"testing"
)

// misfits are sidecars, and what is said of them for the outputs of the test.
var misfits = [][2]string{
	{
		`{"outputs": {"q": {"columns": ["score"]}}}`,
		`x.json: outputs has "q", and the model has o, n, p`,
	},
	{
		`{"outputs": {"o": {"columns": ["x1", "y1", "x2", "y2", "scor"]}}}`,
		`outputs.o has the column "scor"; columns are x1 y1`,
	},
	{
		`{"outputs": {"o": {"columns": ["x1", "y1", "x2", "y2", "score"]}}}`,
		"outputs.o names 5 numbers a row, and it is o [1,20,6]",
	},
	{
		`{"outputs": {"o": {"columns": ["cx", "y1", "x2", "y2", "score", "class"]}}}`,
		"mixes numbers of different forms",
	},
	{
		`{"outputs": {"o": {"columns": ["x1", "x1", "x2", "y2", "score", "class"]}}}`,
		"has x1 twice",
	},
	{
		`{"outputs": {"o": {"columns": ["score", "ignored*5"]}}}`,
		"does not say which four numbers are the box",
	},
	{
		`{"outputs": {"o": {"columns": ["x1", "y1", "x2", "y2", "ignored*2"]}}}`,
		"does not say where the scores are",
	},
	{
		`{"outputs": {"o": {"columns": ["x1", "y1", "x2", "y2", "scores*1", "class"]}}}`,
		"scores of all classes beside",
	},
	{
		`{"outputs": {"o": {"columns": ["x1", "y1", "x2", "y2", "masks*2"]}}}`,
		"where the scores are",
	},
	{
		`{"outputs": {"n": {"columns": ["score"]}}}`,
		"outputs.n cannot be score: it is of int64",
	},
	{
		`{"outputs": {"o": {"columns": ["left", "top", "right", "bottom", "scores"]}}}`,
		"boxes.formula must be distances",
	},
	{
		`{"outputs": {"o": {"columns": []}}}`,
		"outputs has no columns",
	},
	{
		`{"outputs": {"o": {"columns": ["score"]}}, "family": "yolov5"}`,
		"family must be left out",
	},
	{
		`{"numbering": 1, "input": {"pad": -1}, "boxes": {"unit": "m"}}`,
		"input.pad must be 0..255",
	},
	{
		`{"numbering": 1}`,
		"numbering must be left out",
	},
	{
		`{"boxes": {"unit": "shares"}}`,
		"boxes must be left out",
	},
	{
		`{"numbering": "vocc"}`,
		`numbering must be 0, 1, "coco" or a list`,
	},
	{
		`{"outputs": {"o": {"colums": []}}}`,
		`unknown field "colums"`,
	},
	{
		`{"inputs": {"a": "wide"}}`,
		`inputs must be numbers, or "width"`,
	},
	{
		`{"input": {"pad": 300}}`,
		"input.pad must be 0..255",
	},
	{
		`{"input": {"width": 64}}`,
		"input.width and height must be both there",
	},
	{
		`{"outputs": {"o": {"columns": ["score"]}}, "boxes": {"unit": "metres"}}`,
		`boxes.unit is "metres", and must be one of original, pixels, shares`,
	},
	{
		`{"outputs": {"o": {"columns": ["score"]}}, "boxes": {"formula": "yolov5", "strides": [8]}}`,
		"boxes.anchors must be there for each stride",
	},
}

func TestSidecarsThatDoNotFit(t *testing.T) {
	outputs := []Tensor{float("o", 1, 20, 6), whole("n", 1, 20), float("p", 1, 4, 8, 8)}
	for _, c := range misfits {
		text, want := c[0], c[1]
		_, err := saidLayout(square(64), outputs, text)
		if err == nil || !strings.Contains(err.Error(), want) ||
			strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}

func TestInputsOfASidecar(t *testing.T) {
	list := []Tensor{
		float("picture", 1, 3, -1, -1), float("scale", 1, 2), whole("shape", -1, 2),
		whole("mask", -1, -1, -1), float("least"),
	}
	s, err := ParseSidecar("x.json", []byte(`{"layout": {"input": {"width": 64, "height": 32},
		"inputs": {"scale": 1, "shape": ["height", "width"], "mask": [1], "least": 0.25}}}`))
	if err != nil {
		t.Fatal(err)
	}
	in, err := s.RecogniseInput(list, nil)
	if err != nil || in.Width != 64 || in.Height != 32 || in.Image != 0 || len(in.Extras) != 4 {
		t.Fatalf("%+v, %v", in, err)
	}
	if got := fmt.Sprint(in.Extras); got != "[{1 float32 [1 2] [1] true false} {2 int64 [1 2] "+
		"[32 64] false false} "+
		"{3 int64 [1 32 64] [1] false false} {4 float32 [] [0.25] false false}]" {
		t.Error(got)
	}
	for text, want := range map[string]string{
		`{"inputs": {"other": 1}}`: `inputs has "other", which the model has not`,
		`{"inputs": {"scale": 1, "mask": 1, "least": 1, "shape": [1, 2, 3]}}`: "inputs.shape has 3 values",
		`{"inputs": {"scale": 1, "mask": 1, "least": 1, "shape": 0.5}}`: "inputs.shape is " +
			"of int64, and 0.5 is not",
		`{"input": {"width": 64, "height": 32}}`: "input least [] of float32 is not understood",
	} {
		s, err := ParseSidecar("x.json", []byte(`{"layout": `+text+`}`))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.RecogniseInput(list, nil); err == nil ||
			!strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", text, err)
		}
	}
	s, _ = ParseSidecar("x.json", []byte(`{"layout": {"input": {"width": 64, "height": 32}}}`))
	if _, err := s.RecogniseInput([]Tensor{float("i", 1, 3, 64, 64)}, nil); err == nil ||
		!strings.Contains(err.Error(), "the model takes 64 × 64") {
		t.Error(err)
	}
}

// FuzzDescribed reads small outputs of any numbers by any sidecar, and writes and guesses one. The
// answer is an error in words, or boxes within the frame.
func FuzzDescribed(f *testing.F) {
	for _, text := range []string{
		`{"outputs": {"o": {"columns": ["x1", "y1", "x2", "y2", "score", "class", "ignored*2"]}}}`,
		`{"outputs": {"t": {"turned": true, "columns":
			["cx", "cy", "w", "h", "background", "scores"]}},
			"scores": "softmax", "numbering": 1}`,
		`{"outputs": {"b": {"columns": ["y1", "x1", "y2", "x2"]}, "c": {"columns": ["class"]},
			"s": {"columns": ["score"]}, "k": {"columns": ["count"]}}, "boxes": {"unit": "shares"},
			"numbering": [3, 1, 8]}`,
		`{"outputs": {"g": {"columns": ["cx", "cy", "w", "h"], "turned": true, "stride": 16}, "s":
			{"columns": ["score"], "stride": 16}}, "boxes": {"formula": "yolox", "strides": [16]}}`,
		`{"outputs": {"o": {"columns": ["cx", "cy", "w", "h", "score", "masks*3"]},
			"p": {"columns": ["prototypes"]}}}`,
		`{"outputs": {"o": {"columns": ["cx", "cy", "w", "h", "score", "points-xys"]}},
			"boxes": {"unit": "shares"}}`,
	} {
		f.Add([]byte(`{"layout": `+text+`}`), []byte{1, 2, 3, 128, 200, 9}, false)
	}
	in := square(64)
	f.Fuzz(func(t *testing.T, text, numbers []byte, all bool) {
		outputs, list := smallOutputs(numbers)
		guessed, _ := GuessOutputs(in, false, nil, outputs, nil)
		if _, err := ParseSidecar("x.json", guessed); err != nil {
			t.Fatalf("the guess\n%s%v", guessed, err)
		}
		s, err := ParseSidecar("x.json", text)
		if err != nil || s == nil {
			return
		}
		l, err := Recognise(in, outputs, nil, s)
		if err != nil {
			return
		}
		found, _ := NewDecoder(l).Decode(list, l.Place(20, 10), Filter{
			Confidence: .2, IoU: .5, AllLabels: all,
		}, nil)
		for _, d := range found {
			if !(d.Box.X1 >= 0 && d.Box.X2 <= 1 && d.Score <= 1) {
				t.Fatalf("found is %+v", d)
			}
		}
		if _, err := ParseSidecar("x.json", l.WriteSidecar(nil, outputs, true)); err != nil {
			t.Fatal(err)
		}
	})
}

// smallOutputs are outputs of several shapes with these numbers in them, over and over.
func smallOutputs(numbers []byte) ([]Tensor, tensors) {
	outputs := []Tensor{
		float("o", 1, 20, 8), float("t", 1, 8, 20), float("b", 1, 16, 4), whole("c", 16),
		float("s", 1, 16), whole("k", 1), float("g", 1, 4, 4, 4), float("p", 1, 3, 8, 8),
	}
	list := make(tensors, len(outputs))
	at := 0
	for i := range outputs {
		o := &outputs[i]
		n := 1
		for _, side := range o.Shape {
			n *= int(side)
		}
		for range n {
			v := float32(0)
			if len(numbers) > 0 {
				v = float32(int8(numbers[at%len(numbers)])) / 16
				at++
			}
			if o.Type == Int64 {
				o.Int64 = append(o.Int64, int64(v))
			} else {
				o.Float32 = append(o.Float32, v)
			}
		}
		list[i] = o
	}
	return outputs, list
}
