package ui

// SetViewers shows who watches in a browser. Any goroutine may call it.
func (w *Window) SetViewers([]Viewer) {}
