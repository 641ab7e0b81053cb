package resample

import (
	"bytes"
	"fmt"
	"image"
	"math"
	"runtime"
	"testing"

	"handlens/media"
)

// run makes the tensor of one frame, whatever its type, on n strips, or as many as the plan wants
// when n is 0.
func run(t testing.TB, f *media.Frame, target Target, strips int) Tensor {
	t.Helper()
	p, err := NewPlan(SourceOf(f), target)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	if strips > 0 {
		p.divide(strips)
	}
	dst := newTensor(target)
	if err := p.FillPadding(dst); err != nil {
		t.Fatal(err)
	}
	if err := p.Run(f, dst); err != nil {
		t.Fatal(err)
	}
	return dst
}

func newTensor(t Target) Tensor {
	n := 3 * t.Width * t.Height
	switch t.Type {
	case Float16:
		return Tensor{Float16: make([]uint16, n)}
	case Uint8:
		return Tensor{Uint8: make([]uint8, n)}
	}
	return Tensor{Float32: make([]float32, n)}
}

// number reads element i of a tensor.
func number(d Tensor, as Type, i int) float64 {
	switch as {
	case Float16:
		return halfValue(d.Float16[i])
	case Uint8:
		return float64(d.Uint8[i])
	}
	return float64(d.Float32[i])
}

// halfValue is IEEE 754-2008, table 3.5, written down.
func halfValue(h uint16) float64 {
	sign, exponent, fraction := 1.0, int(h>>10&31), float64(h&1023)
	if h&0x8000 != 0 {
		sign = -1
	}
	switch exponent {
	case 0:
		return sign * math.Ldexp(fraction, -24)
	case 31:
		if fraction != 0 {
			return math.NaN()
		}
		return math.Inf(int(sign))
	}
	return sign * math.Ldexp(1024+fraction, exponent-25)
}

// nearestHalf looks for the nearest 16-bit float among all of them; of two equally near ones it
// takes the even one.
func nearestHalf(v float64, all []float64) uint16 {
	best, distance := uint16(0), math.Inf(1)
	for h := range uint16(0x7c00) {
		if d := math.Abs(all[h] - math.Abs(v)); d < distance || d == distance && h&1 == 0 {
			best, distance = h, d
		}
	}
	if math.Abs(v) >= 65520 {
		best = 0x7c00
	}
	if math.Signbit(v) {
		best |= 0x8000
	}
	return best
}

func TestHalvesAreNearest(t *testing.T) {
	all := make([]float64, 0x7c00)
	for h := range all {
		all[h] = halfValue(uint16(h))
	}
	in := []float32{
		0, 1, -1, 0.1, 1.0 / 3, 255, 65504, 65519.99, 65520, 1e9, -1e9, 6e-8, 2.9e-8,
		2.99e-8, 1e-9, 6.1035156e-5, 6.0975552e-5,
	}
	for h := 1; h < 0x7bff; h += 499 {
		between := float32((all[h] + all[h+1]) / 2)
		in = append(in, float32(all[h]), -float32(all[h]), between, -between,
			math.Nextafter32(between, 0), math.Nextafter32(between, 1e9))
	}
	want := make([]uint16, len(in))
	for i, v := range in {
		want[i] = nearestHalf(float64(v), all)
	}
	for _, fast := range []bool{false, true} {
		for i, got := range halves(in, fast) {
			if want := want[i]; got != want {
				t.Fatalf("fast %v: %v became %#04x = %v, want %#04x = %v", fast, in[i], got,
					halfValue(got), want, halfValue(want))
			}
		}
		special := halves([]float32{
			float32(math.Inf(1)), float32(math.Inf(-1)),
			float32(math.NaN()),
		}, fast)
		if special[0] != 0x7c00 || special[1] != 0xfc00 || !math.IsNaN(halfValue(special[2])) {
			t.Errorf("fast %v: infinities and NaN became %#04x", fast, special)
		}
	}
}

// Every type and order holds what three planes of floats hold, rounded as the type says.
func TestTypesAndOrdersAgree(t *testing.T) {
	base := Target{Width: 61, Height: 47, Place: image.Rect(4, 3, 57, 40), Pad: 114}
	ranges := map[string]func(*Target){
		"levels": func(t *Target) { t.Scale = [3]float32{1, 1, 1} },
		"unit":   func(t *Target) { t.Scale = [3]float32{1.0 / 255, 1.0 / 255, 1.0 / 255} },
		"mean and std": func(t *Target) {
			t.Scale, t.Bias = [3]float32{0.017, 0.0175, 0.0174}, [3]float32{-2.1, -2.03, -1.8}
		},
		"beyond": func(t *Target) {
			t.Scale, t.Bias = [3]float32{3, 3, 3}, [3]float32{-200, -100, 20}
		},
	}
	for name, set := range ranges {
		for _, format := range []media.Format{media.I420, media.RGBA} {
			for _, bgr := range []bool{false, true} {
				target := base
				set(&target)
				target.BGR = bgr
				f := picture(t, 131, 77, format, media.Color{})
				plain := run(t, f, target, 1)
				for as := Float32; as <= Uint8; as++ {
					for _, interleaved := range []bool{false, true} {
						target.Type, target.Interleaved = as, interleaved
						what := fmt.Sprintf("%s, format %d, BGR %v, type %d, interleaved %v", name,
							format, bgr, as, interleaved)
						agree(t, what, plain, run(t, f, target, 1), target)
					}
				}
			}
		}
	}
}

func agree(t *testing.T, what string, plain, got Tensor, target Target) {
	t.Helper()
	n := target.Width * target.Height
	for i, v := range plain.Float32 {
		at := i
		if target.Interleaved {
			at = i%n*3 + i/n
		}
		want, near := float64(v), 0.0
		switch target.Type {
		case Float16:
			near = math.Max(math.Abs(want)/2048, 1.0/(1<<25))
		case Uint8:
			want = math.Floor(math.Min(255, math.Max(0, float64(v+0.5))))
		}
		if g := number(got, target.Type, at); math.Abs(g-want) > near {
			t.Fatalf("%s: element %d is %v, want %v", what, at, g, want)
		}
	}
}

// The rows that strips make are those that one goroutine makes, bit for bit, and without
// allocating.
func TestStripsMakeTheSamePicture(t *testing.T) {
	for _, format := range []media.Format{media.I420, media.RGBA} {
		f := picture(t, 333, 217, format, media.Color{})
		target := Target{
			Width: 96, Height: 80, Place: image.Rect(5, 2, 96, 77),
			Scale: [3]float32{1, 1, 1}, Antialias: true,
		}
		want := run(t, f, target, 1)
		for _, n := range []int{2, 3, 4, 75} {
			got := run(t, f, target, n)
			for i, v := range want.Float32 {
				if got.Float32[i] != v {
					t.Fatalf("format %d, %d strips: element %d is %v, want %v", format, n, i,
						got.Float32[i], v)
				}
			}
		}
	}
}

func TestStripsAllocateNothing(t *testing.T) {
	f := picture(t, 320, 240, media.I420, media.Color{})
	target := Target{
		Width: 64, Height: 64, Place: image.Rect(0, 8, 64, 56), Type: Float16,
		Interleaved: true,
	}
	p, err := NewPlan(SourceOf(f), target)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	p.divide(3)
	dst := newTensor(target)
	if n := testing.AllocsPerRun(50, func() { _ = p.Run(f, dst) }); n > 0 {
		t.Errorf("%v allocations in a run", n)
	}
}

// The largest frames that there are, and the slimmest, come out right, and their tables stay
// small.
func TestHugeAndSlimPictures(t *testing.T) {
	sizes := [][2]int{
		{500, 375},
		{media.MaxSide, 1},
		{1, media.MaxSide},
		{media.MaxSide, 64},
		{64, media.MaxSide},
		{1, 1},
		{1, 7},
	}
	for _, size := range sizes {
		for _, aa := range []bool{false, true} {
			t.Run(fmt.Sprintf("%dx%d antialias %v", size[0], size[1], aa), func(t *testing.T) {
				// 500 into 26 is 8000 into 416: the reference is slow.
				f := picture(t, size[0], size[1], media.I420, media.Color{Matrix: media.BT709})
				place := image.Rect(0, 0, 26, 26)
				target := Target{
					Width: 26, Height: 26, Place: place, Scale: [3]float32{1, 1, 1},
					Antialias: aa,
				}
				compare(t, f, target)
			})
		}
	}
}

func TestTablesOfAHugePictureStaySmall(t *testing.T) {
	noise := picture(t, 8000, 60, media.RGBA, media.Color{})
	f := &media.Frame{Width: 8000, Height: 6000, Format: media.RGBA, Stride: noise.Stride}
	f.Plane[0] = bytes.Repeat(noise.Plane[0], 100)
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	got := run(t, f,
		Target{
			Width: 416, Height: 416, Place: image.Rect(0, 0, 416, 312),
			Scale: [3]float32{1, 1, 1}, Antialias: true,
		}, 0)
	runtime.ReadMemStats(&after)
	if used := after.TotalAlloc - before.TotalAlloc; used > 8<<20 {
		t.Errorf("a picture of 8000 × 6000 took %d MiB beside itself", used>>20)
	}
	// An average of 19 × 19 samples of noise lies near the middle.
	for i, v := range got.Float32[:416*312] {
		if v < 80 || v > 175 {
			t.Fatalf("sample %d is %v", i, v)
		}
	}
}
