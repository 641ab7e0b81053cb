package inference

import (
	"encoding/json"
	"math"
	"testing"
)

// turned is a rotated box in a frame of 1 × 1, turned clockwise.
func turned(x, y, w, h, radians float64) [4]Point {
	sin, cos := math.Sincos(radians)
	var all [4]Point
	for i, s := range [4][2]float64{{-1, -1}, {1, -1}, {1, 1}, {-1, 1}} {
		u, v := s[0]*w/2, s[1]*h/2
		all[i] = Point{X: float32(x + u*cos - v*sin), Y: float32(y + u*sin + v*cos)}
	}
	return all
}

func nearTo(a, b Point, within float64) bool {
	return math.Hypot(float64(a.X-b.X), float64(a.Y-b.Y)) <= within
}

func TestRotatedBoxIsCutAndItsCornersAreNot(t *testing.T) {
	want := turned(0.9, 0.5, 0.4, 0.2, math.Pi/6)
	b, s, ok := Rotated(want)
	if !ok || b.X2 != 1 || b.X1 < 0.6 || b.X1 > 0.7 {
		t.Fatalf("the box is %+v, %v", b, ok)
	}
	got, ok := Detection{Box: b, Shape: s}.Corners()
	for i, p := range got {
		if !ok || !nearTo(p, want[i], 1e-6) {
			t.Errorf("corner %d is %v, want %v", i, p, want[i])
		}
	}
	// A box that another cut has made smaller has its corners in the same places.
	cut := Box{X1: 0.7, Y1: 0.4, X2: 0.9, Y2: 0.6}
	got, _ = Detection{Box: cut, Shape: s.Moved(b, cut)}.Corners()
	for i, p := range got {
		if !nearTo(p, want[i], 1e-6) {
			t.Errorf("corner %d has moved to %v, want %v", i, p, want[i])
		}
	}
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	for _, wrong := range [][4]Point{
		turned(2, 2, .1, .1, 1),
		{{nan, 0}, {1, 0}, {1, 1}, {0, 1}},
		{{0, 0}, {1, -inf}, {1, 1}, {0, 1}},
		{},
		turned(.5, .5, 0, 0, 1),
	} {
		if b, s, ok := Rotated(wrong); ok {
			t.Errorf("%v is the box %+v with %+v", wrong, b, s)
		}
	}
}

func TestRotatedBoxInAMessage(t *testing.T) {
	b, s, _ := Rotated([4]Point{{0.5, 0.25}, {0.75, 0.5}, {0.5, 0.75}, {0.25, 0.5}})
	d := Detection{Box: b, Label: "ship", Score: 0.9, Shape: s}
	text, err := json.Marshal(d)
	const want = `{"box":[0.25,0.25,0.75,0.75],"label":"ship","confidence":0.9,` +
		`"corners":[[0.5,0.25],[0.75,0.5],[0.5,0.75],[0.25,0.5]]}`
	if err != nil || string(text) != want {
		t.Errorf("%s, %v\nwant %s", text, err, want)
	}
	var data ShapeData
	if err := json.Unmarshal(text, &data); err != nil {
		t.Fatal(err)
	}
	d.Shape = NewShape(b, data)
	if again, _ := json.Marshal(d); string(again) != want {
		t.Errorf("read back it is %s", again)
	}
	if x, y, w, h, degrees, ok := d.Turned(200, 100); !ok || x != 100 || y != 50 ||
		math.Abs(w-math.Hypot(50, 25)) > 1e-4 || math.Abs(h-w) > 1e-4 ||
		math.Abs(degrees-math.Atan2(25, 50)*180/math.Pi) > 1e-4 {
		t.Errorf("it is %v × %v turned by %v around %v, %v", w, h, degrees, x, y)
	}
	if _, _, _, _, _, ok := (Detection{Box: b}).Turned(200, 100); ok {
		t.Error("an upright box is turned")
	}
	nan := float32(math.NaN())
	for _, wrong := range [][][2]float32{
		{{0, 0}, {1, 0}, {1, 1}}, {{0, 0}, {1, 0}, {1, 1}, {nan, 1}}, make([][2]float32, 9999),
	} {
		if s := NewShape(b, ShapeData{Corners: wrong}); s != nil {
			t.Errorf("%d corners make %+v", len(wrong), s)
		}
	}
}

// However short a message must be, a rotated box never becomes an upright one.
func TestMessageKeepsCorners(t *testing.T) {
	b, s, _ := Rotated(turned(.5, .5, .4, .2, 1))
	s.Outline = make([]Point, 64)
	m := Message{Detections: []Detection{{Box: b, Shape: s}, {Box: b, Shape: s}}}
	text, err := m.Within(100)
	var got struct {
		Detections []struct{ Corners, Outline [][2]float64 }
	}
	if err != nil || json.Unmarshal(text, &got) != nil || len(got.Detections) != 2 {
		t.Fatalf("%s, %v", text, err)
	}
	for _, d := range got.Detections {
		if len(d.Corners) != 4 || d.Outline != nil {
			t.Errorf("it has become %+v", d)
		}
	}
	if s.Outline == nil {
		t.Error("the caller's shape was changed")
	}
}

// A rectangle that turns by a little turns by half of that half way, though the model names its
// corners from another one on.
func TestMixRotated(t *testing.T) {
	from, to := turned(.4, .5, .3, .1, .3), turned(.5, .5, .3, .1, .5)
	to = [4]Point{to[2], to[3], to[0], to[1]}
	a, b := Detection{}, Detection{}
	a.Box, a.Shape, _ = Rotated(from)
	b.Box, b.Shape, _ = Rotated(to)
	var d Detection
	var ok bool
	d.Box, d.Shape, ok = MixRotated(a, b, 0.5)
	got, _ := d.Corners()
	for i, p := range turned(.45, .5, .3, .1, .4) {
		if !ok || !nearTo(got[i], p, 2e-3) {
			t.Errorf("corner %d is %v, want %v", i, got[i], p)
		}
	}
	if _, _, ok := MixRotated(a, Detection{Box: b.Box}, 0.5); ok {
		t.Error("an upright box is mixed with a rotated one")
	}
}
