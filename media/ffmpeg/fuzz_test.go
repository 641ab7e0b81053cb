package ffmpeg

import (
	"testing"

	"handlens/media"
)

// FuzzDecode feeds a decoder a good key frame, then arbitrary bytes as a frame and as a key
// frame, then the good one again, which must always come out right. Its corpus is the clips.
func FuzzDecode(f *testing.F) {
	for i, codec := range codecs {
		for _, p := range livePackets(f, codec, true)[:3] {
			f.Add(uint8(i), p.Data)
		}
		f.Add(uint8(i), []byte{})
		f.Add(uint8(i), []byte{0, 0, 1})
	}
	f.Fuzz(func(t *testing.T, which uint8, data []byte) {
		codec := codecs[int(which)%len(codecs)]
		var pool media.Pool
		d := newTestDecoder(t, codec, &pool)
		good := livePackets(t, codec, false)[0]
		check := func(f *media.Frame) {
			if err := checkFrame(f); err != nil {
				t.Error(err)
			}
		}
		if err := d.Decode(good, check); err != nil {
			t.Fatal(err)
		}
		_ = d.Decode(media.Packet{Codec: codec, Data: data}, check)
		_ = d.Decode(media.Packet{Codec: codec, Data: data, Key: true}, check)
		_ = d.Decode(media.Packet{Codec: codec}, check) // whatever that was, begin again
		frames := 0
		if err := d.Decode(good, func(f *media.Frame) {
			frames++
			checkCorners(t, "after arbitrary bytes", rgba(t, f), uprightCorners)
		}); err != nil || frames != 1 {
			t.Errorf("a good key frame after arbitrary bytes: %d frames, %v", frames, err)
		}
		closed(t, &pool)
	})
}
