package ffmpeg

// #include <libavcodec/defs.h>
import "C"

import (
	"errors"
	"fmt"

	"github.com/asticode/go-astiav"
)

const (
	// padding is what FFmpeg's readers may look at past the end of the data; it must be zero.
	padding = C.AV_INPUT_BUFFER_PADDING_SIZE
	// maxPayload bounds one coded picture. A key frame of 8K is some 10 MB.
	maxPayload = 64 << 20
	// minPayload is the first size of the buffer: most coded pictures of a phone fit.
	minPayload = 64 << 10
)

// payload is a packet with a buffer in C memory that is filled again and again. (The binding's Packet.FromData takes a new buffer for
// each packet and forgets the padding.)
type payload struct {
	*astiav.Packet
	buffer []byte // the packet's C memory
}

func newPayload() (*payload, error) {
	p := &payload{Packet: astiav.AllocPacket()}
	if p.Packet == nil {
		return nil, errors.New("out of memory")
	}
	return p, nil
}

// fill copies data into the packet and zeroes the padding behind it. The buffer is kept as long as it is large enough and no decoder holds on to it.
func (p *payload) fill(data []byte) error {
	if len(data) == 0 || len(data) > maxPayload {
		return fmt.Errorf("%w: %d bytes of data", ErrDamaged, len(data))
	}
	if need := len(data) + padding; need > len(p.buffer) || !p.IsWritable() {
		p.Unref()
		p.buffer = nil
		if err := p.AllocPayload(max(need+need/2, minPayload)); err != nil {
			return fmt.Errorf("a packet of %d bytes: %w", need, err)
		}
		p.buffer = p.Data()
	}
	n := copy(p.buffer, data)
	clear(p.buffer[n : n+padding])
	p.SetSize(n)
	return nil
}
