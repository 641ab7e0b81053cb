package gallery

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"handlens/ui/kit"
)

// message fills the middle with a drawing, a sentence and more words.
func message(drawing fyne.CanvasObject, title, text string,
	more ...fyne.CanvasObject,
) fyne.CanvasObject {
	head := widget.NewLabelWithStyle(title, fyne.TextAlignCenter, fyne.TextStyle{Bold: true})
	head.SizeName = theme.SizeNameSubHeadingText
	head.Wrapping = fyne.TextWrapWord
	words := kit.NewNote("")
	words.Segment.Style.Alignment = fyne.TextAlignCenter
	words.Set(text, theme.ColorNamePlaceHolder)
	column := container.NewVBox(container.NewCenter(drawing), head, words.Object)
	for _, o := range more {
		column.Add(container.NewCenter(o))
	}
	return container.NewCenter(kit.MinWidth(380, column))
}

func loadingMessage() fyne.CanvasObject {
	words := kit.NewNote(kit.L("Looking for what was taken…"))
	words.Object.Wrapping = fyne.TextWrapOff
	return container.NewCenter(words.Object)
}

func errorMessage(g *Gallery) fyne.CanvasObject {
	icon := widget.NewIcon(theme.NewErrorThemedResource(theme.WarningIcon()))
	again := kit.NewButton(kit.L("Try again"), theme.ViewRefreshIcon(), func() {
		g.cfg.Tasks.Go(g.reload)
	})
	return message(container.NewGridWrap(fyne.NewSquareSize(56), icon),
		kit.L("What was taken cannot be shown"), g.problem, again)
}

func emptyMessage(g *Gallery) fyne.CanvasObject {
	if len(g.items) > 0 {
		text, more := kit.L("There are no recordings yet."), ""
		switch g.filter {
		case picturesOnly:
			text = kit.L("There are no pictures yet.")
		case rulesOnly:
			text = kit.L("No rule has taken anything yet.")
			more = kit.L("Pictures and videos that a rule takes are shown here.")
		}
		return message(emptyDrawing(), text, more,
			kit.NewButton(kit.L("Show all"), nil, func() { g.setFilter(allKinds) }))
	}
	key := func(name, does string) fyne.CanvasObject {
		cap := kit.NewBackground(theme.ColorNameInputBackground, 6)
		letter := widget.NewLabelWithStyle(name, fyne.TextAlignCenter, fyne.TextStyle{Bold: true})
		return container.NewHBox(container.NewGridWrap(fyne.NewSize(34, 32),
			container.NewStack(cap, container.NewCenter(letter))), widget.NewLabel(does))
	}
	keys := container.NewVBox(
		key("S", kit.L("saves a screenshot")), key("R", kit.L("begins and ends a recording")),
		key("L", kit.L("saves the last half minute as a recording")))
	return message(emptyDrawing(), kit.L("Nothing here yet"),
		kit.L("While a phone shows its picture:"), keys)
}

// emptyDrawing is a small pile of pictures, the front one with a sun over hills.
func emptyDrawing() fyne.CanvasObject {
	paper := func(name fyne.ThemeColorName) fyne.CanvasObject { return kit.NewBackground(name, 12) }
	at := func(o fyne.CanvasObject, x, y, w, h float32) fyne.CanvasObject {
		kit.SetBounds(o, x, y, w, h)
		return o
	}
	view := widget.NewIcon(theme.NewThemedResource(fyne.NewStaticResource("galleryview.svg", []byte(
		`<svg xmlns="http://www.w3.org/2000/svg" width="120" height="72" viewBox="0 0 120 72">`+
			`<circle cx="92" cy="18" r="9"/><path d="M4 66 38 24 62 52 78 36 116 66z"/></svg>`))))
	sun := container.NewStack(view)
	pile := container.NewWithoutLayout(
		at(paper(theme.ColorNameSeparator), 34, 0, 132, 84),
		at(paper(theme.ColorNameInputBorder), 18, 13, 164, 96),
		at(paper(kit.ColorBadge), 0, 28, 200, 112),
		at(sun, 40, 48, 120, 72),
	)
	size := canvas.NewRectangle(nil)
	size.SetMinSize(fyne.NewSize(200, 150))
	return container.New(layout.NewCustomPaddedLayout(0, 10, 0, 0), container.NewStack(size, pile))
}
