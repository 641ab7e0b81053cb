package peer

import "encoding/binary"

// bitReader reads a header bit by bit. Beyond its end it reads zeros and says so.
type bitReader struct {
	b    []byte
	at   int // in bits
	over bool
}

// bits reads a number of n bits, at most 32.
func (r *bitReader) bits(n int) (v uint32) {
	for range n {
		v <<= 1
		if r.at>>3 < len(r.b) {
			v |= uint32(r.b[r.at>>3]>>(7-r.at&7)) & 1
		} else {
			r.over = true
		}
		r.at++
	}
	return v
}

func (r *bitReader) flag() bool { return r.bits(1) == 1 }

// ue reads an unsigned Exp-Golomb number (H.264 section 9.1), or AV1's uvlc, which is the same.
func (r *bitReader) ue() uint32 {
	zeros := 0
	for !r.flag() {
		if zeros++; zeros > 31 || r.over {
			r.over = true
			return 0
		}
	}
	return 1<<zeros - 1 + r.bits(zeros)
}

// se reads a signed Exp-Golomb number, of which only the length matters here.
func (r *bitReader) se() { r.ue() }

// result is what was read, unless the header was too short or makes no sense.
func (r *bitReader) result(width, height uint32) (int, int) {
	if r.over || width > 1<<16 || height > 1<<16 {
		return 0, 0
	}
	return int(width), int(height)
}

// size reads the key frame's own header (RFC 6386 section 9.1).
func (v *vp8) size(payload []byte) (width, height int) {
	body, err := v.desc.Unmarshal(payload)
	if err != nil || len(body) < 10 {
		return 0, 0
	}
	return int(binary.LittleEndian.Uint16(body[6:]) & 0x3fff),
		int(binary.LittleEndian.Uint16(body[8:]) & 0x3fff)
}

// size reads the frame's own header (VP9 bitstream section 6.2). With spatial layers that is the
// smallest one's, which serves to compare streams as well.
func (v *vp9) size(payload []byte) (width, height int) {
	d, ok := readVP9(payload)
	if !ok {
		return 0, 0
	}
	r := bitReader{b: d.body}
	r.bits(2) // frame_marker
	profile := r.bits(1) | r.bits(1)<<1
	if profile == 3 {
		r.bits(1)
	}
	r.bits(4 + 24) // show_existing_frame, frame_type, show_frame, error_resilient_mode; sync code
	if profile >= 2 {
		r.bits(1) // ten_or_twelve_bit
	}
	const srgb = 7
	if r.bits(3) != srgb {
		r.bits(1) // color_range
	}
	if profile&1 == 1 {
		r.bits(3) // subsampling
	}
	return r.result(r.bits(16)+1, r.bits(16)+1)
}

// size reads the sequence parameter set (H.264 section 7.3.2.1.1), uncropped.
func (h *h264) size(payload []byte) (width, height int) {
	sps := findSPS(payload)
	if len(sps) < 4 {
		return 0, 0
	}
	r := bitReader{b: sps[4:]}
	r.ue() // seq_parameter_set_id
	switch sps[1] {
	case 100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135:
		r.chroma()
	}
	r.ue() // log2_max_frame_num
	switch order := r.ue(); order {
	case 0:
		r.ue()
	case 1:
		r.flag()
		r.se()
		r.se()
		for range min(r.ue(), 255) {
			r.se()
		}
	}
	r.ue() // max_num_ref_frames
	r.flag()
	width16, height16 := r.ue()+1, r.ue()+1
	if !r.flag() { // frame_mbs_only_flag
		height16 *= 2
	}
	return r.result(16*width16, 16*height16)
}

// chroma passes over what the high profiles add.
func (r *bitReader) chroma() {
	lists := 8
	if r.ue() == 3 { // chroma_format_idc
		r.flag()
		lists = 12
	}
	r.ue() // bit depths
	r.ue()
	r.flag()
	if !r.flag() { // seq_scaling_matrix_present_flag
		return
	}
	for i := range lists {
		if !r.flag() {
			continue
		}
		size := 16
		if i >= 6 {
			size = 64
		}
		r.scalingList(size)
	}
}

// scalingList passes over one (section 7.3.2.1.1.1).
func (r *bitReader) scalingList(size int) {
	last, next := 8, 8
	for range size {
		if next != 0 {
			k := int(r.ue())
			delta := (k + 1) / 2
			if k%2 == 0 {
				delta = -delta
			}
			next = (last + delta + 256) % 256
		}
		if next != 0 {
			last = next
		}
		if r.over {
			return
		}
	}
}

// findSPS returns the sequence parameter set in a payload that inspect took for a key frame's.
func findSPS(payload []byte) []byte {
	switch payload[0] & nalTypeMask {
	case nalSPS:
		return payload
	case nalSTAPA:
		for rest := payload[1:]; len(rest) > 2; {
			n := int(binary.BigEndian.Uint16(rest))
			if n == 0 || n > len(rest)-2 {
				return nil
			}
			if rest[2]&nalTypeMask == nalSPS {
				return rest[2 : 2+n]
			}
			rest = rest[2+n:]
		}
	}
	return nil // a set in fragments is longer than it need be
}

// size reads the sequence header (AV1 section 5.5.1) that the payload begins with.
func (a *av1) size(payload []byte) (width, height int) {
	rest := payload[1:]
	for count := int(payload[0] >> 4 & 3); len(rest) > 0; count-- {
		element := rest
		if rest = nil; count != 1 {
			size, used := readLEB128(element)
			if used == 0 || size > uint64(len(element)-used) {
				return 0, 0
			}
			element, rest = element[used:used+int(size)], element[used+int(size):]
		}
		if len(element) > 0 && element[0]>>3&15 == obuSequence {
			return sequenceSize(element)
		}
	}
	return 0, 0
}

func sequenceSize(obu []byte) (width, height int) {
	body := obu[min(1+int(obu[0]>>2&1), len(obu)):]
	if obu[0]&2 != 0 {
		_, used := readLEB128(body)
		body = body[used:]
	}
	r := bitReader{b: body}
	r.bits(4)     // seq_profile, still_picture
	if r.flag() { // reduced_still_picture_header
		r.bits(5)
	} else {
		r.operatingPoints()
	}
	wide, high := int(r.bits(4))+1, int(r.bits(4))+1
	return r.result(r.bits(wide)+1, r.bits(high)+1)
}

// operatingPoints passes over the times and operating points of a sequence header.
func (r *bitReader) operatingPoints() {
	delayBits := 0
	if r.flag() { // timing_info_present_flag
		r.bits(32)
		r.bits(32)
		if r.flag() { // equal_picture_interval
			r.ue()
		}
		if r.flag() { // decoder_model_info_present_flag
			delayBits = int(r.bits(5)) + 1
			r.bits(32)
			r.bits(5 + 5)
		}
	}
	delays := r.flag() // initial_display_delay_present_flag
	for range r.bits(5) + 1 {
		r.bits(12)
		if r.bits(5) > 7 {
			r.bits(1) // seq_tier
		}
		if delayBits > 0 && r.flag() {
			r.bits(delayBits)
			r.bits(delayBits)
			r.bits(1)
		}
		if delays && r.flag() {
			r.bits(4)
		}
	}
}
