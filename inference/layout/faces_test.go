package layout

import (
	"errors"
	"math"
	"strings"
	"testing"
)

// filledWith gives an output the same number everywhere.
func filledWith(v float32, t Tensor) Tensor {
	n := int64(1)
	for _, d := range t.Shape {
		n *= d
	}
	t.Float32 = make([]float32, n)
	for i := range t.Float32 {
		t.Float32[i] = v
	}
	return t
}

// retinaOutputs are those of RetinaFace for 64 × 64, with that score everywhere.
func retinaOutputs(score float32) []Tensor {
	return []Tensor{
		filledWith(0, float("bbox", 1, 168, 4)), filledWith(score, float("conf", 1, 168, 2)),
		filledWith(0, float("landms", 1, 168, 10)),
	}
}

func TestModelThatIsSureEverywhereIsNoFaceDetector(t *testing.T) {
	if l, err := recogniseFaces(square(64), retinaOutputs(0.1)); l.family != "RetinaFace" ||
		err != nil {
		t.Errorf("RetinaFace is %+v, %v", l, err)
	}
	big := []Tensor{
		filledWith(0, float("bbox", 1, 16800, 4)), filledWith(0.5, float("conf", 1, 16800, 2)),
		filledWith(0, float("landms", 1, 16800, 10)),
	}
	if l, err := Recognise(square(640), big, nil, nil); !errors.Is(err, ErrUnknown) ||
		!strings.Contains(err.Error(), "sure of 200 faces") {
		t.Errorf("a model that is sure of 16800 faces is %+v, %v", l, err)
	}
}

func TestFaceOutputsInAnyOrder(t *testing.T) {
	for name, outputs := range map[string][]Tensor{
		"SCRFD": { // without an axis for the batch and without landmarks, the largest stride first
			float("a", 8, 1), float("b", 8, 4), float("c", 32, 1), float("d", 32, 4),
			float("e", 128, 1), float("f", 128, 4),
		},
		"RetinaFace": {
			float("a", 1, 168, 10), float("b", 1, 168, 2), float("c", 1, 168, 4),
		},
		"YuNet": {
			float("a", 1, 4, 10), float("b", 1, 16, 10), float("c", 1, 64, 10),
			float("d", 1, 64, 4),
			float("e", 1, 16, 4), float("f", 1, 4, 4), float("g", 1, 4, 1), float("h", 1, 4, 1),
			float("i", 1, 16, 1), float("j", 1, 16, 1), float("k", 1, 64, 1), float("l", 1, 64, 1),
		},
	} {
		l, err := Recognise(square(64), outputs, nil, nil)
		if err != nil || l.Family() != name || len(l.Labels()) != 1 || l.Labels()[0] != "face" ||
			!strings.Contains(strings.Join(l.Reasons(), "\n"), "strides") {
			t.Errorf("%s: %+v, %v", name, l, err)
		}
		if points := l.shapes.keypoints; points != 5 && name != "SCRFD" ||
			points != 0 && name == "SCRFD" {
			t.Errorf("%s has %d landmarks", name, points)
		}
	}
}

func TestFaceOutputsThatChange(t *testing.T) {
	outputs := retinaOutputs(0.1)
	l, err := Recognise(square(64), outputs, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	var c candidates
	for i := range outputs[:2] {
		bad := outputList(retinaOutputs(0.1))
		bad[i].Float32 = bad[i].Float32[:100]
		if err := l.decode(bad, &c); err == nil {
			t.Errorf("output %d is too short, and is read", i)
		}
	}
}

// logits are those of an export as for training.
func TestFaceLogits(t *testing.T) {
	outputs := retinaOutputs(0)
	conf := outputs[1].Float32
	for i := range 168 {
		conf[2*i], conf[2*i+1] = 3, -3
	}
	conf[2*7], conf[2*7+1] = -2, 2
	l, err := Recognise(square(64), outputs, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	c := candidates{limit: 0.5}
	if err := l.decode(outputList(outputs), &c); err != nil || len(c.list) != 1 {
		t.Fatalf("%+v, %v", c.list, err)
	}
	if want := 1 / (1 + math.Exp(-4)); math.Abs(float64(c.list[0].score)-want) > 1e-6 {
		t.Errorf("the score is %v, not %v", c.list[0].score, want)
	}
}

// picodetOutputs are those of PicoDet for 64 × 64 with three classes, scores first.
func picodetOutputs() []Tensor {
	var all []Tensor
	for _, width := range []int64{3, 32} {
		for _, n := range []int64{64, 16, 4, 1} {
			all = append(all, filledWith(0, float("o", 1, n, width)))
		}
	}
	return all
}

func TestPicoDet(t *testing.T) {
	outputs := picodetOutputs()
	// Cell (3, 2) of 8 pixels: class 1, and 1, 2, 3 and 0 strides to the four sides.
	cell := 2*8 + 3
	outputs[0].Float32[3*cell+1] = 0.9
	for k, bin := range []int{1, 2, 3, 0} {
		outputs[4].Float32[32*cell+8*k+bin] = 50
	}
	for _, order := range []string{"scores first", "distributions first"} {
		l, err := Recognise(square(64), outputs, nil, nil)
		if err != nil || l.Family() != "PicoDet" || l.classes != 3 || l.bins != 8 {
			t.Fatalf("%s: %+v, %v", order, l, err)
		}
		if p := l.Preparation(); p.BGR || math.Abs(float64(p.Bias[0])+0.485/0.229) > 1e-5 {
			t.Errorf("%s: %+v", order, p)
		}
		c := candidates{limit: 0.5}
		if err := l.decode(outputList(outputs), &c); err != nil || len(c.list) != 1 {
			t.Fatalf("%s: %+v, %v", order, c.list, err)
		}
		b := c.list[0].box
		if c.list[0].class != 1 || b.X1 != 20 || b.Y1 != 4 || b.X2 != 52 || b.Y2 != 20 {
			t.Errorf("%s: %+v", order, c.list[0])
		}
		outputs = append(outputs[4:], outputs[:4]...)
	}
	if _, ok := recognisePicoDet(square(64), outputs[:7]); ok {
		t.Error("seven outputs are taken")
	}
}
