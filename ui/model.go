package ui

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"handlens/ui/kit"
)

// modelPanel keeps the detector's state and the current download, and updates its views. It belongs
// to the UI goroutine.
type modelPanel struct {
	w       *Window
	model   Model
	known   bool
	choices []ModelChoice // what Config.Models says; those of the model's Offers until then
	views   []*modelView
	changed func() // also called at each change

	getting string // the offer that is being downloaded; "" for none
	cancel  context.CancelFunc
	done    int64
	total   int64
	problem string // why the last download failed
}

// modelViewKind says where a view of the panel stands, and so how much of it.
type modelViewKind int

const (
	// beside the code: on a card, with offers while nothing or only the built-in one detects
	viewCard  modelViewKind = iota
	viewState               // in the sidebar: the state alone
	viewModal               // in its modal: with all models that can be downloaded
)

// modelView is the panel's state, with what can be downloaded below it.
type modelView struct {
	kind    modelViewKind
	object  fyne.CanvasObject
	state   *kit.StatusLine
	offers  *fyne.Container
	bar     *widget.ProgressBar
	stop    *kit.Button
	getting *fyne.Container
	offered string // what the offers show, so that they are not rebuilt at each progress report
}

func newModelPanel(w *Window) *modelPanel { return &modelPanel{w: w, changed: func() {}} }

// newView makes one more view.
func (p *modelPanel) newView(kind modelViewKind) fyne.CanvasObject {
	v := &modelView{
		kind: kind, state: kit.NewStatusLine(), offers: container.NewVBox(),
		bar: widget.NewProgressBar(),
	}
	v.stop = kit.NewButton(kit.L("Cancel"), theme.CancelIcon(), func() {
		if p.cancel != nil {
			p.cancel()
		}
	})
	v.stop.Importance = widget.LowImportance
	v.state.Label.TextStyle.Bold = kind != viewState
	v.getting = container.NewBorder(nil, nil, nil, v.stop, container.New(layoutMiddle{}, v.bar))
	v.object = container.NewVBox(v.state.Object, v.offers, v.getting)
	if kind == viewCard {
		v.object = kit.Card(v.object)
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
	p.list()
}

// list asks again what is installed and what can be downloaded.
func (p *modelPanel) list() {
	w := p.w
	if w.cfg.Models == nil {
		p.choices = nil
		for _, o := range p.model.Offers {
			p.choices = append(p.choices, ModelChoice{Offer: o})
		}
		p.refresh()
		return
	}
	w.tasks.Once("list models", func() {
		all := w.cfg.Models()
		w.queue.Post("models", func() {
			if !slices.Equal(all, p.choices) {
				p.choices = all
				p.refresh()
			}
		})
	})
}

func (p *modelPanel) refresh() {
	for _, v := range p.views {
		p.fill(v)
	}
	p.changed()
}

// text is the state in one line, its colour, and a line below it.
func (p *modelPanel) text() (text string, c fyne.ThemeColorName, below string) {
	m := p.model
	name := kit.Printable(m.Name, kit.MaxName)
	below = kit.Printable(modelWords(m), kit.MaxReason)
	switch {
	case p.getting != "":
		return kit.L("Getting {{.Name}}",
				map[string]any{"Name": kit.Printable(p.getting, kit.MaxName)}),
			theme.ColorNamePrimary, ""
	case !p.known:
		return kit.L("No detector yet"), theme.ColorNamePlaceHolder, ""
	case m.State == Loading:
		return kit.L("Loading {{.Name}}", map[string]any{"Name": name}), theme.ColorNamePrimary, ""
	case m.State == Failed:
		return kit.L("The detector does not work"), theme.ColorNameError, below
	case m.BuiltIn:
		name = kit.L("Built-in detector")
	}
	switch {
	case below != "":
		return name, theme.ColorNameWarning, below
	case len(m.Warnings) > 0:
		return name, theme.ColorNameWarning, kit.L("What it shows may be wrong.")
	case m.BuiltIn:
		return name, theme.ColorNameSuccess, findsWords(m.Labels)
	}
	return name, theme.ColorNameSuccess,
		kit.JoinDots(kit.Printable(m.Family, kit.MaxLabel), kit.Printable(m.Provider, kit.MaxLabel),
			kit.Printable(m.License, kit.MaxLabel))
}

// reasons are why the detector is in doubt and why it runs where it runs, each in a line. They have
// no words but English ones, as all that comes from a model; the terminal and the events have them
// as well.
func (p *modelPanel) reasons() string {
	var lines strings.Builder
	for _, w := range append(slices.Clip(p.model.Warnings), p.model.Why) {
		if w != "" {
			lines.WriteString("\n" + kit.Printable(w, 2*kit.MaxReason))
		}
	}
	return lines.String()
}

// doubtWords says what does not match in a detector. What it is in particular has no words but
// English ones, as all that comes from a model.
func doubtWords(warnings []string) string {
	return kit.L("What it shows may be wrong.") + " " +
		kit.Printable(strings.Join(warnings, "; "), 2*kit.MaxReason)
}

// knownNamed is how many classes of a detector are named; the rest are only counted.
const knownNamed = 8

// findsWords is what a detector finds, by the names of its classes.
func findsWords(labels []string) string {
	names := labels[:min(len(labels), knownNamed)]
	values := map[string]any{"Names": kit.Printable(strings.Join(names, ", "), kit.MaxReason)}
	if more := len(labels) - len(names); more > 0 {
		return kit.N("Finds {{.Names}} and one more.", "Finds {{.Names}} and {{.Count}} more.",
			more, values)
	}
	return kit.L("Finds {{.Names}}.", values)
}

// offered are the models that can be downloaded.
func (p *modelPanel) offered() []Offer {
	var offers []Offer
	for _, c := range p.choices {
		if !c.Installed {
			offers = append(offers, c.Offer)
		}
	}
	return offers
}

// fill brings a view up to date.
func (p *modelPanel) fill(v *modelView) {
	text, c, below := p.text()
	ink := theme.ColorNamePlaceHolder
	ready := p.known && p.model.State == Ready && p.getting == ""
	switch {
	case v.kind == viewState && ready && below != "":
		text, below = below, "" // the name stands in the choice above
	case p.problem != "" && p.getting == "":
		below, ink = p.problem, theme.ColorNameError
	case ready:
		below += p.more(v.kind)
	}
	v.state.Set(text, c)
	v.state.SetDetail(below, ink)
	kit.SetVisible(v.getting, p.getting != "")
	if p.getting != "" {
		v.sayProgress(p.done, p.total)
	}
	p.fillOffers(v)
}

// more is what a view of that kind adds while the detector is ready.
func (p *modelPanel) more(kind modelViewKind) string {
	better := p.model.BuiltIn && p.w.cfg.GetModel != nil && len(p.offered()) > 0
	switch {
	case kind == viewCard && better:
		return " " + kit.L("These find more, and more surely:")
	case kind == viewModal:
		return p.reasons()
	}
	return ""
}

// sayProgress shows how much of a download has come; total is 0 while unknown.
func (v *modelView) sayProgress(done, total int64) {
	v.bar.Max, v.bar.Value = 1, 0
	if total > 0 {
		v.bar.Value = min(1, float64(done)/float64(total))
	}
	v.bar.TextFormatter = func() string {
		if total > 0 {
			return kit.L("{{.Done}} of {{.Total}}",
				map[string]any{"Done": kit.Bytes(done), "Total": kit.Bytes(total)})
		}
		return kit.Bytes(done)
	}
	v.bar.Refresh()
}

// fillOffers lists the models to download in views that have room for them.
func (p *modelPanel) fillOffers(v *modelView) {
	var offers []Offer
	wanting := p.model.State == Failed || p.model.State == Ready && p.model.BuiltIn
	if p.getting == "" && p.w.cfg.GetModel != nil &&
		(v.kind == viewModal || v.kind == viewCard && p.known && wanting) {
		offers = p.offered()
	}
	importance := widget.HighImportance
	if p.model.State == Ready {
		importance = widget.MediumImportance // nothing needs to be done
	}
	if said := fmt.Sprint(offers, importance); v.offered != said {
		v.offered = said
		v.offers.RemoveAll()
		for _, o := range offers {
			v.offers.Add(p.offer(o, importance))
		}
	}
}

// titleOf is what is shown of a model.
func titleOf(o Offer) string {
	if o.Title == "" {
		return o.Name
	}
	return o.Title
}

// offer is one model that can be downloaded: what it is, and the button that does it.
func (p *modelPanel) offer(o Offer, importance widget.Importance) fyne.CanvasObject {
	details := kit.NewNote("")
	details.Set(kit.JoinDots(
		kit.FormatIf(o.MAP > 0, "%.1f mAP", o.MAP),
		kit.FormatIf(o.Size > 0, "%s", kit.Bytes(o.Size)),
		kit.Printable(o.License, kit.MaxLabel),
	), theme.ColorNamePlaceHolder)
	get := kit.NewButton(kit.L("Download"), theme.DownloadIcon(), func() { p.get(o.Name) })
	get.Importance = importance
	name := widget.NewLabelWithStyle(kit.Printable(titleOf(o), kit.MaxName), fyne.TextAlignLeading,
		fyne.TextStyle{Bold: true})
	name.Truncation = fyne.TextTruncateEllipsis
	return container.NewBorder(nil, nil, nil,
		container.NewVBox(layout.NewSpacer(), get, layout.NewSpacer()),
		container.New(layout.NewCustomPaddedVBoxLayout(-12), name, details.Object))
}

// get downloads an offer, one at a time.
func (p *modelPanel) get(name string) {
	if p.getting != "" {
		return
	}
	w := p.w
	ctx, cancel := context.WithCancel(w.tasks.Context())
	p.getting, p.cancel, p.done, p.total, p.problem = name, cancel, 0, 0, ""
	p.refresh()
	w.tasks.Go(func() {
		defer cancel()
		err := w.cfg.GetModel(ctx, name, func(done, total int64) {
			w.queue.Post("download", func() {
				if p.getting == name {
					p.done, p.total = done, total
					p.refresh()
				}
			})
		})
		w.queue.Post("downloaded", func() {
			p.getting, p.cancel = "", nil
			switch {
			case err == nil:
				w.change(func(s *Settings) { s.Model = name })
				p.list()
				w.toasts.add(kit.Notice{
					Kind: kit.Success,
					Text: kit.L("{{.Name}} is here",
						map[string]any{"Name": kit.Printable(name, kit.MaxName)}),
				})
			case !errors.Is(err, context.Canceled):
				p.problem = kit.L("{{.Name}} could not be downloaded: {{.Why}}",
					map[string]any{
						"Name": kit.Printable(name, kit.MaxName),
						"Why":  whyWords(err),
					})
			}
			p.refresh()
		})
	})
}
