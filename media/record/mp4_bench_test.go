package record

import (
	"image"
	"testing"
	"time"

	"handlens/media"
	"handlens/media/ffmpeg"
)

// busy is a frame with detail everywhere, which moves with n: what an encoder has work with.
func busy(t testing.TB, pool *media.Pool, w, h, n int) *media.Frame {
	t.Helper()
	f, err := pool.Get(w, h, media.I420)
	if err != nil {
		t.Fatal(err)
	}
	for y := range h {
		row := f.Plane[0][y*f.Stride[0]:][:w]
		for x := range row {
			row[x] = uint8(60 + (x+3*n)*(y+n)>>4%120 + (x^y)&15)
		}
	}
	for i := range f.Plane[1] {
		f.Plane[1][i], f.Plane[2][i] = uint8(110+i%32), uint8(140-i%16)
	}
	return f
}

// BenchmarkAdd is a complete frame of 720p: letterbox, a block drawn, encoded, written. The share
// of the parts: BenchmarkAddParts.
func BenchmarkAdd(b *testing.B) {
	for _, c := range []struct {
		name string
		w, h int
	}{{"720p", 1280, 720}, {"standing", 720, 1280}, {"540p", 960, 540}, {"1080p", 1920, 1080}} {
		b.Run(c.name, func(b *testing.B) {
			var pool media.Pool
			var frames []*media.Frame
			for n := range 30 {
				frames = append(frames, busy(b, &pool, c.w, c.h, n))
			}
			f := newMP4(b,
				MP4Options{Dir: b.TempDir(), Name: "bench", Canvas: image.Pt(1280, 720)})
			at := time.Duration(0)
			b.ReportAllocs()
			for b.Loop() {
				if err := f.Add(Frame{
					Image: frames[f.Frames()%len(frames)], At: at,
					Draw: drawRed,
				}); err != nil {
					b.Fatal(err)
				}
				at += time.Second / 30
			}
			b.ReportMetric(float64(f.Bytes())*8/at.Seconds()/1e6, "Mbit/s")
			b.StopTimer()
			closeMP4(b, f)
		})
	}
}

func BenchmarkAddParts(b *testing.B) {
	var pool media.Pool
	var frames []*media.Frame
	for n := range 30 {
		frames = append(frames, busy(b, &pool, 1280, 720, n))
	}
	b.Run("encoder alone", func(b *testing.B) {
		e, err := ffmpeg.OpenEncoder(ffmpeg.EncoderOptions{Width: 1280, Height: 720})
		if err != nil {
			b.Fatal(err)
		}
		defer e.Close()
		n := 0
		for b.Loop() {
			if err := e.Encode(frames[n%len(frames)], time.Duration(n)*time.Second/30,
				func(ffmpeg.Encoded) error { return nil }); err != nil {
				b.Fatal(err)
			}
			n++
		}
	})
	b.Run("letterbox alone", func(b *testing.B) {
		l := ffmpeg.NewLetterbox()
		defer l.Close()
		canvas := busy(b, &pool, 720, 1280, 0)
		for b.Loop() {
			if _, err := l.Put(canvas, frames[0]); err != nil {
				b.Fatal(err)
			}
		}
	})
}
