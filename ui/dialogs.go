package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"handlens/ui/kit"
)

// showModel shows the detector's state and what can be downloaded, and takes a file.
func (w *Window) showModel() {
	if w.modelModal != nil {
		return
	}
	view := w.model.newView(viewModal)
	body := container.NewVBox(view)
	if w.cfg.AddModel != nil {
		path := kit.NewEntry(kit.L("Path of an .onnx file"))
		add := kit.NewButton(kit.L("Add"), theme.ContentAddIcon(), func() {
			w.addModel(path.Text)
			w.modelModal.Close()
		})
		path.OnSubmitted = func(string) { add.OnTapped() }
		body.Add(widget.NewSeparator())
		body.Add(kit.NewNote(kit.L("A detector of your own: drop its .onnx file on the window, " +
			"or say " +
			"where it is.")).Object)
		body.Add(container.NewBorder(nil, nil, nil, add, path))
	}
	window := w.win.Canvas().Size()
	width := min(520, window.Width-modalMargin)
	// wrapped texts know their height only once they know their width
	body.Resize(fyne.NewSize(width-12, 0))
	scroll := container.NewVScroll(container.New(layout.NewCustomPaddedLayout(0, 0, 0, 12), body))
	scroll.SetMinSize(fyne.NewSize(width, min(body.MinSize().Height, window.Height-modalChrome)))
	done := kit.NewButton(kit.L("Close"), nil, func() { w.modelModal.Close() })
	w.modelModal = w.modals.Show(kit.L("Detector"), 0, scroll, func() {
		w.modelModal = nil
		w.model.forget(view)
	}, done)
	w.model.list()
}
