// Package overlay draws boxes, labels, trails, lines and zones into a frame, and makes parts of it
// unrecognisable: for snapshots, recordings and annotated files. What the window shows is drawn by
// package ui itself, with the same colours and texts.
//
// All drawing uses a small surface with three primitives, which RGBA and I420 frames both have.
// Everything is sized to the frame, so that a thumbnail and a 4K frame look alike. The functions
// may be called from any goroutine; each frame belongs to the caller. They do not allocate per
// frame.
package overlay

import (
	"image"
	"slices"
	"sync"

	"handlens/inference"
	"handlens/inference/track"
	"handlens/media"
)

// View says what is drawn. The zero View draws nothing.
type View struct {
	// Boxes are the edges of the boxes, upright or rotated, with mask outlines and keypoints if the
	// model has them.
	// Labels are name and percent, IDs the number of a tracked object, on its label or alone.
	Boxes, Labels, IDs bool
	// Trails are the paths of objects, drawn below the boxes.
	Trails []track.Trail
	// Tallies are the lines and zones with their counts.
	Tallies []track.Tally
}

// everything is what Draw shows.
var everything = View{Boxes: true, Labels: true, IDs: true}

// Draw draws the boxes, and then the labels (name, percent and, for tracked objects, the number),
// into dst. The first detection is on top. Boxes are clipped to the frame, and labels always lie
// inside it.
func Draw(dst *image.RGBA, dets []inference.Detection) { DrawRGBA(dst, dets, everything) }

// DrawRGBA draws what v says into dst: regions, trails, boxes and labels, in this order. The first
// detection is on top. Everything is clipped to the frame, and labels always lie inside it.
func DrawRGBA(dst *image.RGBA, dets []inference.Detection, v View) {
	if dst == nil || dst.Rect.Empty() {
		return
	}
	p := painters.Get().(*painter)
	defer p.free()
	p.rgba = rgbaSurface{img: dst, picture: dst.Rect}
	p.draw(&p.rgba, dets, v)
}

// DrawShapes draws only mask outlines, keypoints and rotated boxes, for callers that draw upright
// boxes by other means. dst is a part of the frame, by its bounds; sizes are those for the whole
// frame. On transparent pixels it leaves premultiplied colours, as image.RGBA has them.
func DrawShapes(dst *image.RGBA, picture image.Rectangle, dets []inference.Detection) {
	if dst == nil || dst.Rect.Empty() || picture.Empty() {
		return
	}
	p := painters.Get().(*painter)
	defer p.free()
	p.rgba = rgbaSurface{img: dst, picture: picture}
	s := styleFor(&p.rgba)
	for _, det := range slices.Backward(dets) {
		p.figure(&p.rgba, s, det)
	}
}

// DrawI420 does to a frame what DrawRGBA does, with the frame's own matrix and range, within a
// rectangle of it, for example where a letterboxed picture lies: boxes are relative to the
// rectangle, and nothing outside is touched. Coloured edges lie on even pixels, where the chroma
// samples end, so they may be a pixel away from where DrawRGBA has them. The frame must not have
// been published yet. A frame of another format, or with incomplete planes, is left as it is.
func DrawI420(canvas *media.Frame, picture image.Rectangle, dets []inference.Detection, v View) {
	p := painters.Get().(*painter)
	defer p.free()
	if p.i420.set(canvas, picture) {
		p.draw(&p.i420, dets, v)
	}
}

// painter is the memory that drawing one frame needs.
type painter struct {
	rgba rgbaSurface
	i420 i420Surface

	text     []byte   // the label being written
	glyphs   []*glyph // its letters
	cover    []uint8  // how much of each pixel a letter or a line covers
	vertices []vertex // the corners of a line
	// crossings are where a row meets the edges of a polygon, in pixels.
	crossings []float32
	// runs are the covered pixels of a row, from inclusive, to exclusive.
	runs [][2]int
}

var painters = sync.Pool{New: func() any { return new(painter) }}

// free returns the painter to the pool, without the frames that it was used for.
func (p *painter) free() {
	p.rgba, p.i420 = rgbaSurface{}, i420Surface{}
	clear(p.glyphs[:cap(p.glyphs)])
	painters.Put(p)
}

func (p *painter) draw(on surface, dets []inference.Detection, v View) {
	s := styleFor(on)
	for _, t := range v.Tallies {
		p.region(on, s, t.Region)
	}
	for _, t := range v.Trails {
		p.trail(on, s, t)
	}
	if v.Boxes {
		for _, det := range slices.Backward(dets) {
			p.figure(on, s, det)
		}
		for _, det := range slices.Backward(dets) {
			if !det.IsRotated() {
				s.box(on, place(on, det.Box), Color(det.Class))
			}
		}
	}
	for _, t := range v.Tallies {
		p.tally(on, s, t)
	}
	if !v.Labels && !v.IDs {
		return
	}
	for _, det := range slices.Backward(dets) {
		if p.text = appendLabel(p.text[:0], det, v.Labels, v.IDs); len(p.text) > 0 {
			p.label(on, s, place(on, det.Box), Color(det.Class))
		}
	}
}
