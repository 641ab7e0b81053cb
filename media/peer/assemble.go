package peer

import "handlens/media"

// The limits of one picture. A 4K key frame at the highest rate that browsers use stays below a
// quarter of both.
const (
	maxPictureBytes   = 4 << 20
	maxPicturePackets = 4096
)

// verdict is what became of a picture.
type verdict uint8

const (
	// pending: its end has not come.
	pending verdict = iota
	// whole: done, all of it.
	whole
	// void: done, with nothing in it to decode.
	void
	// malformed, tooLarge: given up.
	malformed
	tooLarge
	// headless: the packet belongs to a picture whose beginning was missed.
	headless
)

// assembler makes pictures of packets that come in order. One goroutine uses it.
type assembler struct {
	codec media.Codec
	depacketizer
	// pic is the picture in work, owned; nil between pictures.
	pic     *picture
	packets int
	// boundary: the packet before was the end of a picture, so the next one begins one.
	boundary bool
	// skipping: the rest of a picture that was given up is passed over; its timestamp is skip.
	skipping bool
	skip     uint32
}

// gap says that packets are missing at this place. It returns the picture in work, which is lost,
// or nil.
func (a *assembler) gap() (lost *picture) {
	lost, a.pic = a.pic, nil
	a.boundary, a.skipping = false, false
	return lost
}

// ends says whether p shows that the picture in work was complete without a marker: the timestamp
// is another one.
func (a *assembler) ends(p *packet) bool { return a.pic != nil && p.timestamp != a.pic.rtp }

// add takes the next packet. fresh gives memory for a new picture.
func (a *assembler) add(p *packet, fresh func() *picture) verdict {
	if len(p.payload) == 0 {
		return pending // padding
	}
	if a.pic == nil {
		if a.skipping && p.timestamp == a.skip && !a.boundary {
			a.boundary = p.marker
			return pending
		}
		first, _ := a.inspect(p.payload)
		if !first && !a.boundary {
			a.pass(p)
			return headless
		}
		a.skipping = false
		a.pic, a.packets = fresh(), 0
		a.pic.begin(a.codec, p.timestamp)
		a.begin()
	}
	a.boundary = false
	a.packets++
	if a.packets > maxPicturePackets || len(a.pic.data)+len(p.payload) > maxPictureBytes {
		a.pass(p)
		return tooLarge
	}
	var err error
	a.pic.received = p.received
	if a.pic.data, err = a.push(a.pic.data, p.payload); err != nil {
		a.pass(p)
		return malformed
	}
	if !p.marker {
		return pending
	}
	a.boundary = true
	return a.finish()
}

// finish completes the picture in work; take it with take when it is whole.
func (a *assembler) finish() verdict {
	var err error
	if a.pic.data, a.pic.key, err = a.end(a.pic.data); err != nil {
		return malformed
	}
	if len(a.pic.data) == 0 {
		return void
	}
	return whole
}

// take hands the picture over.
func (a *assembler) take() *picture {
	p := a.pic
	a.pic = nil
	return p
}

// pass notes that the rest of p's picture is to be passed over.
func (a *assembler) pass(p *packet) {
	a.skipping, a.skip, a.boundary = true, p.timestamp, p.marker
}
