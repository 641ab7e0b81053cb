package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"handlens/media/record"
)

// galleryHead is the bar above the pictures: the way back, which kinds, and what can be done with
// the chosen one.
type galleryHead struct {
	g       *gallery
	sums    *note
	filters []*keyedButton // in the order of galleryFilter
	doing   []*toolButton
	open    *toolButton
	object  fyne.CanvasObject
}

func newGalleryHead(g *gallery) *galleryHead {
	w := g.w
	h := &galleryHead{g: g, sums: newNote("")}
	back := newToolButton(w, hintOf(L("Back"), "Esc"), theme.NavigateBackIcon(), w.hideGallery)
	back.Importance = widget.LowImportance
	title := widget.NewLabelWithStyle(L("Gallery"), fyne.TextAlignLeading,
		fyne.TextStyle{Bold: true})
	title.SizeName = theme.SizeNameSubHeadingText
	h.sums.object.Wrapping, h.sums.object.Truncation = fyne.TextWrapOff, fyne.TextTruncateEllipsis
	kinds := container.NewHBox()
	for f, text := range []string{L("All"), L("Pictures"), L("Films")} {
		b := newKeyedButton(w, text, nil, func() { g.sift(galleryFilter(f)) })
		h.filters = append(h.filters, b)
		kinds.Add(b)
	}
	can := container.NewHBox()
	do := func(text, key string, icon fyne.Resource, f func()) *toolButton {
		b := newToolButton(w, hintOf(text, key), icon, f)
		b.Importance = widget.LowImportance
		h.doing = append(h.doing, b)
		can.Add(b)
		return b
	}
	h.open = do(L("Open"), L("Enter"), theme.MediaPlayIcon(), g.open)
	do(L("Show in the folder"), "", theme.FolderOpenIcon(), g.find)
	do(L("Rename"), "F2", theme.DocumentCreateIcon(), g.rename)
	do(L("Delete"), L("Del"), theme.DeleteIcon(), g.remove)
	bar := container.NewBorder(nil, nil, container.NewHBox(back, title, container.NewCenter(kinds)),
		can, container.NewVBox(layout.NewSpacer(), h.sums.object, layout.NewSpacer()))
	h.object = container.NewVBox(container.New(layout.NewCustomPaddedLayout(6, 6, 8, 8), bar),
		widget.NewSeparator())
	return h
}

// set brings the bar in line with what is shown and chosen.
func (h *galleryHead) set() {
	g := h.g
	var bytes int64
	for _, i := range g.shown {
		bytes += i.Bytes
	}
	text := ""
	if n := len(g.shown); n > 0 {
		text = L("{{.Count}} items, {{.Size}}",
			map[string]any{"Count": n, "Size": bytesText(bytes)})
	}
	h.sums.set(text, theme.ColorNamePlaceHolder)
	for f, b := range h.filters {
		importance := widget.LowImportance
		if galleryFilter(f) == g.filter {
			importance = widget.MediumImportance
		}
		if b.Importance != importance {
			b.Importance = importance
			b.Refresh()
		}
	}
	item, chosen := g.choice()
	icon := theme.MediaPlayIcon()
	if chosen && item.Kind == record.KindPicture {
		icon = theme.VisibilityIcon()
	}
	h.open.look(icon, h.open.Importance)
	for _, b := range h.doing {
		if chosen {
			b.Enable()
		} else {
			b.Disable()
		}
	}
}
