package ui

import (
	"path/filepath"

	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"handlens/ui/gallery"
	"handlens/ui/kit"
)

// modelOffer is the question whether a model file that was opened with the program is to be the
// detector. It belongs to the UI goroutine.
type modelOffer struct {
	w     *Window
	path  string
	modal *kit.Modal
	said  *kit.StatusLine
	add   *kit.Button
}

// OfferModel asks whether the model in that file is to be the detector, and says what it is. The
// newest question replaces one that stands. Any goroutine may call it.
func (w *Window) OfferModel(path string) {
	w.queue.Post("offer model", func() {
		if w.cfg.AddModel == nil || w.cfg.CheckModel == nil {
			return
		}
		if w.offer != nil {
			w.offer.modal.Close()
		}
		w.offer = newModelOffer(w, path)
	})
}

const modelOfferWidth = 440

func newModelOffer(w *Window, path string) *modelOffer {
	o := &modelOffer{w: w, path: path, said: kit.NewStatusLine()}
	folder := kit.NewNote("")
	folder.Set(kit.Printable(filepath.Dir(path), kit.MaxReason), theme.ColorNamePlaceHolder)
	o.add = kit.NewButton(kit.L("Add and use"), theme.ContentAddIcon(), func() {
		o.modal.Close()
		w.addModel(path)
	})
	o.add.Importance = widget.HighImportance
	o.add.Disable()
	cancel := kit.NewButton(kit.L("Cancel"), nil, func() { o.modal.Close() })
	o.said.Set(kit.L("Looking at the file…"), theme.ColorNamePlaceHolder)
	o.said.SetDetail("", theme.ColorNamePlaceHolder)
	name := kit.Heading(kit.Printable(filepath.Base(path), kit.MaxName),
		theme.SizeNameSubHeadingText)
	o.modal = w.modals.Show(kit.L("Add this model?"), modelOfferWidth,
		container.NewVBox(name, folder.Object, o.said.Object),
		func() {
			if w.offer == o {
				w.offer = nil
			}
		}, cancel, o.add)
	w.tasks.Go(func() {
		m, err := w.cfg.CheckModel(path)
		w.queue.Post(w.tasks.Key("checked"), func() { o.say(m, err) })
	})
	return o
}

// say says what the file is, and lets it be added when it can be used.
func (o *modelOffer) say(m Model, err error) {
	if o.w.offer != o {
		return // it was answered before
	}
	switch {
	case err != nil:
		o.said.Set(kit.L("This file cannot be used"), theme.ColorNameError)
		o.said.SetDetail(whyWords(err), theme.ColorNamePlaceHolder)
	case len(m.Warnings) > 0:
		o.said.Set(kit.Printable(m.Family, kit.MaxLabel), theme.ColorNameWarning)
		o.said.SetDetail(findsWords(m.Labels)+" "+doubtWords(m.Warnings),
			theme.ColorNamePlaceHolder)
	default:
		o.said.Set(kit.Printable(m.Family, kit.MaxLabel), theme.ColorNameSuccess)
		o.said.SetDetail(findsWords(m.Labels), theme.ColorNamePlaceHolder)
	}
	if err == nil {
		o.add.Enable()
		o.w.win.Canvas().Focus(o.add)
	}
	o.modal.Refresh()
}

// Crashed tells that an earlier run crashed, and shows its report on wish. Any goroutine may call
// it.
func (w *Window) Crashed(report string) {
	w.Notice(kit.Notice{
		Kind: kit.Warning,
		Text: kit.L("Handlens crashed the last time. What tells why is in a file on this " +
			"computer; nothing was sent anywhere."),
		ActionLabel: kit.L("Show the file"),
		Action: func() {
			if gallery.Reveal(w.tasks.Context(), report) != nil {
				w.openFile(report)
			}
		},
	})
}
