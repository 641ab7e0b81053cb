package track

import (
	"math"
	"testing"
	"time"

	"handlens/inference"
)

// A long thing that moves and turns stays a rectangle between the passes that find it, of the form
// that the last one gave, though its upright box gets wider and lower.
func TestRotatedBoxesStayRectangles(t *testing.T) {
	tracker := New(Options{})
	const step = 100 * time.Millisecond
	for i := range 12 {
		now := time.Duration(i) * step
		d := inference.Detection{Label: "ship", Score: 0.9}
		sin, cos := math.Sincos(1.4 - 0.1*float64(i))
		var corners [4]inference.Point
		for k, s := range [4][2]float64{{-.15, -.03}, {.15, -.03}, {.15, .03}, {-.15, .03}} {
			corners[k] = inference.Point{
				X: float32(.2 + .03*float64(i) + s[0]*cos - s[1]*sin),
				Y: float32(.5 + s[0]*sin + s[1]*cos),
			}
		}
		d.Box, d.Shape, _ = inference.Rotated(corners)
		tracker.Update(now, []inference.Detection{d})
		for _, after := range []time.Duration{0, step / 2} {
			for _, p := range tracker.Predict(now+after, nil) {
				_, _, w, h, _, ok := p.Turned(1000, 1000)
				got, _ := p.Corners()
				ux, uy := float64(got[1].X-got[0].X), float64(got[1].Y-got[0].Y)
				vx, vy := float64(got[2].X-got[1].X), float64(got[2].Y-got[1].Y)
				skew := math.Abs(ux*vx+uy*vy) / (math.Hypot(ux, uy) * math.Hypot(vx, vy))
				if !ok || skew > 1e-3 || math.Abs(w/h-5) > 0.01 {
					t.Errorf("%v after pass %d it is %.0f × %.0f with a skew of %.3f", after, i, w,
						h, skew)
				}
			}
		}
	}
}

// What comes into the frame, and was found as far as it was there, is covered by its upright box:
// by that it is blurred.
func TestRotatedBoxesThatComeInAreCovered(t *testing.T) {
	tracker := New(Options{})
	const step = 100 * time.Millisecond
	for i := range 8 {
		now := time.Duration(i) * step
		x := float32(1.1 - 0.03*float64(i))
		d := inference.Detection{Label: "ship", Score: 0.9}
		d.Box, d.Shape, _ = inference.Rotated([4]inference.Point{
			{X: x, Y: .3}, {X: x + .2, Y: .5}, {X: x, Y: .7}, {X: x - .2, Y: .5},
		})
		tracker.Update(now, []inference.Detection{d})
		for _, p := range tracker.Predict(now+250*time.Millisecond, nil) {
			corners, _ := p.Corners()
			if right := min(corners[1].X, 1); p.Box.X2 < right-1e-5 {
				t.Errorf("after pass %d it reaches to %v, and its box to %v", i, right, p.Box.X2)
			}
		}
	}
}
