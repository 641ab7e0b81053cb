package timeline

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"handlens/inference"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const ms = time.Millisecond

func box(x float32) inference.Box { return inference.Box{X1: x, Y1: 0.2, X2: x + 0.1, Y2: 0.4} }

func det(track, class int, x float32) inference.Detection {
	return inference.Detection{
		Track: track, Class: class, Label: fmt.Sprint(class), Score: 0.5,
		Box: box(x),
	}
}

// places are the tracks and left edges of what there is, in order.
func places(found []inference.Detection) string {
	s := ""
	for _, d := range found {
		s += fmt.Sprintf("%d@%.2f ", d.Track, d.Box.X1)
	}
	return s
}

func TestAt(t *testing.T) {
	var l Timeline
	if got := l.At(time.Second); len(got) > 0 || l.Until() != 0 {
		t.Errorf("an empty timeline has %v until %v", got, l.Until())
	}
	l.Add(1000*ms,
		[]inference.Detection{det(1, 0, 0.1), det(2, 0, 0.5), det(0, 3, 0.80), det(5, 0, 0.3)})
	l.Add(1200*ms,
		[]inference.Detection{det(0, 3, 0.84), det(1, 0, 0.5), det(2, 0, 0.1), det(6, 0, 0.3)})
	for _, c := range []struct {
		at   time.Duration
		want string
	}{
		{600 * ms, ""},
		{800 * ms, "1@0.10 2@0.50 0@0.80 5@0.30 "},
		{1000 * ms, "1@0.10 2@0.50 0@0.80 5@0.30 "},
		// The tracks go through one another; the third has no track, but is at the same place.
		{1050 * ms, "1@0.20 2@0.40 0@0.81 5@0.30 "},
		{1150 * ms, "1@0.40 2@0.20 0@0.83 6@0.30 "},
		{1200 * ms, "0@0.84 1@0.50 2@0.10 6@0.30 "},
		{1500 * ms, "0@0.84 1@0.50 2@0.10 6@0.30 "},
		{1501 * ms, ""},
	} {
		if got := places(l.At(c.at)); got != c.want {
			t.Errorf("at %v there are %s, want %s", c.at, got, c.want)
		}
	}
	got := l.At(1000 * ms)
	got[0].Track = 77
	if l.At(1000 * ms)[0].Track != 1 {
		t.Error("what At returned is the timeline's own memory")
	}
}

// TestHeldNotLong has what only one of two passes found, and two passes that are too far apart to
// say anything of one another.
func TestHeldNotLong(t *testing.T) {
	var l Timeline
	l.Add(0, []inference.Detection{det(1, 0, 0.1)})
	l.Add(time.Second, nil)
	l.Add(2*time.Second, []inference.Detection{det(2, 0, 0.5)})
	l.Add(5*time.Second, []inference.Detection{det(2, 0, 0.8)})
	for at, want := range map[time.Duration]int{
		300 * ms: 1, 301 * ms: 0, 900 * ms: 0, 1100 * ms: 0, 1699 * ms: 0, 1700 * ms: 1,
		2300 * ms: 1, 2301 * ms: 0, 4600 * ms: 0, 4700 * ms: 1,
	} {
		if got := l.At(at); len(got) != want {
			t.Errorf("at %v there are %v, want %d", at, got, want)
		}
	}
}

// TestInterpolationIsTrue holds what lies between slow passes against where an object was.
func TestInterpolationIsTrue(t *testing.T) {
	var l Timeline
	where := func(at time.Duration) float32 { return 0.4 + 0.3*float32(math.Sin(1.5*at.Seconds())) }
	for at := time.Duration(0); at < 10*time.Second; at += 200 * ms {
		l.Add(at, []inference.Detection{det(1, 0, where(at))})
	}
	for at := time.Duration(0); at < 9800*ms; at += 7 * ms {
		got := l.At(at)
		if len(got) != 1 || math.Abs(float64(got[0].Box.X1-where(at))) > 0.004 {
			t.Fatalf("at %v there is %v, want %.3f", at, got, where(at))
		}
	}
}

func TestAddOutOfOrder(t *testing.T) {
	var l Timeline
	l.Add(100*ms, []inference.Detection{det(1, 0, 0.1)})
	l.Add(50*ms, []inference.Detection{det(2, 0, 0.1)})
	l.Add(100*ms, []inference.Detection{det(3, 0, 0.1)})
	if got := l.At(100 * ms); len(got) != 1 || got[0].Track != 3 || l.Until() != 100*ms {
		t.Errorf("there is %v until %v", got, l.Until())
	}
	n := 0
	for range l.Between(0, time.Hour) {
		n++
	}
	if n != 1 {
		t.Errorf("%d passes are kept, want 1", n)
	}
}

func TestBetween(t *testing.T) {
	var l Timeline
	for i := range 10 {
		l.Add(time.Duration(i)*100*ms, []inference.Detection{det(i+1, 0, 0.1)})
	}
	var got []time.Duration
	for at, found := range l.Between(200*ms, 500*ms) {
		got = append(got, at/ms)
		if found[0].Track != int(at/ms)/100+1 {
			t.Errorf("at %v there is %v", at, found)
		}
		l.Forget(time.Hour) // must not disturb who goes through it
	}
	if !slices.Equal(got, []time.Duration{200, 300, 400}) {
		t.Errorf("passes at %v", got)
	}
	for range l.Between(500*ms, 200*ms) {
		t.Error("there is something in no time")
	}
	// The last one says something of what follows.
	if at := l.At(1000 * ms); len(at) != 1 || at[0].Track != 10 || l.Until() != 900*ms {
		t.Errorf("after forgetting there is %v until %v", at, l.Until())
	}
}

func TestWait(t *testing.T) {
	var l Timeline
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	errs := make(chan error, 2)
	wg.Go(func() { errs <- l.Wait(t.Context(), 200*ms) })
	l.Add(0, nil)
	l.Add(100*ms, nil)
	l.Add(250*ms, nil)
	wg.Wait()
	if err := <-errs; err != nil || l.Until() < 200*ms {
		t.Errorf("waited until %v: %v", l.Until(), err)
	}
	wg.Go(func() { errs <- l.Wait(ctx, time.Hour) })
	cancel()
	wg.Wait()
	if err := <-errs; !errors.Is(err, context.Canceled) {
		t.Errorf("a wait that was ended says %v", err)
	}
	var empty Timeline
	if err := empty.Wait(ctx, 0); !errors.Is(err, context.Canceled) {
		t.Errorf("without any pass a wait says %v", err)
	}
}

// TestHourStaysSmall adds an hour of 30 passes a second and forgets all but the last minute.
func TestHourStaysSmall(t *testing.T) {
	var l Timeline
	heap := func() uint64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	var early uint64
	const passes = 30 * 3600
	for i := range passes {
		at := time.Duration(i) * time.Second / 30
		found := make([]inference.Detection, 10)
		for j := range found {
			found[j] = det(j+1, 0, float32(j)/10)
		}
		l.Add(at, found)
		l.Forget(at - time.Minute)
		if i == passes/20 {
			early = heap()
		}
	}
	if late := heap(); late > early+4<<20 {
		t.Errorf("%d KiB after three minutes, %d KiB after an hour", early>>10, late>>10)
	}
	if n := len(l.At(l.Until() - 59*time.Second - 11*ms)); n != 10 {
		t.Errorf("%d are left of a minute ago", n)
	}
}

// TestConcurrent has one add and forget while others ask.
func TestConcurrent(t *testing.T) {
	var l Timeline
	var wg sync.WaitGroup
	const last = 2 * time.Second
	wg.Go(func() {
		for at := time.Duration(0); at <= last; at += 5 * ms {
			l.Add(at, []inference.Detection{det(1, 0, 0.1), det(2, 0, 0.5)})
			l.Forget(at - 200*ms)
		}
	})
	for range 3 {
		wg.Go(func() {
			for at := time.Duration(0); at <= last; at += 20 * ms {
				if err := l.Wait(t.Context(), at); err != nil {
					t.Error(err)
				}
				l.At(at)
				for _, found := range l.Between(at-100*ms, at) {
					if len(found) != 2 {
						t.Error("a pass has changed")
					}
				}
			}
		})
	}
	wg.Wait()
}

// FuzzAt checks what must hold whatever was found: no more than both passes have, no track twice,
// nothing outside what the two say.
func FuzzAt(f *testing.F) {
	f.Add(uint64(1), uint8(5), uint8(7), uint16(30))
	f.Fuzz(func(t *testing.T, seed uint64, n, m uint8, part uint16) {
		r := rand.New(rand.NewPCG(seed, 1))
		some := func(n uint8) []inference.Detection {
			used := map[int]bool{}
			var out []inference.Detection
			for range n {
				d := det(r.IntN(30), r.IntN(3), r.Float32())
				if used[d.Track] {
					d.Track = 0
				}
				used[d.Track] = true
				out = append(out, d)
			}
			return out
		}
		var l Timeline
		a, b := some(n), some(m)
		l.Add(0, a)
		l.Add(time.Second, b)
		got := l.At(time.Duration(part) * time.Second / 65536)
		if len(got) > len(a)+len(b) {
			t.Fatalf("%d out of %d and %d", len(got), len(a), len(b))
		}
		used := map[int]bool{}
		for _, d := range got {
			if d.Track > 0 && used[d.Track] || !(d.Box.X1 >= 0 && d.Box.X2 <= 1.11) ||
				!(d.Score > 0.49 && d.Score < 0.51) {
				t.Fatalf("there is %v", d)
			}
			used[d.Track] = true
		}
	})
}

func BenchmarkAt(b *testing.B) {
	for _, n := range []int{10, 300} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			var l Timeline
			r := rand.New(rand.NewPCG(1, 1))
			for i := range 100 {
				found := make([]inference.Detection, n)
				for j := range found {
					found[j] = det((j+1)*(j%2), j%5, r.Float32())
				}
				l.Add(time.Duration(i)*200*ms, found)
			}
			b.ReportAllocs()
			for b.Loop() {
				l.At(10_050 * ms)
			}
		})
	}
}

func TestShapesAreTheNearerLooks(t *testing.T) {
	var l Timeline
	a, b := det(1, 0, 0.1), det(1, 0, 0.3)
	a.Shape, b.Shape = &inference.Shape{},
		&inference.Shape{Keypoints: make([]inference.Keypoint, 1)}
	l.Add(0, []inference.Detection{a})
	l.Add(100*ms, []inference.Detection{b})
	for at, want := range map[time.Duration]*inference.Shape{
		20 * ms: a.Shape, 80 * ms: b.Shape,
		100 * ms: b.Shape,
	} {
		if got := l.At(at); len(got) != 1 || got[0].Shape != want {
			t.Errorf("at %v there is %+v", at, got)
		}
	}
}
