package peer

import "github.com/pion/rtp/codecs"

// vp8 joins the payloads of RFC 7741. pion's parser of the payload descriptor neither allocates nor
// reads beyond the packet, so it is used.
type vp8 struct {
	desc  codecs.VP8Packet
	begun bool
	key   bool
}

func (v *vp8) begin(bool) { v.begun, v.key = false, false }

func (v *vp8) inspect(payload []byte) (first, key bool) {
	body, err := v.desc.Unmarshal(payload)
	if err != nil || len(body) == 0 || v.desc.S == 0 || v.desc.PID != 0 {
		return false, false
	}
	return true, vp8Key(body)
}

// vp8Key reads the inverse key frame flag of the frame tag (RFC 6386 section 9.1).
func vp8Key(frame []byte) bool { return frame[0]&1 == 0 }

func (v *vp8) push(dst, payload []byte) ([]byte, error) {
	body, err := v.desc.Unmarshal(payload)
	if err != nil || len(body) == 0 {
		return dst, errMalformed
	}
	begins := v.desc.S == 1 && v.desc.PID == 0
	if begins == v.begun {
		return dst, errMalformed
	}
	if begins {
		v.begun, v.key = true, vp8Key(body)
	}
	return append(dst, body...), nil
}

func (v *vp8) end(dst []byte) ([]byte, bool, error) {
	// A key frame begins with tag, start code and size, 10 bytes in all; any other with its tag of
	// 3.
	if len(dst) < 3 ||
		(v.key && (len(dst) < 10 || dst[3] != 0x9d || dst[4] != 0x01 || dst[5] != 0x2a)) {
		return dst, false, errMalformed
	}
	return dst, v.key, nil
}
