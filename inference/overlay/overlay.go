// Package overlay burns boxes and labels into a picture: for snapshots, recordings and annotated files. What the window shows is drawn
// by package ui itself, in the same colours.
//
// Everything is sized to the picture, so that a thumbnail and a 4K frame look alike. The functions may be called from any goroutine; each
// picture belongs to the caller.
package overlay

import (
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"math"

	"handlens/inference"
)

// Draw burns the boxes, then the labels (name, percent and, for tracked objects, the number) into dst. The first detection ends up on top. Boxes are
// cut to the picture, and labels always lie inside it.
func Draw(dst *image.RGBA, dets []inference.Detection) {
	if dst.Bounds().Empty() {
		return
	}
	s := styleFor(dst.Bounds())
	for i := len(dets) - 1; i >= 0; i-- {
		s.box(dst, place(dst.Bounds(), dets[i].Box), Color(dets[i].Class))
	}
	for i := len(dets) - 1; i >= 0; i-- {
		d := dets[i]
		s.label(dst, place(dst.Bounds(), d.Box), text(d), Color(d.Class))
	}
}

// text is what stands on a label.
func text(d inference.Detection) string {
	percent := math.Round(100 * float64(d.Score))
	if !(percent >= 0 && percent <= 100) {
		percent = 0
	}
	s := fmt.Sprintf("%s %.0f%%", d.Label, percent)
	if d.Track != 0 {
		s += fmt.Sprintf(" #%d", d.Track)
	}
	return s
}

// place turns a box (0..1) into pixels, cut to the picture and at least one pixel large.
func place(bounds image.Rectangle, b inference.Box) image.Rectangle {
	at := func(origin, size int, v float32) int {
		x := math.Round(float64(v) * float64(size))
		if !(x > 0) {
			x = 0
		}
		return origin + int(math.Min(x, float64(size)))
	}
	r := image.Rectangle{
		Min: image.Pt(at(bounds.Min.X, bounds.Dx(), b.X1), at(bounds.Min.Y, bounds.Dy(), b.Y1)),
		Max: image.Pt(at(bounds.Min.X, bounds.Dx(), b.X2), at(bounds.Min.Y, bounds.Dy(), b.Y2)),
	}
	r.Max.X, r.Max.Y = max(r.Max.X, r.Min.X+1), max(r.Max.Y, r.Min.Y+1)
	return r.Intersect(bounds)
}

// style holds the sizes that fit one picture, in pixels.
type style struct {
	line, shade, font, gap int
}

func styleFor(bounds image.Rectangle) style {
	side := min(bounds.Dx(), bounds.Dy())
	return style{
		line:  max(1, (side+120)/240),
		shade: max(1, (side+360)/720),
		font:  max(10, min((side+16)/32, 72)),
		gap:   max(1, side/180),
	}
}

// shadow goes around lines, so that a bright box shows on a bright wall.
var shadow = color.NRGBA{A: 110}

// box draws the outline inside r, with a darker edge on both sides of the line.
func (s style) box(dst *image.RGBA, r image.Rectangle, c color.NRGBA) {
	frame(dst, r.Inset(-s.shade), s.shade, shadow)
	frame(dst, r, s.line, c)
	frame(dst, r.Inset(s.line), s.shade, shadow)
}

// frame draws a rectangle's four sides, width pixels inwards.
func frame(dst *image.RGBA, r image.Rectangle, width int, c color.NRGBA) {
	if r.Empty() {
		return
	}
	if r.Dx() <= 2*width || r.Dy() <= 2*width {
		fill(dst, r, c)
		return
	}
	fill(dst, image.Rect(r.Min.X, r.Min.Y, r.Max.X, r.Min.Y+width), c)
	fill(dst, image.Rect(r.Min.X, r.Max.Y-width, r.Max.X, r.Max.Y), c)
	fill(dst, image.Rect(r.Min.X, r.Min.Y+width, r.Min.X+width, r.Max.Y-width), c)
	fill(dst, image.Rect(r.Max.X-width, r.Min.Y+width, r.Max.X, r.Max.Y-width), c)
}

func fill(dst *image.RGBA, r image.Rectangle, c color.NRGBA) {
	draw.Draw(dst, r, image.NewUniform(c), image.Point{}, draw.Over)
}
