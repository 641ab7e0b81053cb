package track

import (
	"encoding/binary"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"handlens/inference"
)

// TestNonsense hands in what no detector should say: it comes back without a track, and harms
// nobody.
func TestNonsense(t *testing.T) {
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	k := New(Options{Confidence: nan})
	c := NewCounter([]Region{
		{Points: []Point{pt(nan, 0), pt(1, 1)}},
		{Points: []Point{pt(0, 0)}},
		{},
		{Points: []Point{pt(0.5, 0), pt(0.5, 1)}},
	})
	good := det(0, 0.9, centred(0.5, 0.5, 0.1, 0.1))
	bad := []inference.Detection{
		det(0, nan, good.Box), det(0, inf, good.Box), det(0, -1, good.Box),
		det(0, 0.9, inference.Box{X1: nan, X2: 1, Y2: 1}),
		det(0, 0.9, inference.Box{X1: 0, X2: inf, Y2: 1}),
		det(0, 0.9, inference.Box{X1: 0.5, X2: 0.5, Y2: 1}),
		det(0, 0.9, inference.Box{X1: 0.6, X2: 0.5, Y2: 1}),
	}
	for i := range 20 {
		at := time.Duration(i) * tick
		got := k.Update(at, append(slices.Clip(bad), good))
		for j, d := range got[:len(bad)] {
			if d.Track != 0 {
				t.Fatalf("nonsense %d has track %d", j, d.Track)
			}
		}
		if got[len(bad)].Track != 1 {
			t.Fatalf("the good one has track %d", got[len(bad)].Track)
		}
		c.Update(at, got)
	}
	if n := len(c.Tallies()); n != 4 {
		t.Errorf("%d tallies, want one for each region", n)
	}
}

// TestDaysStaySmall runs what would fill any memory that is not bounded: new things all the time.
func TestDaysStaySmall(t *testing.T) {
	k := New(Options{})
	c := NewCounter([]Region{
		{Points: []Point{pt(0.5, 0), pt(0.5, 1)}},
		{Points: []Point{pt(0, 0), pt(1, 0), pt(1, 1), pt(0, 1)}},
	})
	r := rand.New(rand.NewPCG(1, 2))
	for i := range 400 {
		var found []inference.Detection
		for range 400 {
			found = append(found,
				det(r.IntN(4), 0.5+r.Float32()/2, centred(r.Float64(), r.Float64(), 0.02, 0.02)))
		}
		at := time.Duration(i) * time.Second / 60
		c.Update(at, k.Update(at, found))
		if len(k.objects) > maxObjects || len(c.regions[0].objects) > maxFollowed {
			t.Fatalf("%d tracks, %d followed", len(k.objects), len(c.regions[0].objects))
		}
	}
	k.Update(time.Hour, nil)
	c.Update(time.Hour, nil)
	if len(k.objects) > 0 || len(c.regions[1].objects) > 0 {
		t.Errorf("later %d tracks and %d followed are left", len(k.objects),
			len(c.regions[1].objects))
	}
}

// FuzzTracker checks what must hold whatever is handed in.
func FuzzTracker(f *testing.F) {
	f.Add([]byte("some bytes that are boxes of a kind, and more of them to be a second pass"))
	r := rand.New(rand.NewPCG(5, 6))
	for range 3 {
		seed := make([]byte, 600)
		for i := range seed {
			seed[i] = byte(r.Uint32())
		}
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		k := New(Options{})
		c := NewCounter([]Region{
			{Points: []Point{pt(0.2, 0.5), pt(0.8, 0.5)}},
			{Points: []Point{pt(0.2, 0.2), pt(0.8, 0.2), pt(0.5, 0.8)}},
		})
		var at time.Duration
		highest := 0
		for len(data) > 2 {
			n := int(data[0] % 12)
			at += time.Duration(int8(data[1])) * 10 * time.Millisecond
			data = data[2:]
			var found []inference.Detection
			for ; n > 0 && len(data) >= 18; n-- {
				found = append(found, fuzzed(data))
				data = data[18:]
			}
			if len(found) > 0 && len(data) > 7 {
				k.Camera(at, fuzzedCamera(data))
			}
			got := k.Update(at, found)
			highest = max(highest, checkTracks(t, found, got))
			checkDrawn(t, k, at, highest)
			c.Update(at, got)
			checkZone(t, c.Tallies()[1])
		}
	})
}

// checkTracks checks what an update returned of what was found, and returns the highest track.
func checkTracks(t *testing.T, found, got []inference.Detection) (highest int) {
	t.Helper()
	if len(got) != len(found) {
		t.Fatalf("%d of %d came back", len(got), len(found))
	}
	ids := make(map[int]bool)
	for i, d := range got {
		if d.Track > 0 && (ids[d.Track] || !valid(d)) {
			t.Fatalf("track %d twice, or nonsense: %v", d.Track, d)
		}
		ids[d.Track] = true
		highest = max(highest, d.Track)
		if d.Track == 0 && d != withoutTrack(found[i]) && d.Score == d.Score && d.Box == d.Box {
			t.Fatalf("without a track %v became %v", found[i], d)
		}
	}
	return highest
}

// checkDrawn checks what is drawn at some moments around an update.
func checkDrawn(t *testing.T, k *Tracker, at time.Duration, highest int) {
	t.Helper()
	for _, shift := range []time.Duration{0, tick, -tick, 5 * tick} {
		for _, d := range k.Predict(at+shift, nil) {
			if !valid(d) || d.Box.X1 < 0 || d.Box.Y1 < 0 || d.Box.X2 > 1 || d.Box.Y2 > 1 ||
				d.Track < 1 || d.Track > highest {
				t.Fatalf("drawn is %v", d)
			}
		}
	}
	for _, trail := range k.Trails(nil) {
		for _, p := range trail.Points {
			if !(math.Abs(float64(p.X)) < 100 && math.Abs(float64(p.Y)) < 100) {
				t.Fatalf("a trail goes through %v", p)
			}
		}
	}
}

func withoutTrack(d inference.Detection) inference.Detection {
	d.Track = 0
	return d
}

// fuzzed is a box of which most are sensible.
func fuzzed(data []byte) inference.Detection {
	value := func(i int) float32 {
		if data[17]%16 == 0 {
			return math.Float32frombits(binary.LittleEndian.Uint32(data[4*i:]))
		}
		return float32(binary.LittleEndian.Uint16(data[4*i:])) / 65535
	}
	x, y := value(0), value(1)
	return det(int(data[16]%4), float32(data[17])/255,
		inference.Box{X1: x, Y1: y, X2: x + value(2)/2, Y2: y + value(3)/2})
}

// fuzzedCamera is a motion of which most are small.
func fuzzedCamera(data []byte) Moved {
	v := func(i int) float64 {
		if data[7]%16 == 0 {
			return math.Float64frombits(binary.LittleEndian.Uint64(data[:8]) << (8 * i))
		}
		return float64(int8(data[i])) / 300
	}
	return Moved{XX: 1 + v(0), XY: v(1), X: v(2), YX: v(3), YY: 1 + v(4), Y: v(5)}
}

// TestCameraNonsense tells of cameras that do what none does: nothing comes of it.
func TestCameraNonsense(t *testing.T) {
	k := New(Options{})
	good := det(0, 0.9, centred(0.5, 0.5, 0.1, 0.1))
	for i := range 3000 {
		at := time.Duration(i) * tick
		k.Camera(at,
			[]Moved{
				{},
				{XX: math.NaN(), YY: 1},
				{XX: 1, YY: 1, X: math.Inf(1)},
				{XX: 900, YY: 1},
				{XX: 1, YY: 1, Y: -3},
				Still,
			}[i%6])
		k.Camera(at-100*time.Millisecond, Moved{XX: 1, YY: 1, X: 0.2}) // late
		if got := k.Update(at, []inference.Detection{good}); got[0].Track != 1 {
			t.Fatalf("look %d has %v", i, got)
		}
		if len(k.path.steps) > maxSteps {
			t.Fatalf("%d steps are kept", len(k.path.steps))
		}
	}
	k.Camera(0, Moved{XX: 1, YY: 1, X: 0.2}) // another stream
	if len(k.path.steps) != 1 {
		t.Errorf("%d steps are left of the stream before", len(k.path.steps))
	}
}

// TestCamera has the camera pan between two passes that are far apart: what is shown goes along,
// the ids stay, and so do the trails' places.
func TestCamera(t *testing.T) {
	k := New(Options{})
	row := func(by float64) (found []inference.Detection) {
		for i := range 4 {
			found = append(found, det(0, 0.9, centred(0.2+0.1*float64(i)+by, 0.5, 0.05, 0.1)))
		}
		return found
	}
	by := 0.0
	for i := range 31 {
		at := time.Duration(i) * time.Second / 30
		if i > 15 {
			by += 0.02
			k.Camera(at, Moved{XX: 1, YY: 1, X: 0.02})
		} else {
			k.Camera(at, Still)
		}
		if i%10 == 0 {
			for j, d := range k.Update(at, row(by)) {
				if d.Track != j+1 {
					t.Fatalf("after %v number %d has track %d", at, j, d.Track)
				}
			}
		}
		for j, d := range k.Predict(at, nil) {
			if v := overlap(d.Box, row(by)[j].Box); v < 0.95 {
				t.Fatalf("after %v number %d is shown at %v: %v", at, j, d.Box, v)
			}
		}
	}
	for j, trail := range k.Trails(nil) {
		for _, p := range trail.Points {
			if want := 0.2 + 0.1*float64(j) + by; math.Abs(float64(p.X)-want) > 0.01 {
				t.Errorf("the trail of %d goes through %v, want %v", j, p, want)
			}
		}
	}
}

// checkZone holds a zone's books: what came in and did not go out is inside.
func checkZone(t *testing.T, z Tally) {
	t.Helper()
	for label, in := range z.In {
		if in != z.Out[label]+z.Inside[label] {
			t.Fatalf("of %s %d came, %d went and %d are inside", label, in, z.Out[label],
				z.Inside[label])
		}
	}
	for label, s := range z.Staying {
		if !(s >= 0) || z.Inside[label] == 0 {
			t.Fatalf("%s is there for %v s, and %d are inside", label, s, z.Inside[label])
		}
	}
	for label, s := range z.Dwell {
		if z.Longest[label] < s-1e-9 {
			t.Fatalf("%s stayed %v s at most and %v in the mean", label, z.Longest[label], s)
		}
		if !(s >= 0) || z.Out[label] == 0 {
			t.Fatalf("%s stayed %v s, and %d went", label, s, z.Out[label])
		}
	}
}

// BenchmarkTracker follows things that all move, looked at 30 times a second and shown as often.
func BenchmarkTracker(b *testing.B) {
	for _, n := range []int{10, 50, 300} {
		b.Run(map[int]string{10: "10", 50: "50", 300: "300"}[n], func(b *testing.B) {
			r := rand.New(rand.NewPCG(1, 2))
			base := make([]inference.Detection, n)
			for i := range base {
				base[i] = det(i%4, 0.3+0.6*r.Float32(),
					centred(r.Float64(), r.Float64(), 0.1, 0.15))
			}
			found := make([]inference.Detection, n)
			k := New(Options{})
			var drawn []inference.Detection
			i := 0
			b.ReportAllocs()
			for b.Loop() {
				at := time.Duration(i) * time.Second / 30
				dx := float32(0.2 * math.Sin(at.Seconds()))
				for j, d := range base {
					d.Box.X1, d.Box.X2 = d.Box.X1+dx, d.Box.X2+dx
					found[j] = d
				}
				k.Update(at, found)
				drawn = k.Predict(at, drawn[:0])
				i++
			}
		})
	}
}
