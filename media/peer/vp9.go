package peer

// maxSuperframe is how many frames a VP9 superframe can hold.
const maxSuperframe = 8

// vp9 joins the payloads of RFC 9628. The descriptor is read by our own code: pion's keeps
// appending to its list of reference differences when it is used again, and allocates when it is
// not.
type vp9 struct {
	key bool
	// starts are where the layer frames of this frame begin in dst. With one spatial layer, the
	// usual case, there is one.
	starts [maxSuperframe]int
	layers int
}

// vp9Descriptor is what we need of the payload descriptor (RFC 9628 section 4.2).
type vp9Descriptor struct {
	// begins: first packet of a layer frame; spatial is that layer.
	begins  bool
	spatial uint8
	body    []byte
}

func readVP9(p []byte) (d vp9Descriptor, ok bool) {
	if len(p) == 0 {
		return d, false
	}
	head := p[0]
	hasID, predicted, hasLayers := head&0x80 != 0, head&0x40 != 0, head&0x20 != 0
	flexible, hasStructure := head&0x10 != 0, head&0x02 != 0
	d.begins = head&0x08 != 0
	pos := 1
	if hasID {
		if pos >= len(p) {
			return d, false
		}
		if p[pos]&0x80 != 0 {
			pos++
		}
		pos++
	}
	if hasLayers {
		if pos >= len(p) {
			return d, false
		}
		d.spatial = p[pos] >> 1 & 7
		pos++
		if !flexible {
			pos++ // TL0PICIDX
		}
	}
	if flexible && predicted {
		if pos, ok = skipVP9References(p, pos); !ok {
			return d, false
		}
	}
	if hasStructure {
		if pos, ok = skipVP9Structure(p, pos); !ok {
			return d, false
		}
	}
	if pos >= len(p) {
		return d, false
	}
	d.body = p[pos:]
	return d, true
}

// skipVP9References passes over the one to three references of a predicted frame in flexible
// mode.
func skipVP9References(p []byte, pos int) (int, bool) {
	for range 3 {
		if pos >= len(p) {
			return pos, false
		}
		more := p[pos]&1 != 0
		pos++
		if !more {
			return pos, true
		}
	}
	return pos, false
}

// skipVP9Structure passes over the scalability structure (RFC 9628 section 4.2.1).
func skipVP9Structure(p []byte, pos int) (int, bool) {
	if pos >= len(p) {
		return pos, false
	}
	layers, sizes, groups := int(p[pos]>>5)+1, p[pos]&0x10 != 0, p[pos]&0x08 != 0
	pos++
	if sizes {
		pos += 4 * layers
	}
	if groups {
		if pos >= len(p) {
			return pos, false
		}
		n := int(p[pos])
		pos++
		for range n {
			if pos >= len(p) {
				return pos, false
			}
			pos += 1 + int(p[pos]>>2&3)
		}
	}
	return pos, true
}

// vp9Key reads the frame's own header (VP9 bitstream section 6.2): marker, profile 0 to 2, no
// repeat of an existing frame, type key.
func vp9Key(frame []byte) bool {
	b := frame[0]
	return b>>6 == 2 && b&0x30 != 0x30 && b&0x08 == 0 && b&0x04 == 0
}

func (v *vp9) begin(bool) { v.key, v.layers = false, 0 }

func (v *vp9) inspect(payload []byte) (first, key bool) {
	d, ok := readVP9(payload)
	if !ok || !d.begins || d.spatial != 0 {
		return false, false
	}
	return true, vp9Key(d.body)
}

func (v *vp9) push(dst, payload []byte) ([]byte, error) {
	d, ok := readVP9(payload)
	if !ok || (!d.begins && v.layers == 0) || (d.begins && v.layers == maxSuperframe) {
		return dst, errMalformed
	}
	if d.begins {
		if v.layers == 0 {
			v.key = vp9Key(d.body)
		}
		v.starts[v.layers] = len(dst)
		v.layers++
	}
	return append(dst, d.body...), nil
}

func (v *vp9) end(dst []byte) ([]byte, bool, error) {
	if v.layers == 0 {
		return dst, false, errMalformed
	}
	if v.layers > 1 {
		dst = v.appendIndex(dst)
	}
	return dst, v.key, nil
}

// appendIndex makes the layer frames one superframe, which is how a decoder takes spatial layers
// (VP9 bitstream annex B).
func (v *vp9) appendIndex(dst []byte) []byte {
	total := len(dst)
	marker := byte(0xc0 | 3<<3 | (v.layers - 1)) // sizes in four bytes each
	dst = append(dst, marker)
	for i := range v.layers {
		end := total
		if i+1 < v.layers {
			end = v.starts[i+1]
		}
		n := end - v.starts[i]
		dst = append(dst, byte(n), byte(n>>8), byte(n>>16), byte(n>>24))
	}
	return append(dst, marker)
}
