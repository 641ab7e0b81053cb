package ui

import (
	"image/color"
	"math"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"
)

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

func contrast(ink, ground, under color.Color) float64 {
	a, b := luminance(ink, ground), luminance(ground, under)
	return (max(a, b) + 0.05) / (min(a, b) + 0.05)
}

func TestColoursCanBeToldApart(t *testing.T) {
	test.NewTempApp(t)
	const text, mark = 4.5, 3.0 // WCAG 2.2 AA, 1.4.3 and 1.4.11
	type pair struct {
		ink, ground fyne.ThemeColorName
		least       float64
	}
	var pairs []pair
	grounds := []fyne.ThemeColorName{
		theme.ColorNameBackground, colorCard, theme.ColorNameOverlayBackground,
		theme.ColorNameMenuBackground,
	}
	for _, g := range grounds {
		for _, ink := range []fyne.ThemeColorName{
			theme.ColorNameForeground, theme.ColorNamePlaceHolder, theme.ColorNamePrimary,
			theme.ColorNameHyperlink,
			theme.ColorNameSuccess, theme.ColorNameWarning, theme.ColorNameError,
		} {
			pairs = append(pairs, pair{ink, g, text})
		}
		pairs = append(pairs, pair{theme.ColorNameInputBorder, g, mark})
	}
	for _, g := range []fyne.ThemeColorName{
		theme.ColorNameButton, theme.ColorNameInputBackground,
		colorBadge,
	} {
		pairs = append(pairs, pair{theme.ColorNameForeground, g, text})
	}
	pairs = append(pairs,
		pair{theme.ColorNamePlaceHolder, theme.ColorNameInputBackground, text},
		pair{theme.ColorNameError, theme.ColorNameButton, mark}, // the red dot
		pair{theme.ColorNameForegroundOnPrimary, theme.ColorNamePrimary, text},
		pair{theme.ColorNameForegroundOnError, theme.ColorNameError, text},
		pair{theme.ColorNameForegroundOnWarning, theme.ColorNameWarning, text},
		pair{theme.ColorNameForegroundOnSuccess, theme.ColorNameSuccess, text},
		pair{theme.ColorNameBackground, theme.ColorNameForeground, text}, // the hints
	)
	th := newTheme(lookAuto)
	for name, v := range map[string]fyne.ThemeVariant{
		"light": theme.VariantLight,
		"dark":  theme.VariantDark,
	} {
		for _, p := range pairs {
			under := th.Color(theme.ColorNameBackground, v)
			if c := contrast(th.Color(p.ink, v), th.Color(p.ground, v), under); c < p.least {
				t.Errorf("%s: %s on %s is %.2f : 1, want %.1f", name, p.ink, p.ground, c, p.least)
			}
		}
	}
	// What lies over the picture does not follow the theme: over white, which is the worst for its
	// ink.
	for i, p := range [][2]color.Color{
		{overlayInk, overlayGround},
		{overlayQuiet, overlayGround},
		{staleInk, staleGround},
	} {
		if c := contrast(p[0], p[1], color.White); c < text {
			t.Errorf("pair %d over the picture is %.2f : 1", i, c)
		}
	}
}
