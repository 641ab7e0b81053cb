package tile

import (
	"image/color"
	"testing"

	"handlens/ui/kit/kittest"
)

// What lies over the picture does not follow the theme. White is the worst picture for its ink
// (WCAG 2.2, 1.4.3: 4.5 : 1).
func TestWordsOverPicturesCanBeRead(t *testing.T) {
	for i, p := range [][2]color.Color{
		{overlayInk, overlayBackground},
		{overlayQuiet, overlayBackground},
		{staleInk, staleBackground},
	} {
		if c := kittest.Contrast(p[0], p[1], color.White); c < 4.5 {
			t.Errorf("pair %d over the picture is %.2f : 1", i, c)
		}
	}
}
