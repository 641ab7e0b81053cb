package media

import "time"

// AudioRate is the clock of Opus in RTP, in ticks a second, whatever the audio was sampled at (RFC
// 7587, section 4.1).
const AudioRate = 48000

// Audio is one packet of a phone's microphone: Opus (RFC 6716), as it came.
type Audio struct {
	// Data is one whole Opus packet.
	Data []byte
	// RTP is the media timestamp in ticks of AudioRate; it wraps.
	RTP uint32
	// Captured is when the first sample was taken, on our clock; zero while the phone's clock is
	// not yet mapped.
	Captured time.Time
	// Received is when the packet arrived.
	Received time.Time
}
