package ffmpeg

import (
	"errors"
	"testing"

	"handlens/media"
)

// TestAnotherSizeWithEachFrame: a phone that changes its size all the time costs no more than one
// that does not.
func TestAnotherSizeWithEachFrame(t *testing.T) {
	const warmUp, rounds, slack = 100, 1000, 8 << 20
	for _, codec := range codecs {
		var pool media.Pool
		d, err := OpenDecoder(codec, &pool, Options{Hardware: "auto"})
		if err != nil {
			t.Fatal(err)
		}
		sizes := map[int]int{}
		keys := []media.Packet{
			livePackets(t, codec, false)[0], livePackets(t, codec, true)[0],
		}
		round := func() {
			for _, p := range keys {
				if err := d.Decode(p, func(f *media.Frame) { sizes[f.Width]++ }); err != nil {
					t.Fatalf("%v: %v", codec, err)
				}
			}
		}
		for range warmUp {
			round()
		}
		before := residentBytes(t)
		for range rounds {
			round()
		}
		grown := residentBytes(t) - before
		t.Logf("%v: %v frames by width, %+d KiB", codec, sizes, grown>>10)
		if len(sizes) != 2 || grown > slack {
			t.Errorf("%v: %v frames by width cost %d KiB", codec, sizes, grown>>10)
		}
		d.Close()
		closed(t, &pool)
	}
}

// TestLiveFramesAreBounded: what a phone sends is refused at a smaller size than what is in files.
func TestLiveFramesAreBounded(t *testing.T) {
	var pool media.Pool
	for _, codec := range codecs {
		d := newTestDecoder(t, codec, &pool)
		if got := int(d.c().max_pixels); got != livePixels {
			t.Errorf("%v: frames of %d pixels are taken, want %d at most", codec, got, livePixels)
		}
	}
	d := newTestDecoder(t, media.VP8, &pool)
	p := livePackets(t, media.VP8, false)[0]
	before := residentBytes(t)
	for range 50 {
		claim := append([]byte(nil), p.Data...)
		copy(claim[6:10], []byte{0x00, 0x20, 0x00, 0x10}) // 8192 × 4096
		q := p
		q.Data = claim
		if err := d.Decode(q, func(*media.Frame) { t.Error("emitted") }); !errors.Is(err,
			ErrDamaged) {
			t.Errorf("got %v", err)
		}
	}
	if grown := residentBytes(t) - before; grown > 8<<20 {
		t.Errorf("frames of 8192 × 4096 cost %d KiB", grown>>10)
	}
	closed(t, &pool)
}
