package ffmpeg

// #include "shim.h"
import "C"

import (
	"errors"
	"fmt"
	"image"
	"math"

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
	// limit bounds the area of a frame.
	limit int
	// squared makes the pixels square, as players do. What phones send live has no others.
	squared bool
	// aspect is the shape of the pixels as the file has it, which goes before that of the frame.
	aspect astiav.Rational
}

func newAVFrame() (*avFrame, error) {
	p := &avFrame{frame: astiav.AllocFrame(), i420: astiav.AllocFrame(), limit: maxPixels}
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
	if w < 1 || h < 1 || w > media.MaxSide || h > media.MaxSide || w*h > p.limit {
		return nil, fmt.Errorf("a frame of %d × %d pixels is too large", w, h)
	}
	color := colorOf(src)
	orientation := C.int(flags)
	size := p.square(src)
	plain := size == image.Pt(w, h)
	nv12 := plain && C.hl_is_nv12(src) != 0
	if !plain || !nv12 && src.format != C.AV_PIX_FMT_YUV420P &&
		src.format != C.AV_PIX_FMT_YUVJ420P {
		var err error
		if src, color, err = p.converted(src, size, color); err != nil {
			return nil, err
		}
		w, h = size.X, size.Y
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

// converted turns a frame of any pixel format into 4:2:0 of 8 bits and that size, which lasts until
// the next one.
func (p *avFrame) converted(src *C.AVFrame, size image.Point, color media.Color) (
	*C.AVFrame, media.Color, error,
) {
	var rgb C.int
	tmp := (*C.AVFrame)(p.i420.UnsafePointer())
	if n := C.hl_make_i420(&p.sws, tmp, C.int(size.X), C.int(size.Y), src, flag(color.FullRange),
		&rgb); n < 0 {
		return nil, color,
			fmt.Errorf("pixel format %s: %w", astiav.PixelFormat(src.format), avError(n))
	}
	if rgb != 0 {
		color = media.Color{}
	}
	return tmp, color, nil
}

// maxAspect bounds the shape of pixels that is believed. The widest that people have is 2.4
// (anamorphic lenses); what is beyond stands in broken files, and players leave it alone.
const maxAspect = 8

// square returns the size of a frame once its pixels are square. The side that is too short grows,
// so that no pixel is lost, unless the frame would be too large; then the other one shrinks.
func (p *avFrame) square(src *C.AVFrame) image.Point {
	size := image.Pt(int(src.width), int(src.height))
	if !p.squared {
		return size
	}
	num, den := p.aspect.Num(), p.aspect.Den()
	if num <= 0 || den <= 0 {
		num, den = int(src.sample_aspect_ratio.num), int(src.sample_aspect_ratio.den)
	}
	if num <= 0 || den <= 0 || num == den {
		return size
	}
	shape := float64(num) / float64(den)
	if shape > maxAspect || shape < 1.0/maxAspect {
		return size
	}
	times := func(side int, factor float64) int {
		return max(1, int(math.Round(float64(side)*factor)))
	}
	grown, shrunk := image.Pt(times(size.X, shape), size.Y),
		image.Pt(size.X, times(size.Y, 1/shape))
	if shape < 1 {
		grown, shrunk = shrunk, grown
	}
	if max(grown.X, grown.Y) > media.MaxSide || grown.X*grown.Y > p.limit {
		return shrunk
	}
	return grown
}
