package ffmpeg

// #include "shim.h"
import "C"

import (
	"fmt"
	"runtime"

	"github.com/asticode/go-astiav"

	"handlens/media"
)

// maxStill bounds the area of a picture in one piece: the largest sensors in phones have 200
// million pixels.
const maxStill = 210_000_000

// StillColor overrides what a coded picture says of its colours (ITU-T H.273).
type StillColor struct {
	Matrix    int
	FullRange bool
}

// StillDecoder decodes pictures that are all coded in one way, each by itself, as the tiles of a
// HEIC are. One goroutine at a time.
type StillDecoder struct {
	context *astiav.CodecContext
	packet  *avPacket
	frame   *avFrame
}

// NewStillDecoder makes a decoder for the type of an item in a HEIF file (hvc1, av01, avc1, jpeg).
// Config is that of its property, as in an MP4 file; nil for none. It fails with ErrCodec for
// another type.
func NewStillDecoder(kind string, config []byte) (*StillDecoder, error) {
	codec := stillCodec(kind)
	if codec == nil {
		return nil, fmt.Errorf("%q: %w", kind, ErrCodec)
	}
	d := new(StillDecoder)
	var err error
	if d.frame, err = newAVFrame(); err != nil {
		return nil, err
	}
	d.frame.limit = maxStill
	if d.packet, err = newAVPacket(); err != nil {
		d.Close()
		return nil, err
	}
	parameters := astiav.AllocCodecParameters()
	defer parameters.Free()
	parameters.SetMediaType(astiav.MediaTypeVideo)
	parameters.SetCodecID(codec.ID())
	if len(config) > 0 && kind != "jpeg" {
		if err := parameters.SetExtraData(config); err != nil {
			d.Close()
			return nil, err
		}
	}
	// Threads across frames would hold the only one back.
	threads := threading{
		lowDelay: true, threads: min(runtime.NumCPU(), 2*maxThreads),
		kind: astiav.ThreadTypeSlice, pixels: maxStill,
	}
	if d.context, err = openContext(codec, parameters, threads); err != nil {
		d.Close()
		return nil, fmt.Errorf("%s decoder: %w", codec.Name(), err)
	}
	return d, nil
}

func stillCodec(kind string) *astiav.Codec {
	switch kind {
	case "hvc1":
		return astiav.FindDecoder(astiav.CodecIDHevc)
	case "avc1":
		return astiav.FindDecoder(astiav.CodecIDH264)
	case "av01":
		return astiav.FindDecoderByName("libdav1d")
	case "jpeg":
		return astiav.FindDecoder(astiav.CodecIDMjpeg)
	}
	return nil
}

// Decode decodes one picture as it is stored, without any turn. Color may be nil. It fails with
// ErrDamaged for what is not one whole picture. The frame has one reference for the caller.
func (d *StillDecoder) Decode(
	data []byte, color *StillColor, pool *media.Pool,
) (*media.Frame, error) {
	if d.context == nil {
		return nil, ErrClosed
	}
	cc := (*C.AVCodecContext)(d.context.UnsafePointer())
	C.avcodec_flush_buffers(cc)
	if err := d.packet.fill(data, 0); err != nil {
		return nil, err
	}
	if n := C.avcodec_send_packet(cc, d.packet.packet); n < 0 {
		return nil, decodeError(avError(n))
	}
	n := C.avcodec_receive_frame(cc, d.frame.c())
	if n == C.int(astiav.ErrEagain) { // it waits for more to come
		if n = C.avcodec_send_packet(cc, nil); n >= 0 {
			n = C.avcodec_receive_frame(cc, d.frame.c())
		}
	}
	if n < 0 {
		return nil, decodeError(avError(n))
	}
	if d.frame.damaged() {
		return nil, ErrDamaged
	}
	f := d.frame.c()
	if color != nil {
		f.colorspace = uint32(color.Matrix & 0xff)
		if f.color_range = C.AVCOL_RANGE_MPEG; color.FullRange {
			f.color_range = C.AVCOL_RANGE_JPEG
		}
	}
	return d.frame.turned(f, 0, pool)
}

// Close frees the decoder. Frames that it gave stay valid.
func (d *StillDecoder) Close() {
	if d.context != nil {
		d.context.Free()
		d.context = nil
	}
	if d.packet != nil {
		d.packet.free()
		d.packet = nil
	}
	if d.frame != nil {
		d.frame.free()
		d.frame = nil
	}
}
