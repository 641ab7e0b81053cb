package resample

// #cgo noescape hl_i420
// #cgo nocallback hl_i420
// #cgo noescape hl_rgba
// #cgo nocallback hl_rgba
// #include "kernel.h"
import "C"

import (
	"runtime"
	"sync"
	"unsafe"

	"handlens/media"
)

// strip is a part of the placed frame, the rows from .. to, that one goroutine makes with row
// buffers of its own.
type strip struct {
	plan     *C.hl_plan
	scratch  *C.hl_scratch
	from, to int

	// What Run lends for the time of the call.
	frame *media.Frame
	dst   unsafe.Pointer
	done  *sync.WaitGroup
	// begin is the method start, stored since a method value is an allocation.
	begin func()
}

// maxStrips bounds how many cores one frame uses.
const maxStrips = 4

// worthSplitting is how many multiplications make a second core worthwhile, and each further one:
// some two milliseconds of one core.
const worthSplitting = 24 << 20

// divide replaces the strips by n of the placed frame.
func (p *Plan) divide(n int) {
	rows := int(p.plan.height)
	done := new(sync.WaitGroup)
	p.strips = p.strips[:0]
	for i := range n {
		s := &strip{
			plan: p.plan, scratch: p.newScratch(), from: rows * i / n,
			to: rows * (i + 1) / n, done: done,
		}
		s.begin = s.start
		p.strips = append(p.strips, s)
	}
}

// strands says into how many strips a frame is split on this computer.
func (p *Plan) strands() int {
	c := p.plan
	read := int(c.src_width)*int(c.ly.taps) + 2*int(c.chroma_width)*int(c.cy.taps)
	if p.source.Format == media.RGBA {
		read *= 4
	}
	work := int(c.height) * (read + int(c.width)*(int(c.lx.taps)+2*int(c.cx.taps)))
	return max(1, min(work/worthSplitting+1, maxStrips, runtime.GOMAXPROCS(0), int(c.height)))
}

// slack is how many samples a row buffer has beyond its taps, for loads of whole registers.
const slack = 16

func (p *Plan) newScratch() *C.hl_scratch {
	samples := p.source.Width + max(int(p.plan.lx.taps), int(p.plan.cx.taps)) + slack
	s := (*C.hl_scratch)(p.alloc(unsafe.Sizeof(C.hl_scratch{})))
	shorts := func(n int) *C.uint16_t { return (*C.uint16_t)(p.alloc(uintptr(n) * 2)) }
	floats := func(n int) *C.float { return (*C.float)(p.alloc(uintptr(n) * 4)) }
	s.a, s.b, s.c = shorts(samples), shorts(samples), shorts(samples)
	long := samples
	if p.source.Format == media.RGBA {
		long = 4 * samples
		s.d = shorts(long)
	}
	s.sums = (*C.uint32_t)(p.alloc(uintptr(long) * 4))
	width := p.target.Place.Dx()
	s.x, s.y, s.z = floats(width), floats(width), floats(width)
	if p.target.Type != Float32 || p.target.Interleaved {
		s.red, s.green, s.blue, s.pixels = floats(width), floats(width), floats(width),
			floats(3*width)
	}
	return s
}

// runStrips makes the frame: the first strip here, the others on goroutines that end with it.
func (p *Plan) runStrips(f *media.Frame, dst Tensor) {
	out := dst.pointer(p.target.Type)
	done := p.strips[0].done
	for _, s := range p.strips[1:] {
		s.frame, s.dst = f, out
		done.Add(1)
		go s.begin()
	}
	p.strips[0].run(f, out)
	done.Wait()
	for _, s := range p.strips {
		s.frame, s.dst = nil, nil
	}
}

// pointer returns the address of the first element; checkTensor has seen that there is one.
func (t Tensor) pointer(as Type) unsafe.Pointer {
	switch as {
	case Float16:
		return unsafe.Pointer(&t.Float16[0])
	case Uint8:
		return unsafe.Pointer(&t.Uint8[0])
	}
	return unsafe.Pointer(&t.Float32[0])
}

func (s *strip) start() {
	defer s.done.Done()
	s.run(s.frame, s.dst)
}

func (s *strip) run(f *media.Frame, dst unsafe.Pointer) {
	from, to := C.int(s.from), C.int(s.to)
	if f.Format == media.RGBA {
		C.hl_rgba(s.plan, s.scratch, (*C.uint8_t)(&f.Plane[0][0]), C.ptrdiff_t(f.Stride[0]), dst,
			from, to)
		return
	}
	C.hl_i420(s.plan, s.scratch, (*C.uint8_t)(&f.Plane[0][0]), (*C.uint8_t)(&f.Plane[1][0]),
		(*C.uint8_t)(&f.Plane[2][0]),
		C.ptrdiff_t(f.Stride[0]), C.ptrdiff_t(f.Stride[1]), C.ptrdiff_t(f.Stride[2]), dst, from, to)
}
