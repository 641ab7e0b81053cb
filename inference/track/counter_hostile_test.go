package track

import (
	"math"
	"testing"
	"time"

	"handlens/inference"
)

// at15 updates a counter 15 times a second, with what each look finds.
func at15(c *Counter, seconds float64, look func(i int, t float64) []inference.Detection) {
	for i := range int(seconds * 15) {
		s := float64(i) / 15
		c.Update(duration(s), look(i, s))
	}
}

func tracked(id int, x, y float64) inference.Detection {
	d := det(0, 0.9, centred(x, y, 0.1, 0.2))
	d.Track = id
	return d
}

// TestFlickerCountsOnce has a box that is found in every second look only, and one that dances
// about the line by more than the margin.
func TestFlickerCountsOnce(t *testing.T) {
	c := NewCounter([]Region{upright, middle})
	at15(c, 4, func(i int, s float64) []inference.Detection {
		if i%2 > 0 {
			return nil
		}
		return []inference.Detection{tracked(1, 0.1+0.2*s, 0.5)}
	})
	if got := c.Tallies(); got[0].In["person"] != 1 || got[0].Out["person"] != 0 ||
		got[1].In["person"] != 1 || got[1].Out["person"] != 1 {
		t.Errorf("who is seen every other time gives %+v", got)
	}
	c.Reset()
	at15(c, 4, func(i int, s float64) []inference.Detection {
		return []inference.Detection{tracked(2, 0.1+0.2*s+0.03*float64(1-2*(i%2)), 0.5)}
	})
	if got := c.Tallies(); got[0].In["person"] != 1 || got[0].Out["person"] != 0 {
		t.Errorf("who trembles on the way gives %+v", got)
	}
}

// TestSwitchOnTheLine gives a walker another number while it is on the line: it never counts twice.
// That it may not count at all is the price of not counting who begins on the line.
func TestSwitchOnTheLine(t *testing.T) {
	for _, where := range []float64{0.4, 0.48, 0.5, 0.52, 0.6} {
		c := NewCounter([]Region{upright})
		at15(c, 4, func(_ int, s float64) []inference.Detection {
			id, x := 1, 0.1+0.2*s
			if x > where {
				id = 2
			}
			return []inference.Detection{tracked(id, x, 0.5)}
		})
		got := c.Tallies()[0]
		if n := got.In["person"]; n > 1 || (where == 0.4 || where == 0.6) && n != 1 ||
			got.Out["person"] > 0 {
			t.Errorf("another number at %v gives %+v", where, got)
		}
	}
}

// TestSwitchInTheZone gives one another number in a zone: the books still balance.
func TestSwitchInTheZone(t *testing.T) {
	c := NewCounter([]Region{middle})
	at15(c, 6, func(_ int, s float64) []inference.Detection {
		id := 1
		if s > 2 {
			id = 2
		}
		return []inference.Detection{tracked(id, 0.1+0.2*min(s, 2), 0.5)}
	})
	got := c.Tallies()[0]
	checkZone(t, got)
	if got.Inside["person"] != 1 || math.Abs(got.Staying["person"]-4) > 0.4 ||
		math.Abs(got.Longest["person"]-1) > 0.2 {
		t.Errorf("another number in the zone gives %+v", got)
	}
}

// TestEditedWhileRunning moves the line and the zone while somebody is on and in them: what is new
// begins at nothing, and nothing is left over.
func TestEditedWhileRunning(t *testing.T) {
	c := NewCounter([]Region{upright, middle})
	at15(c, 6, func(i int, s float64) []inference.Detection {
		if i == 30 { // at 0.5
			line := Region{Name: "Line 1", Points: []Point{pt(0.7, 0.8), pt(0.7, 0.2)}}
			zone := Region{
				Name:   "Zone 1",
				Points: []Point{pt(0.2, 0.1), pt(0.8, 0.1), pt(0.8, 0.9), pt(0.2, 0.9)},
			}
			c.SetRegions([]Region{line, zone})
			if got := c.Tallies(); len(got[0].In) > 0 || len(got[1].In) > 0 ||
				len(got[1].Inside) > 0 {
				t.Errorf("what was just moved has counted %+v", got)
			}
		}
		return []inference.Detection{tracked(1, 0.1+0.2*s, 0.5)}
	})
	got := c.Tallies()
	if got[0].In["person"] != 1 || got[1].In["person"] != 1 || got[1].Out["person"] != 1 {
		t.Errorf("after the change they count %+v", got)
	}
	checkZone(t, got[1])
	c.SetRegions(nil)
	c.Update(9*time.Second, []inference.Detection{tracked(1, 0.5, 0.5)})
	if len(c.Tallies()) != 0 {
		t.Error("there is something left")
	}
}

// TestDwellNow has one that stands in a zone: how long it has been there goes on while it stays.
func TestDwellNow(t *testing.T) {
	c := NewCounter([]Region{middle})
	at15(c, 3, func(int, float64) []inference.Detection {
		return []inference.Detection{tracked(1, 0.5, 0.5)}
	})
	if got := c.Tallies()[0]; math.Abs(got.Staying["person"]-2.93) > 0.1 || len(got.Dwell) > 0 ||
		len(got.Longest) > 0 {
		t.Errorf("who stands there gives %+v", got)
	}
}
