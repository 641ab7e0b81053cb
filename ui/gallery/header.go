package gallery

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"handlens/ui/kit"
)

// header is the bar above the pictures: the way back, which kinds, and what can be done with
// the chosen one.
type header struct {
	g       *Gallery
	summary *kit.Note
	filters []*kit.Button // in the order of kindFilter
	actions []*kit.ToolButton
	open    *kit.ToolButton
	report  *kit.ToolButton
	object  fyne.CanvasObject
}

func newHeader(g *Gallery) *header {
	h := &header{g: g, summary: kit.NewNote("")}
	back := kit.NewToolButton(g.cfg.Hints, kit.HintOf(kit.L("Back"), "Esc"),
		theme.NavigateBackIcon(), g.cfg.Leave)
	back.Importance = widget.LowImportance
	title := widget.NewLabelWithStyle(kit.L("Gallery"), fyne.TextAlignLeading,
		fyne.TextStyle{Bold: true})
	title.SizeName = theme.SizeNameSubHeadingText
	h.summary.Object.Wrapping, h.summary.Object.Truncation = fyne.TextWrapOff,
		fyne.TextTruncateEllipsis
	kinds := container.New(layout.NewCustomPaddedHBoxLayout(0))
	for f, text := range []string{
		kit.L("All"), kit.L("Pictures"), kit.L("Recordings"),
		kit.L("Rules"),
	} {
		b := kit.NewButton(text, nil, func() { g.setFilter(kindFilter(f)) })
		h.filters = append(h.filters, b)
		kinds.Add(b)
	}
	can := container.New(layout.NewCustomPaddedHBoxLayout(0))
	do := func(text, key string, icon fyne.Resource, f func()) *kit.ToolButton {
		b := kit.NewToolButton(g.cfg.Hints, kit.HintOf(text, key), icon, f)
		b.Importance = widget.LowImportance
		h.actions = append(h.actions, b)
		can.Add(b)
		return b
	}
	h.open = do(kit.L("Open"), kit.L("Enter"), theme.MediaPlayIcon(), g.open)
	do(kit.L("Show in the folder"), "", theme.FolderOpenIcon(), g.showInFolder)
	h.report = do(kit.L("What happened"), "", theme.DocumentIcon(), g.report)
	do(kit.L("Rename"), "F2", theme.DocumentCreateIcon(), g.rename)
	do(kit.L("Delete"), kit.L("Del"), theme.DeleteIcon(), g.delete)
	bar := container.NewBorder(nil, nil, container.NewHBox(back, title, container.NewCenter(kinds)),
		can, container.NewVBox(layout.NewSpacer(), h.summary.Object, layout.NewSpacer()))
	h.object = container.NewVBox(container.New(layout.NewCustomPaddedLayout(6, 6, 8, 8), bar),
		widget.NewSeparator())
	return h
}

// update brings the bar in line with what is shown and chosen.
func (h *header) update() {
	g := h.g
	var bytes int64
	for _, i := range g.shown {
		bytes += i.Bytes
	}
	text := ""
	if n := len(g.shown); n > 0 {
		text = kit.N("One item, {{.Size}}", "{{.Count}} items, {{.Size}}", n,
			map[string]any{"Size": kit.Bytes(bytes)})
	}
	h.summary.Set(text, theme.ColorNamePlaceHolder)
	for f, b := range h.filters {
		importance := widget.LowImportance
		if kindFilter(f) == g.filter {
			importance = widget.MediumImportance
		}
		if b.Importance != importance {
			b.Importance = importance
			b.Refresh()
		}
	}
	item, chosen := g.chosenItem()
	icon := theme.MediaPlayIcon()
	if chosen && item.Kind == KindPicture {
		icon = theme.VisibilityIcon()
	}
	h.open.SetStyle(icon, h.open.Importance)
	for _, b := range h.actions {
		if chosen && (b != h.report || item.hasData()) {
			b.Enable()
		} else {
			b.Disable()
		}
	}
}
