package layout

import (
	"math"
	"testing"

	"handlens/inference"
	"handlens/inference/testmodel"
)

// segmented is a model's answer for one box with one coefficient, whose prototype is given.
func segmented(box inference.Box, coefficient float32, side int, proto []float32) (Layout,
	tensors,
) {
	l := yolov8Layout
	l.input, l.classes, l.shapes = fuzzInput, 1, shapeData{masks: 1, protos: 1}
	cx, cy := (box.X1+box.X2)/2, (box.Y1+box.Y2)/2
	v := []float32{cx, 0, cy, 0, box.X2 - box.X1, 0, box.Y2 - box.Y1, 0, .9, 0, coefficient, 0}
	return l, tensors{floatTensor(v, 1, 6, 2), floatTensor(proto, 1, 1, int64(side), int64(side))}
}

// traced is the outline that results.
func traced(t *testing.T, l Layout, out tensors) []inference.Point {
	t.Helper()
	got, err := NewDecoder(&l).Decode(out, l.Place(32, 32), Filter{Confidence: .5, IoU: .5}, nil)
	if err != nil || len(got) != 1 {
		t.Fatalf("found %+v, %v", got, err)
	}
	if got[0].Shape == nil {
		return nil
	}
	return got[0].Shape.Outline
}

func TestMaskEndsWithItsBox(t *testing.T) {
	proto := make([]float32, 64)
	for i := range proto {
		proto[i] = 1
	}
	l, out := segmented(rect(5, 6, 27, 29), 3, 8, proto)
	if like := testmodel.Likeness(traced(t, l, out), func(_, _ float64) bool {
		return true
	}); like < 0.98 {
		t.Errorf("a mask that is everywhere fills its box to %.3f", like)
	}
	l, out = segmented(rect(5, 6, 27, 29), -3, 8, proto)
	if way := traced(t, l, out); way != nil {
		t.Errorf("a mask that is nowhere has the outline %v", way)
	}
}

func TestMasksTrustNothing(t *testing.T) {
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	for _, c := range []float32{nan, inf, -inf, 3e38, 1} {
		for _, v := range []float32{nan, inf, -inf, 3e38, -3e38} {
			proto := make([]float32, 64)
			for i := range proto {
				proto[i] = float32(i%3) - 1
				if i%5 == 0 {
					proto[i] = v
				}
			}
			for _, box := range []inference.Box{
				rect(5, 6, 27, 29), rect(-1e30, -1e30, 1e30, 1e30),
				rect(31, 31, 40, 40),
			} {
				l, out := segmented(box, c, 8, proto)
				for _, p := range traced(t, l, out) {
					if !(p.X >= 0 && p.X <= 1 && p.Y >= 0 && p.Y <= 1) {
						t.Errorf("%v × %v in %v: %v", c, v, box, p)
					}
				}
			}
		}
	}
	l, out := segmented(rect(5, 6, 27, 29), 1, 8, make([]float32, 64))
	for _, bad := range []*Tensor{
		floatTensor(make([]float32, 64), 1, 64), floatTensor(make([]float32, 63), 1, 1, 8, 8),
		floatTensor(make([]float32, 128), 1, 2, 8, 8),
		floatTensor(nil, 1, 1, 0, 8), floatTensor(make([]float32, 64), 1, 1, -8, -8),
	} {
		if err := NewDecoder(&l).decode(tensors{out[0], bad}); err == nil {
			t.Errorf("prototypes %v were accepted", bad.Shape)
		}
	}
	short := floatTensor(make([]float32, 10), 1, 5, 2)
	if err := NewDecoder(&l).decode(tensors{short, out[1]}); err == nil {
		t.Error("columns without coefficients were accepted")
	}
}

// The work of the masks of one frame is bounded: the strongest get theirs.
func TestMasksAreBounded(t *testing.T) {
	const side, n = 1024, 8400
	l := yolov8Layout
	l.nms = false
	l.input, l.classes, l.shapes = fuzzInput, 1, shapeData{masks: 8, protos: 1}
	v := make([]float32, 13*n)
	for i := range n {
		v[i], v[n+i], v[2*n+i], v[3*n+i] = 16, 16, 32, 32
		v[4*n+i] = 1 - float32(i)/(2*n)
		v[5*n+i] = 1
	}
	proto := make([]float32, 8*side*side)
	for i := range proto {
		proto[i] = 1
	}
	out := tensors{floatTensor(v, 1, 13, n), floatTensor(proto, 1, 8, side, side)}
	got, err := NewDecoder(&l).Decode(out, l.Place(32, 32),
		Filter{Confidence: .5, IoU: .5, AllLabels: true}, nil)
	if err != nil {
		t.Fatal(err)
	}
	shapes := 0
	for i, d := range got {
		if d.Shape != nil {
			shapes++
			if shapes != i+1 {
				t.Fatal("a weaker detection has a shape that a stronger one lacks")
			}
		}
	}
	if want := maxMaskWork / (8 * side * side); shapes == 0 || shapes > want {
		t.Errorf("%d of %d have a shape, at most %d may", shapes, len(got), want)
	}
}

// shapeCase is a head that says more than boxes.
type shapeCase struct {
	name     string
	metadata map[string]string
	outputs  []Tensor
	head     head
	classes  int
	shapes   shapeData
}

func shapeCases() []shapeCase {
	names := "{0: 'a', 1: 'b'}"
	pose := map[string]string{"task": "pose", "kpt_shape": "[17, 3]", "names": "{0: 'person'}"}
	protos := float("p", 1, 32, 160, 160)
	return append(poseCases(pose), []shapeCase{
		{
			"YOLO11 masks",
			map[string]string{"task": "segment", "names": names},
			[]Tensor{float("o", 1, 38, 8400), protos},
			channelsFirst, 2,
			shapeData{masks: 32, protos: 1},
		},
		{
			"masks without metadata", nil,
			[]Tensor{float("o", 1, 116, 8400), protos},
			channelsFirst,
			80,
			shapeData{masks: 32, protos: 1},
		},
		{
			"YOLOv5 masks", nil,
			[]Tensor{float("o", 1, 25200, 117), protos},
			objectness, 80,
			shapeData{masks: 32, protos: 1},
		},
		{
			"YOLO26 masks",
			map[string]string{"names": names},
			[]Tensor{float("o", 1, 300, 38), protos},
			endToEnd, 2,
			shapeData{masks: 32, protos: 1},
		},
	}...)
}

func poseCases(pose map[string]string) []shapeCase {
	return []shapeCase{
		{
			"YOLO11 pose", pose,
			[]Tensor{float("o", 1, 56, 8400)},
			channelsFirst, 1,
			shapeData{keypoints: 17, values: 3},
		},
		{
			"YOLO26 pose", pose,
			[]Tensor{float("o", 1, 300, 57)},
			endToEnd, 1,
			shapeData{keypoints: 17, values: 3},
		},
		{
			"four corners",
			map[string]string{"task": "pose", "kpt_shape": "[4, 2]"},
			[]Tensor{float("o", 1, 13, 8400)},
			channelsFirst, 1,
			shapeData{keypoints: 4, values: 2},
		},
		{
			"pose without its shape",
			map[string]string{
				"task": "pose", "kpt_shape": "[99999999, 3]",
				"names": "{0: 'person'}",
			},
			[]Tensor{float("o", 1, 56, 8400)},
			channelsFirst, 1,
			shapeData{},
		},
	}
}

func TestRecogniseExtras(t *testing.T) {
	in := Input{Width: 640, Height: 640, Sizes: -1}
	for _, c := range shapeCases() {
		l, err := Recognise(in, c.outputs, c.metadata, nil)
		if err != nil || l.head != c.head || l.classes != c.classes || l.shapes != c.shapes {
			t.Errorf("%s: %+v, %v", c.name, l, err)
		}
	}
}

// checkShape fails when a shape is not fit to be drawn.
func checkShape(t *testing.T, s *inference.Shape) {
	t.Helper()
	if s == nil {
		return
	}
	for _, p := range s.Outline {
		if !(p.X >= 0 && p.X <= 1 && p.Y >= 0 && p.Y <= 1) {
			t.Fatalf("the outline has %v", p)
		}
	}
	const farAway = 64 // as inference.NewKeypoint has it
	for _, k := range s.Keypoints {
		if !(k.X >= -farAway && k.X <= farAway && k.Y >= -farAway && k.Y <= farAway &&
			k.Score >= 0 && k.Score <= 1) {
			t.Fatalf("there is the keypoint %+v", k)
		}
	}
	if len(s.Outline) > maxCorners || len(s.Outline) == 1 || len(s.Outline) == 2 {
		t.Fatalf("the outline has %d points", len(s.Outline))
	}
}

func FuzzChannelsFirstWithShapes(f *testing.F) {
	l := yolov8Layout
	l.classes, l.shapes = 1, shapeData{masks: 2, protos: 1, keypoints: 1, values: 3}
	fuzzLayout(f, l, func(v []float32) tensors {
		return tensors{
			floatTensor(fill(v, 10*21), 1, 10, 21),
			floatTensor(fill(v[min(len(v), 5):], 2*8*6), 1, 2, 8, 6),
		}
	})
}

func FuzzEndToEndWithShapes(f *testing.F) {
	l := endToEndLayout
	l.shapes = shapeData{masks: 2, protos: 1, keypoints: 1, values: 3}
	fuzzLayout(f, l, func(v []float32) tensors {
		return tensors{
			floatTensor(fill(v, 11*9), 1, 9, 11),
			floatTensor(fill(v[min(len(v), 5):], 2*8*6), 1, 2, 8, 6),
		}
	})
}

func FuzzOutline(f *testing.F) {
	f.Add(uint8(4), []byte{0, 9, 9, 0, 9, 0, 0, 9, 9, 0, 0, 9, 0, 9, 9, 0})
	f.Add(uint8(3), []byte{9, 9, 9, 9, 0, 9, 9, 9, 9})
	f.Add(uint8(5), []byte{9, 0, 9, 0, 9, 0, 9, 0, 9, 0, 9, 0, 9, 0, 9, 0, 9, 0, 9, 0})
	var m field
	f.Fuzz(func(t *testing.T, width uint8, data []byte) {
		w := max(1, int(width))
		m.reset(w, len(data)/w)
		for i := range m.v {
			m.v[i] = float32(int8(data[i]))
		}
		way := m.outline()
		if len(way) > maxCorners {
			t.Errorf("there are %d points", len(way))
		}
		for _, p := range way {
			if !(p.X >= -1 && p.X <= float32(m.width) && p.Y >= -1 && p.Y <= float32(m.height)) {
				t.Errorf("%v lies outside %d × %d", p, m.width, m.height)
			}
		}
		any := false
		for _, v := range m.v {
			any = any || v > 0
		}
		if any != (len(way) > 0) {
			t.Errorf("something is inside: %v, and the outline has %d points", any, len(way))
		}
	})
}

// What is traced is the larger of two parts, with its bay and without its hole.
func TestOutlineIsTheLargestPart(t *testing.T) {
	picture := []string{
		"#.........",
		"..#######.",
		"..#.....#.",
		"..#.###.#.",
		"..#.....#.",
		"..#######.",
		"..########",
		"..........",
		"##########",
	}
	var m field
	m.reset(10, 9)
	for y, row := range picture {
		for x, c := range row {
			m.v[y*10+x] = -1
			if c == '#' {
				m.v[y*10+x] = 1
			}
		}
	}
	way := m.outline()
	for _, c := range []struct {
		x, y float64
		in   bool
	}{
		{2, 1, true},
		{5, 3, true},
		{3, 2, true},
		{9, 6, true},
		{9, 5, false},
		{0, 0, false},
		{5, 8, false},
		{1, 3, false},
	} {
		if got := testmodel.Inside(way, c.x+0.01, c.y+0.01); got != c.in {
			t.Errorf("%v, %v is inside: %v; %v", c.x, c.y, got, way)
		}
	}
	if a := signedArea(way); a < 35 || a > 45 {
		t.Errorf("the area is %.1f", a)
	}
}
