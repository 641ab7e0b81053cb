package peer

import (
	"bytes"
	"errors"
	"io"
	"os"
	"testing"

	"github.com/pion/rtp"
	"github.com/pion/rtp/codecs"
	"github.com/pion/webrtc/v4/pkg/media/ivfreader"

	"handlens/media"
)

// clip is a short real stream: encoded frames as a decoder wants them.
type clip struct {
	codec    media.Codec
	pictures [][]byte
	payload  rtp.Payloader
}

// clipKey says which frames of the clips are key frames (testdata/README.md).
func clipKey(i int) bool { return i%6 == 0 || i%6 == 4 }

func readClip(t testing.TB, codec media.Codec) *clip {
	t.Helper()
	c := &clip{codec: codec}
	switch codec {
	case media.H264:
		c.payload = &codecs.H264Payloader{}
		raw, err := os.ReadFile("testdata/h264.h264")
		must(t, err)
		c.pictures = accessUnits(raw)
		return c
	case media.VP8:
		c.payload = &codecs.VP8Payloader{EnablePictureID: true}
	case media.VP9:
		c.payload = &codecs.VP9Payloader{InitialPictureIDFn: func() uint16 { return 0x7ff0 }}
	case media.AV1:
		c.payload = &codecs.AV1Payloader{}
	}
	name := map[media.Codec]string{media.VP8: "vp8", media.VP9: "vp9", media.AV1: "av1"}[codec]
	f, err := os.Open("testdata/" + name + ".ivf")
	must(t, err)
	defer f.Close()
	r, _, err := ivfreader.NewWith(f)
	must(t, err)
	for {
		b, _, err := r.ParseNextFrame()
		if errors.Is(err, io.EOF) {
			break
		}
		must(t, err)
		if codec == media.AV1 {
			b = bytes.TrimPrefix(b, []byte{0x12, 0}) // the temporal delimiter does not travel
		}
		c.pictures = append(c.pictures, b)
	}
	if len(c.pictures) != 6 {
		t.Fatalf("%d pictures in %s", len(c.pictures), name)
	}
	return c
}

// accessUnits cuts an Annex B stream into frames, with start codes of four bytes.
func accessUnits(raw []byte) (units [][]byte) {
	raw = bytes.ReplaceAll(raw, startCode, startCode[1:])
	var unit []byte
	coded := false
	for _, nal := range bytes.Split(raw, startCode[1:])[1:] {
		typ := nal[0] & nalTypeMask
		slice := typ == nalSlice || typ == nalIDR
		if coded && (!slice || nal[1]&0x80 != 0) {
			units = append(units, unit)
			unit, coded = nil, false
		}
		coded = coded || slice
		unit = append(append(unit, startCode...), nal...)
	}
	return append(units, unit)
}

// packets cuts frame i into RTP payloads of at most mtu bytes.
func (c *clip) packets(i, mtu int) [][]byte {
	return c.payload.Payload(uint16(mtu), c.pictures[i%len(c.pictures)])
}

var allCodecs = []media.Codec{media.H264, media.VP8, media.VP9, media.AV1}
