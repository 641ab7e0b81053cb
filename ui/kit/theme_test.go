package kit

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"

	"handlens/ui/kit/kittest"
)

// pair is what stands on what, and the least contrast between them.
type pair struct {
	ink, background fyne.ThemeColorName
	least           float64
}

// pairs are all that the window makes of the theme's colours: text and marks need the contrast of
// WCAG 2.2 AA, 1.4.3 and 1.4.11.
func pairs() []pair {
	const text, mark = 4.5, 3.0
	var pairs []pair
	backgrounds := []fyne.ThemeColorName{
		theme.ColorNameBackground, ColorCard, theme.ColorNameOverlayBackground,
		theme.ColorNameMenuBackground,
	}
	for _, g := range backgrounds {
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
		ColorBadge,
	} {
		pairs = append(pairs, pair{theme.ColorNameForeground, g, text})
	}
	return append(pairs,
		pair{theme.ColorNamePlaceHolder, theme.ColorNameInputBackground, text},
		pair{theme.ColorNameError, theme.ColorNameButton, mark}, // the red dot
		pair{theme.ColorNameForegroundOnPrimary, theme.ColorNamePrimary, text},
		pair{theme.ColorNameForegroundOnError, theme.ColorNameError, text},
		pair{theme.ColorNameForegroundOnWarning, theme.ColorNameWarning, text},
		pair{theme.ColorNameForegroundOnSuccess, theme.ColorNameSuccess, text},
		pair{theme.ColorNameBackground, theme.ColorNameForeground, text}, // the hints
	)
}

func TestColoursCanBeToldApart(t *testing.T) {
	test.NewTempApp(t)
	th := NewTheme(AppearanceAuto)
	for name, v := range map[string]fyne.ThemeVariant{
		"light": theme.VariantLight,
		"dark":  theme.VariantDark,
	} {
		for _, p := range pairs() {
			under := th.Color(theme.ColorNameBackground, v)
			if c := kittest.Contrast(th.Color(p.ink, v), th.Color(p.background, v),
				under); c < p.least {
				t.Errorf("%s: %s on %s is %.2f : 1, want %.1f", name, p.ink, p.background, c,
					p.least)
			}
		}
	}
}
