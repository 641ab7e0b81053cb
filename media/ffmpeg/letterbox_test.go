package ffmpeg

import (
	"errors"
	"fmt"
	"image"
	"runtime"
	"testing"

	"handlens/media"
)

func TestFitInto(t *testing.T) {
	canvas := image.Pt(1280, 720)
	for _, c := range []struct{ w, h int }{
		{1280, 720},
		{720, 1280},
		{640, 480},
		{641, 361},
		{1, 1},
		{16384, 1},
		{1, 16384},
		{1279, 719},
		{1920, 1080},
		{333, 999},
	} {
		r := FitInto(canvas, image.Pt(c.w, c.h))
		if !r.In(image.Rectangle{Max: canvas}) || r.Empty() {
			t.Errorf("%d × %d lies at %v, outside of the canvas", c.w, c.h, r)
		}
		if (r.Min.X|r.Min.Y|r.Max.X|r.Max.Y)&1 != 0 {
			t.Errorf("%d × %d lies at the odd pixels of %v", c.w, c.h, r)
		}
		if r.Dx() != canvas.X && r.Dy() != canvas.Y {
			t.Errorf("%d × %d lies at %v and could be larger", c.w, c.h, r)
		}
		// To even pixels means: at most one away.
		if dx := float64(r.Dy()) * float64(c.w) / float64(c.h); r.Dy() == canvas.Y &&
			max(dx, 2)-float64(r.Dx()) > 1.001 {
			t.Errorf("%d × %d became %v: its width should be about %.1f", c.w, c.h, r, dx)
		}
		if left, right := r.Min.X, canvas.X-r.Max.X; max(left-right, right-left) > 2 {
			t.Errorf("%d × %d lies at %v, not in the middle", c.w, c.h, r)
		}
	}
	if r := FitInto(canvas, image.Point{}); !r.Empty() {
		t.Errorf("no picture lies at %v", r)
	}
}

// canvasOf is one full of what must not stay.
func canvasOf(t testing.TB, pool *media.Pool, w, h int, c media.Color) *media.Frame {
	t.Helper()
	return frameOf(t, pool, w, h, c, func(int, int) (uint8, uint8, uint8) { return 99, 77, 55 })
}

// checkBlack looks at everything around the frame.
func checkBlack(t *testing.T, canvas *media.Frame, picture image.Rectangle) {
	t.Helper()
	black := uint8(16)
	if canvas.Color.FullRange {
		black = 0
	}
	for y := range canvas.Height {
		for x := range canvas.Width {
			if image.Pt(x, y).In(picture) {
				continue
			}
			l, u, v := canvas.Plane[0][y*canvas.Stride[0]+x],
				canvas.Plane[1][y/2*canvas.Stride[1]+x/2], canvas.Plane[2][y/2*canvas.Stride[2]+x/2]
			if l != black || u != 128 || v != 128 {
				t.Fatalf("beside the picture at %v pixel %d, %d is %d %d %d, not black", picture, x,
					y, l, u, v)
			}
		}
	}
}

func TestLetterboxCopiesWhatFits(t *testing.T) {
	var pool media.Pool
	l := NewLetterbox()
	defer l.Close()
	for _, size := range []image.Point{{64, 36}, {20, 36}, {63, 35}, {64, 20}, {19, 35}} {
		f := frameOf(t, &pool, size.X, size.Y, media.Color{}, func(x, y int) (uint8, uint8, uint8) {
			return uint8(3*x + 5*y), uint8(x), uint8(y)
		})
		canvas := canvasOf(t, &pool, 64, 36, media.Color{})
		at, err := l.Put(canvas, f)
		if err != nil {
			t.Fatal(err)
		}
		if at.Dx() != (size.X+1)&^1 || at.Dy() != (size.Y+1)&^1 {
			t.Fatalf("%v lies at %v, want it as large as it is", size, at)
		}
		for y := range size.Y {
			for x := range size.X {
				got := canvas.Plane[0][(at.Min.Y+y)*canvas.Stride[0]+at.Min.X+x]
				u := canvas.Plane[1][(at.Min.Y+y)/2*canvas.Stride[1]+(at.Min.X+x)/2]
				if got != uint8(3*x+5*y) || u != uint8(x&^1) {
					t.Fatalf("%v: pixel %d, %d became %d with chroma %d", size, x, y, got, u)
				}
			}
		}
		checkBlack(t, canvas, at)
		f.Release()
		canvas.Release()
	}
	closed(t, &pool)
}

var scaledSamples = []struct {
	x, y float64
	want [3]uint8
}{
	{0.1, 0.1, [3]uint8{16, 90, 200}},
	{0.9, 0.1, [3]uint8{235, 90, 200}},
	{0.1, 0.9, [3]uint8{16, 200, 90}},
	{0.9, 0.9, [3]uint8{235, 200, 90}},
}

var letterboxSizes = []image.Point{
	{160, 90},
	{32, 18},
	{31, 19},
	{90, 160},
	{200, 30},
	{7, 5},
}

func TestLetterboxScales(t *testing.T) {
	var pool media.Pool
	l := NewLetterbox()
	defer l.Close()
	for _, size := range letterboxSizes {
		checkScaled(t, l, &pool, size)
	}
	closed(t, &pool)
}

// checkScaled lays out a frame with a white half beside a black one, and red above blue in chroma.
func checkScaled(t *testing.T, l *Letterbox, pool *media.Pool, size image.Point) {
	f := frameOf(t, pool, size.X, size.Y, media.Color{}, func(x, y int) (uint8, uint8, uint8) {
		luma, u, v := uint8(16), uint8(90), uint8(200)
		if x >= size.X/2 {
			luma = 235
		}
		if y >= size.Y/2 {
			u, v = 200, 90
		}
		return luma, u, v
	})
	canvas := canvasOf(t, pool, 128, 72, media.Color{})
	at, err := l.Put(canvas, f)
	if err != nil {
		t.Fatal(err)
	}
	checkBlack(t, canvas, at)
	look := func(fx, fy float64) [3]uint8 {
		x, y := at.Min.X+int(fx*float64(at.Dx())), at.Min.Y+int(fy*float64(at.Dy()))
		return [3]uint8{
			canvas.Plane[0][y*canvas.Stride[0]+x],
			canvas.Plane[1][y/2*canvas.Stride[1]+x/2],
			canvas.Plane[2][y/2*canvas.Stride[2]+x/2],
		}
	}
	for _, c := range scaledSamples {
		got := look(c.x, c.y)
		for i := range 3 {
			if d := int(got[i]) - int(c.want[i]); max(d, -d) > 4 {
				t.Errorf("%v at %v: at %.1f, %.1f there is %v, want about %v", size, at, c.x,
					c.y, got, c.want)
				break
			}
		}
	}
	if size == (image.Point{32, 18}) {
		checkSharp(t, canvas, at)
	}
	f.Release()
	canvas.Release()
}

// checkSharp checks the edge of a frame that was made four times as large: it is not spread over
// more than the filter's four pixels of the source.
func checkSharp(t *testing.T, canvas *media.Frame, at image.Rectangle) {
	row := canvas.Plane[0][(at.Min.Y+at.Dy()/4)*canvas.Stride[0]+at.Min.X:][:at.Dx()]
	grey := 0
	for _, v := range row {
		if v > 40 && v < 210 {
			grey++
		}
	}
	if grey > 4 {
		t.Errorf("an edge made four times as large is %d pixels wide", grey)
	}
}

func TestLetterboxConvertsColours(t *testing.T) {
	const barWidth, height = 8, 8
	for _, from := range colors {
		for _, to := range colors {
			t.Run(fmt.Sprintf("%+v to %+v", from, to), func(t *testing.T) {
				var pool media.Pool
				l := NewLetterbox()
				defer l.Close()
				f := frameOf(t, &pool, barWidth*len(bars), height, from,
					func(x, _ int) (uint8, uint8,
						uint8,
					) {
						return formulaYUV(from, bars[x/barWidth])
					})
				defer f.Release()
				canvas := canvasOf(t, &pool, f.Width, 2*height, to)
				defer canvas.Release()
				at, err := l.Put(canvas, f)
				if err != nil {
					t.Fatal(err)
				}
				checkBlack(t, canvas, at)
				if canvas.Color != to {
					t.Errorf("the canvas says that it is %+v", canvas.Color)
				}
				for i, bar := range bars {
					y, u, v := formulaYUV(to, bar)
					x, row := i*barWidth+3, at.Min.Y+3
					got := [3]uint8{
						canvas.Plane[0][row*canvas.Stride[0]+x],
						canvas.Plane[1][row/2*canvas.Stride[1]+x/2],
						canvas.Plane[2][row/2*canvas.Stride[2]+x/2],
					}
					for j, want := range [3]uint8{y, u, v} {
						if d := int(got[j]) - int(want); max(d, -d) > 2 {
							t.Errorf("bar %v became %v, want %v", bar, got, [3]uint8{y, u, v})
							break
						}
					}
				}
			})
		}
	}
}

func TestLetterboxRefuses(t *testing.T) {
	var pool media.Pool
	good := canvasOf(t, &pool, 16, 16, media.Color{})
	odd := canvasOf(t, &pool, 15, 16, media.Color{})
	rgb, err := pool.Get(16, 16, media.RGBA)
	if err != nil {
		t.Fatal(err)
	}
	short := &media.Frame{Width: 16, Height: 16, Plane: good.Plane, Stride: [3]int{16, 8, 8}}
	short.Plane[2] = short.Plane[2][:63]
	l := NewLetterbox()
	for what, pair := range map[string][2]*media.Frame{
		"odd canvas": {odd, good}, "RGBA": {good, rgb}, "onto RGBA": {rgb, good},
		"short plane": {good, short}, "no size": {good, {}},
	} {
		if at, err := l.Put(pair[0], pair[1]); err == nil {
			t.Errorf("%s: it was put at %v", what, at)
		}
	}
	l.Close()
	if _, err := l.Put(good, good); !errors.Is(err, ErrClosed) {
		t.Errorf("after Close: %v", err)
	}
	l.Close()
}

func TestLetterboxKeepsNoMemory(t *testing.T) {
	var pool media.Pool
	canvas := canvasOf(t, &pool, 1280, 720, media.Color{})
	sizes := []*media.Frame{
		canvasOf(t, &pool, 640, 360, media.Color{}),
		canvasOf(t, &pool, 361, 641, media.Color{Matrix: media.BT709}),
	}
	round := func() {
		l := NewLetterbox()
		defer l.Close()
		for _, f := range sizes {
			if _, err := l.Put(canvas, f); err != nil {
				t.Fatal(err)
			}
		}
	}
	for range 10 {
		round()
	}
	if runtime.GOOS != "linux" {
		return // the memory in use is read from Linux; elsewhere the rounds ran unmeasured
	}
	const rounds, slack = 60, 16 << 20 // a scaler holds some 2 MB
	before := residentBytes(t)
	for range rounds {
		round()
	}
	if grown := residentBytes(t) - before; grown > slack {
		t.Errorf("%d rounds cost %d KiB", rounds, grown>>10)
	}
}

func BenchmarkLetterbox(b *testing.B) {
	for _, c := range []struct {
		name string
		w, h int
		full bool
	}{
		{"copied", 1280, 720, false},
		{"recoloured", 1280, 720, true},
		{"enlarged", 960, 540, false},
		{"standing", 720, 1280, false},
		{"shrunk", 1920, 1080, false},
	} {
		b.Run(c.name, func(b *testing.B) {
			var pool media.Pool
			canvas, f := canvasOf(b, &pool, 1280, 720, media.Color{}),
				canvasOf(b, &pool, c.w, c.h, media.Color{FullRange: c.full})
			l := NewLetterbox()
			defer l.Close()
			b.ReportAllocs()
			for b.Loop() {
				if _, err := l.Put(canvas, f); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
