package ui

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// modelPanel knows the detector's state and the download under way, and keeps its views up to date. It belongs to the UI goroutine.
type modelPanel struct {
	w       *Window
	model   Model
	known   bool
	views   []*modelView
	changed func() // also told of each change

	getting string // the offer that is being downloaded; "" for none
	cancel  context.CancelFunc
	done    int64
	total   int64
	problem string // why the last download failed
}

// modelView is the panel's state on a card, with what can be downloaded below it.
type modelView struct {
	object  fyne.CanvasObject
	state   *stateLine
	offers  *fyne.Container
	bar     *widget.ProgressBar
	stop    *keyedButton
	getting *fyne.Container
}

func newModelPanel(w *Window) *modelPanel { return &modelPanel{w: w, changed: func() {}} }

// newView makes one more view. A bare one has no card around it.
func (p *modelPanel) newView(bare bool) fyne.CanvasObject {
	v := &modelView{state: newStateLine(), offers: container.NewVBox(), bar: widget.NewProgressBar()}
	v.stop = newKeyedButton(p.w, "Cancel", theme.CancelIcon(), func() {
		if p.cancel != nil {
			p.cancel()
		}
	})
	v.stop.Importance = widget.LowImportance
	v.getting = container.NewBorder(nil, nil, nil, v.stop, container.NewVBox(layout.NewSpacer(), v.bar, layout.NewSpacer()))
	v.object = container.NewVBox(v.state.object, v.offers, v.getting)
	if !bare {
		v.object = card(v.object)
	}
	p.views = append(p.views, v)
	p.fill(v)
	return v.object
}

// forget drops a view that is not shown any more.
func (p *modelPanel) forget(view fyne.CanvasObject) {
	p.views = slices.DeleteFunc(p.views, func(v *modelView) bool { return v.object == view })
}

func (p *modelPanel) set(m Model) {
	p.model, p.known = m, true
	p.refresh()
}

func (p *modelPanel) refresh() {
	for _, v := range p.views {
		p.fill(v)
	}
	p.changed()
}

// words are the state in one line, its colour, and a line below it.
func (p *modelPanel) words() (text string, c fyne.ThemeColorName, below string) {
	m := p.model
	name := plain(m.Name, maxName)
	below = plain(m.Message, maxReason)
	switch {
	case p.getting != "":
		return "Getting " + plain(p.getting, maxName), theme.ColorNamePrimary, ""
	case !p.known:
		return "No detector yet", theme.ColorNamePlaceHolder, ""
	case m.State == Loading:
		return "Loading " + name, theme.ColorNamePrimary, ""
	case m.State == Ready:
		return name, theme.ColorNameSuccess, dotted(plain(m.Family, maxLabel), plain(m.Provider, maxLabel), plain(m.License, maxLabel))
	case m.State == Failed:
		return "The detector does not work", theme.ColorNameError, below
	}
	if below == "" {
		below = "Video is shown without boxes. Get one of these:"
	}
	return "No detector on this computer", theme.ColorNameWarning, below
}

func (p *modelPanel) fill(v *modelView) {
	text, c, below := p.words()
	ink := theme.ColorNamePlaceHolder
	if p.problem != "" && p.getting == "" && p.model.State != Ready {
		below, ink = p.problem, theme.ColorNameError
	}
	v.state.set(text, c)
	v.state.say(below, ink)
	show(v.getting, p.getting != "")
	if p.getting != "" {
		v.bar.Max, v.bar.Value = 1, 0
		done, total := p.done, p.total
		if total > 0 {
			v.bar.Value = min(1, float64(done)/float64(total))
		}
		v.bar.TextFormatter = func() string {
			if total > 0 {
				return bytesText(done) + " of " + bytesText(total)
			}
			return bytesText(done)
		}
		v.bar.Refresh()
	}
	v.offers.RemoveAll()
	if p.getting == "" && p.w.cfg.GetModel != nil && (p.model.State == Missing || p.model.State == Failed) {
		for _, o := range p.model.Offers {
			v.offers.Add(p.offer(o))
		}
	}
}

// offer is one model that can be had: what it is, and the button that gets it.
func (p *modelPanel) offer(o Offer) fyne.CanvasObject {
	title := o.Title
	if title == "" {
		title = o.Name
	}
	facts := newNote("")
	facts.set(dotted(
		figure(o.MAP > 0, "%.1f mAP", o.MAP),
		figure(o.Size > 0, "%s", bytesText(o.Size)),
		plain(o.License, maxLabel),
	), theme.ColorNamePlaceHolder)
	get := newKeyedButton(p.w, "Download", theme.DownloadIcon(), func() { p.get(o.Name) })
	get.Importance = widget.HighImportance
	name := widget.NewLabelWithStyle(plain(title, maxName), fyne.TextAlignLeading, fyne.TextStyle{Bold: true})
	name.Truncation = fyne.TextTruncateEllipsis
	return container.NewBorder(nil, nil, nil, container.NewVBox(layout.NewSpacer(), get, layout.NewSpacer()),
		container.New(layout.NewCustomPaddedVBoxLayout(-12), name, facts.object))
}

// get downloads an offer, one at a time.
func (p *modelPanel) get(name string) {
	if p.getting != "" {
		return
	}
	w := p.w
	ctx, cancel := context.WithCancel(w.ctx)
	p.getting, p.cancel, p.done, p.total, p.problem = name, cancel, 0, 0, ""
	p.refresh()
	w.background(func() {
		defer cancel()
		err := w.cfg.GetModel(ctx, name, func(done, total int64) {
			w.inbox.post("download", func() {
				if p.getting == name {
					p.done, p.total = done, total
					p.refresh()
				}
			})
		})
		w.inbox.post("downloaded", func() {
			p.getting, p.cancel = "", nil
			switch {
			case err == nil:
				w.toasts.add(Notice{Kind: Success, Text: plain(name, maxName) + " is here"})
			case !errors.Is(err, context.Canceled):
				p.problem = fmt.Sprintf("%s could not be downloaded: %s", plain(name, maxName), plain(err.Error(), maxReason))
			}
			p.refresh()
		})
	})
}
