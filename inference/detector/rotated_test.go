package detector

import (
	"math"
	"testing"

	"handlens/inference"
	"handlens/inference/testmodel"
	"handlens/media"
)

// turnedPatch is a coloured rectangle that is turned clockwise around its middle: all but the angle
// in pixels.
type turnedPatch struct {
	class               int
	x, y, w, h, radians float64
}

// corners are in pixels, clockwise.
func (p turnedPatch) corners() (all [4][2]float64) {
	sin, cos := math.Sincos(p.radians)
	for i, s := range [4][2]float64{{-1, -1}, {1, -1}, {1, 1}, {-1, 1}} {
		u, v := s[0]*p.w/2, s[1]*p.h/2
		all[i] = [2]float64{p.x + u*cos - v*sin, p.y + u*sin + v*cos}
	}
	return all
}

// paintTurned makes a grey RGBA frame with turned patches.
func paintTurned(t testing.TB, w, h int, patches ...turnedPatch) *media.Frame {
	f := paint(t, w, h, media.RGBA)
	for _, p := range patches {
		sin, cos := math.Sincos(p.radians)
		for y := range h {
			for x := range w {
				dx, dy := float64(x)+0.5-p.x, float64(y)+0.5-p.y
				if math.Abs(dx*cos+dy*sin) < p.w/2 && math.Abs(dy*cos-dx*sin) < p.h/2 {
					at := y*f.Stride[0] + 4*x
					copy(f.Plane[0][at:], []byte{0, 0, 0, 255})
					f.Plane[0][at+p.class] = 255
				}
			}
		}
	}
	return f
}

func TestRotatedBoxesAreFound(t *testing.T) {
	for _, layout := range append(testmodel.Rotated, "yolov8-obb-half") {
		d := openTestModel(t, layout, 416, Options{})
		for _, size := range shapedSizes {
			w, h := float64(size[0]), float64(size[1])
			side := min(w, h)
			want := []turnedPatch{
				{0, .3 * w, .3 * h, .35 * side, .15 * side, .5},
				{1, .72 * w, .35 * h, .3 * side, .2 * side, 2.6},
				{2, .5 * w, .75 * h, .4 * side, .1 * side, -.2},
			}
			got, _, err := d.Detect(paintTurned(t, size[0], size[1], want...), nil)
			if err != nil || len(got) != len(want) {
				t.Fatalf("%s, %v: %+v, %v", layout, size, got, err)
			}
			for _, g := range got {
				expectTurned(t, g, size, want[g.Class], 2*max(w, h)/416+1)
			}
		}
	}
}

// expectTurned compares a rotated box with what was painted, to within so many pixels.
func expectTurned(t *testing.T, g inference.Detection, size [2]int, want turnedPatch,
	within float64,
) {
	t.Helper()
	corners, ok := g.Corners()
	if !ok {
		t.Fatalf("%s is upright", g.Label)
	}
	w, h := float64(size[0]), float64(size[1])
	hull := [4]float64{math.Inf(1), math.Inf(1), 0, 0}
	for _, c := range want.corners() {
		hull = [4]float64{
			min(hull[0], c[0]), min(hull[1], c[1]), max(hull[2], c[0]), max(hull[3], c[1]),
		}
		nearest := math.Inf(1)
		for _, p := range corners {
			nearest = min(nearest, math.Hypot(float64(p.X)*w-c[0], float64(p.Y)*h-c[1]))
		}
		if nearest > within {
			t.Errorf("%v: %s has no corner within %.1f pixels of %.1f: %v", size, g.Label, nearest,
				c, corners)
		}
	}
	for i, v := range [4]float32{g.Box.X1, g.Box.Y1, g.Box.X2, g.Box.Y2} {
		if off := float64(v)*[2]float64{w, h}[i%2] - hull[i]; math.Abs(off) > within {
			t.Errorf("%v: edge %d of the upright box of %s is off by %.1f", size, i, g.Label, off)
		}
	}
	if _, _, long, short, degrees, _ := g.Turned(size[0],
		size[1]); math.Abs(long-want.w) > within ||
		math.Abs(short-want.h) > within ||
		math.Abs(math.Sin(degrees*math.Pi/180-want.radians)) > .05 {
		t.Errorf("%v: %s is %.1f × %.1f turned by %.1f°, not %+v", size, g.Label, long, short,
			degrees, want)
	}
}
