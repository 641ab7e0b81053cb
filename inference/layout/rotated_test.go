package layout

import (
	"math"
	"strings"
	"testing"

	"handlens/inference"
)

// oriented is a cell of an oriented model: centre and size in pixels, score, class and angle.
type oriented struct {
	x, y, w, h, score float32
	class             int
	angle             float32
}

// columns makes [1, 4+classes+1, cells] of an input of 64 × 64, with these first.
func columns(classes int, list ...oriented) Tensor {
	n := cells(64, 64)
	t := Tensor{
		Name: "output0", Type: Float32, Shape: []int64{1, int64(classes) + 5, int64(n)},
		Float32: make([]float32, (classes+5)*n),
	}
	for i, o := range list {
		for row, v := range []float32{o.x, o.y, o.w, o.h} {
			t.Float32[row*n+i] = v
		}
		t.Float32[(4+o.class)*n+i] = o.score
		t.Float32[(4+classes)*n+i] = o.angle
	}
	return t
}

// lines makes [1, 300, 7] of the same.
func lines(list ...oriented) Tensor {
	t := Tensor{
		Name: "output0", Type: Float32, Shape: []int64{1, 300, 7}, Float32: make([]float32, 300*7),
	}
	for i, o := range list {
		copy(t.Float32[7*i:], []float32{o.x, o.y, o.w, o.h, o.score, float32(o.class), o.angle})
	}
	return t
}

var asOBB = map[string]string{"task": "obb", "names": "{0: 'ship', 1: 'plane'}"}

func decoded(t *testing.T, out Tensor, metadata map[string]string, width, height int,
) []inference.Detection {
	t.Helper()
	l, err := Recognise(square(64), []Tensor{out}, metadata, nil)
	if err != nil {
		t.Fatal(err)
	}
	found, err := NewDecoder(l).Decode(tensors{&out}, l.Place(width, height),
		Filter{Confidence: 0.4, IoU: 0.5}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// A box of 32 × 16 that is turned by 30°, in a frame that lies in the middle half of the input.
func TestRotatedBoxesAreDecoded(t *testing.T) {
	const angle = math.Pi / 6
	box := oriented{x: 32, y: 32, w: 32, h: 16, score: 0.9, class: 1, angle: angle}
	transposed := columns(2, box)
	rows := Tensor{
		Name: "output0", Type: Float32,
		Shape:   []int64{1, transposed.Shape[2], 7},
		Float32: make([]float32, len(transposed.Float32)),
	}
	n := int(rows.Shape[1])
	for i, v := range transposed.Float32 {
		rows.Float32[i%n*7+i/n] = v
	}
	for name, out := range map[string]Tensor{
		"columns": columns(2, box), "rows": rows, "a list": lines(box),
	} {
		found := decoded(t, out, asOBB, 200, 100)
		if len(found) != 1 || found[0].Label != "plane" {
			t.Fatalf("%s: found %+v", name, found)
		}
		x, y, w, h, degrees, ok := found[0].Turned(200, 100)
		for _, v := range [][2]float64{{x, 100}, {y, 50}, {w, 100}, {h, 50}, {degrees, 30}} {
			if !ok || math.Abs(v[0]-v[1]) > 1e-3 {
				t.Errorf("%s: it is %v × %v turned by %v around %v, %v", name, w, h, degrees, x, y)
			}
		}
		b := found[0].Box
		reach := float32(100*math.Cos(angle)+50*math.Sin(angle)) / 2
		if math.Abs(float64(b.X2*200-100-reach)) > 1e-3 {
			t.Errorf("%s: the upright box ends at %v, not %v", name, b.X2*200, 100+reach)
		}
	}
	box.angle = float32(math.NaN())
	if found := decoded(t, columns(2, box), asOBB, 64, 64); len(found) != 0 {
		t.Errorf("without an angle there is %+v", found)
	}
}

// What Ultralytics' batch_probiou gives for (x, y, w, h, r) of two boxes, worked out by hand.
func TestRotatedLikeness(t *testing.T) {
	for _, c := range []struct {
		a, b [5]float64
		want float64
	}{
		{[5]float64{0, 0, 10, 10, 0}, [5]float64{0, 0, 10, 10, 1}, 1 - math.Sqrt(2e-7)},
		{[5]float64{0, 0, 40, 10, 0}, [5]float64{0, 0, 10, 40, math.Pi / 2}, 1 - math.Sqrt(2e-7)},
		{[5]float64{0, 0, 40, 10, 0}, [5]float64{0, 0, 40, 10, math.Pi / 2}, byHand(17.0 / 8)},
		{
			[5]float64{0, 0, 12, 12, 0},
			[5]float64{6, 0, 12, 12, 0},
			1 - math.Sqrt(1-math.Exp(-.375)),
		},
	} {
		p, q := spread(at(c.a)), spread(at(c.b))
		got := 1 - math.Sqrt(1-math.Exp(-apartness(p, q, mostApart))+tiny)
		if math.Abs(got-c.want) > 1e-3 {
			t.Errorf("%v and %v are alike by %.4f, want %.4f", c.a, c.b, got, c.want)
		}
	}
}

// byHand is the likeness of two boxes with one middle whose covariances' mean has the determinant
// ratio² of what both have.
func byHand(ratio float64) float64 { return 1 - math.Sqrt(1-1/ratio) }

func at(v [5]float64) candidate {
	return candidate{
		box:   fromCentre(float32(v[0]), float32(v[1]), float32(v[2]), float32(v[3])),
		angle: float32(v[4]),
	}
}

// Two crossed bars have the same upright box nearly, and are two; the same bar twice is one. A
// third bar, alike only to the second, goes with it though the second one itself is suppressed.
func TestRotatedBoxesAreSuppressed(t *testing.T) {
	bar := oriented{x: 32, y: 32, w: 40, h: 6, score: 0.9, angle: math.Pi / 4}
	crossed, twice, other := bar, bar, bar
	crossed.angle, crossed.score = -math.Pi/4, 0.8
	twice.x, twice.score = 33, 0.7
	other.class, other.score = 1, 0.6
	if found := decoded(t, columns(2, bar, crossed, twice, other), asOBB, 64,
		64); len(found) != 3 ||
		found[0].Score != 0.9 || found[1].Score != 0.8 || found[2].Class != 1 {
		t.Errorf("found %+v", found)
	}
	chain := []oriented{bar, bar, bar}
	for i := range chain {
		chain[i].angle, chain[i].x = 0, 12+12*float32(i)
		chain[i].score -= float32(i) / 10
	}
	if found := decoded(t, columns(2, chain...), asOBB, 64, 64); len(found) != 1 {
		t.Errorf("of a chain there are %+v", found)
	}
}

// angleCase is an output of which the metadata or its values tell whether it has angles.
type angleCase struct {
	out      Tensor
	metadata map[string]string
	family   string // "" for what is not recognised
	angle    bool
	classes  int // anySize where nothing tells
}

func angleCases() map[string]angleCase {
	const columnsOBB, listOBB = "YOLOv8-obb", "YOLO end-to-end-obb"
	task := map[string]string{"task": "obb"}
	box := oriented{x: 32, y: 32, w: 32, h: 16, score: 0.9, class: 1, angle: 0.5}
	negative, above, whole, unsorted := box, box, box, box
	negative.angle, above.angle, whole.angle, unsorted.score = -0.7, 2.3, 1, 0.95
	raised := columns(2, box)
	n := int(raised.Shape[2])
	for i := range n {
		raised.Float32[6*n+i] = 0.7 + float32(i%10)/50
	}
	logits, far := columns(2, negative), columns(2, negative)
	logits.Float32[4*n], far.Float32[6*n+3] = -8, 40
	return map[string]angleCase{
		"the task":               {columns(2), asOBB, columnsOBB, true, 2},
		"one class":              {columns(1), task, columnsOBB, true, 1},
		"fifteen classes":        {columns(15), task, columnsOBB, true, 15},
		"a list, by its task":    {lines(), asOBB, listOBB, true, 2},
		"below a score":          {columns(2, negative), nil, columnsOBB, true, 2},
		"above a score":          {columns(2, above), nil, columnsOBB, true, 2},
		"above where nothing is": {raised, nil, columnsOBB, true, 2},
		"no evidence":            {columns(2, box), nil, "YOLOv8", false, 3},
		"another task": {
			columns(2, negative), map[string]string{"task": "detect"}, "YOLOv8", false, 3,
		},
		"logits":               {logits, nil, "YOLOv8", false, 3},
		"no angle is so large": {far, nil, "YOLOv8", false, 3},
		"a list of angles":     {lines(box, box), nil, listOBB, true, anySize},
		"an empty list":        {lines(), nil, "", false, 0},
		"whole numbers":        {lines(whole), nil, "", false, 0},
		"not sorted":           {lines(box, unsorted), nil, "", false, 0},
	}
}

func TestAnglesAreRecognisedByWhatTheyAre(t *testing.T) {
	for name, c := range angleCases() {
		l, err := Recognise(square(64), []Tensor{c.out}, c.metadata, nil)
		if c.family == "" {
			if err == nil {
				t.Errorf("%s is read as %s", name, l.Family())
			}
			continue
		}
		if err != nil || l.Family() != c.family || l.shapes.angle != c.angle ||
			c.classes != anySize && len(l.Labels()) != c.classes {
			t.Errorf("%s: %+v, %v", name, l, err)
			continue
		}
		if told := strings.Contains(strings.Join(l.Reasons(), " "), "angle"); told != c.angle {
			t.Errorf("%s: the reasons are %q", name, l.Reasons())
		}
	}
}

// What nothing tells is asked for.
func TestAnAngleThatNothingTells(t *testing.T) {
	box := oriented{x: 32, y: 32, w: 32, h: 16, score: 0.9, angle: 0.5}
	for names, doubt := range map[string]bool{
		"['a', 'b']": true, "['a', 'b', 'c']": false,
		"": false,
	} {
		l, err := Recognise(square(64), []Tensor{columns(2, box)},
			map[string]string{"names": names},
			nil)
		if err != nil || strings.Contains(strings.Join(l.Warnings(), " "), "yolov8-obb") != doubt {
			t.Errorf("with the names %q: %+v, %v", names, l, err)
		}
	}
}

func TestSidecarNamesRotatedFamilies(t *testing.T) {
	for family, out := range map[string]Tensor{"yolov8-obb": columns(2), "yolo26-obb": lines()} {
		s, err := ParseSidecar("x.json", []byte(`{"layout":{"family":"`+family+
			`","labels":["ship","plane"]}}`))
		if err != nil {
			t.Fatal(err)
		}
		l, err := Recognise(square(64), []Tensor{out}, nil, s)
		if err != nil || !l.shapes.angle || len(l.Labels()) != 2 || l.Labels()[0] != "ship" {
			t.Errorf("%s: %+v, %v", family, l, err)
		}
	}
}

func FuzzRotated(f *testing.F) {
	f.Add(float32(32), float32(32), float32(20), float32(10), float32(0.9), float32(1), uint8(1))
	f.Add(float32(1e30), float32(-1e30), float32(3e38), float32(1), float32(2), float32(1e30),
		uint8(0))
	f.Fuzz(func(t *testing.T, x, y, w, h, score, angle float32, class uint8) {
		o := oriented{x, y, w, h, score, int(class % 2), angle}
		twice := o
		twice.x++
		for _, out := range []Tensor{columns(2, o, twice), lines(o, twice)} {
			for _, d := range decoded(t, out, asOBB, 100, 60) {
				b := d.Box
				if !(0 <= b.X1 && b.X1 < b.X2 && b.X2 <= 1 && 0 <= b.Y1 && b.Y1 < b.Y2 &&
					b.Y2 <= 1) || !d.IsRotated() {
					t.Errorf("%+v gives %+v", o, d)
				}
			}
		}
	})
}

func BenchmarkSuppressRotated(b *testing.B) {
	list := make([]candidate, maxCandidates)
	for b.Loop() {
		for i := range list {
			list[i] = at([5]float64{float64(i%60) * 10, float64(i/60) * 10, 30, 8, float64(i)})
			list[i].score, list[i].order = 1-float32(i)/maxCandidates, int32(i)
		}
		suppressRotated(list, 0.5, maxDetections)
	}
}
