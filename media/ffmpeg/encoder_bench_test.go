package ffmpeg

import (
	"fmt"
	"testing"
	"time"

	"handlens/media"
)

// BenchmarkEncode codes a moving picture with each encoder that works here; ms/picture is wall time, threads included.
func BenchmarkEncode(b *testing.B) {
	for _, v := range Encoders() {
		if !v.Works {
			continue
		}
		for _, size := range [][2]int{{1280, 720}, {1920, 1080}} {
			b.Run(fmt.Sprintf("%s/%dp", v.Name, size[1]), func(b *testing.B) {
				var pool media.Pool
				e, err := OpenEncoder(EncoderOptions{Width: size[0], Height: size[1], Only: v.Name})
				if err != nil {
					b.Fatal(err)
				}
				defer e.Close()
				var frames [30]*media.Frame
				for i := range frames {
					frames[i] = moving(b, &pool, size[0], size[1], i)
				}
				bytes, n := 0, 0
				for b.Loop() {
					if err := e.Encode(frames[n%30], time.Duration(n)*time.Second/30, func(c Coded) error { bytes += len(c.Data); return nil }); err != nil {
						b.Fatal(err)
					}
					n++
				}
				b.ReportMetric(float64(b.Elapsed().Milliseconds())/float64(n), "ms/picture")
				b.ReportMetric(float64(bytes)*8*30/float64(n)/1e6, "Mbit/s")
				for _, f := range frames {
					f.Release()
				}
			})
		}
	}
}
