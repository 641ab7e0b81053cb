package overlay

import (
	"image"
	"image/color"
)

// style holds the sizes that fit one frame, in pixels.
type style struct {
	line, shade, font, gap int
}

func styleFor(on surface) style {
	side, grid := min(on.bounds().Dx(), on.bounds().Dy()), on.grid()
	return style{
		line:  onGrid(max(1, (side+120)/240), grid),
		shade: max(1, (side+360)/720),
		font:  max(12, min((side+16)/32, 72)),
		gap:   max(1, side/180),
	}
}

// onGrid rounds a length up to whole steps.
func onGrid(n, grid int) int { return (n + grid - 1) / grid * grid }

// shadow surrounds lines, so that a bright box is visible on a bright wall.
var shadow = color.NRGBA{A: 110}

// box draws the outline inside r, with a darker edge on both sides of the line.
func (s style) box(on surface, r image.Rectangle, c color.NRGBA) {
	frame(on, r.Inset(-s.shade), s.shade, shadow)
	frame(on, r, s.line, c)
	frame(on, r.Inset(s.line), s.shade, shadow)
}

// frame draws a rectangle's four sides, width pixels inwards.
func frame(on surface, r image.Rectangle, width int, c color.NRGBA) {
	if r.Empty() {
		return
	}
	if r.Dx() <= 2*width || r.Dy() <= 2*width {
		on.fill(r, c)
		return
	}
	on.fill(image.Rect(r.Min.X, r.Min.Y, r.Max.X, r.Min.Y+width), c)
	on.fill(image.Rect(r.Min.X, r.Max.Y-width, r.Max.X, r.Max.Y), c)
	on.fill(image.Rect(r.Min.X, r.Min.Y+width, r.Min.X+width, r.Max.Y-width), c)
	on.fill(image.Rect(r.Max.X-width, r.Min.Y+width, r.Max.X, r.Max.Y-width), c)
}
