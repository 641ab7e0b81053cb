package tile

import (
	"image"
	"math"
	"testing"
	"time"

	"handlens/inference"
	"handlens/media"
)

// chequered is a converter that paints single pixels, black and white by turns.
func chequered(dst *image.RGBA, _ *media.Frame) error {
	for i := 0; i < len(dst.Pix); i += 4 {
		v := uint8(0)
		if (i/4+i/dst.Stride)%2 == 0 {
			v = 255
		}
		dst.Pix[i], dst.Pix[i+1], dst.Pix[i+2], dst.Pix[i+3] = v, v, v, 255
	}
	return nil
}

// detail is the standard deviation of what differs from pixel to pixel, 0..255.
func detail(img *image.RGBA, r image.Rectangle) float64 {
	var sum, n float64
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X + 1; x < r.Max.X; x++ {
			d := float64(img.RGBAAt(x, y).G) - float64(img.RGBAAt(x-1, y).G)
			sum, n = sum+d*d, n+1
		}
	}
	return math.Sqrt(sum / n)
}

func TestHiddenThingsCannotBeRecognised(t *testing.T) {
	b := newBench()
	b.convert = chequered
	b.phone.put(t, 1, 200, 200, 0)
	b.phone.scene.Blur = []inference.Box{{X1: 0.4, Y1: 0.4, X2: 0.6, Y2: 0.6}}
	b.step()
	b.display()
	if d := detail(b.front, image.Rect(80, 80, 120, 120)); d > 20 {
		t.Errorf("what is hidden has a detail of %.0f", d)
	}
	if d := detail(b.front, image.Rect(0, 0, 60, 60)); d < 200 {
		t.Errorf("what is not hidden has a detail of only %.0f", d)
	}
	// The same box, found 250 ms earlier: the thing may have moved by 0.15 since.
	b.phone.mu.Lock()
	b.phone.scene.DetectedFor = time.Unix(1, 0).Add(-250 * time.Millisecond)
	b.phone.mu.Unlock()
	b.step()
	b.display()
	if d := detail(b.front, image.Rect(52, 52, 148, 148)); d > 20 {
		t.Errorf("around a late box the detail is %.0f", d)
	}
	if d := detail(b.front, image.Rect(0, 0, 40, 40)); d < 200 {
		t.Errorf("far from a late box the detail is only %.0f", d)
	}
	b.phone.end(t)
}

// New boxes on an old picture hide there, too; the same ones do not convert it again.
func TestHidingFollowsTheBoxes(t *testing.T) {
	b := newBench()
	b.phone.put(t, 1, 200, 200, 0)
	for i := range 3 {
		if i == 1 {
			b.phone.mu.Lock()
			b.phone.scene.Blur = []inference.Box{{X2: 1, Y2: 1}}
			b.phone.mu.Unlock()
		}
		for range 3 {
			b.step()
			b.display()
		}
	}
	if b.made != 2 {
		t.Errorf("%d conversions, want one more for the new boxes", b.made)
	}
	b.phone.end(t)
}

func TestNothingIsShownBeforeTheFirstLook(t *testing.T) {
	b := newBench()
	b.convert = chequered
	b.hides.Store(true)
	b.phone.put(t, 1, 200, 200, 0)
	b.phone.scene.DetectedFor = time.Time{}
	b.step()
	b.display()
	if d := detail(b.front, b.front.Rect); d > 20 {
		t.Errorf("before the first look the picture has a detail of %.0f", d)
	}
	if s := b.shown[0].status; s == "" {
		t.Error("nothing says why")
	}
	b.phone.mu.Lock()
	b.phone.scene.DetectedFor = time.Unix(1, 0)
	b.phone.mu.Unlock()
	b.step()
	b.display()
	if d := detail(b.front, b.front.Rect); d < 200 {
		t.Errorf("after a look that found nothing the picture has a detail of only %.0f", d)
	}
	b.phone.end(t)
}

func TestLateBoxesStayInThePicture(t *testing.T) {
	k := blurKey{
		found: []inference.Box{{X1: 0.5, Y1: 0.5, X2: 0.9, Y2: 0.6}},
		lag:   10 * time.Second,
	}
	if got := k.boxes()[0]; got != (inference.Box{X2: 1, Y2: 1}) {
		t.Errorf("after ten seconds %v is hidden, want all", got)
	}
}
