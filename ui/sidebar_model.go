package ui

import (
	"net/url"
	"path/filepath"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"handlens/ui/kit"
)

// modelChooser is the sidebar's part about the detector: what runs, which of those installed is to
// run, and on what. It belongs to the UI goroutine.
type modelChooser struct {
	object   fyne.CanvasObject
	w        *Window
	model    *kit.Select
	provider *kit.Select
	more     *kit.Button
	names    []string // of the models, as the choice lists them
}

func newModelChooser(w *Window) *modelChooser {
	c := &modelChooser{w: w}
	c.model = kit.NewSelect(func(string) {
		if i := c.model.SelectedIndex(); i >= 0 && i < len(c.names) {
			w.change(func(s *Settings) { s.Model = c.names[i] })
		}
	})
	c.model.PlaceHolder = kit.L("Choose a detector")
	c.provider = kit.NewSelect(func(string) {
		if i := c.provider.SelectedIndex(); i >= 0 && i < len(w.model.model.Providers) {
			w.change(func(s *Settings) { s.Provider = w.model.model.Providers[i] })
		}
	})
	c.more = kit.NewButton(kit.L("More detectors…"), nil, w.showModel)
	c.more.Importance = widget.LowImportance
	row := container.NewBorder(nil, nil,
		kit.MinWidth(76, widget.NewLabel(kit.L("Runs on"))), nil, c.provider)
	c.object = container.NewVBox(c.model, w.model.newView(viewState), row, c.more)
	return c
}

// settingsChanged shows what is set and what can be chosen.
func (c *modelChooser) settingsChanged() {
	c.showModels()
	c.showMore()
	c.showProviders()
}

// showModels shows which models are installed, and the one that is set.
func (c *modelChooser) showModels() {
	p := c.w.model
	var titles []string
	c.names = nil
	for _, m := range p.choices {
		if m.Installed {
			c.names = append(c.names, m.Name)
			titles = append(titles, kit.Printable(titleOf(m.Offer), kit.MaxName))
		}
	}
	if !slices.Equal(c.model.Options, titles) {
		c.model.Options = titles
		c.model.Refresh()
	}
	kit.SetVisible(c.model, len(titles) > 0)
	now := c.w.settings.Model
	if now == "" || p.model.State == Ready && p.model.Err != nil {
		now = p.model.Name // used instead while the chosen one cannot be
	}
	title := ""
	if i := slices.Index(c.names, now); i >= 0 {
		title = titles[i]
	} else if p.model.State == Ready { // a file that the command line named
		title = kit.Printable(p.model.Name, kit.MaxName)
	}
	showSelected(c.model, title)
}

// showMore makes the button more urgent the more another model is needed.
func (c *modelChooser) showMore() {
	p := c.w.model
	text, importance := kit.L("More detectors…"), widget.LowImportance
	switch {
	case len(c.names) == 0 && p.model.State != Ready:
		text, importance = kit.L("Get a detector…"), widget.HighImportance
	case p.model.State == Ready && p.model.BuiltIn && len(p.offered()) > 0:
		text, importance = kit.L("Get a better detector…"), widget.MediumImportance
	}
	if c.more.Text != text {
		c.more.Importance = importance
		c.more.SetText(text)
	}
}

// showProviders shows what can run the model, and the one that is set.
func (c *modelChooser) showProviders() {
	var providers []string
	for _, name := range c.w.model.model.Providers {
		providers = append(providers, providerText(name))
	}
	if !slices.Equal(c.provider.Options, providers) {
		c.provider.Options = providers
		c.provider.Refresh()
	}
	set := c.w.settings.Provider
	if set == "" {
		set = "auto"
	}
	showSelected(c.provider, providerText(set))
	if len(providers) == 0 {
		c.provider.Disable()
	} else {
		c.provider.Enable()
	}
}

// providerText is what runs a detector, as people write it.
func providerText(name string) string {
	switch name {
	case "auto":
		return kit.L("Automatic")
	case "cpu":
		return "CPU"
	case "webgpu":
		return "WebGPU"
	case "cuda":
		return "CUDA"
	case "tensorrt":
		return "TensorRT"
	case "coreml":
		return "Core ML"
	case "directml":
		return "DirectML"
	case "openvino":
		return "OpenVINO"
	}
	if u, err := url.Parse(name); err == nil && u.Host != "" {
		name = u.Host + u.Path
	}
	return kit.Printable(name, kit.MaxLabel)
}

// dropped adds the model files that were dropped on the window.
func (w *Window) dropped(_ fyne.Position, files []fyne.URI) {
	for _, f := range files {
		w.addModel(f.Path())
	}
}

// addModel copies a model file into the store and chooses it. What is no model is refused by the
// same checker that all models go through, which says what the file is.
func (w *Window) addModel(path string) {
	path = strings.TrimSpace(path)
	if path == "" || w.cfg.AddModel == nil {
		return
	}
	file := kit.Printable(filepath.Base(path), kit.MaxName)
	w.tasks.Once("add "+path, func() {
		name, err := w.cfg.AddModel(path)
		w.queue.Post(w.tasks.Key("added"), func() {
			if err != nil {
				w.toasts.add(kit.Notice{
					Kind: kit.Failure,
					Text: kit.L("{{.File}} was not added: {{.Why}}",
						map[string]any{
							"File": file,
							"Why":  whyWords(err),
						}),
				})
				return
			}
			w.change(func(s *Settings) { s.Model = name })
			w.model.list()
			w.toasts.add(kit.Notice{
				Kind: kit.Success,
				Text: kit.L("{{.Name}} was added and is the detector now",
					map[string]any{"Name": kit.Printable(name, kit.MaxName)}),
			})
		})
	})
}
