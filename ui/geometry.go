package ui

import "fyne.io/fyne/v2/driver"

// corner is the position of the window's frame, in the screen's own units; false where it is
// unknown, as on Wayland.
func (w *Window) corner() (x, y int, ok bool) {
	if n, native := w.win.(driver.NativeWindow); native {
		n.RunNative(func(context any) { x, y, ok = cornerOf(context) })
	}
	return x, y, ok
}

// raiseNative does what Fyne cannot do to get the window to the top.
func (w *Window) raiseNative() {
	if n, native := w.win.(driver.NativeWindow); native && w.running {
		n.RunNative(raise)
	}
}

// restoreCorner moves the window to its last position, unless that is no longer on the screen.
func (w *Window) restoreCorner() {
	p := w.settings.Geometry
	if n, native := w.win.(driver.NativeWindow); native && p.Known && !w.win.FullScreen() {
		n.RunNative(func(context any) { moveCorner(context, p.X, p.Y) })
	}
}
