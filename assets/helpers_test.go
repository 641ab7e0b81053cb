package assets

import (
	"image"
	"image/color"
	"image/png"
	"os"
)

func readPNG(name string) (image.Image, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return png.Decode(f)
}

// near says whether two colours differ by at most one step of 8 bits in each part.
func near(a, b color.Color) bool {
	ca, cb := color.NRGBAModel.Convert(a).(color.NRGBA), color.NRGBAModel.Convert(b).(color.NRGBA)
	return step(ca.R, cb.R) && step(ca.G, cb.G) && step(ca.B, cb.B) && step(ca.A, cb.A)
}

func step(a, b uint8) bool { return max(a, b)-min(a, b) <= 1 }

// sameImage says where two images of one size differ first. Floating point may round differently by
// one step on another processor.
func sameImage(a, b image.Image) (x, y int, same bool) {
	for y := range a.Bounds().Dy() {
		for x := range a.Bounds().Dx() {
			if !near(a.At(x, y), b.At(x, y)) {
				return x, y, false
			}
		}
	}
	return 0, 0, true
}
