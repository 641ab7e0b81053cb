package glass_test

import (
	"image"
	"math/rand/v2"
	"path/filepath"
	"testing"
	"time"

	"handlens/media"
	"handlens/media/ffmpeg"
	"handlens/media/glass"
)

// A code that changes with each frame is the hardest for an encoder, and one megabit a second is
// little for 720p: each frame is read as what it was, or not at all, and nearly all are read.
func TestReadAfterCoding(t *testing.T) {
	for _, name := range []string{"libopenh264", "mpeg4"} {
		t.Run(name, func(t *testing.T) {
			const frames, width, height = 24, 1280, 720
			path := filepath.Join(t.TempDir(), "film.mp4")
			record(t, path, name, frames, width, height)
			var pool media.Pool
			film, err := ffmpeg.OpenFile(path, &pool)
			if err != nil {
				t.Fatal(err)
			}
			defer film.Close()
			var r glass.Reader
			read := 0
			for i := range frames {
				f, err := film.Next()
				if err != nil {
					t.Fatal(err)
				}
				got, ok := r.Read(glass.Luma{
					Pix: f.Plane[0], Stride: f.Stride[0], Width: f.Width, Height: f.Height,
				})
				f.Release()
				if ok && got != first+i {
					t.Errorf("frame %d shows %d and is read as %d", i, first+i, got)
				}
				if ok {
					read++
				}
			}
			t.Logf("%d of %d frames were read", read, frames)
			if read < frames*9/10 {
				t.Errorf("only %d of %d frames were read", read, frames)
			}
		})
	}
}

// first is the number in the first frame.
const first = 31_700

// record codes frames in which the code trembles on a noisy ground.
func record(t *testing.T, path, encoder string, frames, width, height int) {
	t.Helper()
	e, err := ffmpeg.OpenEncoder(ffmpeg.EncoderOptions{
		Width: width, Height: height, Bitrate: 1_000_000, Only: encoder,
	})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	m, err := ffmpeg.CreateMP4(path, ffmpeg.MuxerOptions{Encoder: e})
	if err != nil {
		t.Fatal(err)
	}
	var pool media.Pool
	f, err := pool.Get(width, height, media.I420)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Release()
	for _, chroma := range f.Plane[1:] {
		for i := range chroma {
			chroma[i] = 128
		}
	}
	rng := rand.New(rand.NewPCG(1, 2))
	write := func(c ffmpeg.Encoded) error { return m.Video(c.Data, c.Key, c.At) }
	for i := range frames {
		paint(f.Plane[0], width, glass.Image(first+i), width/2+rng.IntN(5), height/2, rng)
		if err := e.Encode(f, time.Duration(i)*time.Second/30, write); err != nil {
			t.Fatal(err)
		}
	}
	if err := e.Flush(write); err != nil {
		t.Fatal(err)
	}
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
}

// paint draws a code, 26 pixels a cell, with its middle at that place of a noisy ground.
func paint(luma []byte, width int, code *image.Gray, cx, cy int, rng *rand.Rand) {
	const cell = 26
	for i := range luma {
		luma[i] = uint8(90 + rng.IntN(12))
	}
	left, top := cx-glass.Side*cell/2, cy-glass.Side*cell/2
	for y := range glass.Side * cell {
		for x := range glass.Side * cell {
			v := code.Pix[y/cell*code.Stride+x/cell]
			luma[(top+y)*width+left+x] = uint8(40 + int(v)*150/255 + rng.IntN(12))
		}
	}
}
