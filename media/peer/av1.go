package peer

// OBU types of AV1 (section 6.2.2) that matter here.
const (
	obuSequence    = 1
	obuDelimiter   = 2
	obuFrameHeader = 3
	obuFrame       = 6
	obuTileList    = 8
	obuPadding     = 15
)

// av1 joins the OBU elements of the AV1 RTP format into a temporal unit of the low-overhead
// bitstream format, where each OBU carries its size. It is our own because pion's allocates for
// each packet and silently drops an OBU whose first fragment is missing.
type av1 struct {
	// inFragment: the last OBU in dst goes on in the next packet; obu is where it begins.
	inFragment bool
	obu        int
	// sequence: a sequence header came; seen: a frame header came, key: the first of them was of a
	// key frame.
	sequence, seen, key bool
}

func (a *av1) begin(bool) { *a = av1{} }

// inspect trusts the N bit: the first packet of a coded video sequence (AV1 RTP section 4.4).
func (a *av1) inspect(payload []byte) (first, key bool) {
	if len(payload) < 2 {
		return false, false
	}
	n := payload[0]&0x08 != 0
	return n, n
}

func (a *av1) push(dst, payload []byte) ([]byte, error) {
	if len(payload) < 2 {
		return dst, errMalformed
	}
	head, rest := payload[0], payload[1:]
	continues, goesOn, count := head&0x80 != 0, head&0x40 != 0, int(head>>4&3)
	if continues != a.inFragment {
		return dst, errMalformed
	}
	n := 0
	for len(rest) > 0 {
		n++
		element := rest
		if count == 0 || n < count {
			size, used := readLEB128(rest)
			if used == 0 || size > uint64(len(rest)-used) {
				return dst, errMalformed
			}
			element, rest = rest[used:used+int(size)], rest[used+int(size):]
		} else {
			rest = nil
		}
		if n > 1 || !continues {
			a.obu = len(dst)
		}
		dst = append(dst, element...)
		if a.inFragment = goesOn && len(rest) == 0; a.inFragment {
			break
		}
		var err error
		if dst, err = a.close(dst); err != nil {
			return dst, err
		}
	}
	if count != 0 && n != count {
		return dst, errMalformed
	}
	return dst, nil
}

// close completes the OBU at the end of dst: it gets its size, or is dropped when decoders must not
// see it.
func (a *av1) close(dst []byte) ([]byte, error) {
	obu := dst[a.obu:]
	if len(obu) == 0 || obu[0]&0x80 != 0 {
		return dst, errMalformed
	}
	typ, head := obu[0]>>3&15, 1+int(obu[0]>>2&1)
	if len(obu) < head {
		return dst, errMalformed
	}
	body := obu[head:]
	sized := obu[0]&2 != 0
	if sized {
		size, used := readLEB128(body)
		if used == 0 || size != uint64(len(body)-used) {
			return dst, errMalformed
		}
		body = body[used:]
	}
	switch typ {
	case obuDelimiter, obuTileList, obuPadding:
		return dst[:a.obu], nil
	case obuSequence:
		a.sequence = true
	case obuFrameHeader, obuFrame:
		if len(body) == 0 {
			return dst, errMalformed
		}
		// show_existing_frame, then frame_type, 0 being a key frame (section 5.9.2).
		if !a.seen {
			a.seen, a.key = true, body[0]>>5 == 0
		}
	}
	if sized {
		return dst, nil
	}
	return insertOBUSize(dst, a.obu, head), nil
}

// insertOBUSize puts the size of the OBU that begins at obu behind its header of head bytes, and
// says so in the header.
func insertOBUSize(dst []byte, obu, head int) []byte {
	at, end := obu+head, len(dst)
	size := end - at
	n := 1
	for v := size >> 7; v > 0; v >>= 7 {
		n++
	}
	for range n {
		dst = append(dst, 0)
	}
	copy(dst[at+n:], dst[at:end])
	for i := range n {
		dst[at+i] = byte(size & 0x7f)
		if size >>= 7; i < n-1 {
			dst[at+i] |= 0x80
		}
	}
	dst[obu] |= 2
	return dst
}

func (a *av1) end(dst []byte) ([]byte, bool, error) {
	if a.inFragment {
		return dst, false, errMalformed
	}
	return dst, a.sequence && a.key, nil
}

// readLEB128 reads a little-endian base-128 number (section 4.10.5); used is 0 when there is none
// of at most 32 bits.
func readLEB128(b []byte) (v uint64, used int) {
	for i := 0; i < len(b) && i < 5; i++ {
		v |= uint64(b[i]&0x7f) << (7 * i)
		if b[i]&0x80 == 0 {
			if v > 1<<32-1 {
				return 0, 0
			}
			return v, i + 1
		}
	}
	return 0, 0
}
