package ffmpeg

import (
	"path/filepath"
	"testing"
	"time"

	"handlens/media"
)

// moving draws a picture with a bright square that moves with n.
func moving(t testing.TB, pool *media.Pool, w, h, n int) *media.Frame {
	t.Helper()
	f, err := pool.Get(w, h, media.I420)
	if err != nil {
		t.Fatal(err)
	}
	for y := range h {
		for x := range w {
			f.Plane[0][y*f.Stride[0]+x] = byte(40 + 100*y/h)
		}
	}
	for i := range f.Plane[1] {
		f.Plane[1][i], f.Plane[2][i] = 128, 128
	}
	for y := h / 4; y < h/2; y++ {
		for x := range w / 4 {
			f.Plane[0][y*f.Stride[0]+(x+n*4)%w] = 220
		}
	}
	return f
}

func TestFilmIsReadBack(t *testing.T) {
	for _, v := range Encoders() {
		if !v.Works {
			t.Logf("%s: %s", v.Words, v.Why)
			continue
		}
		t.Run(v.Words, func(t *testing.T) {
			var pool media.Pool
			e, err := OpenEncoder(EncoderOptions{Width: 320, Height: 240, Only: v.Name})
			if err != nil {
				t.Fatal(err)
			}
			defer e.Close()
			path := filepath.Join(t.TempDir(), "film.mp4")
			m, err := CreateMP4(path, MuxerOptions{Encoder: e})
			if err != nil {
				t.Fatal(err)
			}
			write := func(c Coded) error { return m.Video(c.Data, c.Key, c.At) }
			const n = 90
			for i := range n {
				f := moving(t, &pool, 320, 240, i)
				at := time.Duration(i) * time.Second / 30
				if i >= 60 {
					at += 2 * time.Second // nothing came for two seconds
				}
				if err := e.Encode(f, at, write); err != nil {
					t.Fatal(err)
				}
				f.Release()
			}
			if err := e.Flush(write); err != nil {
				t.Fatal(err)
			}
			if err := m.Close(); err != nil {
				t.Fatal(err)
			}
			r, err := OpenFile(path, &pool)
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			for i := range n {
				f, err := r.Next()
				if err != nil {
					t.Fatalf("picture %d: %v", i, err)
				}
				want := time.Duration(i) * time.Second / 30
				if i >= 60 {
					want += 2 * time.Second
				}
				if d := f.PTS - want; d > 2*time.Millisecond || d < -2*time.Millisecond {
					t.Errorf("picture %d is at %v, want %v", i, f.PTS, want)
				}
				orig := moving(t, &pool, 320, 240, i)
				if off := meanError(orig, f); off > 4 {
					t.Errorf("picture %d is off by %.1f", i, off)
				}
				orig.Release()
				f.Release()
			}
		})
	}
}
