package overlay

import (
	"image"
	"image/color"
)

// rgbaSurface draws on an RGBA frame, of which img may be a part only.
type rgbaSurface struct {
	img     *image.RGBA
	picture image.Rectangle
}

func (s *rgbaSurface) bounds() image.Rectangle { return s.picture }

func (s *rgbaSurface) grid() int { return 1 }

func (s *rgbaSurface) fill(r image.Rectangle, c color.NRGBA) {
	r = r.Intersect(s.img.Rect)
	if r.Empty() || c.A == 0 {
		return
	}
	first := s.row(r.Min.X, r.Max.X, r.Min.Y)
	if c.A < 255 {
		for y := r.Min.Y; y < r.Max.Y; y++ {
			row := s.row(r.Min.X, r.Max.X, y)
			for i := 0; i < len(row); i += 4 {
				blend(row[i:i+4:i+4], c, uint32(c.A))
			}
		}
		return
	}
	for i := 0; i < len(first); i += 4 {
		first[i], first[i+1], first[i+2], first[i+3] = c.R, c.G, c.B, 255
	}
	for y := r.Min.Y + 1; y < r.Max.Y; y++ {
		copy(s.row(r.Min.X, r.Max.X, y), first)
	}
}

func (s *rgbaSurface) mask(r image.Rectangle, cover []uint8, stride int, c color.NRGBA) {
	in := r.Intersect(s.img.Rect)
	for y := in.Min.Y; y < in.Max.Y; y++ {
		from := (y-r.Min.Y)*stride + in.Min.X - r.Min.X
		row := s.row(in.Min.X, in.Max.X, y)
		for i, a := range cover[from : from+in.Dx()] {
			if a != 0 {
				blend(row[4*i:4*i+4:4*i+4], c, scale(a, c.A))
			}
		}
	}
}

// row returns the bytes of the pixels from x0 to x1, exclusive, which must lie in the frame.
func (s *rgbaSurface) row(x0, x1, y int) []uint8 {
	return s.img.Pix[s.img.PixOffset(x0, y):][:4*(x1-x0)]
}

// blend blends a colour over one pixel. A frame is usually opaque; where it is not, it becomes less
// transparent.
func blend(p []uint8, c color.NRGBA, a uint32) {
	p[0], p[1], p[2], p[3] = mix(p[0], c.R, a), mix(p[1], c.G, a), mix(p[2], c.B, a),
		mix(p[3], 255, a)
}

// scale returns a·b/255.
func scale(a, b uint8) uint32 {
	if b == 255 {
		return uint32(a)
	}
	return (uint32(a)*uint32(b) + 127) / 255
}
