// Package resample turns a picture's planes into the float tensor that a model wants, resized, placed and with colours converted, in one pass
// and without allocating.
//
// It is the only room with C of our own: the three loops of kernel.c take a millisecond where Go takes five. A [Plan] holds the tables for one size of
// picture and one target, in C memory that [Plan.Close] frees. A Plan is for one goroutine at a time; Run splits the rows over a fixed number of
// goroutines and returns when all are done.
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
	"sync"
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
	scratch []*C.hl_scratch
	memory  []unsafe.Pointer
	wait    sync.WaitGroup
}

var errClosed = errors.New("the plan is closed")

// maxWorkers bounds the split: two or three goroutines already leave only the memory's speed.
const maxWorkers = 4

// minRows is the least number of rows that is worth a goroutine.
const minRows = 32

// NewPlan makes the tables. Up to `workers` goroutines share the rows of one Run; 1 means the caller alone.
func NewPlan(s Source, t Target, workers int) (*Plan, error) {
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
	p.build(min(max(workers, 1), maxWorkers))
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

// slack is how many samples past its end a row of taps may read: its weights there are zero.
const slack = 16

func (p *Plan) build(workers int) {
	s, t := p.source, p.target
	place := t.Place
	c := (*C.hl_plan)(p.alloc(unsafe.Sizeof(C.hl_plan{})))
	p.plan = c
	c.width, c.height = C.int(place.Dx()), C.int(place.Dy())
	c.row, c.plane = C.ptrdiff_t(t.Width), C.ptrdiff_t(t.Width*t.Height)
	c.src_width = C.int(s.Width)
	p.setAxis(&c.lx, newAxis(float64(s.Width), s.Width, place.Dx(), t.Antialias, 1<<14, 2))
	p.setAxis(&c.ly, newAxis(float64(s.Height), s.Height, place.Dy(), t.Antialias, 1<<15, 1))
	samples := s.Width
	if s.Format == media.I420 {
		cw, ch := (s.Width+1)/2, (s.Height+1)/2
		c.chroma_width = C.int(cw)
		p.setAxis(&c.cx, newAxis(float64(s.Width)/2, cw, place.Dx(), t.Antialias, 1<<14, 2))
		p.setAxis(&c.cy, newAxis(float64(s.Height)/2, ch, place.Dy(), t.Antialias, 1<<15, 1))
		m := matrixOf(s.Color)
		c.y0, c.ky, c.rv, c.gu, c.gv, c.bu = C.float(m.y0), C.float(m.ky), C.float(m.rv), C.float(m.gu), C.float(m.gv), C.float(m.bu)
	} else {
		samples *= 4
	}
	for i := range 3 {
		ch := i
		if t.BGR {
			ch = 2 - i
		}
		c.channel[i], c.scale[i], c.bias[i] = C.int(ch), C.float(t.Scale[ch]), C.float(t.Bias[ch])
	}
	taps := max(int(c.lx.taps), int(c.cx.taps))
	for range min(workers, max(place.Dy()/minRows, 1)) {
		p.scratch = append(p.scratch, p.newScratch(samples+4*taps+slack, place.Dx()))
	}
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
	n, h := len(p.scratch), int(p.plan.height)
	if n > 1 {
		p.helpers(f, dst, n, h)
	}
	p.strip(f, dst, 0, 0, h/n)
	p.wait.Wait()
	return nil
}

// helpers starts a goroutine for each strip but the first.
func (p *Plan) helpers(f *media.Frame, dst []float32, n, h int) {
	for i := 1; i < n; i++ {
		p.wait.Go(func() { p.strip(f, dst, i, h*i/n, h*(i+1)/n) })
	}
}

// strip makes the rows from..to of the placed picture.
func (p *Plan) strip(f *media.Frame, dst []float32, worker, from, to int) {
	t := p.target
	out := (*C.float)(&dst[t.Place.Min.Y*t.Width+t.Place.Min.X])
	s := p.scratch[worker]
	if f.Format == media.RGBA {
		C.hl_rgba(p.plan, s, (*C.uint8_t)(&f.Plane[0][0]), C.ptrdiff_t(f.Stride[0]), out, C.int(from), C.int(to))
		return
	}
	C.hl_i420(p.plan, s, (*C.uint8_t)(&f.Plane[0][0]), (*C.uint8_t)(&f.Plane[1][0]), (*C.uint8_t)(&f.Plane[2][0]),
		C.ptrdiff_t(f.Stride[0]), C.ptrdiff_t(f.Stride[1]), C.ptrdiff_t(f.Stride[2]), out, C.int(from), C.int(to))
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
