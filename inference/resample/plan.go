// Package resample turns a frame's planes into the tensor that a model wants: resized, placed, with
// colours converted, and in the model's own element type and order, in one pass and without
// allocating.
//
// It is the only package of inference with C code of our own, for the vector instructions: 1280 ×
// 720 pixels of I420 become an input of 416 × 416 in some 0.2 ms of one core, 0.4 ms with smoothing
// (BenchmarkRun, on a busy two-core server). Go was estimated to be too slow and was not tried.
//
// Splitting a frame over cores was measured too (go test -bench Run ./inference/resample), on the
// same server with other work on both cores: below a millisecond it loses up to a fifth, above two
// it gains up to a fifth; an idle computer with more cores was not measured. So one core does
// everything up to 1920 × 1080, and more cores, up to four, are used only from some two
// milliseconds on, such as for 3840 × 2160 with smoothing: decoding and painting need cores too.
//
// A [Plan] holds the tables for one size of frame and one target, in C memory that [Plan.Close]
// frees. It is for one goroutine at a time.
package resample

// #cgo CFLAGS: -O3 -std=gnu11 -Wall
// #include <stdlib.h>
// #cgo noescape hl_halves
// #cgo nocallback hl_halves
// #include "kernel.h"
import "C"

import (
	"errors"
	"fmt"
	"image"
	"unsafe"

	"handlens/media"
)

// Source is what kind of frame a Plan is for.
type Source struct {
	Width, Height int
	Format        media.Format
	// Color is meaningful for I420 only.
	Color media.Color
}

// SourceOf returns the kind of a frame.
func SourceOf(f *media.Frame) Source {
	s := Source{Width: f.Width, Height: f.Height, Format: f.Format}
	if f.Format == media.I420 {
		s.Color = f.Color
	}
	return s
}

// Type is the type of a tensor's elements.
type Type uint8

// The element types in which models take frames.
const (
	Float32 Type = iota
	// Float16 is IEEE 754 binary16; numbers are rounded to the nearest, ties to even.
	Float16
	// Uint8 is integers of 0..255: rounded to the nearest, halves upwards, and clipped.
	Uint8
)

// Tensor is the memory that a Plan writes to: the one slice that fits the plan's Type, 3 × Height ×
// Width elements. Float16 holds the bits.
type Tensor struct {
	Float32 []float32
	Float16 []uint16
	Uint8   []uint8
}

// Target says what the tensor holds: three planes of Width × Height elements, row after row.
type Target struct {
	Width, Height int
	// Type is that of the elements, Float32 by default.
	Type Type
	// Interleaved puts the three channels of a pixel side by side (NHWC) instead of each in a plane
	// of its own (NCHW).
	Interleaved bool
	// Place is where the whole frame goes; the rest of the tensor is padding.
	Place image.Rectangle
	// BGR puts blue into the first channel instead of red.
	BGR bool
	// Scale and Bias turn a sample of 0..255 into what the model wants, sample*Scale + Bias, by
	// channel of the tensor: the first is that of blue when BGR is set.
	Scale, Bias [3]float32
	// Pad is the padding as a sample of 0..255.
	Pad float32
	// Antialias smooths when the frame is made smaller, as Pillow and torchvision do; without it
	// a resize is OpenCV's INTER_LINEAR.
	Antialias bool
}

// Plan holds the tables for one Source and one Target.
type Plan struct {
	source Source
	target Target
	plan   *C.hl_plan
	strips []*strip
	memory []unsafe.Pointer
}

var errClosed = errors.New("the plan is closed")

// NewPlan makes the tables. It fails for a source or a target that makes no sense or is too large.
// The caller closes the plan.
func NewPlan(s Source, t Target) (*Plan, error) {
	if s.Width < 1 || s.Height < 1 || s.Width > media.MaxSide || s.Height > media.MaxSide {
		return nil,
			fmt.Errorf("a picture of %d × %d pixels is outside 1..%d", s.Width, s.Height,
				media.MaxSide)
	}
	if s.Format != media.I420 && s.Format != media.RGBA {
		return nil, fmt.Errorf("pixel format %d is not handled", s.Format)
	}
	if err := t.check(); err != nil {
		return nil, err
	}
	p := &Plan{source: s, target: t}
	p.build()
	return p, nil
}

func (t Target) check() error {
	all := image.Rect(0, 0, t.Width, t.Height)
	if t.Width > media.MaxSide || t.Height > media.MaxSide || t.Place.Empty() || !t.Place.In(all) {
		return fmt.Errorf("a picture at %v does not lie in a tensor of %d × %d", t.Place, t.Width,
			t.Height)
	}
	if t.Type > Uint8 {
		return fmt.Errorf("element type %d is not handled", t.Type)
	}
	for _, v := range [...]float32{
		t.Pad, t.Scale[0], t.Scale[1], t.Scale[2], t.Bias[0], t.Bias[1],
		t.Bias[2],
	} {
		if v-v != 0 { // infinite or not a number
			return fmt.Errorf("scale %v, bias %v and padding %v are not all finite", t.Scale,
				t.Bias, t.Pad)
		}
	}
	return nil
}

// Source returns what the plan is for.
func (p *Plan) Source() Source { return p.source }

// alloc returns zeroed C memory that belongs to the plan.
func (p *Plan) alloc(bytes uintptr) unsafe.Pointer {
	m := C.calloc(1, C.size_t(bytes)) // cgo ends the process when there is no memory
	p.memory = append(p.memory, m)
	return m
}

func (p *Plan) build() {
	s, t := p.source, p.target
	place := t.Place
	c := (*C.hl_plan)(p.alloc(unsafe.Sizeof(C.hl_plan{})))
	p.plan = c
	c.width, c.height = C.int(place.Dx()), C.int(place.Dy())
	c._type, c.fast_half = C.int(t.Type), C.hl_fast_half()
	c.row, c.plane = C.ptrdiff_t(t.Width), C.ptrdiff_t(t.Width*t.Height)
	c.origin = C.ptrdiff_t(place.Min.Y*t.Width + place.Min.X)
	if t.Interleaved {
		c.interleaved = 1
		c.row, c.origin = 3*c.row, 3*c.origin
	}
	c.src_width = C.int(s.Width)
	p.setAxis(&c.lx, newAxis(float64(s.Width), s.Width, place.Dx(), t.Antialias, 1<<14, true))
	p.setAxis(&c.ly, newAxis(float64(s.Height), s.Height, place.Dy(), t.Antialias, 1<<15, false))
	if s.Format == media.I420 {
		cw, ch := (s.Width+1)/2, (s.Height+1)/2
		c.chroma_width = C.int(cw)
		p.setAxis(&c.cx, newAxis(float64(s.Width)/2, cw, place.Dx(), t.Antialias, 1<<14, true))
		p.setAxis(&c.cy, newAxis(float64(s.Height)/2, ch, place.Dy(), t.Antialias, 1<<15, false))
		m := matrixOf(s.Color)
		c.y0, c.ky, c.rv, c.gu, c.gv, c.bu = C.float(m.y0), C.float(m.ky), C.float(m.rv),
			C.float(m.gu), C.float(m.gv), C.float(m.bu)
	}
	for i := range 3 {
		ch := i
		if t.BGR {
			ch = 2 - i
		}
		c.channel[i], c.scale[i], c.bias[i] = C.int(ch), C.float(t.Scale[ch]), C.float(t.Bias[ch])
	}
	p.divide(p.strands())
}

func (p *Plan) setAxis(dst *C.hl_axis, a axis) {
	dst.taps = C.int(a.taps)
	dst.start = (*C.int32_t)(p.alloc(uintptr(len(a.start)) * 4))
	copy(unsafe.Slice((*int32)(dst.start), len(a.start)), a.start)
	dst.weight = (*C.int16_t)(p.alloc(uintptr(len(a.weight)) * 2))
	copy(unsafe.Slice((*int16)(dst.weight), len(a.weight)), a.weight)
}

// FillPadding writes the padding into the whole tensor. Run leaves it alone, so that once for each
// new tensor or plan is enough. It fails when the tensor does not fit the plan.
func (p *Plan) FillPadding(dst Tensor) error {
	if err := p.checkTensor(dst); err != nil {
		return err
	}
	t := p.target
	n := 3 * t.Width * t.Height
	var pad [3]float32
	for c := range pad {
		pad[c] = t.Pad*t.Scale[c] + t.Bias[c]
	}
	switch t.Type {
	case Float16:
		fill(dst.Float16[:n], [3]uint16(halves(pad[:], false)), t.Interleaved)
	case Uint8:
		whole := func(v float32) uint8 { return uint8(min(max(v+0.5, 0), 255)) }
		fill(dst.Uint8[:n], [3]uint8{whole(pad[0]), whole(pad[1]), whole(pad[2])}, t.Interleaved)
	default:
		fill(dst.Float32[:n], pad, t.Interleaved)
	}
	return nil
}

// halves converts numbers to 16-bit floats, with the processor's instruction when fast is set and
// there is one.
func halves(in []float32, fast bool) []uint16 {
	out := make([]uint16, len(in))
	how := C.int(0)
	if fast {
		how = C.hl_fast_half()
	}
	C.hl_halves((*C.uint16_t)(&out[0]), (*C.float)(&in[0]), C.int(len(in)), how)
	return out
}

func fill[T any](dst []T, pad [3]T, interleaved bool) {
	n := len(dst) / 3
	for i := range dst {
		if interleaved {
			dst[i] = pad[i%3]
		} else {
			dst[i] = pad[i/n]
		}
	}
}

// checkTensor makes sure that the C loops stay inside the tensor.
func (p *Plan) checkTensor(dst Tensor) error {
	have := [...]int{
		Float32: len(dst.Float32), Float16: len(dst.Float16),
		Uint8: len(dst.Uint8),
	}[p.target.Type]
	if want := 3 * p.target.Width * p.target.Height; have < want {
		return fmt.Errorf("the tensor has %d of %d elements", have, want)
	}
	return nil
}

// Run writes the frame into its place in dst. It fails when the frame is not of the plan's Source,
// or when its planes or the tensor are too short.
func (p *Plan) Run(f *media.Frame, dst Tensor) error {
	if p.plan == nil {
		return errClosed
	}
	if SourceOf(f) != p.source {
		return fmt.Errorf("the plan is for another picture than %d × %d", f.Width, f.Height)
	}
	if err := checkPlanes(f); err != nil {
		return err
	}
	if err := p.checkTensor(dst); err != nil {
		return err
	}
	p.runStrips(f, dst)
	return nil
}

// checkPlanes makes sure that the C loops stay inside the planes.
func checkPlanes(f *media.Frame) error {
	size := [3][2]int{{f.Width, f.Height}}
	planes := 1
	if f.Format == media.RGBA {
		size[0][0] *= 4
	} else {
		planes = 3
		size[1] = [2]int{(f.Width + 1) / 2, (f.Height + 1) / 2}
		size[2] = size[1]
	}
	for i := range planes {
		w, h := size[i][0], size[i][1]
		if f.Stride[i] < w || len(f.Plane[i]) < w || (len(f.Plane[i])-w)/f.Stride[i] < h-1 {
			return fmt.Errorf("plane %d of a picture of %d × %d is too short", i, f.Width, f.Height)
		}
	}
	return nil
}

// Close frees the tables. It may be called more than once.
func (p *Plan) Close() {
	for _, m := range p.memory {
		C.free(m)
	}
	p.memory, p.plan, p.strips = nil, nil, nil
}
