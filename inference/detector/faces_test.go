package detector

import (
	"math"
	"slices"
	"testing"

	"handlens/inference"
	"handlens/inference/testmodel"
	"handlens/media"
)

func TestFacesAreFoundWithTheirLandmarks(t *testing.T) {
	for _, layout := range testmodel.Faces {
		for _, side := range []int{64, 320} {
			d := openTestModel(t, layout, side, Options{})
			if labels := d.Info().Labels; !slices.Equal(labels, []string{"face"}) {
				t.Errorf("%s: the labels are %v", layout, labels)
			}
			for _, size := range shapedSizes {
				checkFaces(t, d, size[0], size[1])
			}
		}
	}
}

// checkFaces shows a picture with patches, each of which is a face.
func checkFaces(t *testing.T, d *Detector, w, h int) {
	t.Helper()
	want := []patch{
		{0, even(w, h, .1, .15, .4, .5)},
		{1, even(w, h, .55, .1, .95, .35)},
		{2, even(w, h, .3, .6, .9, .9)},
	}
	got, _, err := d.Detect(paint(t, w, h, media.I420, want...), nil)
	if err != nil || len(got) != len(want) {
		t.Fatalf("%s, %d × %d: %d found, %v", d.Info().Name, w, h, len(got), err)
	}
	// A pixel of the model's input, and one of the frame's.
	where := d.layout.Place(w, h)
	tx, ty := float64(w)/float64(where.Place.Dx())+1, float64(h)/float64(where.Place.Dy())+1
	off := func(x, y float32, wantX, wantY float64) bool {
		return math.Abs(float64(x)*float64(w)-wantX) > tx ||
			math.Abs(float64(y)*float64(h)-wantY) > ty
	}
	for _, p := range want {
		r := p.rect
		at := slices.IndexFunc(got, func(g inference.Detection) bool {
			return !off(g.Box.X1, g.Box.Y1, float64(r.Min.X), float64(r.Min.Y)) &&
				!off(g.Box.X2, g.Box.Y2, float64(r.Max.X), float64(r.Max.Y))
		})
		if at < 0 || got[at].Label != "face" || got[at].Shape == nil ||
			len(got[at].Shape.Keypoints) != len(testmodel.Landmarks) {
			t.Fatalf("%s, %d × %d: no face at %v: %+v", d.Info().Name, w, h, r, got)
		}
		for i, k := range got[at].Shape.Keypoints {
			truth, p := testmodel.Landmarks[i], got[at].Box.Out(k.Point)
			if off(p.X, p.Y, float64(r.Min.X)+float64(truth[0])*float64(r.Dx()),
				float64(r.Min.Y)+float64(truth[1])*float64(r.Dy())) {
				t.Errorf("%s, %d × %d: landmark %d of %v is at %v", d.Info().Name, w, h, i, r, p)
			}
		}
	}
}
