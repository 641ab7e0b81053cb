package resample

import (
	"fmt"
	"image"
	"math"
	"math/rand/v2"
	"testing"

	"handlens/media"
)

// frame makes noise, which no resize can get right by luck.
func picture(t testing.TB, w, h int, format media.Format, c media.Color) *media.Frame {
	t.Helper()
	f, err := new(media.Pool).Get(w, h, format)
	if err != nil {
		t.Fatal(err)
	}
	f.Color = c
	r := rand.New(rand.NewPCG(uint64(w), uint64(h)))
	for _, p := range f.Plane {
		for i := range p {
			p[i] = byte(r.Uint32())
		}
	}
	return f
}

// slowSample is the plain float definition of the resize: a normalised triangle over the samples
// that exist.
func slowSample(plane []byte, stride, step, w, h int, x, y, wx, wy float64) float64 {
	sum, weight := 0.0, 0.0
	for j := max(0, int(y-wy-1)); j < min(h, int(y+wy+2)); j++ {
		fy := 1 - math.Abs(float64(j)+0.5-y)/wy
		for i := max(0, int(x-wx-1)); i < min(w, int(x+wx+2)); i++ {
			fx := 1 - math.Abs(float64(i)+0.5-x)/wx
			if fx > 0 && fy > 0 {
				sum += fx * fy * float64(plane[j*stride+i*step])
				weight += fx * fy
			}
		}
	}
	if weight == 0 {
		// Past the last chroma sample of an odd size: the nearest one.
		return float64(plane[min(h-1, int(y))*stride+min(w-1, int(x))*step])
	}
	return sum / weight
}

// slow is the reference: no tables, no fixed point, no strips.
func slow(f *media.Frame, t Target) []float32 {
	out := make([]float32, 3*t.Width*t.Height)
	for c := range 3 {
		for i := range t.Width * t.Height {
			out[c*t.Width*t.Height+i] = t.Pad*t.Scale[c] + t.Bias[c]
		}
	}
	sx, sy := float64(f.Width)/float64(t.Place.Dx()), float64(f.Height)/float64(t.Place.Dy())
	wide := func(s float64) float64 {
		if t.Antialias {
			return math.Max(1, s)
		}
		return 1
	}
	m := matrixOf(f.Color)
	for j := range t.Place.Dy() {
		for i := range t.Place.Dx() {
			x, y := (float64(i)+0.5)*sx, (float64(j)+0.5)*sy
			var rgb [3]float64
			if f.Format == media.RGBA {
				for c := range 3 {
					rgb[c] = slowSample(f.Plane[0][c:], f.Stride[0], 4, f.Width, f.Height, x, y,
						wide(sx), wide(sy))
				}
			} else {
				cw, ch := (f.Width+1)/2, (f.Height+1)/2
				l := slowSample(f.Plane[0], f.Stride[0], 1, f.Width, f.Height, x, y, wide(sx),
					wide(sy)) - m.y0
				u := slowSample(f.Plane[1], f.Stride[1], 1, cw, ch, x/2, y/2, wide(sx/2),
					wide(sy/2)) - 128
				v := slowSample(f.Plane[2], f.Stride[2], 1, cw, ch, x/2, y/2, wide(sx/2),
					wide(sy/2)) - 128
				rgb = [3]float64{m.ky*l + m.rv*v, m.ky*l + m.gu*u + m.gv*v, m.ky*l + m.bu*u}
			}
			for c := range 3 {
				ch := c
				if t.BGR {
					ch = 2 - c
				}
				v := math.Min(255, math.Max(0, rgb[c]))
				out[ch*t.Width*t.Height+(j+t.Place.Min.Y)*t.Width+i+t.Place.Min.X] = float32(
					v)*t.Scale[ch] + t.Bias[ch]
			}
		}
	}
	return out
}

// tolerance is how far a sample of 0..255 may lie from the float reference: the fixed point's
// rounding, far below one grey level. Where more than 64 samples become one, which no frame and
// model bring about that are allowed here and known, the shares are small numbers and it is half a
// level.
func tolerance(f *media.Frame, t Target) float64 {
	if t.Antialias && max(f.Width/t.Place.Dx(), f.Height/t.Place.Dy()) > 64 {
		return 0.5
	}
	return 0.15
}

func TestRunEqualsFloatReference(t *testing.T) {
	ones := [3]float32{1, 1, 1}
	sizes := [][2]int{
		{1, 1},
		{2, 3},
		{7, 5},
		{33, 61},
		{64, 48},
		{131, 77},
		{320, 180},
		{181, 319},
		{641, 3},
		{3, 641},
	}
	for _, size := range sizes {
		for _, format := range []media.Format{media.I420, media.RGBA} {
			for _, aa := range []bool{false, true} {
				target := Target{
					Width: 64, Height: 48, Place: image.Rect(3, 5, 60, 41),
					Scale: ones, Pad: 114, Antialias: aa, BGR: aa,
				}
				color := media.Color{Matrix: media.Matrix(size[0] & 1), FullRange: size[1]&1 == 0}
				name := fmt.Sprintf("%dx%d format %d antialias %v", size[0], size[1], format, aa)
				t.Run(name, func(t *testing.T) {
					f := picture(t, size[0], size[1], format, color)
					compare(t, f, target)
				})
			}
		}
	}
}

func compare(t *testing.T, f *media.Frame, target Target) {
	t.Helper()
	p, err := NewPlan(SourceOf(f), target)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	got := make([]float32, 3*target.Width*target.Height)
	if err := p.FillPadding(Tensor{Float32: got}); err != nil {
		t.Fatal(err)
	}
	if err := p.Run(f, Tensor{Float32: got}); err != nil {
		t.Fatal(err)
	}
	for i, want := range slow(f, target) {
		if math.Abs(float64(got[i]-want)) > tolerance(f, target) {
			n := target.Width * target.Height
			t.Fatalf("plane %d at %d,%d: %v, want %v", i/n, i%n%target.Width, i%n/target.Width,
				got[i], want)
		}
	}
}

func TestScaleAndBiasBelongToTensorPlanes(t *testing.T) {
	f := picture(t, 40, 30, media.RGBA, media.Color{})
	target := Target{Width: 20, Height: 20, Place: image.Rect(0, 0, 20, 15), Pad: 114, BGR: true}
	for c, std := range []float32{57.375, 57.12, 58.395} {
		target.Scale[c] = 1 / std
		target.Bias[c] = -[]float32{103.53, 116.28, 123.675}[c] / std
	}
	compare(t, f, target)
}

func TestStridesLargerThanRows(t *testing.T) {
	f := picture(t, 100, 50, media.I420, media.Color{})
	wide := &media.Frame{Width: f.Width, Height: f.Height, Format: f.Format, Color: f.Color}
	for i := range f.Plane {
		w, h := 100, 50
		if i > 0 {
			w, h = 50, 25
		}
		wide.Stride[i] = w + 28
		// The last row ends where the frame ends: nothing behind it may be read.
		wide.Plane[i] = make([]byte, (h-1)*wide.Stride[i]+w)
		for y := range h {
			copy(wide.Plane[i][y*wide.Stride[i]:], f.Plane[i][y*f.Stride[i]:][:w])
		}
	}
	compare(t, wide,
		Target{Width: 64, Height: 64, Place: image.Rect(0, 0, 64, 32), Scale: [3]float32{1, 1, 1}})
}

func TestPrimaryColours(t *testing.T) {
	// A plain surface must come out as itself in each matrix and range.
	for _, c := range []media.Color{
		{},
		{FullRange: true},
		{Matrix: media.BT709},
		{Matrix: media.BT709, FullRange: true},
	} {
		for _, want := range [][3]float64{
			{255, 0, 0},
			{0, 255, 0},
			{0, 0, 255},
			{255, 255, 255},
			{0, 0, 0},
			{90, 120, 200},
		} {
			f := picture(t, 33, 17, media.I420, c)
			y, u, v := encode(want, c)
			for i, s := range []byte{y, u, v} {
				for k := range f.Plane[i] {
					f.Plane[i][k] = s
				}
			}
			p, err := NewPlan(SourceOf(f),
				Target{
					Width: 8, Height: 8, Place: image.Rect(0, 0, 8, 8),
					Scale: [3]float32{1, 1, 1},
				})
			if err != nil {
				t.Fatal(err)
			}
			got := make([]float32, 3*64)
			if err := p.Run(f, Tensor{Float32: got}); err != nil {
				t.Fatal(err)
			}
			p.Close()
			for i, g := range got {
				if math.Abs(float64(g)-want[i/64]) > 2 {
					t.Fatalf("%+v colour %v: plane %d is %v", c, want, i/64, g)
				}
			}
		}
	}
}

// encode is the textbook's other direction.
func encode(rgb [3]float64, c media.Color) (y, u, v byte) {
	kr, kb := 0.299, 0.114
	if c.Matrix == media.BT709 {
		kr, kb = 0.2126, 0.0722
	}
	l := kr*rgb[0] + (1-kr-kb)*rgb[1] + kb*rgb[2]
	cb, cr := (rgb[2]-l)/(2*(1-kb)), (rgb[0]-l)/(2*(1-kr))
	if !c.FullRange {
		l, cb, cr = 16+l*219/255, cb*224/255, cr*224/255
	}
	b := func(x float64) byte { return byte(math.Round(math.Min(255, math.Max(0, x)))) }
	return b(l), b(cb + 128), b(cr + 128)
}

func TestBadPictures(t *testing.T) {
	target := Target{
		Width: 32, Height: 32, Place: image.Rect(0, 0, 32, 32),
		Scale: [3]float32{1, 1, 1},
	}
	if _, err := NewPlan(Source{Width: 0, Height: 4}, target); err == nil {
		t.Error("a picture without width was accepted")
	}
	outside := target
	outside.Place = image.Rect(0, 0, 33, 32)
	if _, err := NewPlan(Source{Width: 4, Height: 4}, outside); err == nil {
		t.Error("a place outside the tensor was accepted")
	}
	f := picture(t, 10, 10, media.I420, media.Color{})
	p, err := NewPlan(SourceOf(f), target)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	dst := make([]float32, 3*32*32)
	if err := p.Run(f, Tensor{Float32: dst[:100]}); err == nil {
		t.Error("a tensor that is too short was accepted")
	}
	f.Plane[2] = f.Plane[2][:24]
	if err := p.Run(f, Tensor{Float32: dst}); err == nil {
		t.Error("a plane that is too short was accepted")
	}
	f.Stride[0] = 0
	if err := p.Run(f, Tensor{Float32: dst}); err == nil {
		t.Error("a stride of nothing was accepted")
	}
	if err := p.Run(picture(t, 11, 10, media.I420, media.Color{}),
		Tensor{Float32: dst}); err == nil {
		t.Error("another size was accepted")
	}
	p.Close()
	if err := p.Run(f, Tensor{Float32: dst}); err == nil {
		t.Error("a closed plan ran")
	}
}

func TestRunAllocatesNothing(t *testing.T) {
	f := picture(t, 320, 240, media.I420, media.Color{})
	p, err := NewPlan(SourceOf(f), Target{Width: 64, Height: 64, Place: image.Rect(0, 8, 64, 56)})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	dst := make([]float32, 3*64*64)
	if n := testing.AllocsPerRun(20, func() { _ = p.Run(f, Tensor{Float32: dst}) }); n > 0 {
		t.Errorf("%v allocations in a run", n)
	}
}
