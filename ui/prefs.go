package ui

import (
	"reflect"
	"slices"

	"fyne.io/fyne/v2"
)

// The window's size in device-independent pixels: at first, and the bounds of what is believed of a
// remembered one.
const (
	firstWidth, firstHeight = 1280, 800
	leastWidth, leastHeight = 640, 420
	mostWidth, mostHeight   = 8000, 6000
)

// clone shares nothing with the original.
func (s Settings) clone() Settings {
	s.Hidden, s.Blurred, s.Counted = slices.Clone(s.Hidden), slices.Clone(s.Blurred),
		slices.Clone(s.Counted)
	for i := range s.Counted {
		s.Counted[i].Points = slices.Clone(s.Counted[i].Points)
	}
	return s
}

// change is the one way in which the settings change: f changes them, the window follows, and
// whoever keeps them is told. It belongs to the UI goroutine and does nothing when f changed
// nothing.
func (w *Window) change(f func(*Settings)) {
	s := w.settings.clone()
	f(&s)
	s = s.Sane()
	if reflect.DeepEqual(s, w.settings) {
		return
	}
	before := w.settings
	w.settings = s
	if s.Look != before.Look {
		w.app.Settings().SetTheme(newTheme(look(s.Look)))
	}
	w.live.settingsChanged(before)
	if w.cfg.Changed != nil {
		w.cfg.Changed(s.clone())
	}
}

// savedSize is the size that the window had when it was last closed.
func (w *Window) savedSize() fyne.Size {
	p := w.settings.Place
	if !(p.Width >= leastWidth && p.Width <= mostWidth && p.Height >= leastHeight &&
		p.Height <= mostHeight) {
		return fyne.NewSize(firstWidth, firstHeight)
	}
	return fyne.NewSize(p.Width, p.Height)
}

// savePlace remembers the window's size and, where the system tells, its corner, unless it fills
// the screen.
func (w *Window) savePlace() {
	if w.win.FullScreen() {
		return
	}
	size := w.win.Canvas().Size()
	x, y, known := w.corner()
	w.change(func(s *Settings) {
		s.Place = Place{Width: size.Width, Height: size.Height, X: x, Y: y, Known: known}
	})
}
