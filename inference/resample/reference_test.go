package resample

import (
	"fmt"
	"image"
	"math"
	"testing"

	"handlens/media"
)

// gray is a frame of one channel in float64.
type gray struct {
	w, h int
	v    []float64
}

func newGray(w, h int) gray { return gray{w, h, make([]float64, w*h)} }

// channel takes one channel of an RGBA frame.
func channel(f *media.Frame, c int) gray {
	g := newGray(f.Width, f.Height)
	for y := range g.h {
		for x := range g.w {
			g.v[y*g.w+x] = float64(f.Plane[0][y*f.Stride[0]+4*x+c])
		}
	}
	return g
}

// openCV is INTER_LINEAR as OpenCV's resize defines it: fx = (dx + 0.5) * scale - 0.5, its floor
// and the sample behind that, and beyond the border the border's sample
// (modules/imgproc/src/resize.cpp, resize with interpolation INTER_LINEAR).
func openCV(src gray, w, h int) gray {
	out := newGray(w, h)
	at := func(x, y int) float64 {
		return src.v[min(max(y, 0), src.h-1)*src.w+min(max(x, 0), src.w-1)]
	}
	for dy := range h {
		fy := (float64(dy)+0.5)*float64(src.h)/float64(h) - 0.5
		y := int(math.Floor(fy))
		fy -= float64(y)
		for dx := range w {
			fx := (float64(dx)+0.5)*float64(src.w)/float64(w) - 0.5
			x := int(math.Floor(fx))
			fx -= float64(x)
			above := at(x, y)*(1-fx) + at(x+1, y)*fx
			below := at(x, y+1)*(1-fx) + at(x+1, y+1)*fx
			out.v[dy*w+dx] = above*(1-fy) + below*fy
		}
	}
	return out
}

// pillow is BILINEAR as Pillow defines it, without its rounding in between: a triangle as wide as
// the scale, over the samples from int(centre - support + 0.5) to int(centre + support + 0.5),
// columns and then rows (src/libImaging/Resample.c, precompute_coeffs).
func pillow(src gray, w, h int) gray {
	return pillowColumns(pillowColumns(src, w).turned(), h).turned()
}

func pillowColumns(src gray, w int) gray {
	out := newGray(w, src.h)
	scale := float64(src.w) / float64(w)
	support := math.Max(scale, 1)
	for dx := range w {
		centre := (float64(dx) + 0.5) * scale
		from, to := max(int(centre-support+0.5), 0), min(int(centre+support+0.5), src.w)
		for y := range src.h {
			sum, weights := 0.0, 0.0
			for x := from; x < to; x++ {
				k := math.Max(0, 1-math.Abs((float64(x)-centre+0.5)/support))
				sum, weights = sum+k*src.v[y*src.w+x], weights+k
			}
			out.v[y*w+dx] = sum / weights
		}
	}
	return out
}

func (g gray) turned() gray {
	out := newGray(g.h, g.w)
	for y := range g.h {
		for x := range g.w {
			out.v[x*g.h+y] = g.v[y*g.w+x]
		}
	}
	return out
}

// The resize is OpenCV's and Pillow's by their own definitions, to 0.15 of a grey level; either
// rounds its result to whole levels.
func TestResizeIsOpenCVsAndPillows(t *testing.T) {
	for _, size := range [][2]int{
		{1, 1},
		{1, 50},
		{50, 1},
		{33, 61},
		{127, 95},
		{361, 641},
		{643, 359},
	} {
		f := picture(t, size[0], size[1], media.RGBA, media.Color{})
		for _, to := range [][2]int{{1, 1}, {64, 36}, {61, 47}, {97, 101}} {
			for _, aa := range []bool{false, true} {
				t.Run(fmt.Sprintf("%v to %v antialias %v", size, to, aa), func(t *testing.T) {
					w, h := to[0], to[1]
					place := image.Rect(2, 1, 2+w, 1+h)
					got := run(t, f,
						Target{
							Width: w + 3, Height: h + 2, Place: place,
							Scale: [3]float32{1, 1, 1}, Antialias: aa,
						}, 0)
					for c := range 3 {
						want := openCV(channel(f, c), w, h)
						if aa {
							want = pillow(channel(f, c), w, h)
						}
						for i, v := range want.v {
							at := (c*(h+2)+i/w+1)*(w+3) + i%w + 2
							if g := float64(got.Float32[at]); math.Abs(g-v) > 0.15 &&
								size[0]/w < 64 && size[1]/h < 64 || math.Abs(g-v) > 0.5 {
								t.Fatalf("channel %d at %d,%d: %v, want %v", c, i%w, i/w, g, v)
							}
						}
					}
				})
			}
		}
	}
}
