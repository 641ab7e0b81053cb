package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// galleryWords fills the middle with a drawing, a sentence and more words.
func galleryWords(drawing fyne.CanvasObject, title, text string,
	more ...fyne.CanvasObject,
) fyne.CanvasObject {
	head := widget.NewLabelWithStyle(title, fyne.TextAlignCenter, fyne.TextStyle{Bold: true})
	head.SizeName = theme.SizeNameSubHeadingText
	head.Wrapping = fyne.TextWrapWord
	words := newNote("")
	words.seg.Style.Alignment = fyne.TextAlignCenter
	words.set(text, theme.ColorNamePlaceHolder)
	column := container.NewVBox(container.NewCenter(drawing), head, words.object)
	for _, o := range more {
		column.Add(container.NewCenter(o))
	}
	return container.NewCenter(container.New(&minWidth{380}, column))
}

func galleryWaiting() fyne.CanvasObject {
	words := newNote(L("Looking for what was taken…"))
	words.object.Wrapping = fyne.TextWrapOff
	return container.NewCenter(words.object)
}

func galleryProblem(g *gallery) fyne.CanvasObject {
	icon := widget.NewIcon(theme.NewErrorThemedResource(theme.WarningIcon()))
	again := newKeyedButton(g.w, L("Try again"), theme.ViewRefreshIcon(), func() {
		g.w.background(g.look)
	})
	return galleryWords(container.NewGridWrap(fyne.NewSquareSize(56), icon),
		L("What was taken cannot be shown"), g.problem, again)
}

func galleryEmpty(g *gallery) fyne.CanvasObject {
	if len(g.items) > 0 {
		text := L("There are no films yet.")
		if g.filter == picturesOnly {
			text = L("There are no pictures yet.")
		}
		return galleryWords(emptyDrawing(), text, "",
			newKeyedButton(g.w, L("Show all"), nil, func() { g.sift(allKinds) }))
	}
	key := func(name, does string) fyne.CanvasObject {
		cap := newGround(theme.ColorNameInputBackground, 6)
		letter := widget.NewLabelWithStyle(name, fyne.TextAlignCenter, fyne.TextStyle{Bold: true})
		return container.NewHBox(container.NewGridWrap(fyne.NewSize(34, 32),
			container.NewStack(cap, container.NewCenter(letter))), widget.NewLabel(does))
	}
	keys := container.NewVBox(
		key("S", L("saves a screenshot")), key("R", L("begins and ends a recording")),
		key("L", L("keeps the last half minute as a film")))
	return galleryWords(emptyDrawing(), L("Nothing here yet"),
		L("While a phone shows its picture:"), keys)
}

// emptyDrawing is a small pile of pictures: the hindmost is a film, the foremost a view with a sun
// over hills.
func emptyDrawing() fyne.CanvasObject {
	paper := func(name fyne.ThemeColorName) fyne.CanvasObject { return newGround(name, 12) }
	at := func(o fyne.CanvasObject, x, y, w, h float32) fyne.CanvasObject {
		move(o, x, y, w, h)
		return o
	}
	view := widget.NewIcon(theme.NewThemedResource(fyne.NewStaticResource("galleryview.svg", []byte(
		`<svg xmlns="http://www.w3.org/2000/svg" width="120" height="72" viewBox="0 0 120 72">`+
			`<circle cx="92" cy="18" r="9"/><path d="M4 66 38 24 62 52 78 36 116 66z"/></svg>`))))
	sun := container.NewStack(view)
	pile := container.NewWithoutLayout(
		at(paper(theme.ColorNameSeparator), 34, 0, 132, 84),
		at(paper(theme.ColorNameInputBorder), 18, 13, 164, 96),
		at(paper(colorBadge), 0, 28, 200, 112),
		at(sun, 40, 48, 120, 72),
	)
	size := canvas.NewRectangle(nil)
	size.SetMinSize(fyne.NewSize(200, 150))
	return container.New(layout.NewCustomPaddedLayout(0, 10, 0, 0), container.NewStack(size, pile))
}
