package overlay

import (
	"image"
	"image/color"
	"math"

	"handlens/inference/track"
)

// vertex is a corner of a line, in pixels, and half the line's width there. A line ends at a vertex
// that is last, and the next one begins another line.
type vertex struct {
	x, y, r float32
	last    bool
}

// vertexAt converts a point (0..1) to pixels; false for what is not a number. Points far outside
// are moved closer to the frame.
func vertexAt(bounds image.Rectangle, pt track.Point, r float32) (vertex, bool) {
	if pt.X != pt.X || pt.Y != pt.Y {
		return vertex{}, false
	}
	near := func(v float32) float32 { return max(-1, min(v, 2)) }
	return vertex{
		x: float32(bounds.Min.X) + near(pt.X)*float32(bounds.Dx()),
		y: float32(bounds.Min.Y) + near(pt.Y)*float32(bounds.Dy()), r: r,
	}, true
}

// band is the number of rows drawn at a time: both rows of a chroma sample.
const band = 2

// path draws the lines through all of the painter's vertices, each half width enlarged by grow,
// with round ends and smooth edges. No pixel is drawn twice, so that a transparent colour is even
// where the parts meet as well.
func (p *painter) path(on surface, grow float32, c color.NRGBA) {
	bounds := on.bounds()
	area := p.extent(grow).Intersect(bounds)
	if area.Empty() {
		return
	}
	width := bounds.Dx()
	cover := p.blank(band * width)
	for y := area.Min.Y &^ (band - 1); y < area.Max.Y; y += band {
		p.runs = p.runs[:0]
		for i := range p.vertices {
			a, b, ok := p.stretch(i)
			if !ok {
				continue
			}
			a.r, b.r = a.r+grow, b.r+grow
			from, to := reach(a, b, y)
			from, to = max(from, bounds.Min.X), min(to, bounds.Max.X)
			if from >= to {
				continue
			}
			for k := range band {
				part(cover[k*width:][from-bounds.Min.X:to-bounds.Min.X], a, b, from, y+k)
			}
			p.runs = joinRun(p.runs, from, to, bounds)
		}
		for _, r := range p.runs {
			on.mask(image.Rect(r[0], y, r[1], y+band), cover[r[0]-bounds.Min.X:], width, c)
			for k := range band {
				clear(cover[k*width:][r[0]-bounds.Min.X : r[1]-bounds.Min.X])
			}
		}
	}
}

// stretch is the part of a line that begins at a vertex. It ends at the next one or, for a line of
// one vertex, at the same.
func (p *painter) stretch(i int) (a, b vertex, ok bool) {
	a = p.vertices[i]
	if i < len(p.vertices)-1 && !a.last {
		return a, p.vertices[i+1], true
	}
	return a, a, i == 0 || p.vertices[i-1].last
}

// joinRun adds pixels to the covered ones, within the bounds, so that no two runs share a chroma
// sample.
func joinRun(runs [][2]int, from, to int, bounds image.Rectangle) [][2]int {
	from, to = max(from&^1, bounds.Min.X), min((to+1)&^1, bounds.Max.X)
	kept := runs[:0]
	for _, r := range runs {
		if r[0] <= to && from <= r[1] {
			from, to = min(from, r[0]), max(to, r[1])
		} else {
			kept = append(kept, r)
		}
	}
	return append(kept, [2]int{from, to})
}

// extent is the rectangle that the painter's vertices may touch.
func (p *painter) extent(grow float32) (area image.Rectangle) {
	for _, v := range p.vertices {
		r := v.r + grow + 1
		area = area.Union(image.Rect(int(v.x-r)-1, int(v.y-r)-1, int(v.x+r)+2, int(v.y+r)+2))
	}
	return area
}

// reach returns which pixels of the rows from y on a part of a line may touch, from inclusive, to
// exclusive.
func reach(a, b vertex, y int) (from, to int) {
	r := max(a.r, b.r) + 1
	upper, lower := float32(y)-r, float32(y+band)+r
	if a.y > b.y {
		a, b = b, a
	}
	if b.y < upper || a.y > lower {
		return 0, 0
	}
	xa, xb := a.x, b.x
	if slope := b.y - a.y; slope > 0 {
		at := func(y float32) float32 { return a.x + (b.x-a.x)*(y-a.y)/slope }
		if a.y < upper {
			xa = at(upper)
		}
		if b.y > lower {
			xb = at(lower)
		}
	}
	return int(math.Floor(float64(min(xa, xb) - r))), int(math.Ceil(float64(max(xa, xb) + r)))
}

// part adds to a row of pixels, which begins at x, how far a part of a line covers them, by the
// distance of their centres.
func part(row []uint8, a, b vertex, x, y int) {
	dx, dy := b.x-a.x, b.y-a.y
	var inverse float32
	if length := dx*dx + dy*dy; length > 0 {
		inverse = 1 / length
	}
	py, wider := float32(y)+0.5-a.y, b.r-a.r
	for i := range row {
		px := float32(x+i) + 0.5 - a.x
		t := max(0, min((px*dx+py*dy)*inverse, 1))
		ex, ey := px-t*dx, py-t*dy
		r := a.r + t*wider + 0.5
		d := ex*ex + ey*ey
		switch {
		case d >= r*r:
		case r > 1 && d <= (r-1)*(r-1):
			row[i] = 255
		default:
			row[i] = max(row[i], uint8(255*min(1, r-float32(math.Sqrt(float64(d))))))
		}
	}
}
