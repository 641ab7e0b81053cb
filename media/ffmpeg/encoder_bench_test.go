package ffmpeg

import (
	"math/rand/v2"
	"testing"

	"handlens/media"
)

// panned is a second of recording as hard to code as a hand-held phone's: a texture that moves by a
// few pixels, with a sensor's noise on it.
func panned(b *testing.B, pool *media.Pool, w, h int) []*media.Frame {
	random := rand.New(rand.NewPCG(1, 2))
	const margin = 128
	tw, th := w+margin, h+margin
	texture := make([]int, tw*th)
	for _, cell := range []int{64, 16, 4} { // coarse structures are strong ones
		grid := make([]int, (tw/cell+2)*(th/cell+2))
		for i := range grid {
			grid[i] = random.IntN(cell + 8)
		}
		for i := range texture {
			texture[i] += grid[i/tw/cell*(tw/cell+2)+i%tw/cell]
		}
	}
	frames := make([]*media.Frame, 30)
	for n := range frames {
		f, err := pool.Get(w, h, media.I420)
		if err != nil {
			b.Fatal(err)
		}
		dx, dy := 3*min(n, 30-n), 2*min(n, 30-n)
		for y := range h {
			row := texture[(y+dy)*tw+dx:]
			for x := range w {
				f.Plane[0][y*w+x] = byte(40 + row[x] + random.IntN(5))
			}
		}
		for i := range f.Plane[1] {
			f.Plane[1][i], f.Plane[2][i] = byte(110+random.IntN(3)), byte(140+random.IntN(3))
		}
		frames[n] = f
	}
	b.Cleanup(func() {
		for _, f := range frames {
			f.Release()
		}
	})
	return frames
}
