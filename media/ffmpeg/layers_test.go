package ffmpeg

import (
	"slices"
	"testing"

	"handlens/media"
)

// superframe joins frames of VP9 as spatial layers come (VP9 bitstream annex B).
func superframe(layers ...[]byte) []byte {
	out := slices.Concat(layers...)
	marker := byte(0xc0 | 3<<3 | (len(layers) - 1))
	index := []byte{marker}
	for _, l := range layers {
		index = append(index, byte(len(l)), byte(len(l)>>8), byte(len(l)>>16), byte(len(l)>>24))
	}
	return append(append(out, index...), marker)
}

// A picture that comes in two sizes is shown once, in the larger one.
func TestLayersAreShownOnce(t *testing.T) {
	small, large := livePackets(t, media.VP9, true)[0], livePackets(t, media.VP9, false)[0]
	for name, layers := range map[string][][]byte{
		"small first": {small.Data, large.Data}, "large first": {large.Data, small.Data},
	} {
		t.Run(name, func(t *testing.T) {
			var pool media.Pool
			d := newTestDecoder(t, media.VP9, &pool)
			for i := range 3 {
				p, frames := large, 0
				p.Data = superframe(layers...)
				if err := d.Decode(p, func(f *media.Frame) {
					frames++
					if f.Width != 96 || f.Height != 64 || f.Seq != uint64(i+1) || f.PTS != p.PTS {
						t.Errorf("%d × %d, Seq %d, PTS %v", f.Width, f.Height, f.Seq, f.PTS)
					}
				}); err != nil || frames != 1 {
					t.Errorf("%d frames, %v", frames, err)
				}
			}
			closed(t, &pool)
		})
	}
}
