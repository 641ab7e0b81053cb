package ui

import (
	"fyne.io/fyne/v2/container"

	"handlens/ui/gallery"
)

// showGallery shows what was taken. Without a library it does nothing.
func (w *Window) showGallery() {
	if w.cfg.Library == nil || w.gallery != nil {
		return
	}
	w.gallery = gallery.New(gallery.Config{
		Library: w.cfg.Library, Canvas: w.win.Canvas(), Tasks: w.tasks, Modals: w.modals,
		Hints: w.hints, Leave: w.hideGallery, Notify: w.Notice, OpenFile: w.openFile,
	})
	w.win.SetContent(container.NewStack(w.gallery.Object, w.toasts.box, w.hints.Object))
	w.layOutToasts()
	w.gallery.Start()
}

// hideGallery goes back to the pictures.
func (w *Window) hideGallery() {
	if w.gallery == nil {
		return
	}
	w.gallery.Stop()
	w.gallery = nil
	w.hints.Clear()
	w.win.Canvas().Unfocus()
	w.win.SetContent(w.root)
	w.showViews()
}
