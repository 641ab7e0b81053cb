//go:build unix

package resample

import (
	"fmt"
	"image"
	"os"
	"syscall"
	"testing"
	"unsafe"

	"handlens/media"
)

// guarded returns n bytes between which and memory that nobody may touch lies nothing: behind their
// end, or before their beginning.
func guarded(t *testing.T, n int, behind bool) []byte {
	t.Helper()
	page := os.Getpagesize()
	size := (n + page - 1) / page * page
	all, err := syscall.Mmap(-1, 0, size+2*page, syscall.PROT_READ|syscall.PROT_WRITE,
		syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = syscall.Munmap(all) })
	for _, edge := range [][]byte{all[:page], all[page+size:]} {
		if err := syscall.Mprotect(edge, syscall.PROT_NONE); err != nil {
			t.Fatal(err)
		}
	}
	if behind {
		return all[page+size-n : page+size : page+size]
	}
	return all[page : page+n : page+n]
}

// A single byte read or written outside the planes or the tensor ends this test's process.
func TestNothingOutsideIsTouched(t *testing.T) {
	targets := []image.Rectangle{
		image.Rect(0, 0, 61, 47), image.Rect(1, 2, 61, 47),
		image.Rect(0, 0, 3, 2),
	}
	sizes := [][2]int{
		{1, 1},
		{1, 9},
		{9, 1},
		{2, 2},
		{7, 5},
		{33, 61},
		{131, 77},
		{641, 3},
		{1283, 717},
	}
	for _, size := range sizes {
		for _, format := range []media.Format{media.I420, media.RGBA} {
			for _, behind := range []bool{true, false} {
				f := guardedPicture(t, size[0], size[1], format, behind)
				for i, place := range targets {
					target := Target{
						Width: 61, Height: 47, Place: place, Type: Type(i % 3),
						Interleaved: behind, Antialias: i&1 == 0,
					}
					runGuarded(t, f, target, behind)
				}
			}
		}
	}
}

func guardedPicture(t *testing.T, w, h int, format media.Format, behind bool) *media.Frame {
	tight := picture(t, w, h, format, media.Color{})
	f := &media.Frame{Width: w, Height: h, Format: format, Stride: tight.Stride}
	for i, p := range tight.Plane {
		if len(p) > 0 {
			f.Plane[i] = guarded(t, len(p), behind)
			copy(f.Plane[i], p)
		}
	}
	return f
}

func runGuarded(t *testing.T, f *media.Frame, target Target, behind bool) {
	t.Helper()
	n := 3 * target.Width * target.Height
	memory := guarded(t, n*map[Type]int{Float32: 4, Float16: 2, Uint8: 1}[target.Type], behind)
	first := unsafe.Pointer(&memory[0])
	dst := Tensor{}
	switch target.Type {
	case Float16:
		dst.Float16 = unsafe.Slice((*uint16)(first), n)
	case Uint8:
		dst.Uint8 = memory
	default:
		dst.Float32 = unsafe.Slice((*float32)(first), n)
	}
	p, err := NewPlan(SourceOf(f), target)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	for _, strips := range []int{1, min(2, target.Place.Dy())} {
		p.divide(strips)
		if err := p.Run(f, dst); err != nil {
			t.Fatal(fmt.Errorf("%d × %d: %w", f.Width, f.Height, err))
		}
	}
}
