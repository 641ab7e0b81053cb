package layout

import (
	"image"
	"math"

	"handlens/inference"
)

// Fit says how a frame is put into a model's input.
type Fit uint8

const (
	// Stretch fills the input and gives up the frame's aspect ratio.
	Stretch Fit = iota
	// Centred keeps the aspect ratio and puts equal padding on both sides (Ultralytics' LetterBox).
	Centred
	// TopLeft keeps the aspect ratio and puts the padding below and to the right (YOLOX's preproc).
	TopLeft
)

// Transform says where one frame lies in a model's input. It is a value: made for the frame's size,
// carried along with the frame, and inverted on what the model finds.
type Transform struct {
	// Width and Height are the model's input, in pixels.
	Width, Height int
	// Place is where the whole frame lies in it.
	Place image.Rectangle
}

// newTransform places a frame of w × h pixels into an input of width × height.
func newTransform(w, h, width, height int, fit Fit) Transform {
	t := Transform{Width: width, Height: height, Place: image.Rect(0, 0, width, height)}
	if fit == Stretch {
		return t
	}
	r := math.Min(float64(width)/float64(w), float64(height)/float64(h))
	pw := clampInt(int(math.Round(float64(w)*r)), 1, width)
	ph := clampInt(int(math.Round(float64(h)*r)), 1, height)
	if fit == TopLeft {
		// YOLOX truncates: int(img.shape[1] * r). The small addition keeps an exact size exact.
		pw = clampInt(int(float64(w)*r+1e-9), 1, width)
		ph = clampInt(int(float64(h)*r+1e-9), 1, height)
		t.Place = image.Rect(0, 0, pw, ph)
		return t
	}
	// An odd pixel of padding goes to the right and below: round(d / 2 - 0.1).
	left, top := (width-pw)/2, (height-ph)/2
	t.Place = image.Rect(left, top, left+pw, top+ph)
	return t
}

// Forward converts a box from the frame (0..1) to the model's input, in its pixels.
func (t Transform) Forward(b inference.Box) inference.Box {
	w, h := float32(t.Place.Dx()), float32(t.Place.Dy())
	x, y := float32(t.Place.Min.X), float32(t.Place.Min.Y)
	return inference.Box{X1: x + b.X1*w, Y1: y + b.Y1*h, X2: x + b.X2*w, Y2: y + b.Y2*h}
}

// Inverse converts a box from the model's input, in its pixels, to the frame (0..1). What lies in
// the padding ends up outside.
func (t Transform) Inverse(b inference.Box) inference.Box {
	w, h := float32(t.Place.Dx()), float32(t.Place.Dy())
	x, y := float32(t.Place.Min.X), float32(t.Place.Min.Y)
	return inference.Box{
		X1: (b.X1 - x) / w, Y1: (b.Y1 - y) / h, X2: (b.X2 - x) / w, Y2: (b.Y2 - y) / h,
	}
}

// point converts a point from the model's input, in its pixels, to the frame (0..1).
func (t Transform) point(x, y float32) inference.Point {
	b := t.Inverse(inference.Box{X1: x, Y1: y})
	return inference.Point{X: b.X1, Y: b.Y1}
}

func clampInt(v, lo, hi int) int { return max(lo, min(v, hi)) }

// minSide is the least side of a box that is worth reporting: a tenth of a pixel in a thousand.
const minSide = 1e-4

// clip cuts a box to the frame. It returns false for one that is not finite or of which nothing is
// left.
func clip(b inference.Box) (inference.Box, bool) {
	for _, v := range [4]float32{b.X1, b.Y1, b.X2, b.Y2} {
		if !finite(v) {
			return inference.Box{}, false
		}
	}
	b.X1, b.Y1 = max(b.X1, 0), max(b.Y1, 0)
	b.X2, b.Y2 = min(b.X2, 1), min(b.Y2, 1)
	return b, b.X2-b.X1 > minSide && b.Y2-b.Y1 > minSide
}

func finite(v float32) bool { return !math.IsNaN(float64(v)) && !math.IsInf(float64(v), 0) }
