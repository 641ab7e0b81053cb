package kit

import (
	"image"
	"math"
)

// Fit returns the size, in pixels, that a picture of w × h is converted to for an area: never more
// than it has, since what is larger on the screen is enlarged by the graphics card, and never more
// than twice what is seen in either direction. Between half and full size the card shrinks it,
// which it does well, while shrinking here would cost more than all the rest of the conversion.
func Fit(w, h, areaW, areaH int) image.Point {
	scale := math.Min(1, math.Min(float64(areaW)/float64(w), float64(areaH)/float64(h)))
	if scale >= 0.5 {
		return image.Pt(w, h)
	}
	return image.Pt(max(1, int(math.Round(float64(w)*scale))),
		max(1, int(math.Round(float64(h)*scale))))
}
