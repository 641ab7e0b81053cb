package layout

import (
	"encoding/binary"
	"math"
	"slices"
	"testing"

	"handlens/inference"
)

// tensors stands for the engine: decoders read it in the same way.
type tensors []*Tensor

func (t tensors) Output(i int) *Tensor { return t[i] }

func floatTensor(v []float32, shape ...int64) *Tensor {
	return &Tensor{Name: "out", Type: Float32, Shape: shape, Float32: v}
}

// rect is a box by its corners.
func rect(x1, y1, x2, y2 float32) inference.Box {
	return inference.Box{X1: x1, Y1: y1, X2: x2, Y2: y2}
}

var fuzzInput = Input{Width: 32, Height: 32, Sizes: -1}

func TestYOLOXDecoding(t *testing.T) {
	l := yoloxLayout
	l.input, l.classes = Input{Width: 64, Height: 32, Sizes: -1}, 2
	n := cells(64, 32)
	v := make([]float32, n*7)
	// The second cell of the second line of stride 16: 32 cells of stride 8 come before, then 4 in
	// a line.
	at := (32 + 4 + 1) * 7
	copy(v[at:], []float32{.5, .25, float32(math.Log(2)), 0, .8, .1, .9})
	s := candidates{limit: .5}
	if err := l.decode(tensors{floatTensor(v, 1, int64(n), 7)}, &s); err != nil {
		t.Fatal(err)
	}
	if len(s.list) != 1 {
		t.Fatalf("found %+v", s.list)
	}
	c := s.list[0]
	want := rect(24-16, 20-8, 24+16, 20+8)
	if c.class != 1 || math.Abs(float64(c.score)-.72) > 1e-6 || c.box != want {
		t.Errorf("found %+v, want %v", c, want)
	}
}

func TestColumnsReportTheBestClassOnce(t *testing.T) {
	l := yolov8Layout
	l.input, l.classes = fuzzInput, 3
	// two cells: classes .6 .7 .7 and 0 .9 .2
	v := []float32{10, 20, 10, 20, 4, 6, 4, 6, .6, 0, .7, .9, .7, .2}
	s := candidates{limit: .5}
	if err := l.decode(tensors{floatTensor(v, 1, 7, 2)}, &s); err != nil {
		t.Fatal(err)
	}
	if len(s.list) != 2 || s.list[0].class != 1 || s.list[1].class != 1 ||
		s.list[0].box != rect(8, 8, 12, 12) {
		t.Errorf("found %+v", s.list)
	}
	s.allow = []bool{true, false, true}
	if err := l.decode(tensors{floatTensor(v, 1, 7, 2)}, &s); err != nil ||
		len(s.list) != 0 {
		t.Errorf("a forbidden best class left %+v, %v", s.list, err)
	}
}

func TestShapesThatChangeAreAnError(t *testing.T) {
	for _, l := range []Layout{
		yolov8Layout, yoloxLayout, yolov5Layout, endToEndLayout,
		detrListLayout,
	} {
		l.input, l.classes = fuzzInput, 3
		for _, bad := range []*Tensor{
			floatTensor(make([]float32, 12), 1, 3, 4), floatTensor(nil, 1, 7, 2),
			floatTensor(make([]float32, 5), 5), floatTensor(nil),
			floatTensor(make([]float32, 8), 1, -2, -4),
			floatTensor(make([]float32, 1), 1, 1<<40, 1<<40),
			{Name: "x", Type: Int64, Shape: []int64{1, 7, 2}},
		} {
			if err := l.decode(tensors{bad, bad, bad}, &candidates{limit: .5}); err == nil &&
				len(bad.Shape) != 3 {
				t.Errorf("%s took %v with %d elements", l.family, bad.Shape, len(bad.Float32))
			}
		}
	}
}

// fuzzLayout runs a decoder on any bytes as floats, and the rest of the way to detections. Whatever
// comes out must be fit to be drawn.
func fuzzLayout(f *testing.F, l Layout, make func(v []float32) tensors) {
	seed := func(v ...float32) {
		var b []byte
		for _, x := range v {
			b = binary.LittleEndian.AppendUint32(b, math.Float32bits(x))
		}
		f.Add(b)
	}
	l.input, l.classNames = fuzzInput, []string{"a", "b", "c"}
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	seed(16, 16, 8, 8, .9, 1, .9, 16, 16, 8, 8, .9, 1, .9, .8, .7)
	seed(nan, nan, nan, nan, nan, nan, nan, inf, inf, inf, inf, inf, inf)
	seed(0, 0, 1e30, 1e30, .9, -5, 1, 3e38, 3e38, 3e38, 3e38, .9, 1e30, 1)
	seed(10, 10, 200, 200, 7, 7, 7, 7, -1, -1, -1, -1, -1, -1)
	f.Fuzz(func(t *testing.T, data []byte) {
		v := []float32{}
		for len(data) >= 4 {
			v = append(v, math.Float32frombits(binary.LittleEndian.Uint32(data)))
			data = data[4:]
		}
		found, err := NewDecoder(&l).Decode(make(v), l.Place(50, 20),
			Filter{Confidence: .25, IoU: .5}, nil)
		if err != nil {
			return
		}
		for _, d := range found {
			if !(d.Box.X1 >= 0 && d.Box.Y1 >= 0 && d.Box.X2 <= 1 && d.Box.Y2 <= 1 &&
				d.Box.X1 < d.Box.X2 && d.Box.Y1 < d.Box.Y2) {
				t.Fatalf("box %+v", d.Box)
			}
			if !(d.Score >= .25 && d.Score <= 1) || d.Class < 0 || d.Class >= maxClasses ||
				d.Label == "" {
				t.Fatalf("detection %+v", d)
			}
			checkShape(t, d.Shape)
		}
	})
}

// fill repeats v to n elements.
func fill(v []float32, n int) []float32 {
	out := make([]float32, n)
	for i := range out {
		if len(v) > 0 {
			out[i] = v[i%len(v)]
		}
	}
	return out
}

func FuzzChannelsFirst(f *testing.F) {
	l := yolov8Layout
	l.classes = 3
	fuzzLayout(f, l, func(v []float32) tensors {
		return tensors{floatTensor(fill(v, 7*21), 1, 7, 21)}
	})
}

func FuzzGridOffsets(f *testing.F) {
	l := yoloxLayout
	l.classes = 3
	fuzzLayout(f, l, func(v []float32) tensors {
		return tensors{floatTensor(fill(v, 8*21), 1, 21, 8)}
	})
}

func FuzzObjectness(f *testing.F) {
	l := yolov5Layout
	l.classes = 3
	fuzzLayout(f, l, func(v []float32) tensors {
		return tensors{floatTensor(fill(v, 8*63), 1, 63, 8)}
	})
}

func FuzzEndToEnd(f *testing.F) {
	fuzzLayout(f, endToEndLayout, func(v []float32) tensors {
		n := int64(len(v) / 6)
		return tensors{floatTensor(v[:n*6], 1, n, 6)}
	})
}

func FuzzDetectionList(f *testing.F) {
	l := detrListLayout
	l.labels, l.boxes, l.scores = 0, 1, 2
	fuzzLayout(f, l, func(v []float32) tensors {
		n := len(v) / 6
		labels := &Tensor{Name: "labels", Type: Int64, Shape: []int64{1, int64(n)}}
		for _, x := range v[5*n : 6*n] {
			labels.Int64 = append(labels.Int64, int64(int32(math.Float32bits(x))))
		}
		return tensors{
			labels, floatTensor(v[:4*n], 1, int64(n), 4),
			floatTensor(v[4*n:5*n], 1, int64(n)),
		}
	})
}

func FuzzQueries(f *testing.F) {
	l := queriesLayout
	l.scores, l.boxes, l.classes, l.activation = 0, 1, 2, softmax
	fuzzLayout(f, l, func(v []float32) tensors {
		n := len(v) / 7
		return tensors{
			floatTensor(v[:3*n], 1, int64(n), 3),
			floatTensor(v[3*n:7*n], 1, int64(n), 4),
		}
	})
}

func FuzzDistribution(f *testing.F) {
	l := nanodetPlusLayout
	l.classes, l.bins = 3, 8
	n := int(nanodetCells(fuzzInput))
	fuzzLayout(f, l, func(v []float32) tensors {
		return tensors{floatTensor(fill(v, n*35), 1, int64(n), 35)}
	})
}

func FuzzListFromOne(f *testing.F) {
	l := tensorflowLayout
	l.numberFromOne(3)
	l.labels, l.boxes, l.scores, l.count, l.counted = 0, 1, 2, 3, true
	fuzzLayout(f, l, func(v []float32) tensors {
		n := len(v) / 6
		all := tensors{
			floatTensor(v[:n], 1, int64(n)), floatTensor(v[n:5*n], 1, int64(n), 4),
			floatTensor(v[5*n:6*n], 1, int64(n)),
		}
		return append(all, floatTensor(v[:min(1, len(v))], 1))
	})
}

func TestDistances(t *testing.T) {
	l := nanodetLayout
	l.bins = 4
	sure := func(at int) []float32 { v := make([]float32, 4); v[at] = 100; return v }
	bins := slices.Concat(sure(0), sure(1), sure(2), sure(3))
	if got, want := l.distances(bins, 2, 1, 8), rect(20, 4, 36, 36); got != want {
		t.Errorf("the box is %v, not %v", got, want)
	}
	if got := expectation([]float32{0, 0, 0, 0}); got != 1.5 {
		t.Errorf("the mean of equal bins is %v", got)
	}
}
