package layout

import (
	"math"
	"slices"
	"strings"
	"testing"

	"handlens/inference"
)

// cellRows are n rows of boxes, centres and sides in pixels, all over a square input, with so many
// numbers after them, which are next to nothing.
func cellRows(side, n, more int) (rows [][]float32) {
	for i := range n {
		row := make([]float32, 4+more)
		copy(row, []float32{
			float32(i * 37 % side), float32(i * 53 % side), 20, 24,
		})
		rows = append(rows, row)
	}
	return rows
}

// asRows is an output [1, N, width] of these rows, and asColumns [1, width, N].
func asRows(rows [][]float32) Tensor {
	return valued(float("o", 1, int64(len(rows)), int64(len(rows[0]))), slices.Concat(rows...)...)
}

func asColumns(rows [][]float32) Tensor {
	t := asRows(rows)
	return t.turned()
}

func recognised(t *testing.T, in Input, metadata map[string]string, outputs ...Tensor) *Layout {
	t.Helper()
	l, err := Recognise(in, outputs, metadata, nil)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func found(t *testing.T, l *Layout, outputs ...Tensor) []inference.Detection {
	t.Helper()
	all, err := NewDecoder(l).Decode(outputList(outputs), l.Place(l.input.Width, l.input.Height),
		Filter{Confidence: 0.4, IoU: 0.5}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestKeypointsWithoutATask(t *testing.T) {
	const face, pose = 5, 17
	for name, c := range map[string]struct {
		cells, first, points int
		columns              bool
	}{
		"YOLOv8-pose": {8400, 5, pose, true},
		"YOLOv8-face": {8400, 5, face, true},
		"YOLOv7-face": {25200, 6, face, false},
	} {
		rows := cellRows(640, c.cells, c.first-4+3*c.points)
		for k := range c.points {
			rows[0][c.first+3*k], rows[0][c.first+3*k+1] = 300, 200
		}
		rows[7][4], rows[7][c.first-1] = 0.9, 0.9 // the score; and its objectness
		out := asRows(rows)
		if c.columns {
			out = asColumns(rows)
		}
		l := recognised(t, square(640), nil, out)
		if l.classes != 1 || l.shapes.keypoints != c.points || l.shapes.values != 3 {
			t.Errorf("%s: %d classes, %+v", name, l.classes, l.shapes)
		}
		got := found(t, l, out)
		if len(got) != 1 || got[0].Shape == nil || len(got[0].Shape.Keypoints) != c.points {
			t.Errorf("%s: it finds %+v", name, got)
		}
	}
}

func TestStridesTellYOLOFromNanoDet(t *testing.T) {
	rows := cellRows(1280, 34000, 81)
	for _, r := range rows {
		r[4] = 1
	}
	if l := recognised(t, square(1280), nil, asRows(rows)); l.family != "YOLOv6" ||
		l.classes != 80 {
		t.Errorf("it is %s of %d classes", l.family, l.classes)
	}
}

func TestOffsetsTellYOLOXFromRows(t *testing.T) {
	rows := cellRows(640, 8400, 80) // of 79 classes, or of 80 without an objectness
	for _, r := range rows {
		copy(r, []float32{.5, .5, 1.2, 1.1})
	}
	if l := recognised(t, square(640), nil, asRows(rows)); l.head != gridOffsets ||
		l.classes != 79 {
		t.Errorf("offsets are %s of %d classes", l.family, l.classes)
	}
	rows = cellRows(640, 8400, 80)
	if l := recognised(t, square(640), nil, asRows(rows)); l.head != channelsLast ||
		l.classes != 80 {
		t.Errorf("places are %s of %d classes", l.family, l.classes)
	}
}

func TestOrderOfFinishedRows(t *testing.T) {
	box := []float32{100, 50, 200, 300}
	for name, c := range map[string]struct {
		shape []int64
		rows  [][]float32
	}{
		"score, class": {[]int64{1, 3, 6}, [][]float32{append(box[:4:4], .9, 7)}},
		"class, score": {[]int64{1, 3, 6}, [][]float32{append(box[:4:4], 7, .9)}},
		"class first":  {[]int64{3, 6}, [][]float32{{7, .9, 100, 50, 200, 300}}},
		"shares": {
			[]int64{1, 3, 6},
			[][]float32{{100. / 640, 50. / 640, 200. / 640, 300. / 640, .9, 7}},
		},
		"one row, no batch": {[]int64{1, 7}, [][]float32{{0, 100, 50, 200, 300, 7, .9}}},
		"one row, YOLO-NAS": {[]int64{1, 7}, [][]float32{{0, 100, 50, 200, 300, .9, 7}}},
		"one row of six":    {[]int64{1, 6}, [][]float32{append(box[:4:4], .9, 7)}},
		"seven in shares": {
			[]int64{1, 7},
			[][]float32{{0, 100. / 640, 50. / 640, 200. / 640, 300. / 640, 7, .9}},
		},
		"seven with a batch": {[]int64{1, 3, 7}, [][]float32{{0, 100, 50, 200, 300, 7, .9}}},
	} {
		n := 1
		for _, k := range c.shape[:len(c.shape)-1] {
			n *= int(k)
		}
		width := int(c.shape[len(c.shape)-1])
		out := valued(float("o", c.shape...), rowsOf(n, make([]float32, width), c.rows...)...)
		got := found(t, recognised(t, square(640), nil, out), out)
		want := inference.Box{X1: 100. / 640, Y1: 50. / 640, X2: 200. / 640, Y2: 300. / 640}
		if len(got) != 1 || got[0].Class != 7 || math.Abs(float64(got[0].Score-.9)) > .001 ||
			math.Abs(float64(got[0].Box.X1-want.X1)) > .001 ||
			math.Abs(float64(got[0].Box.Y2-want.Y2)) > .001 {
			t.Errorf("%s: it finds %+v", name, got)
		}
	}
}

func TestNoRowsAreNoClassification(t *testing.T) {
	for _, width := range []int64{6, 7} {
		if _, err := Recognise(square(640), []Tensor{float("o", -1, width)}, nil, nil); err != nil {
			t.Errorf("rows of %d: %v", width, err)
		}
	}
	scores := valued(float("o", 1, 7), .1, .2, .1, .1, .1, .3, .1)
	if _, err := Recognise(square(224), []Tensor{scores}, nil, nil); err == nil ||
		!strings.Contains(err.Error(), "classification") {
		t.Errorf("scores of seven classes are %v", err)
	}
}

func TestPrototypesMayComeFirst(t *testing.T) {
	outputs := []Tensor{float("p", 1, 32, 160, 160), float("o", 1, 116, 8400)}
	l := recognised(t, square(640), nil, outputs...)
	if l.classes != 80 || l.shapes.protos != 0 || l.boxes != 1 {
		t.Errorf("it has %d classes and %+v", l.classes, l.shapes)
	}
}

func TestABoxThatEndsBeforeItBeginsIsOdd(t *testing.T) {
	described := float("o", 1, 3, 6)
	l := recognised(t, square(640), nil, described)
	for want, x2 := range map[string]float32{
		"it is sure of a box that ends before it begins": 20, "": 200,
	} {
		out := valued(described,
			rowsOf(3, make([]float32, 6), []float32{100, 50, x2, 300, .9, 7})...)
		got := NewDecoder(l).Oddities(outputList{out}, 1, l.Place(640, 640), 0.5)
		if got != want {
			t.Errorf("a box from 100 to %v: %q, want %q", x2, got, want)
		}
	}
}
