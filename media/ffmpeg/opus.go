package ffmpeg

import "time"

// opusSampleRate is that of Opus in every container.
const opusSampleRate = 48000

// opusHead describes one stream of Opus to a container (RFC 7845, section 5.1): stereo, which mono
// packets fit as well, no pre-skip since we begin in the middle of a stream.
var opusHead = []byte{'O', 'p', 'u', 's', 'H', 'e', 'a', 'd', 1, 2, 0, 0, 0x80, 0xbb, 0, 0, 0, 0, 0}

// silentOpus is 20 ms of silence (CELT, full band, stereo), as encoders make it of nothing.
var silentOpus = []byte{0xfc, 0xff, 0xfe}

// opusDuration reads how long a packet sounds from its first bytes (RFC 6716, section 3.1); 0 for
// one that makes no sense.
func opusDuration(p []byte) time.Duration {
	if len(p) == 0 {
		return 0
	}
	config := p[0] >> 3
	var frame time.Duration
	switch {
	case config < 12: // SILK
		frame = []time.Duration{10, 20, 40, 60}[config&3] * time.Millisecond
	case config < 16: // hybrid
		frame = []time.Duration{10, 20}[config&1] * time.Millisecond
	default: // CELT
		frame = 2500 * time.Microsecond << (config & 3)
	}
	count := 1
	switch p[0] & 3 {
	case 1, 2:
		count = 2
	case 3:
		if len(p) < 2 {
			return 0
		}
		count = int(p[1] & 0x3f)
	}
	d := time.Duration(count) * frame
	if d > 120*time.Millisecond {
		return 0
	}
	return d
}
