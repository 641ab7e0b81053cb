package overlay

import (
	"image"
	"math"
	"strconv"

	"handlens/inference/track"
)

// maxCorners bounds how many points of one line are drawn: the newest of a trail, the first of a
// region.
const maxCorners = 512

// trail draws the path of an object in its colour, thin at its start.
func (p *painter) trail(on surface, s style, t track.Trail) {
	p.vertices = p.vertices[:0]
	points := t.Points[max(0, len(t.Points)-maxCorners):]
	for i, pt := range points {
		thick := 0.35 + 0.65*float32(i+1)/float32(len(points))
		if v, ok := vertexAt(on.bounds(), pt, max(0.5, thick*float32(s.line)/2)); ok {
			p.vertices = append(p.vertices, v)
		}
	}
	if len(p.vertices) < 2 {
		return
	}
	p.path(on, float32(s.shade), shadow)
	p.path(on, 0, Color(t.Class))
}

// region draws a line, with an arrow in the direction that counts as In, or the edge of a zone.
func (p *painter) region(on surface, s style, r track.Region) {
	if !p.corners(on, s, r) {
		return
	}
	if r.IsLine() {
		a, b := p.vertices[0], p.vertices[1]
		p.outline(on, s)
		p.arrow(on, s, a, b)
		return
	}
	p.vertices = append(p.vertices, p.vertices[0])
	p.outline(on, s)
}

// corners makes the region's points the painter's vertices; false when there is nothing to draw.
func (p *painter) corners(on surface, s style, r track.Region) bool {
	p.vertices = p.vertices[:0]
	for _, pt := range r.Points[:min(len(r.Points), maxCorners)] {
		v, ok := vertexAt(on.bounds(), pt, float32(s.line)/2)
		if !ok {
			return false
		}
		p.vertices = append(p.vertices, v)
	}
	return len(p.vertices) >= 2
}

func (p *painter) outline(on surface, s style) {
	p.path(on, float32(s.shade), shadow)
	p.path(on, 0, RegionColor)
}

// arrow draws an arrow at right angles to the middle of a line, to its right as seen from a in the
// direction of b.
func (p *painter) arrow(on surface, s style, a, b vertex) {
	dx, dy := b.x-a.x, b.y-a.y
	length := float32(math.Hypot(float64(dx), float64(dy)))
	if length < 1 {
		return
	}
	dx, dy = dx/length, dy/length
	// With y downwards the right of (dx, dy) is (-dy, dx).
	reach, head := float32(8*s.line), float32(3*s.line)
	foot := vertex{x: (a.x + b.x) / 2, y: (a.y + b.y) / 2, r: a.r}
	tip := vertex{x: foot.x - dy*reach, y: foot.y + dx*reach, r: a.r}
	back := vertex{x: tip.x + dy*head, y: tip.y - dx*head, r: a.r}
	left := vertex{x: back.x - dx*head, y: back.y - dy*head, r: a.r}
	right := vertex{x: back.x + dx*head, y: back.y + dy*head, r: a.r}
	p.vertices = append(p.vertices[:0], foot, tip, left, tip, right)
	p.outline(on, s)
}

// tally writes the counts of a region: beside a line's first point, in the upper corner of a zone.
func (p *painter) tally(on surface, s style, t track.Tally) {
	if !p.corners(on, s, t.Region) {
		return
	}
	at := p.vertices[0]
	for _, v := range p.vertices[1:] {
		if v.y < at.y {
			at = v
		}
	}
	p.text = appendTally(p.text[:0], t)
	p.plate(on, s, RegionColor, func(size image.Point) image.Point {
		return image.Pt(int(at.x)-size.X/2, int(at.y)-size.Y-s.line)
	})
}

// TallyText returns the text of a region's label: "Line 1 → 3 ← 2" for crossings in and out, "Zone
// 1: 2 → 5 ← 3" for how many are inside, came in and left. It is the same in every language.
func TallyText(t track.Tally) string { return string(appendTally(nil, t)) }

func appendTally(b []byte, t track.Tally) []byte {
	b = append(b, t.Region.Name...)
	if !t.Region.IsLine() {
		b = strconv.AppendInt(append(b, ": "...), int64(sum(t.Inside)), 10)
	}
	b = strconv.AppendInt(append(b, "  → "...), int64(sum(t.In)), 10)
	return strconv.AppendInt(append(b, "  ← "...), int64(sum(t.Out)), 10)
}

func sum(counts map[string]int) (n int) {
	for _, c := range counts {
		n += c
	}
	return n
}
