package overlay

import (
	"image"
	"image/color"
	"math"

	"handlens/media"
)

// i420Surface draws on a part of an I420 frame. A chroma sample belongs to two by two pixels and
// changes by as much as the four together are covered.
type i420Surface struct {
	frame *media.Frame
	area  image.Rectangle
	// size is that of the frame, each side rounded up to even, where the last chroma samples end.
	size image.Point

	// color was used last; this is it in luma and chroma.
	color     color.NRGBA
	luma      uint8
	cb, cr    uint8
	colorSeen bool
}

// yuv is a colour in the frame's own luma and chroma.
func (s *i420Surface) yuv(c color.NRGBA) (luma, cb, cr uint8) {
	if !s.colorSeen || s.color != c {
		s.luma, s.cb, s.cr = toYUV(s.frame.Color, c)
		s.color, s.colorSeen = c, true
	}
	return s.luma, s.cb, s.cr
}

// set makes the surface that part of a frame; false when there is nothing to draw on.
func (s *i420Surface) set(f *media.Frame, area image.Rectangle) bool {
	if f == nil || f.Format != media.I420 || !f.Valid() {
		return false
	}
	*s = i420Surface{
		frame: f, area: area.Intersect(f.Bounds()),
		size: image.Pt((f.Width+1)&^1, (f.Height+1)&^1),
	}
	return !s.area.Empty()
}

func (s *i420Surface) bounds() image.Rectangle { return s.area }

func (s *i420Surface) grid() int { return 2 }

func (s *i420Surface) fill(r image.Rectangle, c color.NRGBA) {
	r = r.Intersect(s.area)
	if r.Empty() || c.A == 0 {
		return
	}
	luma, cb, cr := s.yuv(c)
	first := s.frame.Plane[0][r.Min.Y*s.frame.Stride[0]:][r.Min.X:r.Max.X]
	lay(first, luma, uint32(c.A))
	for y := r.Min.Y + 1; y < r.Max.Y; y++ {
		row := s.frame.Plane[0][y*s.frame.Stride[0]:][r.Min.X:r.Max.X]
		if c.A == 255 {
			copy(row, first)
		} else {
			lay(row, luma, uint32(c.A))
		}
	}
	// Where the frame ends at an odd pixel, its last chroma samples have no other pixels than those
	// inside.
	if r.Max.X == s.frame.Width {
		r.Max.X = s.size.X
	}
	if r.Max.Y == s.frame.Height {
		r.Max.Y = s.size.Y
	}
	for y := r.Min.Y / 2; y < (r.Max.Y+1)/2; y++ {
		rows := min(r.Max.Y, 2*y+2) - max(r.Min.Y, 2*y)
		s.chromaRow(y, r.Min.X, r.Max.X, cb, cr, uint32(c.A)*uint32(rows))
	}
}

// chromaRow changes one row of chroma samples under the pixels from x0 to x1, exclusive, with a
// weight of up to 2·255 for each of the two columns.
func (s *i420Surface) chromaRow(y, x0, x1 int, cb, cr uint8, weight uint32) {
	for i, v := range [2]uint8{cb, cr} {
		row := s.frame.Plane[1+i][y*s.frame.Stride[1+i]:]
		from, to := x0/2, x1/2
		if x0&1 != 0 {
			row[from] = mix(row[from], v, weight/4)
			from++
		}
		if x1&1 != 0 && to >= from {
			row[to] = mix(row[to], v, weight/4)
		}
		if from < to {
			lay(row[from:to], v, weight/2)
		}
	}
}

// lay blends a value over a run of samples.
func lay(row []uint8, v uint8, a uint32) {
	if a == 255 {
		for i := range row {
			row[i] = v
		}
		return
	}
	for i, d := range row {
		row[i] = mix(d, v, a)
	}
}

func (s *i420Surface) mask(r image.Rectangle, cover []uint8, stride int, c color.NRGBA) {
	in := r.Intersect(s.area)
	if in.Empty() {
		return
	}
	luma, cb, cr := s.yuv(c)
	at := func(y int) []uint8 { return cover[(y-r.Min.Y)*stride+in.Min.X-r.Min.X:][:in.Dx()] }
	for y := in.Min.Y; y < in.Max.Y; y++ {
		row := s.frame.Plane[0][y*s.frame.Stride[0]:][in.Min.X:in.Max.X]
		for i, a := range at(y) {
			switch a {
			case 0:
			case 255:
				row[i] = mix(row[i], luma, uint32(c.A))
			default:
				row[i] = mix(row[i], luma, scale(a, c.A))
			}
		}
	}
	for y := in.Min.Y / 2; y < (in.Max.Y+1)/2; y++ {
		var upper, lower []uint8
		if 2*y >= in.Min.Y {
			upper = at(2 * y)
		}
		if 2*y+1 < in.Max.Y {
			lower = at(2*y + 1)
		}
		us := s.frame.Plane[1][y*s.frame.Stride[1]:]
		vs := s.frame.Plane[2][y*s.frame.Stride[2]:]
		for x := in.Min.X / 2; x < (in.Max.X+1)/2; x++ {
			i := 2*x - in.Min.X
			sum := pair(upper, i) + pair(lower, i)
			switch sum {
			case 0:
			case 4 * 255:
				us[x], vs[x] = mix(us[x], cb, uint32(c.A)), mix(vs[x], cr, uint32(c.A))
			default:
				a := (sum*uint32(c.A)/255 + 2) / 4
				us[x], vs[x] = mix(us[x], cb, a), mix(vs[x], cr, a)
			}
		}
	}
}

// pair adds two neighbours in a row, as far as they exist.
func pair(row []uint8, i int) (sum uint32) {
	if uint(i) < uint(len(row)) && i+1 < len(row) {
		return uint32(row[i]) + uint32(row[i+1])
	}
	if i >= 0 && i < len(row) {
		sum = uint32(row[i])
	}
	if i++; i < len(row) {
		sum += uint32(row[i])
	}
	return sum
}

// toYUV converts a colour to luma and chroma with the frame's own matrix and range (ITU-R BT.601-7
// and BT.709-6, section 3).
func toYUV(k media.Color, c color.NRGBA) (y, cb, cr uint8) {
	kr, kb := 0.299, 0.114
	if k.Matrix == media.BT709 {
		kr, kb = 0.2126, 0.0722
	}
	r, g, b := float64(c.R)/255, float64(c.G)/255, float64(c.B)/255
	luma := kr*r + (1-kr-kb)*g + kb*b
	u, v := (b-luma)/(2*(1-kb)), (r-luma)/(2*(1-kr))
	offset, ys, cs := 16.0, 219.0, 224.0
	if k.FullRange {
		offset, ys, cs = 0, 255, 255
	}
	sample := func(v float64) uint8 { return uint8(math.Round(math.Max(0, math.Min(v, 255)))) }
	return sample(offset + ys*luma), sample(128 + cs*u), sample(128 + cs*v)
}
