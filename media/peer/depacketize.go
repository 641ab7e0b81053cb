package peer

import (
	"errors"

	"handlens/media"
)

// errMalformed says that a payload breaks its codec's RTP format.
var errMalformed = errors.New("the payload breaks its RTP format")

// depacketizer joins the payloads of one frame. One goroutine uses it; nothing of a payload is
// kept after the call.
type depacketizer interface {
	// inspect looks at one payload alone and says whether a frame certainly begins with it, and
	// whether that frame is a key frame as far as this payload shows.
	inspect(payload []byte) (first, key bool)
	// size returns the width and height of the key frame that begins with the payload; zeros when
	// it does not say.
	size(payload []byte) (width, height int)
	// begin forgets the frame before. Behind a hole, packets are missing before this one.
	begin(hole bool)
	// push appends a payload's part of the frame to dst.
	push(dst, payload []byte) ([]byte, error)
	// end completes the frame. An empty result without an error is a frame with nothing to
	// decode.
	end(dst []byte) (data []byte, key bool, err error)
}

// newDepacketizer returns one for the codec, or nil for a codec that we do not know.
func newDepacketizer(c media.Codec) depacketizer {
	switch c {
	case media.H264:
		return new(h264)
	case media.VP8:
		return new(vp8)
	case media.VP9:
		return new(vp9)
	case media.AV1:
		return new(av1)
	}
	return nil
}
