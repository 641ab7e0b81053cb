package inference

import (
	"encoding/json"
	"math"
	"testing"
)

func TestShapeInAMessage(t *testing.T) {
	d := Detection{
		Box: Box{X1: 0.25, Y1: 0.5, X2: 0.75, Y2: 1}, Label: "person", Score: 0.9,
		Shape: &Shape{
			Outline: []Point{{0, 0}, {1, 0}, {0.5, 1}},
			Keypoints: []Keypoint{
				{Point: Point{0.5, 0.5}, Score: 0.98765},
				{Point: Point{-0.1, 1.2}, Score: 0},
			},
		},
	}
	got, err := json.Marshal(d)
	const want = `{"box":[0.25,0.5,0.75,1],"label":"person","confidence":0.9,` +
		`"outline":[[0.25,0.5],[0.75,0.5],[0.5,1]],"keypoints":[[0.5,0.75,0.988],[0.2,1.1,0]]}`
	if err != nil || string(got) != want {
		t.Errorf("%s, %v\nwant %s", got, err, want)
	}
	d.Shape = nil
	if got, _ := json.Marshal(d); string(
		got) != `{"box":[0.25,0.5,0.75,1],"label":"person","confidence":0.9}` {
		t.Errorf("without a shape: %s", got)
	}
}

func TestMessageGivesUpShapesToFit(t *testing.T) {
	m := Message{Detections: make([]Detection, 60)}
	for i := range m.Detections {
		m.Detections[i] = Detection{
			Box: Box{X2: 1, Y2: 1}, Label: "a",
			Shape: &Shape{Outline: make([]Point, 64)},
		}
	}
	long, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	for _, limit := range []int{len(long), 12000, 100} {
		b, err := m.Within(limit)
		var got struct {
			Detections []struct{ Outline [][2]float64 }
		}
		if err != nil || json.Unmarshal(b, &got) != nil || len(got.Detections) != 60 {
			t.Fatalf("%s, %v", b, err)
		}
		shapes := 0
		for i, d := range got.Detections {
			if d.Outline != nil {
				shapes++
				if shapes != i+1 {
					t.Error("a weaker one kept its shape")
				}
			}
		}
		if len(b) > max(limit, 5000) ||
			shapes != map[int]int{len(long): 60, 12000: 15, 100: 0}[limit] {
			t.Errorf("%d bytes with %d shapes within %d", len(b), shapes, limit)
		}
	}
	if m.Detections[59].Shape == nil {
		t.Error("the caller's detections were changed")
	}
}

func TestNewShapeTrustsNothing(t *testing.T) {
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	b := Box{X1: 0.25, Y1: 0.5, X2: 0.75, Y2: 1}
	s := NewShape(b, ShapeData{
		Outline:   [][2]float32{{0.25, 0.5}, {nan, 0}, {0.75, 0.5}, {0.5, 1}, {0, inf}},
		Keypoints: [][3]float32{{0.5, 0.75, 2}, {nan, 1, 0.5}, {1e30, 0, nan}},
	})
	if s == nil || len(s.Outline) != 3 || s.Outline[2] != (Point{0.5, 1}) {
		t.Fatalf("the outline is %+v", s)
	}
	want := []Keypoint{{Point{0.5, 0.5}, 1}, {Point{0.5, 0.5}, 0}, {Point{farAway, -1}, 0}}
	for i, k := range s.Keypoints {
		if k != want[i] {
			t.Errorf("keypoint %d is %+v, want %+v", i, k, want[i])
		}
	}
	if s := NewShape(b, ShapeData{
		Outline: make([][2]float32, 9999), Keypoints: make([][3]float32, 9999),
	}); len(s.Outline) != MaxOutline ||
		len(s.Keypoints) != MaxKeypoints {
		t.Errorf("%d points and %d keypoints", len(s.Outline), len(s.Keypoints))
	}
	for _, b := range []Box{{}, {X1: 1, X2: 0, Y2: 1}, {X1: nan, X2: 1, Y2: 1}} {
		if s := NewShape(b, ShapeData{Outline: [][2]float32{{0, 0}, {1, 0}, {1, 1}}}); s != nil {
			t.Errorf("in %+v: %+v", b, s)
		}
	}
	if s := NewShape(b, ShapeData{Outline: [][2]float32{{0, 0}, {1, 0}}}); s != nil {
		t.Errorf("two points are no outline: %+v", s)
	}
}

func TestShapeStaysWhenItsBoxIsCut(t *testing.T) {
	full, cut := Box{X1: -0.5, Y1: 0, X2: 0.5, Y2: 1}, Box{X1: 0, Y1: 0, X2: 0.5, Y2: 1}
	s := &Shape{
		Outline:   []Point{{0, 0}, {0.75, 0.5}},
		Keypoints: []Keypoint{{Point: Point{1, 1}, Score: 0.5}},
	}
	m := s.Moved(full, cut)
	for i, p := range m.Outline {
		if cut.Out(p) != full.Out(s.Outline[i]) {
			t.Errorf("point %d moved to %+v", i, cut.Out(p))
		}
	}
	if k := m.Keypoints[0]; k != s.Keypoints[0] {
		t.Errorf("the keypoint is %+v", k)
	}
	if s.Moved(full, full) != s || (*Shape)(nil).Moved(full, cut) != nil {
		t.Error("a shape that stays is not the same one")
	}
}

func TestLimbs(t *testing.T) {
	s := &Shape{Keypoints: make([]Keypoint, 17)}
	for _, l := range s.Limbs() {
		if l[0] == l[1] || max(l[0], l[1]) > 16 {
			t.Errorf("there is a limb %v", l)
		}
	}
	if s.Keypoints = s.Keypoints[1:]; s.Limbs() != nil || len(personLimbs) != 19 {
		t.Error("sixteen keypoints have limbs")
	}
}
