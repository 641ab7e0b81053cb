package glass

import (
	"fmt"
	"image"
	"math"
	"math/rand/v2"
	"testing"
)

// scene is a frame that is being drawn, as brightness from 0 to 1.
type scene struct {
	width, height int
	light         []float64
}

func newScene(width, height int) *scene {
	s := &scene{width, height, make([]float64, width*height)}
	for y := range height {
		for x := range width { // a desk with some texture
			s.light[y*width+x] = 0.35 + 0.1*math.Sin(float64(x)/17)*math.Cos(float64(y)/23) +
				0.05*float64((x*7+y*13)%5)/5
		}
	}
	return s
}

// put draws codes over the quad, mixed: each has its share, which may be another one in each row.
func (s *scene) put(q quad, shares func(v float64) []float64, codes ...*image.Gray) {
	back := invert(project(q))
	for y := range s.height {
		for x := range s.width {
			at := back.at(float64(x)+0.5, float64(y)+0.5)
			// The unit square is the border's outer edge; the margin lies around it.
			cx, cy := at.x*(Side-2)+1, at.y*(Side-2)+1
			if cx < 0 || cy < 0 || cx >= Side || cy >= Side {
				continue
			}
			v := 0.
			for i, share := range shares(at.y) {
				v += share * float64(codes[i].Pix[int(cy)*Side+int(cx)]) / 255
			}
			s.light[y*s.width+x] = v
		}
	}
}

// invert returns the projection that undoes p, by the adjugate of its matrix.
func invert(p projection) projection {
	m := projection{
		a: p.e - p.f*p.h, b: p.c*p.h - p.b, c: p.b*p.f - p.c*p.e,
		d: p.f*p.g - p.d, e: p.a - p.c*p.g, f: p.c*p.d - p.a*p.f,
		g: p.d*p.h - p.e*p.g, h: p.b*p.g - p.a*p.h,
	}
	i := p.a*p.e - p.b*p.d
	return projection{
		m.a / i, m.b / i, m.c / i, m.d / i, m.e / i, m.f / i, m.g / i, m.h / i,
	}
}

// blur is a box of that radius, twice.
func (s *scene) blur(radius int) {
	for range 2 {
		s.light = boxed(s.light, s.width, s.height, radius, 1, s.width)
		s.light = boxed(s.light, s.height, s.width, radius, s.width, 1)
	}
}

func boxed(in []float64, n, lines, radius, step, stride int) []float64 {
	out := make([]float64, len(in))
	for l := range lines {
		sum, count := 0., 0.
		for i := range n {
			if i == 0 {
				sum, count = 0, 0
				for j := 0; j <= min(n-1, radius); j++ {
					sum, count = sum+in[l*stride+j*step], count+1
				}
			} else {
				if j := i + radius; j < n {
					sum, count = sum+in[l*stride+j*step], count+1
				}
				if j := i - radius - 1; j >= 0 {
					sum, count = sum-in[l*stride+j*step], count-1
				}
			}
			out[l*stride+i*step] = sum / count
		}
	}
	return out
}

// film turns light into samples of limited range, in uneven light and with noise.
func (s *scene) film(low, high, slope, noise float64, rng *rand.Rand) Luma {
	pix := make([]byte, len(s.light))
	for i, v := range s.light {
		x := float64(i%s.width)/float64(s.width) - 0.5
		v = low + (high-low)*v*(1+slope*x) + noise*rng.NormFloat64()
		pix[i] = byte(min(235, max(16, v)))
	}
	return Luma{Pix: pix, Stride: s.width, Width: s.width, Height: s.height}
}

// square is a code of that size in pixels from border to border, turned by degrees and tilted.
func square(cx, cy, size, degrees, tilt float64) quad {
	sin, cos := math.Sincos(degrees * math.Pi / 180)
	var q quad
	for i, c := range [4]point{{-1, -1}, {1, -1}, {1, 1}, {-1, 1}} {
		x, y := c.x*cos-c.y*sin, c.x*sin+c.y*cos
		far := 1 + tilt*x // the camera looks from the side
		q[i] = point{cx + size/2*x/far, cy + size/2*y/far}
	}
	return q
}

func only(float64) []float64 { return []float64{1} }

func TestEveryNumberIsRead(t *testing.T) {
	for n := range Numbers {
		c := encode(n)
		var g grid
		for y := range inner {
			for x := range inner {
				g[y+2][x+2] = -1
				if c[y][x] {
					g[y+2][x+2] = 1
				}
			}
		}
		if got, ok := g.number(); !ok || got != n {
			t.Fatalf("number %d is read as %d, %v", n, got, ok)
		}
		if n%64 != 0 {
			continue
		}
		for turn := range 3 {
			g = g.turned()
			if got, ok := g.number(); ok {
				t.Fatalf("number %d, turned %d times, is read as %d", n, turn+1, got)
			}
		}
	}
}

func TestQuartersTakeTurns(t *testing.T) {
	for n := range Numbers {
		before, now := encode(n), encode((n+1)%Numbers)
		for y := range inner {
			for x := range inner {
				if q := y/quarterSide*2 + x/quarterSide; before[y][x] != now[y][x] &&
					q != (n+1)%quarters {
					t.Fatalf("from %d to %d, quarter %d changes", n, n+1, q)
				}
			}
		}
	}
}

func TestReadsWhatACameraSees(t *testing.T) {
	type view struct {
		width, height           int
		size, degrees, tilt     float64
		blur                    int
		low, high, slope, noise float64
	}
	views := map[string]view{
		"plain":         {1280, 720, 400, 0, 0, 0, 16, 235, 0, 0},
		"small picture": {320, 180, 120, 3, 0, 0, 16, 235, 0, 2},
		"far away":      {1280, 720, 130, 5, 0, 1, 30, 200, 0, 2},
		"upside down":   {1280, 720, 400, 180, 0, 0, 16, 235, 0, 0},
		"turned":        {720, 1280, 400, 97, 0, 0, 16, 235, 0, 2},
		"slanting":      {1280, 720, 380, 38, 0.1, 1, 16, 235, 0, 3},
		"from the side": {1280, 720, 400, 4, 0.25, 1, 16, 235, 0, 3},
		"out of focus":  {1280, 720, 400, -6, 0.1, 5, 16, 235, 0, 3},
		"dim":           {1280, 720, 400, 7, 0.05, 1, 20, 70, 0, 3},
		"glaring":       {1280, 720, 400, 7, 0.05, 2, 90, 300, 0, 2},
		"uneven":        {1280, 720, 420, -7, 0.1, 1, 16, 200, 0.9, 3},
		"noisy":         {1280, 720, 300, 2, 0.05, 1, 30, 180, 0, 18},
		"full HD":       {1920, 1080, 700, -12, 0.15, 3, 16, 235, 0.3, 4},
	}
	for name, v := range views {
		t.Run(name, func(t *testing.T) {
			rng := rand.New(rand.NewPCG(1, 2))
			var r Reader
			for i := range 2 {
				want := rng.IntN(Numbers)
				s := newScene(v.width, v.height)
				// It is held in a hand.
				dx, dy := 6*rng.NormFloat64(), 6*rng.NormFloat64()
				s.put(square(float64(v.width)/2+dx, float64(v.height)/2+dy, v.size, v.degrees,
					v.tilt), only, Image(want))
				s.blur(v.blur)
				got, ok := r.Read(s.film(v.low, v.high, v.slope, v.noise, rng))
				if !ok || got != want {
					t.Errorf("frame %d shows %d and is read as %d, %v", i, want, got, ok)
				}
			}
		})
	}
}

// While the screen goes from one number to the next, the camera sees a mixture: of all rows, or
// above one number and below the other.
func TestMixedExposures(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	read, all := 0, 0
	for i := range 40 {
		from := rng.IntN(Numbers)
		a, b := rng.Float64(), rng.Float64()
		shares := func(float64) []float64 { return []float64{1 - a, a * (1 - b/3), a * b / 3} }
		if i%2 == 1 { // torn
			shares = func(v float64) []float64 {
				if v < a {
					return []float64{0, 0, 1}
				}
				return []float64{b, 1 - b, 0}
			}
		}
		s := newScene(480, 270)
		s.put(square(240, 135, 200, 4, 0.1), shares, Image(from), Image(from+1), Image(from+2))
		s.blur(1)
		var r Reader
		all++
		got, ok := r.Read(s.film(16, 235, 0, 3, rng))
		if !ok {
			continue
		}
		read++
		if past := modulo(got-from, Numbers); past > 2 {
			t.Errorf("a mixture of %d and the next two is read as %d", from, got)
		}
	}
	if read < all/2 {
		t.Errorf("only %d of %d mixtures were read, although two quarters stand still", read, all)
	}
}

// The screen that shows the code may also show what the camera saw a moment ago.
func TestAPictureOfTheCodeIsNotTheCode(t *testing.T) {
	rng := rand.New(rand.NewPCG(8, 8))
	for range 3 {
		var r Reader
		for i, shares := range [][]float64{{1, 0}, {0.5, 0.5}} {
			s := newScene(640, 360)
			now := rng.IntN(Numbers)
			s.put(square(200, 180, 250, 3, 0), func(float64) []float64 { return shares },
				Image(now), Image(now+quarters*41)) // in the second frame nothing can be read
			s.put(square(500, 180, 120, 3, 0), only, Image(now-9))
			s.blur(1)
			got, ok := r.Read(s.film(16, 235, 0, 2, rng))
			if i == 0 && (!ok || got != now) {
				t.Errorf("%d is read as %d, %v", now, got, ok)
			}
			if i == 1 && ok {
				t.Errorf("a smeared code is read as %d, which its picture shows: %d", got, now-9)
			}
		}
	}
}

// A frame without the code has no number, whatever is in it.
func TestNothingIsReadFromNothing(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	var r Reader
	for i := range 15 {
		s := newScene(320, 240)
		for range 12 { // the border of a code, with cells that are none
			code := Image(0)
			for y := 2; y < Side-2; y++ {
				for x := 2; x < Side-2; x++ {
					code.Pix[y*Side+x] = uint8(255 * rng.IntN(2))
				}
			}
			q := square(320*rng.Float64(), 240*rng.Float64(), 60+80*rng.Float64(),
				360*rng.Float64(), 0)
			s.put(q, only, code)
		}
		s.blur(1)
		if got, ok := r.Read(s.film(16, 235, 0, 3, rng)); ok {
			t.Errorf("frame %d is read as %d", i, got)
		}
	}
}

func TestRandomCellsAreRefused(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 8))
	read := 0
	for range 50_000 {
		var g grid
		for y := range Side {
			for x := range Side {
				g[y][x] = float64(2*rng.IntN(2) - 1)
			}
		}
		if _, ok := g.number(); ok {
			read++
		}
	}
	if read > 0 {
		t.Errorf("%d of 50000 random grids are read as a number", read)
	}
}

func TestFramesThatCannotBe(t *testing.T) {
	for _, l := range []Luma{
		{},
		{Pix: make([]byte, 100), Stride: 1000, Width: 1000, Height: 1000},
		{Pix: make([]byte, 1e6), Stride: 10, Width: 1000, Height: 1000},
		{Pix: make([]byte, 1e6), Stride: -1000, Width: 1000, Height: 1000},
		{Pix: make([]byte, 1e6), Stride: 1 << 62, Width: 1000, Height: 1000},
		{Pix: make([]byte, 1e6), Stride: 1000, Width: -5, Height: 1000},
		{Pix: make([]byte, 10), Stride: 2, Width: 2, Height: 5},
	} {
		var r Reader
		if n, ok := r.Read(l); ok {
			t.Errorf("%+v is read as %d", fmt.Sprint(l.Stride, l.Width, l.Height), n)
		}
	}
}

func FuzzRead(f *testing.F) {
	s := newScene(160, 120)
	s.put(square(80, 60, 90, 3, 0), only, Image(1234))
	good := s.film(16, 235, 0, 0, rand.New(rand.NewPCG(9, 9)))
	f.Add(good.Pix, 160, 160)
	f.Add([]byte{1, 2, 3}, 3, 3)
	f.Fuzz(func(t *testing.T, pix []byte, stride, width int) {
		height := 0
		if stride > 0 {
			height = (len(pix) + stride - 1) / stride
		}
		var r Reader
		n, ok := r.Read(Luma{Pix: pix, Stride: stride, Width: width, Height: height})
		if ok && (n < 0 || n >= Numbers) {
			t.Fatalf("read %d", n)
		}
	})
}

func BenchmarkRead(b *testing.B) {
	s := newScene(1280, 720)
	s.put(square(640, 360, 400, 5, 0.1), only, Image(4711))
	frame := s.film(16, 235, 0, 3, rand.New(rand.NewPCG(1, 1)))
	b.Run("where it was", func(b *testing.B) {
		var r Reader
		for b.Loop() {
			if _, ok := r.Read(frame); !ok {
				b.Fatal("not read")
			}
		}
	})
	b.Run("searching", func(b *testing.B) {
		for b.Loop() {
			var r Reader
			if _, ok := r.Read(frame); !ok {
				b.Fatal("not read")
			}
		}
	})
}
