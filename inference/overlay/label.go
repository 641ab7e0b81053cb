package overlay

import (
	"image"
	"image/color"
	"math"
	"strconv"
	"unicode/utf8"

	"handlens/inference"
)

// LabelText returns the text of a detection's label, for example "person 91% #7"; the number only
// with ids and for tracked objects.
func LabelText(d inference.Detection,
	ids bool,
) string {
	return string(appendLabel(nil, d, true, ids))
}

func appendLabel(b []byte, d inference.Detection, name, ids bool) []byte {
	if name {
		percent := math.Round(100 * float64(d.Score))
		if !(percent >= 0 && percent <= 100) {
			percent = 0
		}
		b = append(append(b, d.Label...), ' ')
		b = append(strconv.AppendInt(b, int64(percent), 10), '%')
	}
	if ids && d.Track != 0 {
		if name {
			b = append(b, ' ')
		}
		b = strconv.AppendInt(append(b, '#'), int64(d.Track), 10)
	}
	return b
}

// label writes the painter's text on a plate of the box's colour: above the box, or inside its top
// edge if there is no room above. It is moved into the frame, and shortened if even that is too
// narrow.
func (p *painter) label(on surface, s style, r image.Rectangle, c color.NRGBA) {
	p.plate(on, s, c, func(size image.Point) image.Point {
		y := r.Min.Y - size.Y
		if y < on.bounds().Min.Y {
			y = r.Min.Y
		}
		return image.Pt(r.Min.X, y)
	})
}

// plate writes the painter's text on a plate of that colour. where gives the corner for its size;
// the plate is then moved into the frame.
func (p *painter) plate(on surface, s style, c color.NRGBA,
	where func(size image.Point) image.Point,
) {
	bounds, grid := on.bounds(), on.grid()
	width, ascent, descent := p.shape(s.font, bounds.Dx()-4*s.gap-grid)
	size := image.Pt(onGrid(width+4*s.gap, grid), onGrid(ascent+descent+2*s.gap, grid))
	if width <= 0 || size.Y > bounds.Dy() || size.X > bounds.Dx() {
		return
	}
	corner := where(size)
	corner.X = max(bounds.Min.X, min(corner.X, bounds.Max.X-size.X))
	corner.Y = max(bounds.Min.Y, min(corner.Y, bounds.Max.Y-size.Y))
	corner = image.Pt(corner.X/grid*grid, corner.Y/grid*grid)
	on.fill(image.Rectangle{Min: corner, Max: corner.Add(size)}, c)
	p.write(on, corner.Add(image.Pt(2*s.gap, s.gap)), image.Pt(width, ascent+descent), ascent,
		Ink(c))
}

// ellipsis marks that something was cut off.
const ellipsis = '…'

// shape finds the glyphs of the painter's text, cut to at most the limit in pixels, and measures
// them; the width is 0 when nothing fits.
func (p *painter) shape(size, limit int) (width, ascent, descent int) {
	fonts.Lock()
	defer fonts.Unlock()
	f := face(size)
	if f == nil {
		return 0, 0, 0
	}
	m := f.Metrics()
	ascent, descent = m.Ascent.Ceil(), m.Descent.Ceil()
	p.glyphs = p.glyphs[:0]
	for rest := p.text; len(rest) > 0; {
		r, n := utf8.DecodeRune(rest)
		rest = rest[n:]
		g := lookUp(f, size, r)
		if g == nil {
			continue
		}
		p.glyphs = append(p.glyphs, g)
		if width += g.advance; width > limit {
			return p.cut(lookUp(f, size, ellipsis), width, limit), ascent, descent
		}
	}
	return width, ascent, descent
}

// cut removes letters at the end until the rest and an ellipsis fit, and returns their width; 0
// when nothing fits.
func (p *painter) cut(sign *glyph, width, limit int) int {
	if sign == nil {
		return 0
	}
	for len(p.glyphs) > 0 && width+sign.advance > limit {
		width -= p.glyphs[len(p.glyphs)-1].advance
		p.glyphs = p.glyphs[:len(p.glyphs)-1]
	}
	if len(p.glyphs) == 0 {
		return 0
	}
	p.glyphs = append(p.glyphs, sign)
	return width + sign.advance
}

// write draws the shaped glyphs into the rectangle with that corner and size.
func (p *painter) write(on surface, corner, size image.Point, ascent int, c color.NRGBA) {
	cover := p.blank(size.X * size.Y)
	dot := 0
	for _, g := range p.glyphs {
		at := g.at.Add(image.Pt(dot, ascent))
		in := at.Intersect(image.Rectangle{Max: size})
		for y := in.Min.Y; y < in.Max.Y; y++ {
			from := g.cover[(y-at.Min.Y)*at.Dx()+in.Min.X-at.Min.X:][:in.Dx()]
			to := cover[y*size.X+in.Min.X:][:in.Dx()]
			for i, a := range from {
				to[i] = max(to[i], a)
			}
		}
		dot += g.advance
	}
	on.mask(image.Rectangle{Min: corner, Max: corner.Add(size)}, cover, size.X, c)
}

// blank returns n uncovered pixels.
func (p *painter) blank(n int) []uint8 {
	if cap(p.cover) < n {
		p.cover = make([]uint8, n)
	}
	p.cover = p.cover[:n]
	clear(p.cover)
	return p.cover
}
