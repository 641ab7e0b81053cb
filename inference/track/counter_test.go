package track

import (
	"maps"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"handlens/inference"
)

// walk takes one object along a path with 15 passes a second and returns the counter's tallies
// after it was lost sight of.
func walk(c *Counter, id int, from time.Duration, seconds float64,
	path func(t float64) (x, y float64),
) time.Duration {
	at := from
	for i := range int(seconds * 15) {
		s := float64(i) / 15
		x, y := path(s)
		d := det(0, 0.9, centred(x, y, 0.1, 0.2))
		d.Track = id
		at = from + duration(s)
		c.Update(at, []inference.Detection{d})
	}
	return at
}

// from below to above: its right is the frame's
var upright = Region{Name: "Line 1", Points: []Point{pt(0.5, 0.8), pt(0.5, 0.2)}}

// trembling is the noise of boxes.
var trembling = rand.New(rand.NewPCG(1, 1))

// lineWalks are paths, by seconds, past the line upright, and what it counts.
var lineWalks = map[string]struct {
	path    func(t float64) (x, y float64)
	in, out int
}{
	"to the right": {
		func(t float64) (float64, float64) { return 0.2 + 0.2*t, 0.5 }, 1,
		0,
	},
	"to the left": {
		func(t float64) (float64, float64) { return 0.8 - 0.2*t, 0.5 }, 0,
		1,
	},
	"there and back": {func(t float64) (float64, float64) {
		return 0.5 - 0.3*math.Cos(2*t), 0.5
	}, 1, 1},
	"past the end": {
		func(t float64) (float64, float64) { return 0.2 + 0.2*t, 0.95 }, 0,
		0,
	},
	"around and through": {func(t float64) (float64, float64) {
		return 0.5 - 0.3*math.Cos(2*t), 0.5 + 0.45*math.Sin(2*t)
	}, 0, 0},
	"trembling on it": {func(float64) (float64, float64) {
		return 0.5 + 0.004*trembling.NormFloat64(), 0.5
	}, 0, 0},
	"one wrong box": {func(t float64) (float64, float64) {
		if t > 1 && t < 1.1 {
			return 0.7, 0.5
		}
		return 0.3, 0.5
	}, 0, 0},
	"noisy and slow": {func(t float64) (float64, float64) {
		return 0.4 + 0.07*t + 0.005*trembling.NormFloat64(), 0.5
	}, 1, 0},
	"in one leap": {func(t float64) (float64, float64) {
		if t < 1 {
			return 0.2, 0.5
		}
		return 0.8, 0.5
	}, 1, 0},
	"along it": {func(t float64) (float64, float64) { return 0.47, 0.1 + 0.25*t }, 0, 0},
}

func TestLine(t *testing.T) {
	for name, c := range lineWalks {
		k := NewCounter([]Region{upright})
		walk(k, 1, time.Second, 3, c.path)
		got := k.Tallies()[0]
		if got.In["person"] != c.in || got.Out["person"] != c.out || got.Inside != nil ||
			got.Dwell != nil {
			t.Errorf("%s: %v, want %d in and %d out", name, got, c.in, c.out)
		}
	}
}

// TestLineAtSlowRate crosses with two passes a second.
func TestLineAtSlowRate(t *testing.T) {
	k := NewCounter([]Region{upright})
	for i := range 6 {
		d := det(1, 0.9, centred(0.1+0.15*float64(i), 0.5, 0.1, 0.1))
		d.Track = 4
		k.Update(time.Duration(i)*time.Second/2, []inference.Detection{d})
	}
	if got := k.Tallies()[0].In; !maps.Equal(got, map[string]int{"car": 1}) {
		t.Errorf("in are %v", got)
	}
}

var middle = Region{
	Name:   "Zone 1",
	Points: []Point{pt(0.3, 0.1), pt(0.7, 0.1), pt(0.7, 0.9), pt(0.3, 0.9)},
}

func TestZone(t *testing.T) {
	k := NewCounter([]Region{middle, upright})
	// In at 1 s, out at 3 s.
	at := walk(k, 1, 0, 4, func(t float64) (float64, float64) { return 0.1 + 0.2*t, 0.5 })
	got := k.Tallies()[0]
	if got.In["person"] != 1 || got.Out["person"] != 1 || len(got.Inside) > 0 ||
		math.Abs(got.Dwell["person"]-2) > 0.15 {
		t.Errorf("who went through gives %+v", got)
	}
	// One that is there from its first look and does not leave.
	at = walk(k, 2, at+time.Second, 2, func(float64) (float64, float64) { return 0.5, 0.5 })
	if got = k.Tallies()[0]; got.In["person"] != 2 || got.Inside["person"] != 1 ||
		got.Out["person"] != 1 {
		t.Errorf("who stands inside gives %+v", got)
	}
	// It is lost sight of.
	k.Update(at+3*time.Second, nil)
	if got = k.Tallies()[0]; got.Inside["person"] != 0 || got.Out["person"] != 2 ||
		math.Abs(got.Dwell["person"]-2) > 0.2 {
		t.Errorf("who is lost inside gives %+v", got)
	}
	// One that trembles on the edge counts once at most.
	r := rand.New(rand.NewPCG(1, 1))
	walk(k, 3, at+4*time.Second, 5, func(float64) (float64, float64) {
		return 0.3 + 0.004*r.NormFloat64(), 0.5
	})
	if got = k.Tallies()[0]; got.In["person"] > 3 {
		t.Errorf("who trembles on the edge gives %+v", got)
	}
	checkZone(t, got)
}

func TestResetAndSetRegions(t *testing.T) {
	k := NewCounter([]Region{upright, middle})
	cross := func(t float64) (float64, float64) { return 0.2 + 0.2*t, 0.5 }
	at := walk(k, 1, 0, 3, cross)
	renamed := upright
	renamed.Name = "Door"
	other := Region{Name: "Line 2", Points: []Point{pt(0.1, 0.8), pt(0.1, 0.2)}}
	k.SetRegions([]Region{other, renamed})
	got := k.Tallies()
	if len(got) != 2 || len(got[0].In) > 0 || got[1].In["person"] != 1 ||
		got[1].Region.Name != "Door" {
		t.Errorf("after a change: %+v", got)
	}
	got[1].In["person"] = 77
	got[1].Region.Points[0].X = 77
	if again := k.Tallies()[1]; again.In["person"] != 1 || again.Region.Points[0].X != 0.5 {
		t.Error("a tally is the counter's own memory")
	}
	k.Reset()
	if got = k.Tallies(); len(got) != 2 || len(got[1].In) > 0 {
		t.Errorf("after the reset: %+v", got)
	}
	walk(k, 2, at+time.Second, 3, cross)
	if got = k.Tallies(); got[1].In["person"] != 1 {
		t.Errorf("after the reset one more gives %+v", got)
	}
}

// TestTrackedCounts has the tracker's own ids and classes counted: a detector that wavers and
// misses counts each thing once.
func TestTrackedCounts(t *testing.T) {
	for _, rate := range []float64{5, 15, 30} {
		s := street(11)
		k, c := New(Options{}),
			NewCounter([]Region{{Name: "Line", Points: []Point{pt(0.5, 1), pt(0.5, 0)}}})
		for i := range int(6 * rate) {
			at := float64(i) / rate
			found, _ := s.detect(at)
			c.Update(duration(at), k.Update(duration(at), found))
		}
		got := c.Tallies()[0]
		// The first walks to the right, the second to the left, the car to the right; the dog
		// begins on the line, and comes back over it twice.
		if got.In["person"] != 1 || got.Out["person"] != 1 || got.In["car"] != 1 ||
			got.In["dog"]+got.Out["dog"] != 2 {
			t.Errorf("%v passes a second: %+v", rate, got)
		}
	}
}
