package overlay

import (
	"image"
	"image/color"

	"handlens/inference"
	"handlens/media"
)

const (
	// cellsAcross is the number of cells along the shorter side of what is hidden: too few to
	// recognise a face that fills the box, let alone the face of a person who fills it.
	cellsAcross = 4
	// minCell is the least size of a cell, in pixels, for small objects.
	minCell = 8
	// samplesAcross bounds how many pixels along a side of a cell count for its colour.
	samplesAcross = 16
	// coarse is the step of the colours, of 256: it hides what could be gathered from many frames
	// of a moving object.
	coarse = 16
)

// BlurRGBA makes what lies in the boxes (0..1) unrecognisable: each, enlarged by a tenth on all
// sides, becomes a mosaic of cells a quarter as large as the box's shorter side, in rounded
// colours. Nothing else of the original is left, so it cannot be reconstructed.
func BlurRGBA(dst *image.RGBA, boxes []inference.Box) {
	if dst == nil || dst.Rect.Empty() {
		return
	}
	s := rgbaSurface{img: dst, picture: dst.Rect}
	for _, b := range boxes {
		mosaic(dst.Rect, 1, b, s.hide)
	}
}

// BlurI420 does the same to a frame within the rectangle area; see [DrawI420].
func BlurI420(canvas *media.Frame, picture image.Rectangle, boxes []inference.Box) {
	var s i420Surface
	if !s.set(canvas, picture) {
		return
	}
	for _, b := range boxes {
		mosaic(s.area, s.grid(), b, s.hide)
	}
}

// mosaic cuts the box into cells on the grid.
func mosaic(bounds image.Rectangle, grid int, b inference.Box, hide func(cell image.Rectangle)) {
	w, h := (b.X2-b.X1)/10, (b.Y2-b.Y1)/10
	if !(w >= 0 && h >= 0) {
		return // inverted, or not a number
	}
	r := covering(bounds, inference.Box{X1: b.X1 - w, Y1: b.Y1 - h, X2: b.X2 + w, Y2: b.Y2 + h},
		grid)
	cell := onGrid(max(minCell, (min(r.Dx(), r.Dy())+cellsAcross-1)/cellsAcross), grid)
	for y := r.Min.Y; y < r.Max.Y; y += cell {
		for x := r.Min.X; x < r.Max.X; x += cell {
			hide(image.Rect(x, y, x+cell, y+cell).Intersect(r))
		}
	}
}

// covering returns the pixels that a box (0..1) touches, on the grid, clipped to the frame.
func covering(bounds image.Rectangle, b inference.Box, grid int) image.Rectangle {
	at := func(origin, size int, v float32) float32 {
		return float32(origin) + max(0, min(v, 1))*float32(size)
	}
	return image.Rect(
		int(at(bounds.Min.X, bounds.Dx(), b.X1))/grid*grid,
		int(at(bounds.Min.Y, bounds.Dy(), b.Y1))/grid*grid,
		onGrid(int(at(bounds.Min.X, bounds.Dx(), b.X2))+1, grid),
		onGrid(int(at(bounds.Min.Y, bounds.Dy(), b.Y2))+1, grid),
	).Intersect(bounds)
}

func (s *rgbaSurface) hide(cell image.Rectangle) {
	pix := s.img.Pix[s.img.PixOffset(cell.Min.X, cell.Min.Y):]
	mean := func(channel int) uint8 {
		return roughly(pix[channel:], s.img.Stride, 4, cell.Dx(), cell.Dy())
	}
	s.fill(cell, color.NRGBA{R: mean(0), G: mean(1), B: mean(2), A: 255})
}

func (s *i420Surface) hide(cell image.Rectangle) {
	f := s.frame
	flatten(f.Plane[0], f.Stride[0], cell)
	// The cell includes chroma samples that it shares with its surroundings: one pixel of colour
	// too many is better than a trace of the original.
	c := image.Rect(cell.Min.X/2, cell.Min.Y/2, (cell.Max.X+1)/2, (cell.Max.Y+1)/2)
	flatten(f.Plane[1], f.Stride[1], c)
	flatten(f.Plane[2], f.Stride[2], c)
}

// flatten sets all samples of a part of a plane to their rounded mean.
func flatten(plane []uint8, stride int, cell image.Rectangle) {
	plane = plane[cell.Min.Y*stride+cell.Min.X:]
	first := plane[:cell.Dx()]
	lay(first, roughly(plane, stride, 1, cell.Dx(), cell.Dy()), 255)
	for y := 1; y < cell.Dy(); y++ {
		copy(plane[y*stride:][:cell.Dx()], first)
	}
}

// roughly returns the rounded mean of some of so many samples, which are step bytes apart.
func roughly(plane []uint8, stride, step, width, height int) uint8 {
	sum, n := 0, 0
	// Odd steps do not coincide with stripes and checks.
	dx, dy := width/samplesAcross|1, height/samplesAcross|1
	for y := 0; y < height; y += dy {
		row := plane[y*stride:][:(width-1)*step+1]
		for x := 0; x < len(row); x += dx * step {
			sum += int(row[x])
			n++
		}
	}
	return uint8(min(255, (sum/n+coarse/2)/coarse*coarse))
}
