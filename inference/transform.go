package inference

import (
	"image"
	"math"
)

// fit says how a picture is put into a model's input.
type fit uint8

const (
	// stretch fills the input and gives up the picture's shape.
	stretch fit = iota
	// centred keeps the shape and puts equal padding on both sides (Ultralytics' LetterBox).
	centred
	// topLeft keeps the shape and puts the padding below and to the right (YOLOX's preproc).
	topLeft
)

// Transform is how one picture lies in a model's input. It is a value: it is made for a picture's
// size, carried along with the picture, and inverted on what the model finds.
type Transform struct {
	// Width and Height are the model's input, in pixels.
	Width, Height int
	// Place is where in it the whole picture lies.
	Place image.Rectangle
}

// newTransform places a picture of w × h pixels into an input of width × height.
func newTransform(w, h, width, height int, how fit) Transform {
	t := Transform{Width: width, Height: height, Place: image.Rect(0, 0, width, height)}
	if how == stretch {
		return t
	}
	r := math.Min(float64(width)/float64(w), float64(height)/float64(h))
	pw := clampInt(int(math.Round(float64(w)*r)), 1, width)
	ph := clampInt(int(math.Round(float64(h)*r)), 1, height)
	if how == topLeft {
		// YOLOX cuts the fraction off: int(img.shape[1] * r). The small addition keeps an exact
		// size exact.
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

// Forward takes a box from the picture (0..1) to the model's input, in its pixels.
func (t Transform) Forward(b Box) Box {
	w, h := float32(t.Place.Dx()), float32(t.Place.Dy())
	x, y := float32(t.Place.Min.X), float32(t.Place.Min.Y)
	return Box{X1: x + b.X1*w, Y1: y + b.Y1*h, X2: x + b.X2*w, Y2: y + b.Y2*h}
}

// Inverse takes a box from the model's input, in its pixels, to the picture (0..1); what lies in
// the padding ends up outside.
func (t Transform) Inverse(b Box) Box {
	w, h := float32(t.Place.Dx()), float32(t.Place.Dy())
	x, y := float32(t.Place.Min.X), float32(t.Place.Min.Y)
	return Box{X1: (b.X1 - x) / w, Y1: (b.Y1 - y) / h, X2: (b.X2 - x) / w, Y2: (b.Y2 - y) / h}
}

func clampInt(v, lo, hi int) int { return max(lo, min(v, hi)) }

// minSide is the least side of a box that is worth reporting: a tenth of a pixel in a thousand.
const minSide = 1e-4

// clip cuts a box to the picture. It returns false for one that is not finite or of which nothing
// is left.
func clip(b Box) (Box, bool) {
	for _, v := range [4]float32{b.X1, b.Y1, b.X2, b.Y2} {
		if math.IsNaN(float64(v)) || math.IsInf(float64(v), 0) {
			return Box{}, false
		}
	}
	b.X1, b.Y1 = max(b.X1, 0), max(b.Y1, 0)
	b.X2, b.Y2 = min(b.X2, 1), min(b.Y2, 1)
	return b, b.X2-b.X1 > minSide && b.Y2-b.Y1 > minSide
}
