package egomotion

import (
	"errors"
	"io"
	"math"
	"path/filepath"
	"testing"
	"time"

	"handlens/inference"
	"handlens/media"
	"handlens/media/ffmpeg"
)

// Clips are drawn at that size, in pixels, rate and length.
const (
	clipWidth, clipHeight = 640, 360
	clipRate              = 30
	clipSeconds           = 7
)

// clip is a drawn scene whose truth is known: up to three things, red, green and blue, before a
// wall, seen by a camera that may move.
type clip struct {
	name   string
	things []thing // each hides those before it
	// pillar stands before all things; zero for none.
	pillar inference.Box
	// camera is by how much the frame is shifted at a time, in its widths and heights; nil for a
	// tripod.
	camera func(t float64) (x, y float64)
}

// thing is a patch that is there from one second to another; at is its middle.
type thing struct {
	from, to float64
	w, h     float64
	at       func(t float64) (x, y float64)
}

func steady(x, y float64) func(float64) (float64, float64) {
	return func(float64) (float64, float64) { return x, y }
}

func going(x, y, vx, vy float64) func(float64) (float64, float64) {
	return func(t float64) (float64, float64) { return x + vx*t, y + vy*t }
}

// stopAndGo walks for a second and rests for one, in turns, smoothly.
func stopAndGo(x, y, step float64) func(float64) (float64, float64) {
	return func(t float64) (float64, float64) {
		whole := math.Floor(t / 2)
		part := min(1, t-2*whole)
		return x + step*(whole+part*part*(3-2*part)), y
	}
}

// shake is a hand that holds a phone: some 2 % of the frame, at 1 to 4 Hz.
func shake(t float64) (x, y float64) {
	x = 0.022*math.Sin(2*math.Pi*1.1*t) + 0.010*math.Sin(2*math.Pi*2.7*t+1) + 0.004*math.Sin(
		2*math.Pi*4.1*t+2)
	y = 0.026*math.Sin(2*math.Pi*0.9*t+2) + 0.012*math.Sin(2*math.Pi*2.3*t) + 0.005*math.Sin(
		2*math.Pi*4.3*t)
	return x, y
}

// pans turns to the right and back within a second each, with the hand's shake.
func pans(t float64) (x, y float64) {
	x, y = shake(t)
	return x + 0.22*math.Cos(2*math.Pi*t/2.2), y
}

var clips = []clip{
	{name: "crossing", things: []thing{
		{0, 9, 0.12, 0.3, going(0.0, 0.45, 0.15, 0)},
		{0, 9, 0.08, 0.14, stopAndGo(0.15, 0.85, 0.2)},
		{0, 9, 0.11, 0.34, going(1.0, 0.5, -0.16, 0)},
	}},
	{
		name: "behind a pillar", pillar: inference.Box{X1: 0.44, Y1: 0, X2: 0.56, Y2: 1},
		things: []thing{
			{0, 9, 0.1, 0.25, going(0.05, 0.3, 0.22, 0)},
			{0, 9, 0.09, 0.2, going(0.95, 0.7, -0.25, 0)},
		},
	},
	{name: "coming and going", things: []thing{
		{1, 4.5, 0.1, 0.3, going(-0.35, 0.4, 0.3, 0)},
		{0, 9, 0.1, 0.2, func(t float64) (float64, float64) {
			return 0.5 + 0.35*math.Sin(1.3*t), 0.8
		}},
		{2.5, 7, 0.12, 0.3, going(1.6, 0.5, -0.2, 0)},
	}},
	{name: "held in a hand", camera: shake, things: []thing{
		{0, 9, 0.09, 0.25, going(0.2, 0.4, 0.08, 0)},
		{0, 9, 0.05, 0.08, steady(0.75, 0.75)},
		{0, 9, 0.08, 0.2, going(0.9, 0.4, -0.07, 0)},
	}},
	{name: "panned", camera: pans, things: []thing{
		{0, 9, 0.05, 0.12, steady(0.36, 0.5)},
		{0, 9, 0.05, 0.12, going(0.48, 0.52, 0.01, 0)},
		{0, 9, 0.05, 0.12, steady(0.61, 0.5)},
	}},
}

// seen is one thing at one moment: its box in the frame, and whether enough of it can be seen to
// find it.
type seen struct {
	box   inference.Box
	clear bool
}

// truth is where the things are in the frame; those that are not there at all are left out.
func (f clip) truth(t float64) map[int]seen {
	dx, dy := 0.0, 0.0
	if f.camera != nil {
		dx, dy = f.camera(t)
	}
	place := func(k thing) inference.Box {
		x, y := k.at(t)
		return inference.Box{
			X1: float32(x - k.w/2 + dx), Y1: float32(y - k.h/2 + dy),
			X2: float32(x + k.w/2 + dx), Y2: float32(y + k.h/2 + dy),
		}
	}
	all := make(map[int]seen)
	for i, k := range f.things {
		if t < k.from || t > k.to {
			continue
		}
		whole := place(k)
		box := inference.Box{
			X1: max(whole.X1, 0), Y1: max(whole.Y1, 0), X2: min(whole.X2, 1),
			Y2: min(whole.Y2, 1),
		}
		if box.X1 >= box.X2 || box.Y1 >= box.Y2 {
			continue
		}
		left := area(box) - common(box, f.pillar)
		for _, front := range f.things[i+1:] {
			if t >= front.from && t <= front.to {
				left -= common(box, place(front))
			}
		}
		all[i] = seen{box, left > 0.7*area(whole)}
	}
	return all
}

func area(b inference.Box) float64 { return float64(b.X2-b.X1) * float64(b.Y2-b.Y1) }

func common(a, b inference.Box) float64 {
	w, h := min(a.X2, b.X2)-max(a.X1, b.X1), min(a.Y2, b.Y2)-max(a.Y1, b.Y1)
	return float64(max(0, w)) * float64(max(0, h))
}

func iou(a, b inference.Box) float64 {
	c := common(a, b)
	return c / (area(a) + area(b) - c)
}

// wallpaper is a wall without colours, larger than the frame, that never repeats.
func wallpaper() *gray {
	g := new(gray)
	g.size(2*clipWidth, 2*clipHeight)
	for y := range g.h {
		for x := range g.w {
			u, v := float64(x), float64(y)
			g.pix[y*g.w+x] = float32(
				125 + 30*math.Sin(u/9+2*math.Sin(v/47)) + 25*math.Sin(
					v/11+2*math.Sin(u/59)) + 20*math.Sin((u+1.7*v)/37))
		}
	}
	return g
}

// The things' colours as luma and chroma.
var paints = [3][3]byte{{81, 90, 240}, {145, 54, 34}, {41, 240, 110}}

func (f clip) draw(p *media.Frame, wall *gray, t float64) {
	dx, dy := 0.0, 0.0
	if f.camera != nil {
		dx, dy = f.camera(t)
	}
	for y := range clipHeight {
		for x := range clipWidth {
			u, v := float64(x)+clipWidth/2-dx*clipWidth, float64(y)+clipHeight/2-dy*clipHeight
			p.Plane[0][y*p.Stride[0]+x] = byte(wall.at(float32(u), float32(v)))
		}
	}
	for i := 1; i < 3; i++ {
		for j := range p.Plane[i] {
			p.Plane[i][j] = 128
		}
	}
	for i := range f.things {
		if s, ok := f.truth(t)[i]; ok {
			fill(p, s.box, paints[i])
		}
	}
	fill(p, f.pillar, [3]byte{60, 128, 128})
}

func fill(p *media.Frame, b inference.Box, color [3]byte) {
	for i, v := range color {
		half := 1
		if i > 0 {
			half = 2
		}
		w, h := clipWidth/half, clipHeight/half
		edge := func(v float32, n int) int { return int(math.Round(float64(v) * float64(n))) }
		for y := edge(b.Y1, h); y < edge(b.Y2, h); y++ {
			for x := edge(b.X1, w); x < edge(b.X2, w); x++ {
				p.Plane[i][y*p.Stride[i]+x] = v
			}
		}
	}
}

// shoot encodes the clip as the app encodes recordings.
func (f clip) shoot(t testing.TB) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "clip.mp4")
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	e, err := ffmpeg.OpenEncoder(ffmpeg.EncoderOptions{
		Width: clipWidth, Height: clipHeight,
		FPS: clipRate,
	})
	must(err)
	defer e.Close()
	m, err := ffmpeg.CreateMP4(path, ffmpeg.MuxerOptions{Encoder: e})
	must(err)
	write := func(c ffmpeg.Encoded) error { return m.Video(c.Data, c.Key, c.At) }
	var pool media.Pool
	wall := wallpaper()
	for i := range clipSeconds * clipRate {
		p, err := pool.Get(clipWidth, clipHeight, media.I420)
		must(err)
		f.draw(p, wall, float64(i)/clipRate)
		must(e.Encode(p, time.Duration(i)*time.Second/clipRate, write))
		p.Release()
	}
	must(e.Flush(write))
	must(m.Close())
	return path
}

// watched is one frame of a clip as it was decoded, and what the detector finds in it.
type watched struct {
	at    time.Duration
	found []inference.Detection
}

// each decodes a clip frame by frame.
func each(t testing.TB, path string, do func(p *media.Frame)) {
	t.Helper()
	var pool media.Pool
	r, err := ffmpeg.OpenFile(path, &pool)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	for {
		p, err := r.Next()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		do(p)
		p.Release()
	}
}
