package peer

import (
	"encoding/binary"
	"math/bits"
)

// NAL unit types of H.264 (table 7-1) and of its RTP payload format (RFC 6184 section 5.2).
const (
	nalSlice = 1
	nalIDR   = 5
	nalSEI   = 6
	nalSPS   = 7
	nalPPS   = 8
	nalAUD   = 9
	nalSTAPA = 24
	nalFUA   = 28

	nalTypeMask = 0x1f
	fuStart     = 0x80
	fuEnd       = 0x40
)

// startCode begins each unit in Annex B form.
var startCode = []byte{0, 0, 0, 1}

const (
	// maxSets bounds the parameter sets that are remembered; browsers use one of each.
	maxSets = 8
	// maxSetSize bounds one of them in bytes.
	maxSetSize = 1024
)

// h264 joins NAL units into Annex B form. It is our own because pion's allocates for each packet
// and joins fragments without looking whether the first one is there. It remembers the parameter
// sets, which some encoders send once or in a frame of their own, and puts them before a key
// frame that came without.
type h264 struct {
	// inFragment: a fragmented unit has begun and not ended.
	inFragment bool
	// unit is where the current unit begins in dst, behind its start code.
	unit                int
	idr, coded, ownSets bool
	// hole: packets before the frame are missing, and maybe its first ones, since seiFirst.
	hole, seiFirst bool

	sps, pps parameterSets
}

// parameterSets are the last parameter sets by their id.
type parameterSets struct {
	sets []parameterSet
}

type parameterSet struct {
	id  uint32
	nal []byte
}

func (h *h264) begin(hole bool) {
	h.inFragment, h.idr, h.coded, h.ownSets = false, false, false, false
	h.hole, h.seiFirst = hole, false
}

func (h *h264) inspect(payload []byte) (first, key bool) {
	if len(payload) < 2 {
		return false, false
	}
	switch typ := payload[0] & nalTypeMask; typ {
	case nalSTAPA:
		for rest := payload[1:]; len(rest) > 2; {
			n := int(binary.BigEndian.Uint16(rest))
			rest = rest[2:]
			if n == 0 || n > len(rest) {
				return false, false
			}
			f, k := inspectNAL(rest[0]&nalTypeMask, rest[1:n])
			first, key = first || f, key || k
			rest = rest[n:]
		}
		return first, key
	case nalFUA:
		if payload[1]&fuStart == 0 {
			return false, false
		}
		return inspectNAL(payload[1]&nalTypeMask, payload[2:])
	default:
		return inspectNAL(typ, payload[1:])
	}
}

// inspectNAL looks at a unit without its first byte. Only a sequence parameter set counts as the
// beginning of a key frame, and an IDR slice not even as that of a frame: behind a hole, the set
// that it belongs to may be what was lost. Before an SEI too, but end looks for that.
func inspectNAL(typ byte, body []byte) (first, key bool) {
	switch typ {
	case nalSPS:
		return true, true
	case nalAUD, nalSEI:
		return true, false
	case nalSlice:
		// first_mb_in_slice is 0: one bit, set (section 7.3.3).
		return len(body) > 0 && body[0]&0x80 != 0, false
	}
	return false, false
}

func (h *h264) push(dst, payload []byte) ([]byte, error) {
	if len(payload) == 0 {
		return dst, errMalformed
	}
	typ := payload[0] & nalTypeMask
	if payload[0]&0x80 != 0 || (h.inFragment && typ != nalFUA) {
		return dst, errMalformed
	}
	switch {
	case typ == nalFUA:
		return h.pushFragment(dst, payload)
	case typ == nalSTAPA:
		rest := payload[1:]
		for len(rest) > 0 {
			if len(rest) < 2 {
				return dst, errMalformed
			}
			n := int(binary.BigEndian.Uint16(rest))
			rest = rest[2:]
			if n == 0 || n > len(rest) {
				return dst, errMalformed
			}
			dst = h.open(dst)
			dst = append(dst, rest[:n]...)
			h.close(dst)
			rest = rest[n:]
		}
		return dst, nil
	case typ >= 1 && typ < nalSTAPA:
		dst = h.open(dst)
		dst = append(dst, payload...)
		h.close(dst)
		return dst, nil
	}
	// STAP-B, MTAP and FU-B exist in the interleaved mode only, which nobody negotiates.
	return dst, errMalformed
}

func (h *h264) pushFragment(dst, payload []byte) ([]byte, error) {
	if len(payload) < 2 {
		return dst, errMalformed
	}
	head := payload[1]
	if (head&fuStart != 0) == h.inFragment {
		return dst, errMalformed
	}
	if head&fuStart != 0 {
		dst = h.open(dst)
		dst = append(dst, payload[0]&^nalTypeMask|head&nalTypeMask)
		h.inFragment = true
	}
	dst = append(dst, payload[2:]...)
	if head&fuEnd != 0 {
		h.inFragment = false
		h.close(dst)
	}
	return dst, nil
}

// open begins a unit with its start code.
func (h *h264) open(dst []byte) []byte {
	dst = append(dst, startCode...)
	h.unit = len(dst)
	return dst
}

// close notes what the unit at the end of dst is.
func (h *h264) close(dst []byte) {
	nal := dst[h.unit:]
	switch nal[0] & nalTypeMask {
	case nalIDR:
		h.idr, h.coded = true, true
	case nalSlice, 2, 3, 4:
		h.coded = true
	case nalSEI:
		if h.unit == len(startCode) {
			h.seiFirst = true
		}
	case nalSPS:
		h.ownSets = true
		// seq_parameter_set_id follows profile, constraints and level.
		if len(nal) > 4 {
			h.sps.remember(nal, nal[4:])
		}
	case nalPPS:
		if len(nal) > 1 {
			h.pps.remember(nal, nal[1:])
		}
	}
}

func (h *h264) end(dst []byte) ([]byte, bool, error) {
	if h.inFragment {
		return dst, false, errMalformed
	}
	if !h.coded {
		return dst[:0], false, nil
	}
	if !h.idr || h.ownSets {
		return dst, h.idr, nil
	}
	if len(h.sps.sets) == 0 || len(h.pps.sets) == 0 || (h.hole && h.seiFirst) {
		return dst, false, errMalformed
	}
	return h.prepend(dst), true, nil
}

// prepend puts the remembered parameter sets before the frame.
func (h *h264) prepend(dst []byte) []byte {
	size := h.sps.size() + h.pps.size()
	n := len(dst)
	for range size {
		dst = append(dst, 0)
	}
	copy(dst[size:], dst[:n])
	out := h.sps.appendTo(dst[:0])
	h.pps.appendTo(out)
	return dst
}

func (s *parameterSets) remember(nal, idAt []byte) {
	id, ok := readUE(idAt)
	if !ok || len(nal) > maxSetSize {
		return
	}
	for i := range s.sets {
		if s.sets[i].id == id {
			s.sets[i].nal = append(s.sets[i].nal[:0], nal...)
			return
		}
	}
	if len(s.sets) == maxSets {
		s.sets = s.sets[:0]
	}
	s.sets = append(s.sets, parameterSet{id: id, nal: append([]byte(nil), nal...)})
}

func (s *parameterSets) size() (n int) {
	for i := range s.sets {
		n += len(startCode) + len(s.sets[i].nal)
	}
	return n
}

func (s *parameterSets) appendTo(dst []byte) []byte {
	for i := range s.sets {
		dst = append(dst, startCode...)
		dst = append(dst, s.sets[i].nal...)
	}
	return dst
}

// readUE reads an unsigned Exp-Golomb number (section 9.1) at the start of b; ids need no more than
// 17 bits.
func readUE(b []byte) (uint32, bool) {
	var v uint32
	for i := range 4 {
		v <<= 8
		if i < len(b) {
			v |= uint32(b[i])
		}
	}
	zeros := bits.LeadingZeros32(v)
	if zeros > 15 || 2*zeros+1 > 8*len(b) {
		return 0, false
	}
	return v>>(31-2*zeros) - 1, true
}
