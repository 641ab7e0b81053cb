package overlay

import (
	"fmt"
	"image"
	"image/color"
	"math/rand/v2"
	"testing"

	"handlens/inference"
	"handlens/media"
)

// noise is a frame of which no two places are alike.
func noise(w, h int) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	r := rand.New(rand.NewPCG(1, 2))
	for i := range img.Pix {
		img.Pix[i] = uint8(r.Uint32())
		if i%4 == 3 {
			img.Pix[i] = 255
		}
	}
	return img
}

func TestBlurLeavesAFewColours(t *testing.T) {
	for _, size := range []image.Point{{1280, 720}, {320, 240}} {
		for _, b := range []inference.Box{
			{X1: .3, Y1: .3, X2: .7, Y2: .8},
			{X1: .5, Y1: .1, X2: .55, Y2: .2},
			{X1: 0, Y1: 0, X2: 1, Y2: 1},
			{X1: .9, Y1: .1, X2: 1, Y2: .9},
		} {
			img := noise(size.X, size.Y)
			was := noise(size.X, size.Y)
			BlurRGBA(img, []inference.Box{b})
			w, h := (b.X2-b.X1)/10, (b.Y2-b.Y1)/10
			in := covering(img.Rect,
				inference.Box{X1: b.X1 - w, Y1: b.Y1 - h, X2: b.X2 + w, Y2: b.Y2 + h}, 1)
			seen := map[color.RGBA]bool{}
			for y := range size.Y {
				for x := range size.X {
					if got := img.RGBAAt(x, y); image.Pt(x, y).In(in) {
						seen[got] = true
						if got.R%coarse != 0 && got.R != 255 {
							t.Fatalf("%v: a colour is %v, more exact than it should be", b, got)
						}
					} else if got != was.RGBAAt(x, y) {
						t.Fatalf("%v: %d, %d outside the box was changed", b, x, y)
					}
				}
			}
			// A cell is a quarter of the shorter side, so that is how much is left at most, and two
			// rows that are cut off.
			short, long := min(in.Dx(), in.Dy()), max(in.Dx(), in.Dy())
			if most := (cellsAcross + 1) * (cellsAcross*long/short + 2); len(seen) > most {
				t.Errorf("%v of %v: %d colours are left, at most %d should be", b, size, len(seen),
					most)
			}
		}
	}
}

// TestBlurForgets is about what cannot be computed back: frames that differ in all but their
// means become the same one.
func TestBlurForgets(t *testing.T) {
	stripes := func(up bool) *image.RGBA {
		img := image.NewRGBA(image.Rect(0, 0, 640, 360))
		for y := range 360 {
			for x := range 640 {
				v := uint8(40)
				if (x/2+y/2)%2 == 0 == up {
					v = 216
				}
				img.SetRGBA(x, y, color.RGBA{v, v, v, 255})
			}
		}
		return img
	}
	a, b := stripes(true), stripes(false)
	box := []inference.Box{{X1: .25, Y1: .25, X2: .5, Y2: .75}}
	BlurRGBA(a, box)
	BlurRGBA(b, box)
	for y := 72; y < 288; y++ {
		for x := 144; x < 336; x++ {
			if a.RGBAAt(x, y) != b.RGBAAt(x, y) {
				t.Fatalf("at %d, %d there is still a difference: %v and %v", x, y, a.RGBAAt(x, y),
					b.RGBAAt(x, y))
			}
		}
	}
}

func TestBlurI420(t *testing.T) {
	f := frameOf(t, 640, 360, media.Color{}, color.NRGBA{A: 255})
	r := rand.New(rand.NewPCG(1, 2))
	for _, plane := range f.Plane {
		for i := range plane {
			plane[i] = uint8(r.Uint32())
		}
	}
	area := image.Rect(100, 20, 500, 340)
	BlurI420(f, area, []inference.Box{{X1: .25, Y1: .25, X2: .5, Y2: .5}})
	for i := range 3 {
		in, d := image.Rect(200, 100, 300, 180), 1
		if i > 0 {
			d = 2
		}
		seen := map[string]bool{}
		for y := in.Min.Y / d; y < in.Max.Y/d; y++ {
			for x := in.Min.X / d; x < in.Max.X/d; x++ {
				v := f.Plane[i][y*f.Stride[i]+x]
				seen[fmt.Sprint(v)] = true
				if v%coarse != 0 && v != 255 {
					t.Fatalf("plane %d has %d at %d, %d", i, v, x, y)
				}
			}
		}
		if len(seen) > 40 {
			t.Errorf("plane %d has %d values", i, len(seen))
		}
	}
}

func BenchmarkBlur720p(b *testing.B) {
	boxes := []inference.Box{
		{X1: .1, Y1: .1, X2: .2, Y2: .3},
		{X1: .3, Y1: .1, X2: .5, Y2: .9},
		{X1: .6, Y1: .5, X2: .7, Y2: .7},
		{X1: .7, Y1: .1, X2: .95, Y2: .5},
		{X1: .8, Y1: .7, X2: .85, Y2: .8},
	}
	b.Run("RGBA", func(b *testing.B) {
		img := noise(1280, 720)
		b.ReportAllocs()
		for b.Loop() {
			BlurRGBA(img, boxes)
		}
	})
	b.Run("I420", func(b *testing.B) {
		f := frameOf(b, 1280, 720, media.Color{}, color.NRGBA{128, 128, 128, 255})
		b.ReportAllocs()
		for b.Loop() {
			BlurI420(f, f.Bounds(), boxes)
		}
	})
}

func BenchmarkDraw720p(b *testing.B) {
	dets, view := scene()
	for i := range 3 {
		x := .05 + .3*float32(i)
		dets = append(dets,
			inference.Detection{
				Box:   inference.Box{X1: x, Y1: .1, X2: x + .2, Y2: .6},
				Label: "person", Class: i, Score: .8, Track: i + 10,
			})
	}
	boxes := View{Boxes: true, Labels: true, IDs: true}
	for _, c := range []struct {
		name string
		v    View
	}{{"boxes", boxes}, {"everything", view}} {
		b.Run("RGBA/"+c.name, func(b *testing.B) {
			img := noise(1280, 720)
			b.ReportAllocs()
			for b.Loop() {
				DrawRGBA(img, dets, c.v)
			}
		})
		b.Run("I420/"+c.name, func(b *testing.B) {
			f := frameOf(b, 1280, 720, media.Color{}, color.NRGBA{128, 128, 128, 255})
			b.ReportAllocs()
			for b.Loop() {
				DrawI420(f, f.Bounds(), dets, c.v)
			}
		})
	}
}
