//go:build unix

package ffmpeg

import (
	"fmt"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"handlens/media"
)

// processorTime is what this process has used of all processors.
func processorTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkEncode codes a moving frame with each encoder that works here. cpu-ms is what one
// frame costs, all threads together: a recording of 30 frames a second fits into one core below 33.
func BenchmarkEncode(b *testing.B) {
	for _, v := range Encoders() {
		if !v.Works {
			continue
		}
		for _, size := range [][2]int{{1280, 720}, {1920, 1080}} {
			b.Run(fmt.Sprintf("%s/%dp", v.Name, size[1]), func(b *testing.B) {
				var pool media.Pool
				frames := panned(b, &pool, size[0], size[1])
				e, err := OpenEncoder(EncoderOptions{Width: size[0], Height: size[1], Only: v.Name})
				if err != nil {
					b.Fatal(err)
				}
				defer e.Close()
				bytes, n, began := 0, 0, processorTime(b)
				for b.Loop() {
					if err := e.Encode(frames[n%30], time.Duration(n)*time.Second/30,
						func(c Encoded) error { bytes += len(c.Data); return nil }); err != nil {
						b.Fatal(err)
					}
					n++
				}
				b.ReportMetric((processorTime(b)-began).Seconds()*1000/float64(n), "cpu-ms/op")
				b.ReportMetric(float64(bytes)*8*30/float64(n)/1e6, "Mbit/s")
			})
		}
	}
}

// BenchmarkMux writes encoded frames of 25 kB, which make 6 Mbit/s, and audio.
func BenchmarkMux(b *testing.B) {
	key := parameterSets(livePackets(b, media.H264, false)[0].Data)
	data := append(append([]byte(nil), key...), make([]byte, 25000)...)
	copy(data[len(key):], []byte{0, 0, 0, 1, 0x65})
	for i := len(key) + 5; i < len(data); i++ {
		data[i] = byte(i) | 1
	}
	m, err := CreateMatroska(filepath.Join(b.TempDir(), "stream.mkv"),
		MuxerOptions{Codec: media.H264, Width: 96, Height: 64, FirstKey: data, Audio: true})
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(data)))
	n := 0
	for b.Loop() {
		at := time.Duration(n) * time.Second / 30
		if err := m.Video(data, n%30 == 0, at); err != nil {
			b.Fatal(err)
		}
		if err := m.Audio(silence, at); err != nil {
			b.Fatal(err)
		}
		n++
	}
	if err := m.Close(); err != nil {
		b.Fatal(err)
	}
}
