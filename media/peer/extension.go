package peer

import "encoding/binary"

// captureTimeURI names the header extension by which a sender says when the camera took a frame, by
// its own clock in NTP time (webrtc.googlesource.com/src, docs/native-code/rtp-hdrext/
// abs-capture-time). A sender report says the same, but comes up to seconds after the first frame.
const captureTimeURI = "http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time"

// The profiles of a header extension with elements of one and of two bytes before each (RFC 8285
// section 4).
const (
	oneByteProfile = 0xbede
	twoByteProfile = 0x1000 // and the 15 above it
)

// captureTime returns the NTP time of the element with that identifier in an extension's profile
// and data; false when there is none.
func captureTime(profile uint16, data []byte, id uint8) (ntp uint64, ok bool) {
	element, ok := extensionElement(profile, data, id)
	// Eight more bytes may follow, with the offset to the clock of another sender.
	if !ok || len(element) < 8 {
		return 0, false
	}
	return binary.BigEndian.Uint64(element), true
}

// extensionElement finds an element of a header extension.
func extensionElement(profile uint16, data []byte, id uint8) ([]byte, bool) {
	short := profile == oneByteProfile
	if id == 0 || !short && profile&0xfff0 != twoByteProfile {
		return nil, false
	}
	for len(data) > 1 {
		if data[0] == 0 { // padding
			data = data[1:]
			continue
		}
		found, length, head := data[0], int(data[1]), 2
		if short {
			found, length, head = data[0]>>4, int(data[0]&0x0f)+1, 1
			if found == 15 { // nothing after it counts
				return nil, false
			}
		}
		if head+length > len(data) {
			return nil, false
		}
		if found == id {
			return data[head : head+length], true
		}
		data = data[head+length:]
	}
	return nil, false
}
