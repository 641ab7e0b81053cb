package peer

import (
	"encoding/binary"
	"errors"
	"sync"
	"time"
)

// maxPacket bounds one RTP packet in bytes. Browsers stay below 1300 so as to fit every path; jumbo
// packets are no video of theirs.
const maxPacket = 2048

// rtpHeader is the size in bytes of the fixed part of an RTP header (RFC 3550 section 5.1).
const rtpHeader = 12

var errNotRTP = errors.New("not an RTP packet")

// packet is one RTP packet with its own memory. It travels by pointer from the reader goroutine to
// the receiver goroutine, which owns it until it gives it back to the pool.
type packet struct {
	// stream is the RTP stream that it came on, nil for a repair packet.
	stream *stream
	// ssrc is that of the media, also for a repair packet; 0 when the repair stream was not
	// declared.
	ssrc      uint32
	seq       uint16
	timestamp uint32
	pt        uint8
	marker    bool
	// rtx says that it came by RTX (RFC 4588).
	rtx      bool
	payload  []byte
	received time.Time
	// profile and extension are the header extension's; there is none when the latter is empty.
	profile   uint16
	extension []byte

	buf [maxPacket]byte
}

// stream is one RTP stream of the phone; a later one has the larger order.
type stream struct {
	order uint64
	ssrc  uint32
	// captureID is the identifier of the extension that tells when frames were taken; 0 when it was
	// not agreed on.
	captureID uint8

	// The rest is the receiver goroutine's: when it was heard last, and how many pixels its last
	// key frame had, 0 when it did not say.
	heard  time.Time
	pixels int
}

// packetPool keeps the memory of packets.
type packetPool struct{ pool sync.Pool }

func (pp *packetPool) get() *packet {
	if p, ok := pp.pool.Get().(*packet); ok {
		return p
	}
	return new(packet)
}

func (pp *packetPool) put(p *packet) {
	p.stream, p.payload, p.extension, p.rtx = nil, nil, nil, false
	pp.pool.Put(p)
}

// parse reads the header of the n bytes in buf (RFC 3550 section 5.1). The payload is what remains
// without extensions and padding; it is empty for a packet of padding only.
func (p *packet) parse(n int) error {
	if n < rtpHeader || n > len(p.buf) || p.buf[0]>>6 != 2 {
		return errNotRTP
	}
	b := p.buf[:n]
	start := rtpHeader + 4*int(b[0]&0x0f)
	if b[0]&0x10 != 0 {
		if start+4 > n {
			return errNotRTP
		}
		from := start + 4
		p.profile = binary.BigEndian.Uint16(b[start:])
		start = from + 4*int(binary.BigEndian.Uint16(b[start+2:]))
		if start > n {
			return errNotRTP
		}
		p.extension = b[from:start]
	}
	if start > n {
		return errNotRTP
	}
	end := n
	if b[0]&0x20 != 0 {
		pad := int(b[n-1])
		if pad == 0 || start+pad > n {
			return errNotRTP
		}
		end -= pad
	}
	p.marker, p.pt = b[1]&0x80 != 0, b[1]&0x7f
	p.seq = binary.BigEndian.Uint16(b[2:])
	p.timestamp = binary.BigEndian.Uint32(b[4:])
	p.ssrc = binary.BigEndian.Uint32(b[8:])
	p.payload = b[start:end]
	return nil
}

// decodeRTX turns a parsed RTX packet into the packet that it repeats: the original sequence number
// stands before the payload (RFC 4588 section 4). It returns false for a probe, which has none.
func (p *packet) decodeRTX(mediaPT uint8, mediaSSRC uint32) bool {
	if len(p.payload) < 2 {
		return false
	}
	p.seq = binary.BigEndian.Uint16(p.payload)
	p.payload = p.payload[2:]
	p.pt, p.ssrc, p.rtx, p.stream = mediaPT, mediaSSRC, true, nil
	return true
}
