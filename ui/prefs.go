package ui

import (
	"fyne.io/fyne/v2"
)

// Names in the preferences, which Fyne keeps in the user's configuration directory under [AppID].
const (
	prefLook   = "look"
	prefWidth  = "window.width"
	prefHeight = "window.height"
)

// The window's size in device-independent pixels: at first, and the bounds of what is believed of a remembered one.
const (
	firstWidth, firstHeight = 1120, 720
	leastWidth, leastHeight = 640, 420
	mostWidth, mostHeight   = 8000, 6000
)

// savedSize is the size that the window had when it was last closed.
func (w *Window) savedSize() fyne.Size {
	p := w.app.Preferences()
	width := float32(p.FloatWithFallback(prefWidth, firstWidth))
	height := float32(p.FloatWithFallback(prefHeight, firstHeight))
	if !(width >= leastWidth && width <= mostWidth && height >= leastHeight && height <= mostHeight) {
		return fyne.NewSize(firstWidth, firstHeight)
	}
	return fyne.NewSize(width, height)
}

// saveSize remembers the window's size, unless it fills the screen.
func (w *Window) saveSize() {
	if w.win.FullScreen() {
		return
	}
	size := w.win.Canvas().Size()
	w.app.Preferences().SetFloat(prefWidth, float64(size.Width))
	w.app.Preferences().SetFloat(prefHeight, float64(size.Height))
}

// setLook changes between light and dark, for now and the next start.
func (w *Window) setLook(l look) {
	w.app.Preferences().SetString(prefLook, string(l))
	w.app.Settings().SetTheme(newTheme(l))
}
