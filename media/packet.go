package media

import (
	"fmt"
	"time"
)

// Codec names a video coding format that a phone may send.
type Codec uint8

// The codecs that Handlens receives.
const (
	CodecUnknown Codec = iota
	H264
	VP8
	VP9
	AV1
)

// String returns the codec's name as in SDP, for example "H264".
func (c Codec) String() string {
	switch c {
	case H264:
		return "H264"
	case VP8:
		return "VP8"
	case VP9:
		return "VP9"
	case AV1:
		return "AV1"
	}
	return fmt.Sprintf("codec %d", uint8(c))
}

// Packet is one whole encoded frame: every byte of it arrived, in order.
type Packet struct {
	Codec Codec
	// Data is the frame as a decoder wants it: H.264 in Annex B form with start codes, a VP8 or
	// VP9 frame, or an AV1 temporal unit in the low-overhead bitstream format (each OBU with its
	// size, no temporal delimiter needed).
	Data []byte
	// Key says that decoding can start here.
	Key bool
	// RTP is the media timestamp of the frame in ticks of 90 kHz; it wraps.
	RTP uint32
	// PTS is the time since the stream's first frame. The tape sets it; it is zero before that.
	PTS time.Duration
	// Captured is when the camera took the frame, on our clock; zero while the phone's clock is
	// not yet mapped.
	Captured time.Time
	// Received is when the last byte of the frame arrived.
	Received time.Time
}
