package overlay

import (
	"image"
	"image/color"
	"math"
	"slices"

	"handlens/inference"
)

const (
	// veil is how much of the frame an object's colour covers within its outline, of 255.
	veil = 100
	// subrows is how many lines through a row of pixels are sampled when filling; horizontally,
	// edges are exact.
	subrows = 4
)

// ShapeExtent returns the part of a frame that DrawShapes may touch.
func ShapeExtent(picture image.Rectangle, dets []inference.Detection) (area image.Rectangle) {
	// The widest line reaches less far than this from its points.
	reach := 2 + min(picture.Dx(), picture.Dy())/60
	for _, d := range dets {
		if d.Shape == nil {
			continue
		}
		add := func(pt inference.Point) {
			if v, ok := vertexAt(picture, d.Box.Out(pt), 0); ok {
				x, y := int(v.x), int(v.y)
				area = area.Union(image.Rect(x-reach, y-reach, x+reach+1, y+reach+1))
			}
		}
		for _, pt := range d.Shape.Corners {
			add(pt)
		}
		for _, pt := range d.Shape.Outline {
			add(pt)
		}
		for _, k := range d.Shape.Keypoints {
			if k.Seen() {
				add(k.Point)
			}
		}
	}
	return area.Intersect(picture)
}

// joint is the colour of keypoints, which no class has.
var joint = color.NRGBA{R: 0xff, G: 0xff, B: 0xff, A: 0xff}

// figure draws a detection's mask outline and keypoints, and its box if that is rotated.
func (p *painter) figure(on surface, s style, d inference.Detection) {
	if d.Shape == nil {
		return
	}
	c := Color(d.Class)
	p.maskOutline(on, s, d, c)
	p.skeleton(on, s, d, c)
	p.rotated(on, s, d, c)
}

// rotated draws the edge of a rotated box, as style.box does that of an upright one.
func (p *painter) rotated(on surface, s style, d inference.Detection, c color.NRGBA) {
	if !d.IsRotated() {
		return
	}
	p.vertices = p.vertices[:0]
	for _, pt := range d.Shape.Corners {
		p.vertices = p.corner(on, d.Box, pt, 0.5*float32(s.line))
	}
	if len(p.vertices) < len(d.Shape.Corners) {
		return
	}
	p.vertices = append(p.vertices, p.vertices[0])
	p.path(on, float32(s.shade), shadow)
	p.path(on, 0, c)
}

// maskOutline fills a mask's outline with a transparent colour, and draws its edge.
func (p *painter) maskOutline(on surface, s style, d inference.Detection, c color.NRGBA) {
	p.vertices = p.vertices[:0]
	for _, pt := range d.Shape.Outline[:min(len(d.Shape.Outline), maxCorners)] {
		p.vertices = p.corner(on, d.Box, pt, 0.5*float32(s.line))
	}
	if len(p.vertices) < 3 {
		return
	}
	through := c
	through.A = veil
	p.polygon(on, through)
	// A filled area stands out without a dark edge, which would cost as much as everything else.
	p.vertices = append(p.vertices, p.vertices[0])
	p.path(on, 0, c)
}

// corner adds a point of a detection's shape to the painter's vertices.
func (p *painter) corner(on surface, b inference.Box, pt inference.Point, r float32) []vertex {
	pt = b.Out(pt)
	if v, ok := vertexAt(on.bounds(), pt, r); ok {
		return append(p.vertices, v)
	}
	return p.vertices
}

// skeleton draws the lines between keypoints, if it is known which belong together, and a dot on
// each.
func (p *painter) skeleton(on surface, s style, d inference.Detection, c color.NRGBA) {
	keys := d.Shape.Keypoints[:min(len(d.Shape.Keypoints), inference.MaxKeypoints)]
	p.vertices = p.vertices[:0]
	for _, l := range d.Shape.Limbs() {
		if a, b := keys[l[0]], keys[l[1]]; a.Seen() && b.Seen() {
			p.vertices = p.corner(on, d.Box, a.Point, 0.5*float32(s.line))
			p.vertices = p.corner(on, d.Box, b.Point, 0.5*float32(s.line))
			p.end()
		}
	}
	p.path(on, float32(s.shade), shadow)
	p.path(on, 0, c)
	p.vertices = p.vertices[:0]
	for _, k := range keys {
		if k.Seen() {
			p.vertices = p.corner(on, d.Box, k.Point, float32(s.line))
			p.end()
		}
	}
	p.path(on, float32(s.shade), shadow)
	p.path(on, 0, joint)
}

// end makes the painter's newest vertex the last one of its line.
func (p *painter) end() {
	if n := len(p.vertices); n > 0 {
		p.vertices[n-1].last = true
	}
}

// polygon blends a colour over what lies within the painter's vertices (by the even-odd rule), with
// smooth edges.
func (p *painter) polygon(on surface, c color.NRGBA) {
	bounds := on.bounds()
	area := p.extent(0).Intersect(bounds)
	if area.Empty() {
		return
	}
	width := area.Dx()
	cover := p.blank(band * width)
	for y := area.Min.Y &^ (band - 1); y < area.Max.Y; y += band {
		used := false
		for k := range band {
			for sub := range subrows {
				at := float32(y+k) + (float32(sub)+0.5)/subrows
				// The steps together make 255.
				used = p.span(cover[k*width:][:width], area.Min.X, at,
					uint8((255*(sub+1))/subrows-(255*sub)/subrows)) || used
			}
		}
		if used {
			on.mask(image.Rect(area.Min.X, y, area.Max.X, y+band), cover, width, c)
			clear(cover)
		}
	}
}

// span adds weight to the pixels of a row, which begins at x0, that lie inside the polygon at
// height y; false when none does.
func (p *painter) span(row []uint8, x0 int, y float32, weight uint8) bool {
	p.crossings = p.crossings[:0]
	last := p.vertices[len(p.vertices)-1]
	for _, v := range p.vertices {
		if (last.y <= y) != (v.y <= y) {
			p.crossings = append(p.crossings,
				last.x+(y-last.y)/(v.y-last.y)*(v.x-last.x)-float32(x0))
		}
		last = v
	}
	slices.Sort(p.crossings)
	for i := 0; i+1 < len(p.crossings); i += 2 {
		run(row, p.crossings[i], p.crossings[i+1], weight)
	}
	return len(p.crossings) > 1
}

// run adds weight to the pixels between two places in a row, to those at the ends as far as they
// are covered.
func run(row []uint8, from, to float32, weight uint8) {
	from, to = max(from, 0), min(to, float32(len(row)))
	if !(from < to) {
		return
	}
	first, last := int(from), int(math.Ceil(float64(to)))-1
	part := func(share float32) uint8 { return uint8(share * float32(weight)) }
	if first == last {
		row[first] += part(to - from)
		return
	}
	row[first] += part(float32(first+1) - from)
	for i := first + 1; i < last; i++ {
		row[i] += weight
	}
	row[last] += part(to - float32(last))
}
