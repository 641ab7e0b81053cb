package peer

import (
	"testing"
	"time"

	"handlens/media"
)

func TestSizesOfKeyFrames(t *testing.T) {
	for _, codec := range []media.Codec{media.H264, media.VP8, media.VP9, media.AV1} {
		c, d := readClip(t, codec), newDepacketizer(codec)
		for _, payload := range c.packets(0, 700) {
			if _, key := d.inspect(payload); !key {
				continue
			}
			if w, h := d.size(payload); w != 160 || (h != 120 && h != 128) { // whole macroblocks
				t.Errorf("%v: %d × %d", codec, w, h)
			}
			for n := 1; n < min(len(payload), 64); n++ {
				d.size(payload[:n]) // reads nothing beyond
			}
			break
		}
	}
}

// High profile, with scaling lists, as OBS sends it; and one with bit depths of its own.
func TestSizesOfHighProfile(t *testing.T) {
	for name, test := range map[string]struct {
		sps           []byte
		width, height int
	}{
		"x264, 1280 × 720": {[]byte{
			0x67, 0x64, 0x00, 0x1f, 0xac, 0xd9, 0x40, 0x50, 0x05, 0xbb, 0x01, 0x10, 0x00, 0x00,
			0x03, 0x00, 0x10, 0x00, 0x00, 0x03, 0x03, 0xc0, 0xf1, 0x83, 0x19, 0x60,
		}, 1280, 720},
		"cut short": {[]byte{0x67, 0x64, 0x00, 0x1f, 0xac}, 0, 0},
	} {
		if w, h := new(h264).size(test.sps); w != test.width || h != test.height {
			t.Errorf("%s: %d × %d", name, w, h)
		}
	}
}

// layer has the bench send as another layer from here on.
func (b *bench) layer(s *stream) {
	b.stream = s
	b.seq += 1000
	b.rtp += 1 << 20
	b.keysNeeded = true
}

// A larger layer takes over with its key frame, a smaller one never while the larger is heard, and
// then it does.
func TestTheLargestLayerIsFollowed(t *testing.T) {
	b := started(t, media.VP8)
	large := b.stream
	large.pixels = 160 * 120
	small := &stream{order: 2, ssrc: 78}
	small.pixels = 80 * 60

	// In between, the same pictures of a smaller layer.
	b.r.current.pixels = 4 * 160 * 120
	b.layer(small)
	for _, d := range b.datagrams() {
		b.arrive(d)
	}
	if len(b.got) != 4 || b.r.current != large || b.stales != 0 {
		t.Fatalf("a smaller layer took over: %v", b.got)
	}
	// The larger one falls silent.
	for range 20 {
		b.tick(50 * time.Millisecond)
		for _, d := range b.datagrams() {
			b.arrive(d)
		}
		b.keysNeeded = b.plis > 0
		b.plis = 0
	}
	if b.r.current != small || len(b.got) < 10 || b.stales != 1 {
		t.Fatalf("the smaller layer did not take over: %v, stale %d", b.got, b.stales)
	}
	// And comes back.
	b.r.current.pixels = 80 * 60
	n := len(b.got)
	b.layer(large)
	for range 3 {
		for _, d := range b.datagrams() {
			b.arrive(d)
		}
	}
	if b.r.current != large || len(b.got) != n+3 || b.stales != 1 {
		t.Errorf("the larger layer did not take over: %v, stale %d", b.got, b.stales)
	}
}
