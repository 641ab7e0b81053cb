package overlay

import (
	"image"
	"image/color"
	"image/draw"
	"math"
	"strings"
	"sync"
	"testing"

	"handlens/inference"
)

func picture(w, h int, c color.Color) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(img, img.Bounds(), image.NewUniform(c), image.Point{}, draw.Src)
	return img
}

func TestBoxLiesWhereItShould(t *testing.T) {
	img := picture(1280, 720, color.Gray{Y: 128})
	Draw(img,
		[]inference.Detection{{
			Box:   inference.Box{X1: .25, Y1: .25, X2: .5, Y2: .75},
			Label: "person", Score: .91,
		}})
	want := Color(0)
	for _, p := range []image.Point{{321, 400}, {638, 400}, {500, 181}, {500, 538}} {
		if got := img.RGBAAt(p.X, p.Y); got != (color.RGBA{want.R, want.G, want.B, 255}) {
			t.Errorf("at %v is %v, want %v", p, got, want)
		}
	}
	for _, p := range []image.Point{{480, 360}, {300, 400}, {660, 400}, {500, 560}} {
		if got := img.RGBAAt(p.X, p.Y); got != (color.RGBA{128, 128, 128, 255}) {
			t.Errorf("at %v is %v, which should be untouched", p, got)
		}
	}
	if got := img.RGBAAt(322, 176); got != (color.RGBA{want.R, want.G, want.B, 255}) {
		t.Errorf("there is no label above the box: %v", got)
	}
}

// changed returns the rectangle of the pixels that differ from the colour.
func changed(img *image.RGBA, from color.RGBA) image.Rectangle {
	var r image.Rectangle
	for y := range img.Bounds().Dy() {
		for x := range img.Bounds().Dx() {
			if img.RGBAAt(x, y) != from {
				r = r.Union(image.Rect(x, y, x+1, y+1))
			}
		}
	}
	return r
}

func TestLabelStaysInside(t *testing.T) {
	grey := color.RGBA{128, 128, 128, 255}
	for _, b := range []inference.Box{
		{X1: 0, Y1: 0, X2: .1, Y2: .1},
		{X1: .95, Y1: 0, X2: 1, Y2: .05},
		{X1: .97, Y1: .98, X2: 1, Y2: 1},
		{X1: 0, Y1: 0, X2: 1, Y2: 1},
	} {
		img := picture(640, 480, grey)
		box := picture(640, 480, grey)
		d := []inference.Detection{{Box: b, Label: "dining table", Score: .5, Track: 12}}
		Draw(img, d)
		DrawRGBA(box, d, View{Boxes: true})
		// What the label adds is as large as the whole plate, so none of it was cut off.
		for y := range 480 {
			for x := range 640 {
				if img.RGBAAt(x, y) == box.RGBAAt(x, y) {
					img.SetRGBA(x, y, grey)
				}
			}
		}
		r := changed(img, grey)
		if r.Dx() < 100 || r.Dy() < styleFor(&rgbaSurface{img: img, picture: img.Rect}).font {
			t.Errorf("the label at %+v covers only %v", b, r)
		}
	}
}

func TestOddPictures(t *testing.T) {
	dets := []inference.Detection{
		{
			Box:   inference.Box{X1: .1, Y1: .1, X2: .9, Y2: .9},
			Label: strings.Repeat("very long ", 30), Score: .5,
		},
		{
			Box:   inference.Box{X1: float32(math.NaN()), Y1: -5, X2: 7, Y2: float32(math.Inf(1))},
			Class: -3, Score: float32(math.NaN()),
		},
		{Box: inference.Box{X1: 1, Y1: 1, X2: 1, Y2: 1}, Class: 1 << 30, Label: "火 ☃ é"},
	}
	for _, size := range [][2]int{{0, 0}, {1, 1}, {2, 500}, {500, 2}, {33, 17}, {3840, 2160}} {
		Draw(picture(size[0], size[1], color.White), dets)
	}
	part := picture(200, 200, color.White).SubImage(image.Rect(50, 60, 150, 140)).(*image.RGBA)
	Draw(part, dets)
}

func TestSubImageIsRespected(t *testing.T) {
	white := color.RGBA{255, 255, 255, 255}
	img := picture(200, 200, white)
	part := img.SubImage(image.Rect(50, 60, 150, 140)).(*image.RGBA)
	Draw(part,
		[]inference.Detection{{
			Box: inference.Box{X1: 0, Y1: 0, X2: 1, Y2: 1}, Label: "cat",
			Score: 1,
		}})
	if r := changed(img, white); !r.In(part.Bounds()) || r.Dx() != 100 || r.Dy() != 80 {
		t.Errorf("the drawing covers %v of %v", r, part.Bounds())
	}
}

func TestColorsAreStableAndApart(t *testing.T) {
	if Color(0) != (color.NRGBA{0xff, 0x4d, 0x4d, 0xff}) {
		t.Error("the colour of persons has changed: recordings would no longer match")
	}
	for i := range 80 {
		c := Color(i)
		if c.A != 255 || c != Color(i) {
			t.Errorf("class %d: %v", i, c)
		}
		for k := i + 1; k < i+4; k++ {
			o := Color(k)
			d := math.Abs(float64(c.R)-float64(o.R)) + math.Abs(
				float64(c.G)-float64(o.G)) + math.Abs(float64(c.B)-float64(o.B))
			if d < 90 {
				t.Errorf("classes %d and %d look alike: %v and %v", i, k, c, o)
			}
		}
	}
}

func TestInkHasContrast(t *testing.T) {
	if Ink(color.NRGBA{255, 255, 0, 255}) != (color.NRGBA{A: 255}) ||
		Ink(color.NRGBA{0, 0, 120, 255}) != (color.NRGBA{255, 255, 255, 255}) {
		t.Error("the text colour does not follow the plate's lightness")
	}
}

func TestLabelText(t *testing.T) {
	car := inference.Detection{Label: "car", Score: 1, Track: 7}
	for _, c := range []struct {
		d    inference.Detection
		ids  bool
		want string
	}{
		{inference.Detection{Label: "person", Score: .906}, true, "person 91%"},
		{car, true, "car 100% #7"},
		{car, false, "car 100%"},
		{inference.Detection{Label: "x", Score: float32(math.NaN())}, true, "x 0%"},
	} {
		if got := LabelText(c.d, c.ids); got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}

func TestSeveralGoroutines(t *testing.T) {
	var wait sync.WaitGroup
	for i := range 4 {
		wait.Go(func() {
			for k := range 5 {
				Draw(picture(100*(i+1), 90*(k+1), color.Black),
					[]inference.Detection{{
						Box: inference.Box{X2: 1, Y2: 1}, Label: "dog",
						Score: .5,
					}})
			}
		})
	}
	wait.Wait()
}
