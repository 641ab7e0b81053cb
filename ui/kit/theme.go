package kit

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
)

// Colours of our own beside Fyne's names.
const (
	// ColorCard is the background of cards.
	ColorCard fyne.ThemeColorName = "handlensCard"
	// ColorBadge is the background of small round marks such as the numbers of the steps.
	ColorBadge fyne.ThemeColorName = "handlensBadge"
)

// Appearance is the user's choice of light or dark.
type Appearance string

// The appearances, as the preferences spell them.
const (
	AppearanceAuto  Appearance = "auto"
	AppearanceLight Appearance = "light"
	AppearanceDark  Appearance = "dark"
)

// Theme is Fyne's own theme with calmer colours, one accent and a little more air.
type Theme struct {
	fyne.Theme
	Appearance Appearance
}

func NewTheme(l Appearance) *Theme { return &Theme{Theme: theme.DefaultTheme(), Appearance: l} }

// palette is a colour in the light and in the dark theme.
type palette struct{ light, dark color.NRGBA }

func rgb(v uint32) color.NRGBA {
	return color.NRGBA{R: uint8(v >> 16), G: uint8(v >> 8), B: uint8(v), A: 0xff}
}

func rgba(v uint32, a uint8) color.NRGBA {
	c := rgb(v)
	c.A = a
	return c
}

// palettes holds text colours of at least 4.5 : 1 against what they stand on and marks of at least
// 3 : 1 (WCAG 2.2, 1.4.3 and 1.4.11), except what is disabled; a test computes it.
var palettes = map[fyne.ThemeColorName]palette{
	theme.ColorNameBackground:          {rgb(0xf4f6f8), rgb(0x12161b)},
	theme.ColorNameForeground:          {rgb(0x17212b), rgb(0xe8edf2)},
	theme.ColorNamePlaceHolder:         {rgb(0x57646f), rgb(0x98a5b1)},
	theme.ColorNameDisabled:            {rgb(0xa4aeb7), rgb(0x5a6570)},
	theme.ColorNamePrimary:             {rgb(0x0b766e), rgb(0x35c9b8)},
	theme.ColorNameHyperlink:           {rgb(0x0b766e), rgb(0x35c9b8)},
	theme.ColorNameForegroundOnPrimary: {rgb(0xffffff), rgb(0x05231f)},
	theme.ColorNameForegroundOnError:   {rgb(0xffffff), rgb(0x2b0705)},
	theme.ColorNameForegroundOnWarning: {rgb(0xffffff), rgb(0x2a1a00)},
	theme.ColorNameForegroundOnSuccess: {rgb(0xffffff), rgb(0x03210d)},
	theme.ColorNameFocus:               {rgba(0x0b766e, 0x50), rgba(0x35c9b8, 0x50)},
	theme.ColorNameSelection:           {rgba(0x0b766e, 0x40), rgba(0x35c9b8, 0x40)},
	theme.ColorNameButton:              {rgb(0xe5e9ed), rgb(0x262d35)},
	theme.ColorNameDisabledButton:      {rgb(0xeceff2), rgb(0x1e242a)},
	theme.ColorNameInputBackground:     {rgb(0xe0e5ea), rgb(0x2b333b)},
	theme.ColorNameInputBorder:         {rgb(0x808b95), rgb(0x75818d)},
	theme.ColorNameSeparator:           {rgb(0xdde2e7), rgb(0x2a323a)},
	theme.ColorNameOverlayBackground:   {rgb(0xffffff), rgb(0x1b2127)},
	theme.ColorNameMenuBackground:      {rgb(0xffffff), rgb(0x222930)},
	theme.ColorNameScrollBar:           {rgba(0x17212b, 0x60), rgba(0xe8edf2, 0x60)},
	theme.ColorNameSuccess:             {rgb(0x1a7f37), rgb(0x4ac26b)},
	theme.ColorNameWarning:             {rgb(0x9a5b00), rgb(0xe3a63b)},
	theme.ColorNameError:               {rgb(0xc0281f), rgb(0xff7b72)},
	ColorCard:                          {rgb(0xffffff), rgb(0x1b2127)},
	ColorBadge:                         {rgb(0xd9efec), rgb(0x17403b)},
}

// Color returns a colour by the user's choice, or else by the desktop's variant.
func (t *Theme) Color(n fyne.ThemeColorName, v fyne.ThemeVariant) color.Color {
	switch t.Appearance {
	case AppearanceLight:
		v = theme.VariantLight
	case AppearanceDark:
		v = theme.VariantDark
	}
	if p, ok := palettes[n]; ok {
		if v == theme.VariantLight {
			return p.light
		}
		return p.dark
	}
	return t.Theme.Color(n, v)
}

// sizes are in Fyne's device-independent pixels.
var sizes = map[fyne.ThemeSizeName]float32{
	theme.SizeNamePadding:         5,
	theme.SizeNameInnerPadding:    9,
	theme.SizeNameText:            14,
	theme.SizeNameCaptionText:     12,
	theme.SizeNameSubHeadingText:  17,
	theme.SizeNameHeadingText:     25,
	theme.SizeNameInputRadius:     8,
	theme.SizeNameSelectionRadius: 6,
	theme.SizeNameButtonRadius:    8,
	theme.SizeNameDialogRadius:    14,
	theme.SizeNamePopupRadius:     12,
	// A blurred background under a dialog costs a pass over the whole window for each video frame
	// behind it.
	theme.SizeNameModalBlurRadius: 0,
}

// Size returns a size.
func (t *Theme) Size(n fyne.ThemeSizeName) float32 {
	if s, ok := sizes[n]; ok {
		return s
	}
	return t.Theme.Size(n)
}
