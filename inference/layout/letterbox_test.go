package layout

import (
	"fmt"
	"image"
	"math"
	"testing"

	"handlens/inference"
)

func TestTransformPlaces(t *testing.T) {
	for _, c := range []struct {
		w, h int
		how  Fit
		want image.Rectangle
	}{
		{1280, 720, Stretch, image.Rect(0, 0, 640, 640)},
		{1280, 720, Centred, image.Rect(0, 140, 640, 500)},
		{720, 1280, Centred, image.Rect(140, 0, 500, 640)},
		{1280, 720, TopLeft, image.Rect(0, 0, 640, 360)},
		{640, 640, Centred, image.Rect(0, 0, 640, 640)},
		{320, 240, Centred, image.Rect(0, 80, 640, 560)},
		{500, 375, Centred, image.Rect(0, 80, 640, 560)},
		// 427 × 640 of 640: 213 pixels are left over; the odd one goes to the right, as in
		// Ultralytics' LetterBox.
		{427, 640, Centred, image.Rect(106, 0, 533, 640)},
		{1, 1, Centred, image.Rect(0, 0, 640, 640)},
		{10000, 1, Centred, image.Rect(0, 319, 640, 320)},
		{1, 10000, TopLeft, image.Rect(0, 0, 1, 640)},
		// 333 × 500: int(333 * 1.28) = 426, not rounded up.
		{333, 500, TopLeft, image.Rect(0, 0, 426, 640)},
	} {
		if got := newTransform(c.w, c.h, 640, 640, c.how); got.Place != c.want {
			t.Errorf("%d × %d, %d: %v, want %v", c.w, c.h, c.how, got.Place, c.want)
		}
	}
}

func TestInverseUndoesForward(t *testing.T) {
	for _, size := range [][2]int{{1280, 720}, {333, 500}, {1, 1}, {7, 3000}} {
		for _, how := range []Fit{Stretch, Centred, TopLeft} {
			t.Run(fmt.Sprintf("%v %d", size, how), func(t *testing.T) {
				tr := newTransform(size[0], size[1], 640, 416, how)
				b := rect(.125, .25, .75, .9)
				f := tr.Forward(b)
				if f.X1 < 0 || f.Y1 < 0 || f.X2 > 640 || f.Y2 > 416 {
					t.Errorf("outside of the input: %v", f)
				}
				g := tr.Inverse(f)
				for _, v := range []float32{b.X1 - g.X1, b.Y1 - g.Y1, b.X2 - g.X2, b.Y2 - g.Y2} {
					if math.Abs(float64(v)) > 1e-4 {
						t.Errorf("%v came back as %v", b, g)
					}
				}
			})
		}
	}
}

func TestClip(t *testing.T) {
	inf, nan := float32(math.Inf(1)), float32(math.NaN())
	if b, ok := clip(rect(-1, .2, .5, 7)); !ok || b != rect(0, .2, .5, 1) {
		t.Errorf("got %v %v", b, ok)
	}
	for _, b := range []inference.Box{
		rect(nan, 0, 1, 1),
		rect(0, 0, inf, 1),
		rect(-inf, 0, 1, 1),
		rect(.5, .5, .5, .6),
		rect(.6, 0, .5, 1),
		rect(1.2, 0, 1.5, 1),
		rect(-2, 0, -1, 1),
		rect(0, 0, 1e-9, 1),
	} {
		if got, ok := clip(b); ok {
			t.Errorf("%v became %v", b, got)
		}
	}
}
