package ffmpeg

// #include "shim.h"
import "C"

import (
	"errors"
	"fmt"
	"image"
	"runtime"

	"handlens/media"
)

// Converter turns frames into RGBA for the screen and for images on disk. It keeps what the last
// scaling needed, so one Converter for each stream of equal frames costs no allocation. One
// goroutine at a time.
type Converter struct {
	scaler  *scaler
	cleanup runtime.Cleanup
}

// scaler is a C scaler and what it was made for. It is apart from the Converter so that it can be
// freed when that is forgotten.
type scaler struct {
	c    *C.hl_scaler
	plan plan
}

// plan is everything that a scaler depends on.
type plan struct {
	format   media.Format
	from, to image.Point
}

func (s *scaler) free() {
	C.hl_scaler_free(s.c)
	s.c, s.plan = nil, plan{}
}

// NewConverter returns a Converter. Close frees its C memory at once, the garbage collector does
// some time later.
func NewConverter() *Converter {
	c := &Converter{scaler: new(scaler)}
	c.cleanup = runtime.AddCleanup(c, (*scaler).free, c.scaler)
	return c
}

// Close frees what scaling needed. Nothing may be called after it.
func (c *Converter) Close() {
	c.cleanup.Stop()
	if c.scaler != nil {
		c.scaler.free()
	}
	c.scaler = nil
}

// ToRGBA writes the complete frame f into the whole of dst, by the frame's own matrix and range,
// with alpha 255. Sizes that differ are scaled (bilinear; shrinking does not alias) without regard
// to the aspect ratio. At equal sizes each channel is within one level of the formula, chroma from
// the nearest sample. It fails, with dst untouched, when a size or a plane is not what it says.
func (c *Converter) ToRGBA(dst *image.RGBA, f *media.Frame) error {
	if c.scaler == nil {
		return fmt.Errorf("converting a frame: %w", ErrClosed)
	}
	if err := checkFrame(f); err != nil {
		return fmt.Errorf("converting a frame: %w", err)
	}
	size := dst.Rect.Size()
	if !fits(dst.Pix, dst.Stride, 4*size.X, size.Y) || size.X > media.MaxSide ||
		size.Y > media.MaxSide {
		return fmt.Errorf("converting a frame: the target of %d × %d pixels with stride %d "+
			"does not fit its %d bytes", size.X, size.Y, dst.Stride, len(dst.Pix))
	}
	if size != (image.Point{f.Width, f.Height}) {
		return c.scale(dst, f)
	}
	out, stride := pointer(dst.Pix), C.int(dst.Stride)
	if f.Format == media.RGBA {
		C.hl_copy_rgba(out, stride, pointer(f.Plane[0]), C.int(f.Stride[0]), C.int(f.Width),
			C.int(f.Height))
		return nil
	}
	C.hl_yuv_to_rgba(out, stride,
		pointer(f.Plane[0]), C.int(f.Stride[0]), pointer(f.Plane[1]), C.int(f.Stride[1]),
		pointer(f.Plane[2]), C.int(f.Stride[2]),
		C.int(f.Width), C.int(f.Height), 1, factors(f.Color))
	return nil
}

func (c *Converter) scale(dst *image.RGBA, f *media.Frame) error {
	p := plan{format: f.Format, from: image.Pt(f.Width, f.Height), to: dst.Rect.Size()}
	defer runtime.KeepAlive(c) // its cleanup frees the scaler
	s := c.scaler
	if s.c == nil || s.plan != p {
		s.free()
		s.c = C.hl_scaler_new(flag(p.format == media.RGBA), C.int(p.from.X), C.int(p.from.Y),
			C.int(p.to.X), C.int(p.to.Y))
		if s.c == nil {
			return fmt.Errorf("scaling a frame from %v to %v: out of memory", p.from, p.to)
		}
		s.plan = p
	}
	if n := C.hl_scaler_run(s.c, pointer(dst.Pix), C.int(dst.Stride), pointer(f.Plane[0]),
		C.int(f.Stride[0]),
		pointer(f.Plane[1]), C.int(f.Stride[1]), pointer(f.Plane[2]), C.int(f.Stride[2]),
		factors(f.Color)); n < 0 {
		return fmt.Errorf("scaling a frame from %v to %v: %w", p.from, p.to, avError(n))
	}
	return nil
}

// checkFrame says whether the planes hold what size and format promise, so that C code need not
// ask.
func checkFrame(f *media.Frame) error {
	if f.Width < 1 || f.Height < 1 || f.Width > media.MaxSide || f.Height > media.MaxSide {
		return fmt.Errorf("a frame of %d × %d pixels is outside 1..%d", f.Width, f.Height,
			media.MaxSide)
	}
	ok := false
	switch f.Format {
	case media.RGBA:
		ok = fits(f.Plane[0], f.Stride[0], 4*f.Width, f.Height)
	case media.I420:
		cw, ch := (f.Width+1)/2, (f.Height+1)/2
		ok = fits(f.Plane[0], f.Stride[0], f.Width, f.Height) &&
			fits(f.Plane[1], f.Stride[1], cw, ch) && fits(f.Plane[2], f.Stride[2], cw, ch)
	}
	if !ok {
		return errors.New("its planes are smaller than its size")
	}
	return nil
}

// maxStride keeps strides within a C int with room to spare.
const maxStride = 1 << 28

// fits says whether rows of that many bytes at that stride lie within the plane.
func fits(plane []byte, stride, row, rows int) bool {
	return row > 0 && rows > 0 && stride >= row && stride <= maxStride &&
		len(plane) >= stride*(rows-1)+row
}
