package detector

import (
	"fmt"
	"image"
	"math"
	"slices"
	"testing"

	"handlens/inference"
	"handlens/inference/testmodel"
	"handlens/media"
)

// patch is a coloured rectangle in a frame, in its pixels.
type patch struct {
	class int
	rect  image.Rectangle
}

// colours are red, green and blue in BT.601 limited range.
var colours = [3][3]byte{{81, 90, 240}, {145, 54, 34}, {41, 240, 110}}

// paint makes a grey I420 or RGBA frame with patches. Chroma is at half size, so even edges stay
// sharp.
func paint(t testing.TB, w, h int, format media.Format, patches ...patch) *media.Frame {
	t.Helper()
	f, err := new(media.Pool).Get(w, h, format)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range f.Plane {
		for i := range p {
			p[i] = 128
		}
	}
	for _, p := range patches {
		for y := p.rect.Min.Y; y < p.rect.Max.Y; y++ {
			for x := p.rect.Min.X; x < p.rect.Max.X; x++ {
				if format == media.RGBA {
					at := y*f.Stride[0] + 4*x
					copy(f.Plane[0][at:], []byte{0, 0, 0, 255})
					f.Plane[0][at+p.class] = 255
					continue
				}
				f.Plane[0][y*f.Stride[0]+x] = colours[p.class][0]
				f.Plane[1][y/2*f.Stride[1]+x/2] = colours[p.class][1]
				f.Plane[2][y/2*f.Stride[2]+x/2] = colours[p.class][2]
			}
		}
	}
	return f
}

func openTestModel(t testing.TB, layout string, size int, o Options) *Detector {
	t.Helper()
	data, err := testmodel.Build(layout, size)
	if err != nil {
		t.Fatal(err)
	}
	d, err := OpenBytes(layout+".onnx", data, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Close)
	return d
}

// even makes a rectangle from parts, 0..1, of a frame, with even edges.
func even(w, h int, x1, y1, x2, y2 float64) image.Rectangle {
	e := func(n int, v float64) int { return int(float64(n)*v) &^ 1 }
	return image.Rect(e(w, x1), e(h, y1), e(w, x2), e(h, y2))
}

func TestEveryLayoutFindsTheBoxes(t *testing.T) {
	sizes := [][2]int{
		{640, 480},
		{480, 640},
		{1280, 720},
		{321, 241},
		{101, 333},
		{416, 416},
		{64, 64},
		{2560, 1440},
	}
	for _, layout := range slices.Concat(testmodel.Layouts, testmodel.Families) {
		d := openTestModel(t, layout, 416, Options{})
		if got := d.Info(); fmt.Sprint(got.Labels) != "[red green blue]" ||
			got.License != "Apache-2.0" || got.InputWidth != 416 {
			t.Errorf("%s: the info is %+v", layout, got)
		}
		for _, size := range sizes {
			for _, format := range []media.Format{media.I420, media.RGBA} {
				w, h := size[0], size[1]
				t.Run(fmt.Sprintf("%s/%dx%d/%d", layout, w, h, format), func(t *testing.T) {
					want := []patch{
						{0, even(w, h, .1, .15, .4, .5)},
						{1, even(w, h, .55, .1, .95, .35)},
						{2, even(w, h, .3, .6, .9, .9)},
					}
					got, timing, err := d.Detect(paint(t, w, h, format, want...), nil)
					if err != nil {
						t.Fatal(err)
					}
					if timing.Total() <= 0 || timing.Run <= 0 {
						t.Errorf("the timing is %+v", timing)
					}
					expect(t, d, w, h, got, want)
				})
			}
		}
	}
}

// expect compares with what was painted: each box within a pixel of the model's input and a half of
// the frame's.
func expect(t *testing.T, d *Detector, w, h int, got []inference.Detection, want []patch) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("found %d objects, want %d: %+v", len(got), len(want), got)
	}
	where := d.layout.Place(w, h)
	tx := 1/float64(where.Place.Dx()) + 0.5/float64(w)
	ty := 1/float64(where.Place.Dy()) + 0.5/float64(h)
	for _, p := range want {
		found := false
		for _, g := range got {
			if g.Class != p.class {
				continue
			}
			found = true
			if g.Label != testmodel.Labels[p.class] ||
				math.Abs(float64(g.Score)-testmodel.Score) > 1e-4 || g.Track != 0 {
				t.Errorf("class %d: %+v", p.class, g)
			}
			r := p.rect
			for _, v := range [][3]float64{
				{float64(g.Box.X1), float64(r.Min.X) / float64(w), tx},
				{float64(g.Box.X2), float64(r.Max.X) / float64(w), tx},
				{float64(g.Box.Y1), float64(r.Min.Y) / float64(h), ty},
				{float64(g.Box.Y2), float64(r.Max.Y) / float64(h), ty},
			} {
				if math.Abs(v[0]-v[1]) > v[2] {
					t.Errorf("class %d: the box is %+v for %v of %d × %d", p.class, g.Box, r, w, h)
				}
			}
		}
		if !found {
			t.Errorf("class %d was not found", p.class)
		}
	}
}
