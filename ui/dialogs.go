package ui

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"handlens/ui/kit"
)

// maxAsking bounds how many phones can wait for an answer; more are refused unasked.
const maxAsking = 4

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

// AskApproval asks whether that phone may send its picture here, and waits for the answer: a no
// also when ctx ends, the window closes, or too many others wait. Not to be called on the UI
// goroutine.
func (w *Window) AskApproval(ctx context.Context, from Applicant) Approval {
	defer w.asking.Add(-1)
	if w.asking.Add(1) > maxAsking {
		return Approval{}
	}
	answer := make(chan bool, 1)
	var question *kit.Modal // for the UI goroutine only
	key := w.tasks.Key("approval")
	w.queue.Post(key, func() {
		question = w.ask(from.Name, from.Address, func(yes bool) {
			select {
			case answer <- yes:
			default: // the first answer counts
			}
		})
	})
	select {
	case yes := <-answer:
		return Approval{Allow: yes}
	case <-ctx.Done():
	case <-w.tasks.Context().Done():
	}
	// The key is the same, so a question that is not shown yet never will be.
	w.queue.Post(key, func() {
		if question != nil {
			question.Close()
		}
	})
	return Approval{}
}

// ask shows the question; closing it without an answer is a no.
func (w *Window) ask(name, address string, answer func(bool)) *kit.Modal {
	name = kit.Printable(name, kit.MaxName)
	if name == "" {
		name = kit.L("A phone")
	}
	words := widget.NewLabel(kit.L("{{.Name}} at {{.Address}} wants to show its camera here.",
		map[string]any{"Name": name, "Address": kit.Printable(address, kit.MaxName)}))
	words.Wrapping = fyne.TextWrapWord
	var s *kit.Modal
	refuse := kit.NewButton(kit.L("Refuse"), nil, func() { s.Close() })
	allow := kit.NewButton(kit.L("Allow"), nil, func() {
		answer(true)
		s.Close()
	})
	allow.Importance = widget.HighImportance
	s = w.modals.Show(kit.L("Let this phone in?"), 400, words, func() { answer(false) }, refuse,
		allow)
	return s
}
