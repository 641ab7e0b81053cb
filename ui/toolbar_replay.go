package ui

import (
	"context"
	"errors"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"handlens/ui/kit"
)

// askReplay asks how much of the past to save, and does not ask when there is no choice.
func (w *Window) askReplay() {
	if len(w.live.chosen()) == 0 {
		return
	}
	menu := fyne.NewMenu("")
	for _, d := range replays {
		if d <= w.settings.Replay {
			i := fyne.NewMenuItem(kit.L("The last {{.Time}}",
				map[string]any{"Time": spanChoice(d)}),
				func() { w.saveReplay(d) })
			i.Icon = iconReplay
			menu.Items = append(menu.Items, i)
		}
	}
	if len(menu.Items) == 1 {
		menu.Items[0].Action()
		return
	}
	at := w.live.bar.replay.button
	if w.live.bar.replay.folded {
		at = w.live.bar.more.button
	}
	w.popUp(menu, at)
}

// saveReplay saves the last so many seconds of each chosen phone, one replay at a time for each,
// and shows the progress.
func (w *Window) saveReplay(last time.Duration) {
	for _, s := range w.live.chosen() {
		id, name := s.id, s.tile.Name()
		w.tasks.Once("replay "+id, func() {
			ctx, cancel := context.WithCancel(w.tasks.Context())
			defer cancel()
			bar := &progressToast{}
			key := w.tasks.Key("replay " + id)
			w.queue.Post(key, func() {
				bar.open(w, kit.L("Saving the replay of {{.Name}}", map[string]any{"Name": name}),
					cancel)
			})
			path, err := s.phone.SaveReplay(ctx, last, func(done float64) {
				w.queue.Post(key+" progress", func() { bar.set(done) })
			})
			// The keys are the same, so what was posted before and still waits is dropped.
			w.queue.Post(key, func() {})
			w.queue.Post(key+" progress", func() {
				bar.close()
				switch {
				case errors.Is(err, context.Canceled):
				case err != nil:
					w.toasts.add(kit.Notice{
						Kind: kit.Failure,
						Text: kit.L("The replay was not saved: {{.Why}}",
							map[string]any{"Why": whyWords(err)}),
					})
				default:
					w.toasts.add(w.recordingNotice(path))
				}
			})
		})
	}
}

// progressToast is a notice with a bar. It stays until it is closed. It belongs to the UI
// goroutine.
type progressToast struct {
	w   *Window
	one *toast
	bar *widget.ProgressBar
}

func (p *progressToast) open(w *Window, text string, cancel func()) {
	p.w, p.bar = w, widget.NewProgressBar()
	words := widget.NewLabel(text)
	words.Truncation = fyne.TextTruncateEllipsis
	stop := kit.NewButton(kit.L("Cancel"), nil, cancel)
	body := container.NewVBox(words,
		container.NewBorder(nil, nil, nil, stop, container.New(layoutMiddle{}, p.bar)))
	p.one = w.toasts.addLasting(theme.ColorNamePrimary, body)
}

// set moves the bar; done goes from 0 to 1.
func (p *progressToast) set(done float64) {
	if p.bar != nil {
		p.bar.SetValue(min(max(done, 0), 1))
	}
}

// close removes it, if it was opened.
func (p *progressToast) close() {
	if p.one != nil {
		p.w.toasts.remove(p.one)
		p.one, p.bar = nil, nil
	}
}

// layoutMiddle gives its one object the width and sets it in the middle of the height.
type layoutMiddle struct{}

// MinSize is the object's.
func (layoutMiddle) MinSize(o []fyne.CanvasObject) fyne.Size { return o[0].MinSize() }

// Layout implements fyne.Layout.
func (layoutMiddle) Layout(o []fyne.CanvasObject, size fyne.Size) {
	h := o[0].MinSize().Height
	kit.SetBounds(o[0], 0, (size.Height-h)/2, size.Width, h)
}
