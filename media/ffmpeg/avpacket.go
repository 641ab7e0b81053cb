package ffmpeg

// #include "shim.h"
import "C"

import (
	"errors"
	"fmt"
	"unsafe"
)

const (
	// padding is what FFmpeg's readers may look at past the end of the data; it must be zero.
	padding = C.AV_INPUT_BUFFER_PADDING_SIZE
	// maxPacketSize bounds one encoded frame. A key frame of 8K is some 10 MB.
	maxPacketSize = 64 << 20
	// minPacketBuffer is the first size of the buffer: most encoded frames of a phone fit.
	minPacketBuffer = 64 << 10
)

// avPacket is a packet with a buffer in C memory that is filled again and again. The binding's
// Packet cannot be: its FromData takes a new buffer for each packet and forgets the padding, its
// Data is a copy.
type avPacket struct {
	packet *C.AVPacket
	buffer []byte // the packet's C memory
}

func newAVPacket() (*avPacket, error) {
	p := &avPacket{packet: C.av_packet_alloc()}
	if p.packet == nil {
		return nil, errors.New("out of memory")
	}
	return p, nil
}

// fill copies data into the packet and zeroes the padding behind it. The buffer is kept as long as
// it is large enough and no decoder holds on to it.
func (p *avPacket) fill(data []byte, pts int64) error {
	if len(data) == 0 || len(data) > maxPacketSize {
		return fmt.Errorf("%w: %d bytes of data", ErrDamaged, len(data))
	}
	if need := len(data) + padding; need > len(p.buffer) ||
		C.av_buffer_is_writable(p.packet.buf) == 0 {
		p.buffer = nil
		C.av_packet_unref(p.packet)
		if n := C.av_new_packet(p.packet, C.int(max(need+need/2, minPacketBuffer))); n < 0 {
			return fmt.Errorf("a packet of %d bytes: %w", need, avError(n))
		}
		p.buffer = unsafe.Slice((*byte)(p.packet.data), int(p.packet.size))
	}
	n := copy(p.buffer, data)
	clear(p.buffer[n : n+padding])
	p.packet.size = C.int(n)
	p.packet.pts = C.int64_t(pts)
	return nil
}

func (p *avPacket) free() {
	p.buffer = nil
	C.av_packet_free(&p.packet)
}
