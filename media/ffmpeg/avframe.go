package ffmpeg

// #include "shim.h"
import "C"

import (
	"errors"
	"fmt"

	"github.com/asticode/go-astiav"

	"handlens/media"
)

// maxPixels bounds the area of a decoded frame, in addition to media.MaxSide for each side: 8192
// × 4096, above 8K television. A decoder may hold some twenty frames, so a stream that lies about
// its size costs at most about a gigabyte.
const maxPixels = 1 << 25

// livePixels is the same for what a phone sends, of which there may be several: 4096 × 2304. No
// phone sends more than 3840 × 2160, and one that lies costs at most some 400 MB.
const livePixels = 9 << 20

// avFrame receives what a decoder gives and copies it into frames of ours. Its AVFrames are reused.
type avFrame struct {
	frame *astiav.Frame
	i420  *astiav.Frame
	sws   *C.SwsContext
}

func newAVFrame() (*avFrame, error) {
	p := &avFrame{frame: astiav.AllocFrame(), i420: astiav.AllocFrame()}
	if p.frame == nil || p.i420 == nil {
		p.free()
		return nil, errors.New("out of memory")
	}
	return p, nil
}

func (p *avFrame) free() {
	for _, f := range []*astiav.Frame{p.frame, p.i420} {
		if f != nil {
			f.Free()
		}
	}
	C.sws_freeContext(p.sws)
	*p = avFrame{}
}

func (p *avFrame) c() *C.AVFrame { return (*C.AVFrame)(p.frame.UnsafePointer()) }

// damaged says whether the decoder had to invent a part of the frame.
func (p *avFrame) damaged() bool {
	return p.c().decode_error_flags != 0 || p.c().flags&C.AV_FRAME_FLAG_CORRUPT != 0
}

// copyTo copies what was decoded into a frame from the pool: upright, 8-bit, 4:2:0, its
// colours described. The caller has the one reference and fills in numbers and times.
func (p *avFrame) copyTo(pool *media.Pool) (*media.Frame, error) { return p.copyFrom(p.c(), pool) }

// copyFrom does the same with another frame than the decoder's.
func (p *avFrame) copyFrom(src *C.AVFrame, pool *media.Pool) (*media.Frame, error) {
	return p.turned(src, int(C.hl_upright(src)), pool)
}

// turned copies a frame that the flags of shim.h turn upright.
func (p *avFrame) turned(src *C.AVFrame, flags int, pool *media.Pool) (*media.Frame, error) {
	w, h := int(src.width), int(src.height)
	if w < 1 || h < 1 || w > media.MaxSide || h > media.MaxSide || w*h > maxPixels {
		return nil, fmt.Errorf("a frame of %d × %d pixels is too large", w, h)
	}
	color := colorOf(src)
	orientation := C.int(flags)
	nv12 := C.hl_is_nv12(src) != 0
	if !nv12 && src.format != C.AV_PIX_FMT_YUV420P && src.format != C.AV_PIX_FMT_YUVJ420P {
		var rgb C.int
		tmp := (*C.AVFrame)(p.i420.UnsafePointer())
		if n := C.hl_make_i420(&p.sws, tmp, src, flag(color.FullRange), &rgb); n < 0 {
			return nil,
				fmt.Errorf("pixel format %s: %w", astiav.PixelFormat(src.format), avError(n))
		}
		if rgb != 0 {
			color = media.Color{}
		}
		src = tmp
	}
	if orientation&C.HL_TRANSPOSE != 0 {
		w, h = h, w
	}
	f, err := pool.Get(w, h, media.I420)
	if err != nil {
		return nil, err
	}
	f.Color = color
	if nv12 {
		C.hl_copy_nv12(src, orientation, pointer(f.Plane[0]), C.int(f.Stride[0]),
			pointer(f.Plane[1]), C.int(f.Stride[1]), pointer(f.Plane[2]), C.int(f.Stride[2]))
		return f, nil
	}
	C.hl_copy_i420(src, orientation, pointer(f.Plane[0]), C.int(f.Stride[0]),
		pointer(f.Plane[1]), C.int(f.Stride[1]), pointer(f.Plane[2]), C.int(f.Stride[2]))
	return f, nil
}
