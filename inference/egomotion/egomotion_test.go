package egomotion

import (
	"math"
	"testing"
	"time"

	"handlens/inference"
	"handlens/inference/track"
	"handlens/media"
)

// wall is a frame of something that never repeats, seen by a camera that was moved: the place in
// the world of a pixel of the frame.
func wall(t testing.TB, w, h int, to func(x, y float64) (float64, float64)) *media.Frame {
	t.Helper()
	var pool media.Pool
	f, err := pool.Get(w, h, media.I420)
	if err != nil {
		t.Fatal(err)
	}
	for y := range h {
		for x := range w {
			u, v := to(float64(x), float64(y))
			f.Plane[0][y*w+x] = byte(
				128 + 35*math.Sin(u/9+2*math.Sin(v/47)) + 30*math.Sin(
					v/11+2*math.Sin(u/59)) + 25*math.Sin((u+1.7*v)/37))
		}
	}
	return f
}

// camera puts the world's places under pixels: a similarity about the middle.
func camera(w, h int, scale, turn, dx, dy float64) func(x, y float64) (float64, float64) {
	return func(x, y float64) (float64, float64) {
		x, y = x-float64(w)/2-dx, y-float64(h)/2-dy
		c, s := math.Cos(turn)/scale, math.Sin(turn)/scale
		return c*x + s*y, -s*x + c*y
	}
}

// TestKnownMotions measures motions that are known: shift in pixels, turn in radians, and scale.
func TestKnownMotions(t *testing.T) {
	const w, h = 640, 360
	for _, c := range []struct{ scale, turn, dx, dy float64 }{
		{1, 0, 0, 0},
		{1, 0, 1.5, -0.8},
		{1, 0, 14, 9},
		{1, 0, -60, 22},
		{1.03, 0, 0, 0},
		{1, 0.03, 0, 0},
		{0.97, -0.02, 11, -7},
	} {
		var e Estimator
		e.Next(wall(t, w, h, camera(w, h, 1, 0, 0, 0)), 0, nil)
		got, ok := e.Next(wall(t, w, h, camera(w, h, c.scale, c.turn, c.dx, c.dy)),
			33*time.Millisecond, nil)
		if !ok {
			t.Errorf("%+v was not found", c)
			continue
		}
		worst := 0.0
		for _, p := range [][2]float64{{0.1, 0.1}, {0.9, 0.1}, {0.5, 0.5}, {0.1, 0.9}, {0.9, 0.9}} {
			x, y := (p[0]-0.5)*w, (p[1]-0.5)*h
			wantX := c.scale*(math.Cos(c.turn)*x-math.Sin(c.turn)*y) + c.dx + w/2
			wantY := c.scale*(math.Sin(c.turn)*x+math.Cos(c.turn)*y) + c.dy + h/2
			gotX, gotY := got.On(p[0], p[1])
			worst = max(worst, math.Hypot(gotX*w-wantX, gotY*h-wantY))
		}
		t.Logf("%+v: off by at most %.2f pixels of %d", c, worst, w)
		if worst > 1 {
			t.Errorf("%+v is found %.2f pixels off: %+v", c, worst, got)
		}
	}
}

// TestStillStaysStill has a camera on a tripod before a scene through which a thing goes that fills
// a third of the frame: nothing moves.
func TestStillStaysStill(t *testing.T) {
	const w, h = 640, 360
	for _, told := range []bool{true, false} {
		var e Estimator
		for i := range 40 {
			f := wall(t, w, h, camera(w, h, 1, 0, 0, 0))
			left := 20 + 9*i
			for y := 40; y < 320; y++ {
				for x := left; x < left+200 && x < w; x++ {
					f.Plane[0][y*w+x] = byte(
						90 + 60*math.Sin(float64(x-left)/11)*math.Cos(float64(y)/13))
				}
			}
			var things []inference.Box
			if told {
				things = []inference.Box{{
					X1: float32(left) / w, Y1: 40. / h,
					X2: float32(left+200) / w, Y2: 320. / h,
				}}
			}
			got, ok := e.Next(f, time.Duration(i)*33*time.Millisecond, things)
			if i > 0 && !ok || got != track.Still {
				t.Fatalf("told %v, picture %d: %+v %v", told, i, got, ok)
			}
		}
	}
}

// TestNothingToHoldOnTo has frames that say nothing of a motion, or are none: still, and not
// certain.
func TestNothingToHoldOnTo(t *testing.T) {
	var pool media.Pool
	blank := func(w, h int, format media.Format, v byte) *media.Frame {
		f, err := pool.Get(w, h, format)
		if err != nil {
			t.Fatal(err)
		}
		for i := range f.Plane[0] {
			f.Plane[0][i] = v
		}
		return f
	}
	nan := float32(math.NaN())
	odd := []inference.Box{{X1: nan, X2: nan}, {X1: -9, Y1: -9, X2: 9, Y2: 9}, {X1: 1, X2: 0}}
	var e Estimator
	noise := blank(640, 360, media.I420, 0)
	for i := range noise.Plane[0] {
		noise.Plane[0][i] = byte(i * i >> 3)
	}
	cut := blank(640, 360, media.I420, 9)
	cut.Plane[0] = cut.Plane[0][:77]
	for i, f := range []*media.Frame{
		blank(640, 360, media.I420, 80), blank(640, 360, media.I420, 200), noise,
		blank(640, 360, media.I420, 3), cut,
		{},
		blank(1, 1, media.I420, 3), blank(1, 9000, media.I420, 3), blank(9000, 1, media.RGBA, 3),
		blank(25, 25, media.RGBA, 3),
		blank(8000, 6000, media.I420, 1), blank(640, 360, media.I420, 80),
		blank(360, 640, media.I420, 80),
	} {
		for range 2 {
			if m, ok := e.Next(f, time.Duration(20-i)*time.Second, odd); ok || m != track.Still {
				t.Errorf("picture %d moved: %+v", i, m)
			}
		}
	}
}

// BenchmarkNext is one frame of a camera that pans.
func BenchmarkNext(b *testing.B) {
	for name, size := range map[string][2]int{"720p": {1280, 720}, "1080p": {1920, 1080}} {
		b.Run(name, func(b *testing.B) {
			var frames []*media.Frame
			for i := range 8 {
				frames = append(frames,
					wall(b, size[0], size[1],
						camera(size[0], size[1], 1, 0, 4*float64(min(i, 8-i)), 2)))
			}
			var e Estimator
			i := 0
			b.ReportAllocs()
			for b.Loop() {
				e.Next(frames[i%8], time.Duration(i)*33*time.Millisecond, nil)
				i++
			}
		})
	}
}
