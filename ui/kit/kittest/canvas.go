package kittest

import (
	"image/color"
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
)

// Find returns the first of the objects in o, as they are laid out and visible, that is of that
// type and for which is holds.
func Find[T fyne.CanvasObject](o fyne.CanvasObject, is func(T) bool) (found T, ok bool) {
	for _, o := range test.LaidOutObjects(o) {
		if found, ok = o.(T); ok && is(found) {
			return found, true
		}
	}
	var none T
	return none, false
}

// luminance is that of WCAG 2.2, of a colour that lies on another.
func luminance(over, under color.Color) float64 {
	o, u := color.NRGBAModel.Convert(over).(color.NRGBA),
		color.NRGBAModel.Convert(under).(color.NRGBA)
	a := float64(o.A) / 255
	linear := func(top, bottom uint8) float64 {
		c := (a*float64(top) + (1-a)*float64(bottom)) / 255
		if c <= 0.04045 {
			return c / 12.92
		}
		return math.Pow((c+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(o.R, u.R) + 0.7152*linear(o.G, u.G) + 0.0722*linear(o.B, u.B)
}

// Contrast is that of WCAG 2.2 between ink and the background it stands on, which itself lies on
// under.
func Contrast(ink, background, under color.Color) float64 {
	a, b := luminance(ink, background), luminance(background, under)
	return (max(a, b) + 0.05) / (min(a, b) + 0.05)
}
