package ffmpeg

import (
	"errors"
	"fmt"
	"image"
	"image/color"
	"math"
	"math/rand/v2"
	"testing"

	"handlens/media"
)

var colors = []media.Color{
	{Matrix: media.BT601},
	{Matrix: media.BT601, FullRange: true},
	{Matrix: media.BT709},
	{Matrix: media.BT709, FullRange: true},
}

// formulaRGB is the definition (ITU-R BT.601-7, BT.709-6) in floating point, written without regard
// to the code under test.
func formulaRGB(c media.Color, y, cb, cr uint8) color.RGBA {
	kr, kb := 0.299, 0.114
	if c.Matrix == media.BT709 {
		kr, kb = 0.2126, 0.0722
	}
	var luma, pb, pr float64
	if c.FullRange {
		luma, pb, pr = float64(y)/255, (float64(cb)-128)/255, (float64(cr)-128)/255
	} else {
		luma, pb, pr = (float64(y)-16)/219, (float64(cb)-128)/224, (float64(cr)-128)/224
	}
	r := luma + 2*(1-kr)*pr
	b := luma + 2*(1-kb)*pb
	g := (luma - kr*r - kb*b) / (1 - kr - kb)
	level := func(v float64) uint8 { return uint8(math.Round(min(max(v, 0), 1) * 255)) }
	return color.RGBA{level(r), level(g), level(b), 255}
}

// formulaYUV is the way there.
func formulaYUV(c media.Color, p color.RGBA) (y, cb, cr uint8) {
	kr, kb := 0.299, 0.114
	if c.Matrix == media.BT709 {
		kr, kb = 0.2126, 0.0722
	}
	r, g, b := float64(p.R)/255, float64(p.G)/255, float64(p.B)/255
	luma := kr*r + (1-kr-kb)*g + kb*b
	pb, pr := (b-luma)/(2*(1-kb)), (r-luma)/(2*(1-kr))
	if c.FullRange {
		return uint8(math.Round(luma * 255)), uint8(min(math.Round(pb*255+128), 255)),
			uint8(min(math.Round(pr*255+128), 255))
	}
	return uint8(math.Round(luma*219 + 16)), uint8(math.Round(pb*224 + 128)),
		uint8(math.Round(pr*224 + 128))
}

// frameOf makes an I420 frame whose pixels come from a function; chroma is that of the even pixels.
func frameOf(t testing.TB, pool *media.Pool, w, h int, c media.Color,
	at func(x, y int) (y8, cb, cr uint8),
) *media.Frame {
	t.Helper()
	f, err := pool.Get(w, h, media.I420)
	if err != nil {
		t.Fatal(err)
	}
	f.Color = c
	for y := range h {
		for x := range w {
			l, cb, cr := at(x, y)
			f.Plane[0][y*f.Stride[0]+x] = l
			if x&1 == 0 && y&1 == 0 {
				f.Plane[1][y/2*f.Stride[1]+x/2] = cb
				f.Plane[2][y/2*f.Stride[2]+x/2] = cr
			}
		}
	}
	return f
}

// bars are the eight colour bars at full and at 75 %.
var bars = func() (out []color.RGBA) {
	for _, v := range []uint8{255, 191} {
		for i := range 8 {
			pick := func(bit int) uint8 { return v * uint8(i>>bit&1) }
			out = append(out, color.RGBA{pick(2), pick(1), pick(0), 255})
		}
	}
	return out
}()

func TestColourBars(t *testing.T) {
	const barWidth, height = 10, 6
	for _, c := range colors {
		t.Run(fmt.Sprintf("%+v", c), func(t *testing.T) {
			var pool media.Pool
			f := frameOf(t, &pool, barWidth*len(bars), height, c,
				func(x, _ int) (uint8, uint8, uint8) { return formulaYUV(c, bars[x/barWidth]) })
			defer f.Release()
			same := rgba(t, f)
			half := image.NewRGBA(image.Rect(0, 0, f.Width/2, height/2))
			twice := image.NewRGBA(image.Rect(0, 0, f.Width*2, height*2))
			conv := NewConverter()
			defer conv.Close()
			for _, img := range []*image.RGBA{half, twice} {
				if err := conv.ToRGBA(img, f); err != nil {
					t.Fatal(err)
				}
			}
			for i, want := range bars {
				for y := range height {
					for x := i * barWidth; x < (i+1)*barWidth; x++ {
						if got := same.RGBAAt(x, y); !near(got, want, 2) {
							t.Fatalf("same size: bar %d at %d,%d is %v, want %v", i, x, y, got,
								want)
						}
					}
				}
				if got := half.RGBAAt(i*barWidth/2+2, 1); !near(got, want, 3) {
					t.Errorf("half size: bar %d is %v, want %v", i, got, want)
				}
				if got := twice.RGBAAt(i*barWidth*2+10, height); !near(got, want, 3) {
					t.Errorf("twice the size: bar %d is %v, want %v", i, got, want)
				}
			}
		})
	}
}

// Every luma and a grid of chroma, legal or not.
func TestEveryLevelAgainstTheFormula(t *testing.T) {
	var pool media.Pool
	for _, c := range colors {
		worst := 0
		for cb := 0; cb < 256; cb += 15 {
			f := frameOf(t, &pool, 256, 2*18, c, func(x, y int) (uint8, uint8, uint8) {
				return uint8(x), uint8(cb), uint8(y / 2 * 15)
			})
			img := rgba(t, f)
			for y := range f.Height {
				for x := range f.Width {
					want := formulaRGB(c, uint8(x), uint8(cb), uint8(y/2*15))
					got := img.RGBAAt(x, y)
					for _, d := range []int{
						int(got.R) - int(want.R), int(got.G) - int(want.G),
						int(got.B) - int(want.B),
					} {
						worst = max(worst, d, -d)
					}
					if got.A != 255 {
						t.Fatalf("alpha %d", got.A)
					}
				}
			}
			f.Release()
		}
		if worst > 1 {
			t.Errorf("%+v: up to %d levels off", c, worst)
		}
	}
	closed(t, &pool)
}

var oddSizes = []image.Point{
	{1, 1},
	{1, 5},
	{5, 1},
	{3, 3},
	{15, 7},
	{17, 9},
	{255, 3},
	{256, 2},
	{257, 3},
	{513, 5},
	{640, 4},
}

// Odd sizes and sizes about the inner block length, into part of a larger frame: nothing outside
// it may change.
func TestOddSizesStayInside(t *testing.T) {
	var pool media.Pool
	rng := rand.New(rand.NewPCG(1, 2))
	conv := NewConverter()
	defer conv.Close()
	for _, size := range oddSizes {
		f := frameOf(t, &pool, size.X, size.Y, media.Color{}, func(int, int) (uint8, uint8, uint8) {
			return uint8(rng.Uint32()), uint8(rng.Uint32()), uint8(rng.Uint32())
		})
		for _, target := range []image.Point{
			size,
			{size.X + 3, size.Y + 5},
			{max(1, size.X/2), max(1, size.Y/2)},
		} {
			outer := image.NewRGBA(image.Rect(0, 0, target.X+5, target.Y+6))
			for i := range outer.Pix {
				outer.Pix[i] = 0x5A
			}
			inside := image.Rectangle{Min: image.Pt(2, 3), Max: image.Pt(2, 3).Add(target)}
			if err := conv.ToRGBA(outer.SubImage(inside).(*image.RGBA), f); err != nil {
				t.Fatal(err)
			}
			for y := range outer.Rect.Dy() {
				for x := range outer.Rect.Dx() {
					got := outer.RGBAAt(x, y)
					if !image.Pt(x, y).In(inside) {
						if got != (color.RGBA{0x5A, 0x5A, 0x5A, 0x5A}) {
							t.Fatalf("%v to %v wrote outside at %d,%d", size, target, x, y)
						}
						continue
					}
					if got.A != 255 {
						t.Fatalf("%v to %v: alpha %d at %d,%d", size, target, got.A, x, y)
					}
					if target != size {
						continue
					}
					sx, sy := x-2, y-3
					c := sy/2*f.Stride[1] + sx/2
					if want := formulaRGB(f.Color, f.Plane[0][sy*f.Stride[0]+sx], f.Plane[1][c],
						f.Plane[2][c]); !near(got, want, 1) {
						t.Fatalf("%v: pixel %d,%d is %v, want %v", size, sx, sy, got, want)
					}
				}
			}
		}
		f.Release()
	}
	closed(t, &pool)
}

func TestConvertRGBA(t *testing.T) {
	src := image.NewRGBA(image.Rect(0, 0, 40, 30))
	for y := range 30 {
		for x := range 40 {
			src.SetRGBA(x, y, bars[x/5])
		}
	}
	f, err := media.FromImage(src)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Release()
	same := rgba(t, f)
	conv := NewConverter()
	defer conv.Close()
	twice := image.NewRGBA(image.Rect(0, 0, 80, 60))
	if err := conv.ToRGBA(twice, f); err != nil {
		t.Fatal(err)
	}
	for i, want := range bars[:8] {
		if got := same.RGBAAt(5*i+2, 10); got != want {
			t.Errorf("same size: %v, want %v", got, want)
		}
		if got := twice.RGBAAt(10*i+5, 20); !near(got, want, 3) {
			t.Errorf("twice the size: %v, want %v", got, want)
		}
	}
}

// smallFrame and smallImage are a frame and a target that fit each other.
func smallFrame(t *testing.T) *media.Frame {
	t.Helper()
	var pool media.Pool
	return frameOf(t, &pool, 8, 8, media.Color{}, func(int, int) (uint8, uint8, uint8) {
		return 0, 0, 0
	})
}

func smallImage() *image.RGBA { return image.NewRGBA(image.Rect(0, 0, 8, 8)) }

// refusedConversions make targets and frames that do not fit, of a good frame.
var refusedConversions = map[string]func(good *media.Frame) (*image.RGBA, *media.Frame){
	"an empty target": func(good *media.Frame) (*image.RGBA, *media.Frame) {
		return image.NewRGBA(image.Rectangle{}), good
	},
	"a target cut short": func(good *media.Frame) (*image.RGBA, *media.Frame) {
		d := smallImage()
		d.Pix = d.Pix[:100]
		return d, good
	},
	"a narrow stride": func(good *media.Frame) (*image.RGBA, *media.Frame) {
		d := smallImage()
		d.Stride = 31
		return d, good
	},
	"no size": func(*media.Frame) (*image.RGBA, *media.Frame) {
		return smallImage(), &media.Frame{}
	},
	"a missing plane": func(good *media.Frame) (*image.RGBA, *media.Frame) {
		return smallImage(),
			&media.Frame{
				Width: 8, Height: 8, Plane: [3][]byte{good.Plane[0]},
				Stride: good.Stride,
			}
	},
	"a plane cut short": func(good *media.Frame) (*image.RGBA, *media.Frame) {
		return smallImage(),
			&media.Frame{Width: 8, Height: 10, Plane: good.Plane, Stride: good.Stride}
	},
	"an unknown format": func(good *media.Frame) (*image.RGBA, *media.Frame) {
		return smallImage(),
			&media.Frame{Width: 8, Height: 8, Format: 9, Plane: good.Plane, Stride: good.Stride}
	},
	"a size past the edge": func(good *media.Frame) (*image.RGBA, *media.Frame) {
		return smallImage(),
			&media.Frame{Width: 1 << 20, Height: 8, Plane: good.Plane, Stride: good.Stride}
	},
}

func TestConvertRefuses(t *testing.T) {
	conv := NewConverter()
	for name, try := range refusedConversions {
		dst, f := try(smallFrame(t))
		if err := conv.ToRGBA(dst, f); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
	conv.Close()
	conv.Close()
	if err := conv.ToRGBA(smallImage(), smallFrame(t)); !errors.Is(err, ErrClosed) {
		t.Errorf("after Close: %v", err)
	}
}

func TestConvertDoesNotAllocate(t *testing.T) {
	var pool media.Pool
	f := frameOf(t, &pool, 64, 48, media.Color{}, func(x, y int) (uint8, uint8, uint8) {
		return uint8(x), uint8(y), 9
	})
	defer f.Release()
	conv := NewConverter()
	defer conv.Close()
	for _, size := range []image.Rectangle{image.Rect(0, 0, 64, 48), image.Rect(0, 0, 100, 40)} {
		dst := image.NewRGBA(size)
		if n := testing.AllocsPerRun(20, func() {
			if err := conv.ToRGBA(dst, f); err != nil {
				t.Fatal(err)
			}
		}); n != 0 {
			t.Errorf("to %v: %v allocations", size.Max, n)
		}
	}
}
