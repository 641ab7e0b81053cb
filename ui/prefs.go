package ui

import (
	"reflect"
	"slices"

	"fyne.io/fyne/v2"

	"handlens/ui/kit"
)

// The window's size in device-independent pixels: at the first start, and the bounds within which a
// saved one is used.
const (
	firstWidth, firstHeight = 1280, 800
	leastWidth, leastHeight = 640, 420
	mostWidth, mostHeight   = 8000, 6000
)

// clone returns a deep copy.
func (s Settings) clone() Settings {
	s.Hidden, s.Blurred, s.Counted = slices.Clone(s.Hidden), slices.Clone(s.Blurred),
		slices.Clone(s.Counted)
	s.Rules = slices.Clone(s.Rules)
	for i := range s.Counted {
		s.Counted[i].Points = slices.Clone(s.Counted[i].Points)
	}
	return s
}

// change is the one way in which the settings change: f changes them, the window follows, and
// Config.Changed is called. It belongs to the UI goroutine and does nothing when f changed nothing.
func (w *Window) change(f func(*Settings)) {
	s := w.settings.clone()
	f(&s)
	s = s.Sane()
	if reflect.DeepEqual(s, w.settings) {
		return
	}
	before := w.settings
	w.settings = s
	if s.Appearance != before.Appearance {
		w.app.Settings().SetTheme(kit.NewTheme(kit.Appearance(s.Appearance)))
	}
	w.live.settingsChanged(before)
	if w.cfg.Changed != nil {
		w.cfg.Changed(s.clone())
	}
}

// savedSize is the size that the window had when it was last closed.
func (w *Window) savedSize() fyne.Size {
	p := w.settings.Geometry
	if !(p.Width >= leastWidth && p.Width <= mostWidth && p.Height >= leastHeight &&
		p.Height <= mostHeight) {
		return fyne.NewSize(firstWidth, firstHeight)
	}
	return fyne.NewSize(p.Width, p.Height)
}

// saveGeometry keeps the window's size and, where it is known, its position, unless the window
// fills the screen.
func (w *Window) saveGeometry() {
	if w.win.FullScreen() {
		return
	}
	size := w.win.Canvas().Size()
	x, y, known := w.corner()
	w.change(func(s *Settings) {
		s.Geometry = WindowGeometry{
			Width: size.Width, Height: size.Height, X: x, Y: y,
			Known: known,
		}
	})
}
