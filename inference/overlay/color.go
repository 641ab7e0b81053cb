package overlay

import (
	"image/color"
	"math"
)

// palette holds the colours of the first classes: bright, far apart in hue or lightness, none near
// grey. Neighbours in COCO's order (person, bicycle, car, …) are often seen together and therefore
// differ most.
var palette = [...]color.NRGBA{
	{0xff, 0x4d, 0x4d, 0xff}, // red
	{0x2e, 0xd5, 0x73, 0xff}, // green
	{0x3d, 0x9b, 0xff, 0xff}, // blue
	{0xff, 0xd8, 0x00, 0xff}, // yellow
	{0xd9, 0x6b, 0xff, 0xff}, // violet
	{0x12, 0xe0, 0xe0, 0xff}, // cyan
	{0xff, 0x7f, 0x1a, 0xff}, // orange
	{0xff, 0x6f, 0xb5, 0xff}, // pink
	{0xb8, 0xe9, 0x2d, 0xff}, // lime
	{0x8c, 0x8c, 0xff, 0xff}, // periwinkle
	{0xe0, 0xa9, 0x7a, 0xff}, // sand
	{0x1f, 0xa8, 0x8f, 0xff}, // teal
}

// goldenAngle, in turns, spreads any number of hues so that no two come close for long.
const goldenAngle = 0.381966

// Color returns the colour of a class. It is opaque, and the same in every run, on screen, in
// snapshots and in recordings.
func Color(class int) color.NRGBA {
	if class >= 0 && class < len(palette) {
		return palette[class]
	}
	// Beyond the palette: hues by the golden angle, in three steps of lightness.
	n := float64(class)
	_, hue := math.Modf(math.Abs(n)*goldenAngle + 0.07)
	lightness := 0.52 + 0.11*float64((class%3+3)%3)
	return fromHSL(hue, 0.85, lightness)
}

// fromHSL turns hue (in turns), saturation and lightness, each 0..1, into a colour (CSS Color
// Module Level 4, section 7).
func fromHSL(h, s, l float64) color.NRGBA {
	a := s * min(l, 1-l)
	part := func(n float64) uint8 {
		k := math.Mod(n+h*12, 12)
		return uint8(math.Round(255 * (l - a*max(-1, min(k-3, 9-k, 1)))))
	}
	return color.NRGBA{R: part(0), G: part(8), B: part(4), A: 255}
}

// Ink returns black or white, whichever is easier to read on c: the one with the greater contrast
// by WCAG 2.2.
func Ink(c color.NRGBA) color.NRGBA {
	linear := func(v uint8) float64 {
		x := float64(v) / 255
		if x <= 0.04045 {
			return x / 12.92
		}
		return math.Pow((x+0.055)/1.055, 2.4)
	}
	l := 0.2126*linear(c.R) + 0.7152*linear(c.G) + 0.0722*linear(c.B)
	if (l+0.05)/0.05 >= 1.05/(l+0.05) {
		return color.NRGBA{A: 255}
	}
	return color.NRGBA{R: 255, G: 255, B: 255, A: 255}
}

// RegionColor is the colour of lines and zones, which no class has.
var RegionColor = color.NRGBA{R: 0xff, G: 0xff, B: 0xff, A: 0xff}
