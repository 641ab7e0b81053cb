package peer

import "handlens/media"

// The limits of one frame. A 4K key frame at the highest rate that browsers use stays below a
// quarter of both.
const (
	maxFrameBytes   = 4 << 20
	maxFramePackets = 4096
)

// outcome is what became of a frame.
type outcome uint8

const (
	// pending: its end has not come.
	pending outcome = iota
	// complete: done, all of it.
	complete
	// empty: done, with nothing in it to decode.
	empty
	// malformed, tooLarge: given up.
	malformed
	tooLarge
	// noStart: the packet belongs to a frame whose beginning was missed.
	noStart
)

// assembler makes frames of packets that come in order. One goroutine uses it.
type assembler struct {
	codec media.Codec
	depacketizer
	// frame is the frame in progress, owned; nil between frames.
	frame   *encodedFrame
	packets int
	// boundary: the packet before was the end of a frame, so the next one begins one.
	boundary bool
	// skipping: the rest of a frame that was given up is passed over; its timestamp is skip.
	skipping bool
	skip     uint32
}

// gap says that packets are missing at this place. It returns the frame in progress, which is lost,
// or nil.
func (a *assembler) gap() (lost *encodedFrame) {
	lost, a.frame = a.frame, nil
	a.boundary, a.skipping = false, false
	return lost
}

// ends says whether p shows that the frame in progress was complete without a marker: the timestamp
// is another one.
func (a *assembler) ends(p *packet) bool { return a.frame != nil && p.timestamp != a.frame.rtp }

// add takes the next packet. fresh gives memory for a new frame.
func (a *assembler) add(p *packet, fresh func() *encodedFrame) outcome {
	if len(p.payload) == 0 {
		return pending // padding
	}
	if a.frame == nil {
		if a.skipping && p.timestamp == a.skip && !a.boundary {
			a.boundary = p.marker
			return pending
		}
		first, _ := a.inspect(p.payload)
		if !first && !a.boundary {
			a.skipRest(p)
			return noStart
		}
		a.skipping = false
		a.frame, a.packets = fresh(), 0
		a.frame.begin(a.codec, p.timestamp)
		a.begin(!a.boundary)
	}
	a.boundary = false
	a.packets++
	if a.packets > maxFramePackets || len(a.frame.data)+len(p.payload) > maxFrameBytes {
		a.skipRest(p)
		return tooLarge
	}
	var err error
	a.frame.received = p.received
	if a.frame.data, err = a.push(a.frame.data, p.payload); err != nil {
		a.skipRest(p)
		return malformed
	}
	if !p.marker {
		return pending
	}
	a.boundary = true
	return a.finish()
}

// finish completes the frame in progress; take it with take when it is whole.
func (a *assembler) finish() outcome {
	var err error
	if a.frame.data, a.frame.key, err = a.end(a.frame.data); err != nil {
		return malformed
	}
	if len(a.frame.data) == 0 {
		return empty
	}
	return complete
}

// take hands the frame over.
func (a *assembler) take() *encodedFrame {
	p := a.frame
	a.frame = nil
	return p
}

// skipRest notes that the rest of p's frame is to be passed over.
func (a *assembler) skipRest(p *packet) {
	a.skipping, a.skip, a.boundary = true, p.timestamp, p.marker
}
