package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
)

// Icons that Fyne lacks, on its grid of 24 units and in one colour, so that they follow the theme.
var (
	iconSidebar = drawn("sidebar", `<path d="M3 4h18v16H3V4zm7 2v12h9V6h-9zM5 6v12h3V6H5z"/>`)
	iconTorch   = drawn("torch", `<path d="M13 2 5 14h5l-1 8 9-13h-6l1-7z"/>`)
	iconFlip    = drawn("flip",
		`<path d="M7 8 2 13h4v5h9v-2H8v-3h4L7 8z"/><path d="M17 16l5-5h-4V6H9v2h7v3h-4l5 5z"/>`)
	iconGallery = drawn("gallery",
		`<path d="M7 3h14v14H7V3zm2 2v8l3-3 2 2 3-4 2 3V5H9z"/><path d="M3 7h2v12h12v2H3V7z"/>`)
	iconReplay = drawn("replay",
		`<path d="M12 5V1L6 6l6 5V7a6 6 0 1 1-6 6H4a8 8 0 1 0 8-8z"/><path d="M10 10v6l5-3-5-3z"/>`)
	iconGuard = drawn("guard",
		`<path d="M12 2 4 5v6c0 5 3.400 9.700 8 11 4.600-1.300 8-6 8-11V5l-8-3z`+
			`m0 2.200 6 2.200V11c0 3.900-2.500 7.600-6 8.900-3.500-1.300-6-5-6-8.900V6.400l6-2.200z"/>`+
			`<path d="M10.800 15.600 7.600 12.400l1.400-1.400 1.800 1.800 4.200-4.200 1.400 1.400z"/>`)
	iconBlur = drawn("blur",
		`<path d="M4 4h5v5H4V4zm11 0h5v5h-5V4zM9.500 9.500h5v5h-5v-5z`+
			`M4 15h5v5H4v-5zm11 0h5v5h-5v-5z"/>`)
	iconLine = drawn("line",
		`<path d="M18.500 3a2.500 2.500 0 1 1-1.100 4.700L7.700 17.400`+
			`A2.500 2.500 0 1 1 6.600 16.300L16.300 6.600A2.500 2.500 0 0 1 18.500 3z"/>`)
	iconZone = drawn("zone",
		`<path d="M4 8 12 3l8 4-2 13-12-1L4 8zm2.300 1.100L7.700 17.200l8.600.700`+
			` 1.500-9.700L12.100 5.300 6.300 9.100z"/>`)
)

func drawn(name, paths string) fyne.Resource {
	return theme.NewThemedResource(fyne.NewStaticResource(name+".svg",
		[]byte(
			`<svg xmlns="http://www.w3.org/2000/svg" width="24" height="24" viewBox="0 0 24 24">`+
				paths+`</svg>`)))
}

// redDot is the icon that starts a recording.
func redDot() fyne.Resource { return theme.NewErrorThemedResource(theme.MediaRecordIcon()) }
