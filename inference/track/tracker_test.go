package track

import (
	"maps"
	"math"
	"reflect"
	"slices"
	"testing"
	"time"

	"handlens/inference"
)

// TestStreet follows people who meet, a car behind a truck, a dog that turns and someone who comes
// nearer, with noise, missed boxes, low scores and ghosts, and holds what is drawn at each shown
// frame against where the things are at that moment.
func TestStreet(t *testing.T) {
	for _, c := range []struct {
		rate, late float64
		// At least so good, and so much of what an un-carried box lacks is won.
		carried, won float64
		ids          float64 // ids per thing, at most
	}{
		{60, 0.05, 0.90, 0.6, 1.01},
		{30, 0.1, 0.88, 0.6, 1.01},
		{10, 0.1, 0.84, 0.55, 1.02},
		{5, 0.1, 0.79, 0.5, 1.1},
		{5, 0.2, 0.73, 0.45, 1.1},
		{3, 0.1, 0.70, 0.4, 1.5},
		{2, 0.1, 0.60, 0.3, 1.6},
	} {
		const seeds = 8
		var sum outcome
		var ids, things int
		for seed := range uint64(seeds) {
			o := street(seed).follow(t, 6, c.rate, c.late)
			sum.carried += o.carried / seeds
			sum.still += o.still / seeds
			sum.shown += o.shown / seeds
			sum.ghosts += o.ghosts / seeds
			for _, list := range o.ids {
				ids += len(list)
			}
			things += len(o.ids)
			if want := map[string]int{"person": 3, "car": 1, "truck": 1, "dog": 1}; c.rate >= 10 &&
				!maps.Equal(o.seen, want) {
				t.Errorf("%v passes/s: seen %v, want %v", c.rate, o.seen, want)
			}
		}
		won, each := (sum.carried-sum.still)/(1-sum.still), float64(ids)/float64(things)
		t.Logf("%2.0f passes/s, %.2f s late: overlap %.3f carried, %.3f as found; %.0f %% drawn, "+
			"%.2f ghosts a frame, %.2f ids a thing",
			c.rate, c.late, sum.carried, sum.still, 100*sum.shown, sum.ghosts, each)
		if sum.carried < c.carried || won < c.won {
			t.Errorf("%v passes/s, %v s late: overlap %.3f, %.3f without motion", c.rate, c.late,
				sum.carried, sum.still)
		}
		if each > c.ids || sum.ghosts > 0.5 {
			t.Errorf("%v passes/s: %.2f ids a thing, %.2f ghosts a frame", c.rate, each, sum.ghosts)
		}
	}
}

func det(class int, score float32, b inference.Box) inference.Detection {
	return inference.Detection{Class: class, Label: names[class], Score: score, Box: b}
}

const tick = 100 * time.Millisecond

// TestBirth shows good scores at once and never begins a track by a low one.
func TestBirth(t *testing.T) {
	k := New(Options{Confidence: 0.5})
	in := []inference.Detection{
		det(0, 0.6, centred(0.3, 0.5, 0.1, 0.2)),
		det(0, 0.4, centred(0.7, 0.5, 0.1, 0.2)),
	}
	in[1].Track = 99
	got := k.Update(0, in)
	if got[0].Track != 1 || got[1].Track != 0 || in[1].Track != 99 {
		t.Fatalf("tracks %d and %d, want 1 and none", got[0].Track, got[1].Track)
	}
	if drawn := k.Predict(50*time.Millisecond, nil); len(drawn) != 1 || drawn[0].Track != 1 ||
		overlap(drawn[0].Box, in[0].Box) < 0.99 {
		t.Errorf("drawn are %v", drawn)
	}
	// A low score carries on a track that is there.
	in[0].Score = 0.2
	if got = k.Update(tick, in[:1]); got[0].Track != 1 {
		t.Errorf("a low score has track %d", got[0].Track)
	}
	// What scores low for long is gone, as it would not have been begun.
	for i := range 30 {
		k.Update(time.Duration(i+2)*tick, in[:1])
	}
	if drawn := k.Predict(32*tick, nil); len(drawn) > 0 {
		t.Errorf("three seconds of low scores still show %v", drawn)
	}
}

func TestSetConfidence(t *testing.T) {
	k := New(Options{})
	in := []inference.Detection{
		det(0, 0.45, centred(0.3, 0.5, 0.1, 0.2)),
		det(0, 0.9, centred(0.7, 0.5, 0.1, 0.2)),
	}
	k.Update(0, in)
	k.SetConfidence(0.8)
	// The better one is the first.
	if drawn := k.Predict(0, nil); len(drawn) != 1 || drawn[0].Track != 1 {
		t.Errorf("with a higher threshold %v are drawn", drawn)
	}
	k.SetConfidence(0.3)
	if got := k.Update(tick, in); got[0].Track != 3 || got[1].Track != 1 {
		t.Errorf("with a lower threshold the tracks are %v", got)
	}
}

// TestClassLock has a detector that wavers, and one that was wrong at first.
func TestClassLock(t *testing.T) {
	box := centred(0.5, 0.5, 0.2, 0.2)
	k := New(Options{})
	for i := range 60 {
		if got := k.Update(time.Duration(i)*tick,
			[]inference.Detection{det(1+i%2, 0.7, box)}); got[0].Label != "car" ||
			got[0].Track != 1 {
			t.Fatalf("look %d: %v", i, got[0])
		}
	}
	if seen := k.Seen(); !maps.Equal(seen, map[string]int{"car": 1}) {
		t.Errorf("seen %v", seen)
	}
	k = New(Options{})
	labels := ""
	for i := range 60 {
		class := 2
		if i < 6 {
			class = 1
		}
		got := k.Update(time.Duration(i)*tick, []inference.Detection{det(class, 0.7, box)})
		if len(got) != 1 || got[0].Track != 1 {
			t.Fatalf("look %d: %v", i, got)
		}
		if !endsWith(labels, got[0].Label) {
			labels += got[0].Label + " "
		}
		if drawn := k.Predict(time.Duration(i)*tick, nil); drawn[0].Label != got[0].Label ||
			drawn[0].Class != got[0].Class {
			t.Fatalf("drawn is %v, returned %v", drawn[0], got[0])
		}
	}
	if labels != "car truck " || !maps.Equal(k.Seen(), map[string]int{"truck": 1}) {
		t.Errorf("the labels were %s, seen %v", labels, k.Seen())
	}
}

func endsWith(list, label string) bool {
	return len(list) > len(label) && list[len(list)-len(label)-1:len(list)-1] == label
}

// TestTwin has a detector that judges one thing twice.
func TestTwin(t *testing.T) {
	k := New(Options{})
	box := centred(0.5, 0.5, 0.2, 0.2)
	for i := range 10 {
		got := k.Update(time.Duration(i)*tick,
			[]inference.Detection{det(2, 0.6, box), det(1, 0.7, box)})
		if got[1].Track != 1 || got[0].Track != 0 ||
			len(k.Predict(time.Duration(i)*tick, nil)) != 1 {
			t.Fatalf("look %d: %v", i, got)
		}
	}
}

// TestCarriedIsBounded follows a thing that runs to the right and is then not looked for any more.
func TestCarriedIsBounded(t *testing.T) {
	k := New(Options{})
	place := moving(0.1, 0.5, 0.1, 0.1, 0.4, 0)
	for i := range 10 {
		k.Update(time.Duration(i)*tick, []inference.Detection{det(0, 0.9, place(float64(i)/10))})
	}
	const last = 9 * tick
	x := func(age time.Duration) float64 {
		drawn := k.Predict(last+age, nil)
		if len(drawn) != 1 {
			t.Fatalf("%v after the look %v are drawn", age, drawn)
		}
		m, _, _, _ := parts(drawn[0].Box)
		return m
	}
	for _, age := range []time.Duration{-tick, 0, tick, 3 * tick} {
		if want := 0.1 + 0.4*(last+age).Seconds(); math.Abs(x(age)-want) > 0.01 {
			t.Errorf("%v after the look it is at %.3f, want %.3f", age, x(age), want)
		}
	}
	if step := x(7*tick) - x(6*tick); step < 0 || step > 0.02 {
		t.Errorf("its last step is %.3f", step)
	}
	if drawn := k.Predict(last+8*tick, nil); len(drawn) != 0 {
		t.Errorf("0.8 s after the last look %v are drawn", drawn)
	}
	if drawn := k.Predict(last-time.Hour, nil); len(drawn) != 1 || !valid(drawn[0]) {
		t.Errorf("an hour before, %v are drawn", drawn)
	}
}

// TestLeaving draws nothing outside the frame.
func TestLeaving(t *testing.T) {
	k := New(Options{})
	place := moving(0.5, 0.5, 0.1, 0.1, 0.5, 0)
	for i := range 10 {
		box, _ := clip(place(float64(i) / 10))
		k.Update(time.Duration(i)*tick, []inference.Detection{det(0, 0.9, box)})
	}
	for age := time.Duration(0); age < time.Second; age += tick / 4 {
		for _, d := range k.Predict(9*tick+age, nil) {
			if d.Box.X1 < 0 || d.Box.X2 > 1 || d.Box.X1 >= d.Box.X2 {
				t.Fatalf("%v after the look %v is drawn", age, d.Box)
			}
		}
	}
}

// TestTrail gives a way that lies on the thing's path, oldest first, and is the caller's.
func TestTrail(t *testing.T) {
	k := New(Options{})
	place := moving(0.1, 0.5, 0.1, 0.1, 0.15, 0)
	for i := range 150 {
		k.Update(time.Duration(i)*time.Second/30,
			[]inference.Detection{det(3, 0.9, place(float64(i)/30))})
	}
	trails := k.Trails(nil)
	if len(trails) != 1 || trails[0].Track != 1 || trails[0].Class != 3 ||
		len(trails[0].Points) < 20 || len(trails[0].Points) > trailPoints {
		t.Fatalf("trails are %v", trails)
	}
	points := trails[0].Points
	if !slices.IsSortedFunc(points, func(a, b Point) int {
		return int(math.Copysign(1, float64(a.X-b.X)))
	}) {
		t.Errorf("the way goes to and fro: %v", points)
	}
	if w := points[len(points)-1].X - points[0].X; w < 0.4 || w > 0.5 {
		t.Errorf("three seconds are %.3f long, want 0.45", w)
	}
	points[0].X = 77
	if k.Trails(nil)[0].Points[0].X == 77 {
		t.Error("the trail is the tracker's own memory")
	}
}

// TestSeenIgnoresFlicker counts what stays, not what flashes up.
func TestSeenIgnoresFlicker(t *testing.T) {
	k := New(Options{})
	for i := range 300 {
		found := []inference.Detection{det(0, 0.9, centred(0.2, 0.5, 0.1, 0.2))}
		if i%20 < 2 {
			found = append(found, det(3, 0.9, centred(0.3+0.2*float64(i/20%3), 0.8, 0.1, 0.1)))
		}
		k.Update(time.Duration(i)*time.Second/30, found)
	}
	if seen := k.Seen(); !maps.Equal(seen, map[string]int{"person": 1}) {
		t.Errorf("seen %v", seen)
	}
}

// TestSameLooksSameTracks runs a scene twice.
func TestSameLooksSameTracks(t *testing.T) {
	a, b := street(3).follow(t, 5, 15, 0.05), street(3).follow(t, 5, 15, 0.05)
	if !reflect.DeepEqual(a, b) {
		t.Errorf("one scene gives %+v and %+v", a, b)
	}
}

// TestTimeRunsOddly has passes at one moment, some that come a little late, and a stream that
// starts again.
func TestTimeRunsOddly(t *testing.T) {
	k := New(Options{})
	found := []inference.Detection{det(0, 0.9, centred(0.2, 0.5, 0.1, 0.2))}
	for _, at := range []time.Duration{tick, tick, 2 * tick, tick, 3 * tick} {
		if got := k.Update(at, found); got[0].Track != 1 {
			t.Errorf("at %v the track is %d", at, got[0].Track)
		}
	}
	k.Update(time.Hour, nil)
	if got := k.Update(time.Hour+tick, found); got[0].Track != 2 {
		t.Errorf("an hour later the track is %d", got[0].Track)
	}
	if got := k.Update(0, found); got[0].Track != 3 || len(k.Predict(0, nil)) != 1 {
		t.Errorf("in a new stream the track is %d", got[0].Track)
	}
}

// What a model tells beside the box goes where the box goes, and keeps its size where the frame
// cuts the box.
func TestShapesGoAlong(t *testing.T) {
	tr := New(Options{})
	shape := &inference.Shape{Keypoints: []inference.Keypoint{{Point: inference.Point{
		X: 0.5,
		Y: 0.5,
	}, Score: 1}}}
	for i := range 5 {
		x := 0.3 - 0.05*float32(i)
		d := det(0, 0.9, inference.Box{X1: x, Y1: 0.2, X2: x + 0.4, Y2: 0.8})
		d.Shape = shape
		tr.Update(time.Duration(i)*100*time.Millisecond, []inference.Detection{d})
	}
	if got := tr.Predict(400*time.Millisecond, nil); len(got) != 1 || got[0].Shape != shape {
		t.Fatalf("there is %+v", got)
	}
	got := tr.Predict(700*time.Millisecond, nil)
	if len(got) != 1 || got[0].Box.X1 != 0 {
		t.Fatalf("there is %+v", got)
	}
	// The middle of what is 0.4 wide lies 0.2 from its right edge.
	b := got[0].Box
	if at := b.Out(got[0].Shape.Keypoints[0].Point); math.Abs(float64(b.X2-0.2-at.X)) > 0.02 {
		t.Errorf("the keypoint is at %v in %+v", at, b)
	}
}
