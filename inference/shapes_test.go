package inference

import (
	"fmt"
	"math"
	"testing"

	"handlens/inference/ort"
	"handlens/inference/testmodel"
	"handlens/media"
)

// inside tells whether a point lies within a polygon, by the even-odd rule.
func inside(polygon []Point, x, y float64) bool {
	in := false
	last := polygon[len(polygon)-1]
	for _, p := range polygon {
		if (float64(p.Y) > y) != (float64(last.Y) > y) &&
			x < float64(last.X)+(y-float64(last.Y))/(float64(p.Y)-float64(last.Y))*(float64(p.X)-float64(last.X)) {
			in = !in
		}
		last = p
	}
	return in
}

// likeness is the overlap over the union of a polygon and what a function says is inside, in the
// unit square.
func likeness(polygon []Point, truth func(x, y float64) bool) float64 {
	both, either := 0, 0
	const n = 200
	for i := range n {
		for j := range n {
			x, y := (float64(i)+.5)/n, (float64(j)+.5)/n
			a, b := inside(polygon, x, y), truth(x, y)
			if a && b {
				both++
			}
			if a || b {
				either++
			}
		}
	}
	return float64(both) / float64(max(1, either))
}

func ellipse(x, y float64) bool { return (2*x-1)*(2*x-1)+(2*y-1)*(2*y-1) < 1 }

var shapedSizes = [][2]int{{640, 480}, {480, 640}, {1280, 720}, {321, 241}, {333, 501}, {416, 416}}

func TestMasksAreTraced(t *testing.T) {
	for _, layout := range []string{"yolov8-seg", "end2end-seg"} {
		d := openTestModel(t, layout, 416, Options{})
		for _, size := range shapedSizes {
			w, h := size[0], size[1]
			want := []patch{{0, even(w, h, .1, .15, .4, .5)}, {1, even(w, h, .55, .1, .95, .35)}, {2, even(w, h, .3, .6, .9, .9)}}
			got, _, err := d.Detect(paint(t, w, h, media.I420, want...), nil)
			if err != nil {
				t.Fatal(err)
			}
			expect(t, d, w, h, got, want)
			for _, g := range got {
				if g.Shape == nil || g.Shape.Keypoints != nil || len(g.Shape.Outline) < 8 || len(g.Shape.Outline) > maxCorners {
					t.Fatalf("%s, %v: %s has the shape %+v", layout, size, g.Label, g.Shape)
				}
				if like := likeness(g.Shape.Outline, ellipse); like < 0.95 {
					t.Errorf("%s, %v: %s is like its ellipse to %.3f: %v", layout, size, g.Label, like, g.Shape.Outline)
				}
			}
		}
	}
}

func TestKeypointsAreFound(t *testing.T) {
	for _, layout := range []string{"yolov8-pose", "end2end-pose"} {
		d := openTestModel(t, layout, 416, Options{})
		for _, size := range shapedSizes {
			w, h := size[0], size[1]
			want := []patch{{0, even(w, h, .1, .15, .4, .5)}, {2, even(w, h, .3, .6, .9, .9)}}
			got, _, err := d.Detect(paint(t, w, h, media.I420, want...), nil)
			if err != nil {
				t.Fatal(err)
			}
			expect(t, d, w, h, got, want)
			for _, g := range got {
				if g.Shape == nil || g.Shape.Outline != nil || len(g.Shape.Keypoints) != len(testmodel.Keypoints) || g.Shape.Limbs() == nil {
					t.Fatalf("%s, %v: %s has the shape %+v", layout, size, g.Label, g.Shape)
				}
				r := want[min(g.Class, 1)].rect
				// A pixel of the model's input, and one of the picture's.
				where := newTransform(w, h, 416, 416, centred)
				tx, ty := float64(w)/float64(where.Place.Dx())+1, float64(h)/float64(where.Place.Dy())+1
				for i, k := range g.Shape.Keypoints {
					truth := testmodel.Keypoints[i]
					at := g.Box.Out(k.Point)
					dx := float64(at.X)*float64(w) - float64(r.Min.X) - float64(truth[0])*float64(r.Dx())
					dy := float64(at.Y)*float64(h) - float64(r.Min.Y) - float64(truth[1])*float64(r.Dy())
					if math.Abs(dx) > tx || math.Abs(dy) > ty || math.Abs(float64(k.Score-truth[2])) > 1e-5 {
						t.Errorf("%s, %v: key point %d is off by %.1f, %.1f: %+v", layout, size, i, dx, dy, k)
					}
				}
			}
		}
	}
}

// segmented is a model's answer for one box with one coefficient, whose prototype is given.
func segmented(box Box, coefficient float32, side int, proto []float32) (layout, tensors) {
	l := yolov8Layout
	l.classes, l.extras = 1, extras{masks: 1, protos: 1}
	cx, cy := (box.X1+box.X2)/2, (box.Y1+box.Y2)/2
	v := []float32{cx, 0, cy, 0, box.X2 - box.X1, 0, box.Y2 - box.Y1, 0, .9, 0, coefficient, 0}
	return l, tensors{floatTensor(v, 1, 6, 2), floatTensor(proto, 1, 1, int64(side), int64(side))}
}

// traced is the outline that comes of it.
func traced(t *testing.T, l layout, out tensors) []Point {
	t.Helper()
	s := sieve{limit: .5}
	if err := l.decode(fuzzInput, out, &s); err != nil {
		t.Fatal(err)
	}
	got := finish(&s, true, .5, newTransform(32, 32, 32, 32, centred), nil, nil)
	if len(got) != 1 {
		t.Fatalf("found %+v", got)
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
	l, out := segmented(Box{5, 6, 27, 29}, 3, 8, proto)
	if like := likeness(traced(t, l, out), func(_, _ float64) bool { return true }); like < 0.98 {
		t.Errorf("a mask that is everywhere fills its box to %.3f", like)
	}
	l, out = segmented(Box{5, 6, 27, 29}, -3, 8, proto)
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
			for _, box := range []Box{{5, 6, 27, 29}, {-1e30, -1e30, 1e30, 1e30}, {31, 31, 40, 40}} {
				l, out := segmented(box, c, 8, proto)
				for _, p := range traced(t, l, out) {
					if !(p.X >= 0 && p.X <= 1 && p.Y >= 0 && p.Y <= 1) {
						t.Errorf("%v × %v in %v: %v", c, v, box, p)
					}
				}
			}
		}
	}
	l, out := segmented(Box{5, 6, 27, 29}, 1, 8, make([]float32, 64))
	for _, bad := range []*ort.Tensor{
		floatTensor(make([]float32, 64), 1, 64), floatTensor(make([]float32, 63), 1, 1, 8, 8), floatTensor(make([]float32, 128), 1, 2, 8, 8),
		floatTensor(nil, 1, 1, 0, 8), floatTensor(make([]float32, 64), 1, 1, -8, -8),
	} {
		if err := l.decode(fuzzInput, tensors{out[0], bad}, &sieve{limit: .5}); err == nil {
			t.Errorf("prototypes %v were accepted", bad.Shape)
		}
	}
	if err := l.decode(fuzzInput, tensors{floatTensor(make([]float32, 10), 1, 5, 2), out[1]}, &sieve{limit: .5}); err == nil {
		t.Error("columns without coefficients were accepted")
	}
}

// The work of the masks of one picture is bounded: the strongest get theirs.
func TestMasksAreBounded(t *testing.T) {
	const side, n = 1024, 8400
	l := yolov8Layout
	l.classes, l.extras = 1, extras{masks: 8, protos: 1}
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
	s := sieve{limit: .5}
	if err := l.decode(fuzzInput, tensors{floatTensor(v, 1, 13, n), floatTensor(proto, 1, 8, side, side)}, &s); err != nil {
		t.Fatal(err)
	}
	got, shapes := finish(&s, false, .5, newTransform(32, 32, 32, 32, centred), nil, nil), 0
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

func TestRecogniseExtras(t *testing.T) {
	in := input{width: 640, height: 640, sizes: -1}
	names := "{0: 'a', 1: 'b'}"
	pose := map[string]string{"task": "pose", "kpt_shape": "[17, 3]", "names": "{0: 'person'}"}
	protos := float("p", 1, 32, 160, 160)
	for _, c := range []struct {
		name     string
		metadata map[string]string
		outputs  []ort.Info
		head     head
		classes  int
		extras   extras
	}{
		{"YOLO11 masks", map[string]string{"task": "segment", "names": names}, []ort.Info{float("o", 1, 38, 8400), protos}, columns, 2, extras{masks: 32, protos: 1}},
		{"masks without metadata", nil, []ort.Info{float("o", 1, 116, 8400), protos}, columns, 80, extras{masks: 32, protos: 1}},
		{"YOLOv5 masks", nil, []ort.Info{float("o", 1, 25200, 117), protos}, rows, 80, extras{masks: 32, protos: 1}},
		{"YOLO26 masks", map[string]string{"names": names}, []ort.Info{float("o", 1, 300, 38), protos}, endToEnd, 2, extras{masks: 32, protos: 1}},
		{"YOLO11 pose", pose, []ort.Info{float("o", 1, 56, 8400)}, columns, 1, extras{keypoints: 17, values: 3}},
		{"YOLO26 pose", pose, []ort.Info{float("o", 1, 300, 57)}, endToEnd, 1, extras{keypoints: 17, values: 3}},
		{"four corners", map[string]string{"task": "pose", "kpt_shape": "[4, 2]"}, []ort.Info{float("o", 1, 13, 8400)}, columns, 1, extras{keypoints: 4, values: 2}},
		{
			"pose without its shape",
			map[string]string{"task": "pose", "kpt_shape": "[99999999, 3]", "names": "{0: 'person'}"},
			[]ort.Info{float("o", 1, 56, 8400)},
			columns, 1,
			extras{},
		},
	} {
		l, err := recognise(in, c.outputs, c.metadata)
		if err != nil || l.head != c.head || l.classes != c.classes || l.extras != c.extras {
			t.Errorf("%s: %+v, %v", c.name, l, err)
		}
	}
}

// checkShape says what of a shape is not fit to be drawn.
func checkShape(t *testing.T, s *Shape) {
	t.Helper()
	if s == nil {
		return
	}
	for _, p := range s.Outline {
		if !(p.X >= 0 && p.X <= 1 && p.Y >= 0 && p.Y <= 1) {
			t.Fatalf("the outline has %v", p)
		}
	}
	for _, k := range s.Keypoints {
		if !(k.X >= -farAway && k.X <= farAway && k.Y >= -farAway && k.Y <= farAway && k.Score >= 0 && k.Score <= 1) {
			t.Fatalf("there is the key point %+v", k)
		}
	}
	if len(s.Outline) > maxCorners || len(s.Outline) == 1 || len(s.Outline) == 2 {
		t.Fatalf("the outline has %d points", len(s.Outline))
	}
}

func FuzzColumnsWithShapes(f *testing.F) {
	l := yolov8Layout
	l.classes, l.extras = 1, extras{masks: 2, protos: 1, keypoints: 1, values: 3}
	fuzzLayout(f, l, func(v []float32) tensors {
		return tensors{floatTensor(fill(v, 10*21), 1, 10, 21), floatTensor(fill(v[min(len(v), 5):], 2*8*6), 1, 2, 8, 6)}
	})
}

func FuzzEndToEndWithShapes(f *testing.F) {
	l := endToEndLayout
	l.extras = extras{masks: 2, protos: 1, keypoints: 1, values: 3}
	fuzzLayout(f, l, func(v []float32) tensors {
		return tensors{floatTensor(fill(v, 11*9), 1, 9, 11), floatTensor(fill(v[min(len(v), 5):], 2*8*6), 1, 2, 8, 6)}
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
	}{{2, 1, true}, {5, 3, true}, {3, 2, true}, {9, 6, true}, {9, 5, false}, {0, 0, false}, {5, 8, false}, {1, 3, false}} {
		if got := inside(way, c.x+0.01, c.y+0.01); got != c.in {
			t.Errorf("%v, %v is inside: %v; %v", c.x, c.y, got, way)
		}
	}
	if a := turned(way); a < 35 || a > 45 {
		t.Errorf("the area is %.1f", a)
	}
}

func BenchmarkShapes(b *testing.B) {
	for _, layout := range []string{"yolov8", "yolov8-seg", "yolov8-pose"} {
		b.Run(layout, func(b *testing.B) {
			d := openTestModel(b, layout, 640, Options{})
			f := paint(b, 640, 640, media.I420, patch{0, even(640, 640, .1, .1, .4, .9)}, patch{1, even(640, 640, .45, .1, .7, .9)})
			var dst []Detection
			var decode float64
			for b.Loop() {
				got, timing, err := d.Detect(f, dst[:0])
				if err != nil || len(got) != 2 {
					b.Fatal(fmt.Errorf("%d found: %w", len(got), err))
				}
				dst = got
				decode += float64(timing.Decode.Nanoseconds())
			}
			b.ReportMetric(decode/float64(b.N), "decode-ns/op")
		})
	}
}
