package detector

import (
	"fmt"
	"math"
	"testing"

	"handlens/inference"
	"handlens/inference/testmodel"
	"handlens/media"
)

func ellipse(x, y float64) bool { return (2*x-1)*(2*x-1)+(2*y-1)*(2*y-1) < 1 }

var shapedSizes = [][2]int{{640, 480}, {480, 640}, {1280, 720}, {321, 241}, {333, 501}, {416, 416}}

func TestMasksAreTraced(t *testing.T) {
	for _, layout := range []string{"yolov8-seg", "end2end-seg", "yolov8-seg-half"} {
		d := openTestModel(t, layout, 416, Options{})
		for _, size := range shapedSizes {
			w, h := size[0], size[1]
			want := []patch{
				{0, even(w, h, .1, .15, .4, .5)},
				{1, even(w, h, .55, .1, .95, .35)},
				{2, even(w, h, .3, .6, .9, .9)},
			}
			got, _, err := d.Detect(paint(t, w, h, media.I420, want...), nil)
			if err != nil {
				t.Fatal(err)
			}
			expect(t, d, w, h, got, want)
			for _, g := range got {
				if g.Shape == nil || g.Shape.Keypoints != nil || len(g.Shape.Outline) < 8 ||
					len(g.Shape.Outline) > 64 {
					t.Fatalf("%s, %v: %s has the shape %+v", layout, size, g.Label, g.Shape)
				}
				if like := testmodel.Likeness(g.Shape.Outline, ellipse); like < 0.95 {
					t.Errorf("%s, %v: %s is like its ellipse to %.3f: %v", layout, size, g.Label,
						like, g.Shape.Outline)
				}
			}
		}
	}
}

func TestKeypointsAreFound(t *testing.T) {
	for _, layout := range []string{"yolov8-pose", "end2end-pose", "yolov8-pose-half"} {
		d := openTestModel(t, layout, 416, Options{})
		for _, size := range shapedSizes {
			w, h := size[0], size[1]
			want := []patch{{0, even(w, h, .1, .15, .4, .5)}, {2, even(w, h, .3, .6, .9, .9)}}
			got, _, err := d.Detect(paint(t, w, h, media.I420, want...), nil)
			if err != nil {
				t.Fatal(err)
			}
			expect(t, d, w, h, got, want)
			for _, g := range got {
				if g.Shape == nil || g.Shape.Outline != nil ||
					len(g.Shape.Keypoints) != len(testmodel.Keypoints) || g.Shape.Limbs() == nil {
					t.Fatalf("%s, %v: %s has the shape %+v", layout, size, g.Label, g.Shape)
				}
				r := want[min(g.Class, 1)].rect
				// A pixel of the model's input, and one of the frame's.
				where := d.layout.Place(w, h)
				tx, ty := float64(w)/float64(where.Place.Dx())+1,
					float64(h)/float64(where.Place.Dy())+1
				for i, k := range g.Shape.Keypoints {
					truth := testmodel.Keypoints[i]
					at := g.Box.Out(k.Point)
					dx := float64(at.X)*float64(w) - float64(r.Min.X) - float64(truth[0])*float64(
						r.Dx())
					dy := float64(at.Y)*float64(h) - float64(r.Min.Y) - float64(truth[1])*float64(
						r.Dy())
					if math.Abs(dx) > tx || math.Abs(dy) > ty ||
						math.Abs(float64(k.Score-truth[2])) > 1e-3 {
						t.Errorf("%s, %v: keypoint %d is off by %.1f, %.1f: %+v", layout, size, i,
							dx, dy, k)
					}
				}
			}
		}
	}
}

func BenchmarkShapes(b *testing.B) {
	for _, layout := range []string{"yolov8", "yolov8-seg", "yolov8-pose"} {
		b.Run(layout, func(b *testing.B) {
			d := openTestModel(b, layout, 640, Options{})
			f := paint(b, 640, 640, media.I420, patch{0, even(640, 640, .1, .1, .4, .9)},
				patch{1, even(640, 640, .45, .1, .7, .9)})
			var dst []inference.Detection
			var decode float64
			for b.Loop() {
				got, timing, err := d.Detect(f, dst[:0])
				if err != nil || len(got) != 2 {
					b.Fatal(fmt.Errorf("%d found: %w", len(got), err))
				}
				dst = got
				decode += float64(timing.Decode.Nanoseconds())
			}
			b.ReportMetric(decode/float64(b.N), "decode-ns/op")
		})
	}
}
