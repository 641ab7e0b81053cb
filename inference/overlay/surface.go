package overlay

import (
	"image"
	"image/color"
	"math"

	"handlens/inference"
)

// surface is what is drawn on. What a primitive is given is clipped to the bounds.
type surface interface {
	// bounds is where the frame lies.
	bounds() image.Rectangle
	// grid is what the edges of coloured areas should be multiples of, in pixels, so that no colour
	// bleeds over them.
	grid() int
	// fill blends a colour over a rectangle.
	fill(r image.Rectangle, c color.NRGBA)
	// mask blends a colour over the pixels of a rectangle, each as far as it is covered, 0..255;
	// rows are stride apart.
	mask(r image.Rectangle, cover []uint8, stride int, c color.NRGBA)
}

// mix interpolates from d to c, in 255 steps.
func mix(d, c uint8, a uint32) uint8 {
	v := uint32(d)*(255-a) + uint32(c)*a + 127
	return uint8((v + 1 + v>>8) >> 8) // v/255, exactly
}

// place converts a box (0..1) to pixels on the surface's grid, clipped to the frame and at least
// one step of the grid large.
func place(on surface, b inference.Box) image.Rectangle {
	bounds, grid := on.bounds(), on.grid()
	at := func(origin, size int, v float32) int {
		x := float64(v) * float64(size)
		if !(x > 0) { // also what is not a number
			x = 0
		}
		x = float64(origin) + math.Min(x, float64(size))
		return int(math.Round(x/float64(grid))) * grid
	}
	r := image.Rectangle{
		Min: image.Pt(at(bounds.Min.X, bounds.Dx(), b.X1), at(bounds.Min.Y, bounds.Dy(), b.Y1)),
		Max: image.Pt(at(bounds.Min.X, bounds.Dx(), b.X2), at(bounds.Min.Y, bounds.Dy(), b.Y2)),
	}
	r.Max.X, r.Max.Y = max(r.Max.X, r.Min.X+grid), max(r.Max.Y, r.Min.Y+grid)
	return r.Intersect(bounds)
}
