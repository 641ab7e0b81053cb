package ui

import (
	"errors"
	"image"
	"image/color"
	"testing"

	"fyne.io/fyne/v2/test"
)

func TestCodeIsNeverScaled(t *testing.T) {
	test.NewTempApp(t)
	var failed error
	c := newQRCard(func(err error) { failed = err })
	const modules = 33
	asked := 0
	c.set(func(pixels int) (image.Image, error) {
		asked++
		side := pixels / modules * modules
		img := image.NewGray(image.Rect(0, 0, side, side))
		for y := range side {
			for x := range side {
				if (x*modules/side+y*modules/side)%2 == 0 {
					img.SetGray(x, y, color.Gray{Y: 255})
				}
			}
		}
		return img, nil
	})
	for _, area := range []image.Point{{200, 200}, {433, 433}, {433, 433}, {700, 500}} {
		got := c.paint(area.X, area.Y).(*image.RGBA)
		if got.Rect.Size() != area {
			t.Fatalf("asked for %v, got %v", area, got.Rect.Size())
		}
		module := min(area.X, area.Y) / modules
		left, top := (area.X-module*modules)/2, (area.Y-module*modules)/2
		for y := range area.Y {
			for x := range area.X {
				want := color.RGBA{255, 255, 255, 255}
				if mx, my := x-left, y-top; mx >= 0 && my >= 0 && mx < module*modules &&
					my < module*modules && (mx/module+my/module)%2 == 1 {
					want = color.RGBA{0, 0, 0, 255}
				}
				if got.RGBAAt(x, y) != want {
					t.Fatalf("in %v pixel %d, %d is %v", area, x, y, got.RGBAAt(x, y))
				}
			}
		}
	}
	if asked != 3 {
		t.Errorf("three sizes were drawn %d times", asked)
	}
	c.set(func(int) (image.Image, error) { return nil, errors.New("too long") })
	c.paint(100, 100)
	if failed == nil {
		t.Error("a failure was not told")
	}
}
