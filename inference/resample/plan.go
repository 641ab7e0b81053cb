// Package resample turns a picture's planes into the float tensor that a model wants, resized, placed and with colours converted, in one pass
// and without allocating.
//
// It is the only room of inference with C of our own, for the vector instructions: 1280 × 720 pixels of I420 become an input of 416 × 416 in some
// 0.2 ms of one core, 0.4 ms with smoothing (BenchmarkRun, on a busy two-core server). Go was estimated too slow and not tried. Nothing is
// split over goroutines, since one alone costs a few hundredths of a model's own time.
//
// A [Plan] holds the tables for one size of picture and one target, in C memory that [Plan.Close] frees. It is for one goroutine at a time.
package resample

// #cgo CFLAGS: -O3 -std=gnu11 -Wall
// #cgo noescape hl_i420
// #cgo nocallback hl_i420
// #cgo noescape hl_rgba
// #cgo nocallback hl_rgba
// #include <stdlib.h>
// #include "kernel.h"
import "C"

import (
	"errors"
	"fmt"
	"image"
	"unsafe"

	"handlens/media"
)

// Source is what kind of picture a Plan is for.
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

// Target says what the tensor is to hold: three planes of Width × Height floats, row after row.
type Target struct {
	Width, Height int
	// Place is where the whole picture goes; the rest of the tensor is padding.
	Place image.Rectangle
	// BGR puts blue into the first plane instead of red.
	BGR bool
	// Scale and Bias make a sample of 0..255 into what the model wants, sample*Scale + Bias, by plane of the tensor.
	Scale, Bias [3]float32
	// Pad is the padding as a sample of 0..255.
	Pad float32
	// Antialias smooths when the picture is made smaller, as Pillow and torchvision do; without it a resize is OpenCV's INTER_LINEAR.
	Antialias bool
}

// Plan holds the tables for one Source and one Target.
type Plan struct {
	source  Source
	target  Target
	plan    *C.hl_plan
	scratch *C.hl_scratch
	memory  []unsafe.Pointer
}

var errClosed = errors.New("the plan is closed")

// NewPlan makes the tables.
func NewPlan(s Source, t Target) (*Plan, error) {
	if s.Width < 1 || s.Height < 1 || s.Width > media.MaxSide || s.Height > media.MaxSide {
		return nil, fmt.Errorf("a picture of %d × %d pixels is outside 1..%d", s.Width, s.Height, media.MaxSide)
	}
	if s.Format != media.I420 && s.Format != media.RGBA {
		return nil, fmt.Errorf("pixel format %d is not handled", s.Format)
	}
	all := image.Rect(0, 0, t.Width, t.Height)
	if t.Width > media.MaxSide || t.Height > media.MaxSide || t.Place.Empty() || !t.Place.In(all) {
		return nil, fmt.Errorf("a picture at %v does not lie in a tensor of %d × %d", t.Place, t.Width, t.Height)
	}
	p := &Plan{source: s, target: t}
	p.build()
	return p, nil
}

// Source returns what the plan is for.
func (p *Plan) Source() Source { return p.source }

// alloc returns zeroed C memory that belongs to the plan.
func (p *Plan) alloc(bytes uintptr) unsafe.Pointer {
	m := C.calloc(1, C.size_t(bytes)) // cgo ends the process when there is no memory
	p.memory = append(p.memory, m)
	return m
}

// slack is how many samples more than its taps a row buffer has, for loads of whole registers.
const slack = 16

func (p *Plan) build() {
	s, t := p.source, p.target
	place := t.Place
	c := (*C.hl_plan)(p.alloc(unsafe.Sizeof(C.hl_plan{})))
	p.plan = c
	c.width, c.height = C.int(place.Dx()), C.int(place.Dy())
	c.row, c.plane = C.ptrdiff_t(t.Width), C.ptrdiff_t(t.Width*t.Height)
	c.src_width = C.int(s.Width)
	p.setAxis(&c.lx, newAxis(float64(s.Width), s.Width, place.Dx(), t.Antialias, 1<<14, true))
	p.setAxis(&c.ly, newAxis(float64(s.Height), s.Height, place.Dy(), t.Antialias, 1<<15, false))
	if s.Format == media.I420 {
		cw, ch := (s.Width+1)/2, (s.Height+1)/2
		c.chroma_width = C.int(cw)
		p.setAxis(&c.cx, newAxis(float64(s.Width)/2, cw, place.Dx(), t.Antialias, 1<<14, true))
		p.setAxis(&c.cy, newAxis(float64(s.Height)/2, ch, place.Dy(), t.Antialias, 1<<15, false))
		m := matrixOf(s.Color)
		c.y0, c.ky, c.rv, c.gu, c.gv, c.bu = C.float(m.y0), C.float(m.ky), C.float(m.rv), C.float(m.gu), C.float(m.gv), C.float(m.bu)
	}
	for i := range 3 {
		ch := i
		if t.BGR {
			ch = 2 - i
		}
		c.channel[i], c.scale[i], c.bias[i] = C.int(ch), C.float(t.Scale[ch]), C.float(t.Bias[ch])
	}
	taps := max(int(c.lx.taps), int(c.cx.taps))
	p.scratch = p.newScratch(s.Width+taps+slack, place.Dx())
}

func (p *Plan) setAxis(dst *C.hl_axis, a axis) {
	dst.taps = C.int(a.taps)
	dst.start = (*C.int32_t)(p.alloc(uintptr(len(a.start)) * 4))
	copy(unsafe.Slice((*int32)(dst.start), len(a.start)), a.start)
	dst.weight = (*C.int16_t)(p.alloc(uintptr(len(a.weight)) * 2))
	copy(unsafe.Slice((*int16)(dst.weight), len(a.weight)), a.weight)
}

func (p *Plan) newScratch(samples, width int) *C.hl_scratch {
	s := (*C.hl_scratch)(p.alloc(unsafe.Sizeof(C.hl_scratch{})))
	for _, row := range []**C.uint16_t{&s.a, &s.b, &s.c} {
		*row = (*C.uint16_t)(p.alloc(uintptr(samples) * 2))
	}
	if p.source.Format == media.RGBA {
		s.d = (*C.uint16_t)(p.alloc(uintptr(4*samples) * 2))
	}
	for _, row := range []**C.float{&s.x, &s.y, &s.z} {
		*row = (*C.float)(p.alloc(uintptr(width) * 4))
	}
	return s
}

// FillPadding writes the padding into the whole tensor. Run leaves it alone, so once for each new tensor or plan is enough.
func (p *Plan) FillPadding(dst []float32) {
	n := p.target.Width * p.target.Height
	for c := range 3 {
		v := p.target.Pad*p.target.Scale[c] + p.target.Bias[c]
		plane := dst[c*n:][:n]
		for i := range plane {
			plane[i] = v
		}
	}
}

// Run writes the picture into its place of dst, which holds 3 × Height × Width floats. The frame must be of the plan's Source and is
// checked: planes that are too short are an error.
func (p *Plan) Run(f *media.Frame, dst []float32) error {
	if p.plan == nil {
		return errClosed
	}
	if SourceOf(f) != p.source {
		return fmt.Errorf("the plan is for another picture than %d × %d", f.Width, f.Height)
	}
	if err := checkPlanes(f); err != nil {
		return err
	}
	if want := 3 * p.target.Width * p.target.Height; len(dst) < want {
		return fmt.Errorf("the tensor has %d of %d elements", len(dst), want)
	}
	t := p.target
	out := (*C.float)(&dst[t.Place.Min.Y*t.Width+t.Place.Min.X])
	if f.Format == media.RGBA {
		C.hl_rgba(p.plan, p.scratch, (*C.uint8_t)(&f.Plane[0][0]), C.ptrdiff_t(f.Stride[0]), out)
		return nil
	}
	C.hl_i420(p.plan, p.scratch, (*C.uint8_t)(&f.Plane[0][0]), (*C.uint8_t)(&f.Plane[1][0]), (*C.uint8_t)(&f.Plane[2][0]),
		C.ptrdiff_t(f.Stride[0]), C.ptrdiff_t(f.Stride[1]), C.ptrdiff_t(f.Stride[2]), out)
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
	p.memory, p.plan, p.scratch = nil, nil, nil
}
