package ui

import (
	"context"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// maxAsking bounds how many phones can wait for an answer; more are refused unasked.
const maxAsking = 4

// sheet is what lies over the window and takes all input until it is closed. It is ours rather than
// package dialog's: that one brings the file dialogs and what they depend on, and does not close at
// Esc.
type sheet struct {
	w      *Window
	pop    *widget.PopUp
	closed func()
}

// openSheet shows content under a title; the buttons stand below, the last one rightmost. closed is
// told once, however it was closed.
func (w *Window) openSheet(title string, width float32, content fyne.CanvasObject, closed func(),
	buttons ...*keyedButton,
) *sheet {
	row := container.NewHBox(layout.NewSpacer())
	for _, b := range buttons {
		row.Add(b)
	}
	body := container.NewBorder(heading(title, theme.SizeNameSubHeadingText), row, nil, nil,
		content)
	s := &sheet{w: w, closed: closed}
	s.pop = widget.NewModalPopUp(container.New(&minWidth{width}, inset(14, body)), w.win.Canvas())
	w.sheets = append(w.sheets, s)
	s.pop.Show()
	return s
}

func (s *sheet) close() {
	i := slices.Index(s.w.sheets, s)
	if i < 0 {
		return
	}
	s.w.sheets = slices.Delete(s.w.sheets, i, i+1)
	s.pop.Hide()
	s.closed()
}

// showModel shows the detector's state and what can be downloaded, and takes a file.
func (w *Window) showModel() {
	if w.modelSheet != nil {
		return
	}
	view := w.model.newView(viewSheet)
	body := container.NewVBox(view)
	if w.cfg.AddModel != nil {
		path := newKeyedEntry(w, L("Path of an .onnx file"))
		add := newKeyedButton(w, L("Add"), theme.ContentAddIcon(), func() {
			w.addModel(path.Text)
			w.modelSheet.close()
		})
		path.OnSubmitted = func(string) { add.OnTapped() }
		body.Add(widget.NewSeparator())
		body.Add(newNote(L("A detector of your own: drop its .onnx file on the window, or say " +
			"where it is.")).object)
		body.Add(container.NewBorder(nil, nil, nil, add, path))
	}
	window := w.win.Canvas().Size()
	width := min(520, window.Width-sheetMargin)
	// wrapped texts know their height only once they know their width
	body.Resize(fyne.NewSize(width-12, 0))
	scroll := container.NewVScroll(container.New(layout.NewCustomPaddedLayout(0, 0, 0, 12), body))
	scroll.SetMinSize(fyne.NewSize(width, min(body.MinSize().Height, window.Height-sheetChrome)))
	done := newKeyedButton(w, L("Close"), nil, func() { w.modelSheet.close() })
	w.modelSheet = w.openSheet(L("Detector"), 0, scroll, func() {
		w.modelSheet = nil
		w.model.forget(view)
	}, done)
	w.model.list()
}

// AskApproval asks whether that phone may send its picture here, and waits for the answer: false
// also when ctx ends, the window closes, or too many others wait. Not to be called on the UI
// goroutine.
func (w *Window) AskApproval(ctx context.Context, name, address string) bool {
	defer w.asking.Add(-1)
	if w.asking.Add(1) > maxAsking {
		return false
	}
	answer := make(chan bool, 1)
	var question *sheet // the UI goroutine's own
	key := w.key("approval")
	w.inbox.post(key, func() {
		question = w.ask(name, address, func(yes bool) {
			select {
			case answer <- yes:
			default: // the first answer counts
			}
		})
	})
	select {
	case yes := <-answer:
		return yes
	case <-ctx.Done():
	case <-w.ctx.Done():
	}
	// Under the same key: when the question was not yet shown, it never is.
	w.inbox.post(key, func() {
		if question != nil {
			question.close()
		}
	})
	return false
}

// ask shows the question; closing it without an answer is a no.
func (w *Window) ask(name, address string, answer func(bool)) *sheet {
	name = plain(name, maxName)
	if name == "" {
		name = L("A phone")
	}
	words := widget.NewLabel(L("{{.Name}} at {{.Address}} wants to show its camera here.",
		map[string]any{"Name": name, "Address": plain(address, maxName)}))
	words.Wrapping = fyne.TextWrapWord
	var s *sheet
	refuse := newKeyedButton(w, L("Refuse"), nil, func() { s.close() })
	allow := newKeyedButton(w, L("Allow"), nil, func() {
		answer(true)
		s.close()
	})
	allow.Importance = widget.HighImportance
	s = w.openSheet(L("Let this phone in?"), 400, words, func() { answer(false) }, refuse, allow)
	return s
}
