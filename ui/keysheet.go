package ui

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// keyGroup is what some keys do.
type keyGroup struct {
	title string
	keys  [][2]string
}

// keyGroups is what the keys do, as the sheet shows it.
func keyGroups() []keyGroup {
	return []keyGroup{
		{L("Record and keep"), [][2]string{
			{"R", L("Record, and stop")},
			{"L", L("Save the last half minute as a film")},
			{"S", L("Save a screenshot")},
			{L("Shift+S"), L("Ten screenshots in a second")},
			{"D", L("Picture with labels for training")},
			{"G", L("What was taken")},
		}},
		{L("Detect and count"), [][2]string{
			{"+ −", L("Detect with more confidence, or less")},
			{"/", L("Search a class")},
			{"I", L("Draw a line")},
			{"Z", L("Draw a zone")},
			{"0", L("Count anew")},
		}},
		{L("Look"), [][2]string{
			{L("Space"), L("Hold the picture, and go on")},
			{L("Arrows"), L("Back and forth in the held picture")},
			{L("Enter"), L("Enlarge the phone that has the focus")},
			{"F", L("Fill the screen, and back")},
			{"H", L("More figures, or none")},
			{"B", L("The sidebar")},
		}},
		{L("Phone"), [][2]string{
			{"C", L("Other camera")},
			{"T", L("Torch")},
			{"[ ]", L("Zoom out, zoom in")},
			{"P", L("Pair another phone")},
		}},
		{L("Window"), [][2]string{
			{L("Tab"), L("To the next button")},
			{L("Esc"), L("Back")},
			{"?", L("This sheet")},
			{L("Ctrl+Q"), L("Quit")},
		}},
	}
}

// The sheet's size when the window has room for it, and what is left free around it when not.
const (
	keySheetWidth, keySheetHeight = 760, 520
	keyColumn                     = 74
	sheetMargin                   = 60
	sheetChrome                   = 190 // title, buttons and insets
)

// showKeys shows what the keys do, and lets the user choose between light and dark and the
// language.
func (w *Window) showKeys() {
	if w.keySheet != nil {
		return
	}
	window := w.win.Canvas().Size()
	width := min(keySheetWidth, window.Width-sheetMargin)
	columns := []*fyne.Container{container.NewVBox(), container.NewVBox()}
	for i, g := range keyGroups() {
		columns[i%2].Add(keyRows(g))
	}
	columns[1].Add(w.looks())
	grid := container.NewGridWithColumns(2, columns[0], columns[1])
	if width <= 600 {
		grid = container.NewVBox(columns[0], columns[1])
	}
	scroll := container.NewVScroll(container.New(layout.NewCustomPaddedLayout(0, 0, 0, 12), grid))
	scroll.SetMinSize(fyne.NewSize(width,
		min(keySheetHeight, grid.MinSize().Height, window.Height-sheetChrome)))
	about := newNote("")
	about.set("Handlens "+w.cfg.Version, theme.ColorNamePlaceHolder)
	done := newKeyedButton(w, L("Close"), nil, func() { w.keySheet.close() })
	w.keySheet = w.openSheet(L("Keys and looks"), 0,
		container.NewBorder(nil, about.object, nil, nil, scroll),
		func() { w.keySheet = nil }, done)
	w.win.Canvas().Focus(done)
}

func keyRows(g keyGroup) fyne.CanvasObject {
	rows := container.New(layout.NewCustomPaddedVBoxLayout(-9))
	rows.Add(widget.NewLabelWithStyle(g.title, fyne.TextAlignLeading, fyne.TextStyle{Bold: true}))
	for _, k := range g.keys {
		name := widget.NewLabelWithStyle(k[0], fyne.TextAlignLeading, fyne.TextStyle{Bold: true})
		name.Importance = widget.HighImportance
		words := widget.NewLabel(k[1])
		words.Wrapping = fyne.TextWrapWord
		rows.Add(container.NewBorder(nil, nil, container.New(&minWidth{keyColumn}, name), nil,
			words))
	}
	return rows
}

// looks are the choices of light or dark, and of the language.
func (w *Window) looks() fyne.CanvasObject {
	names := []string{L("Like the desktop"), L("Light"), L("Dark")}
	all := []look{lookAuto, lookLight, lookDark}
	choice := newKeyedSelect(w, func(name string) {
		if i := slices.Index(names, name); i >= 0 {
			w.change(func(s *Settings) { s.Look = string(all[i]) })
		}
	})
	choice.Options = names
	choice.Selected = names[max(0, slices.Index(all, look(w.settings.Look)))]
	rows := container.NewVBox(
		widget.NewLabelWithStyle(L("Looks"), fyne.TextAlignLeading, fyne.TextStyle{Bold: true}),
		container.NewBorder(nil, nil,
			container.New(&minWidth{keyColumn + 20}, widget.NewLabel(L("Colours"))), nil, choice),
	)
	if len(w.cfg.Languages) == 0 {
		return rows
	}
	codes := append([]string{""}, w.cfg.Languages...)
	titles := []string{L("Like the system")}
	for _, c := range w.cfg.Languages {
		titles = append(titles, languageName(c))
	}
	later := newNote("")
	later.set("", theme.ColorNamePlaceHolder)
	language := newKeyedSelect(w, func(name string) {
		if i := slices.Index(titles, name); i >= 0 {
			w.change(func(s *Settings) { s.Language = codes[i] })
			later.set(L("Counts from the next start."), theme.ColorNamePlaceHolder)
		}
	})
	language.Options = titles
	language.Selected = titles[max(0, slices.Index(codes, w.settings.Language))]
	rows.Add(container.NewBorder(nil, nil,
		container.New(&minWidth{keyColumn + 20}, widget.NewLabel(L("Language"))), nil, language))
	rows.Add(later.object)
	return rows
}

// languageName is a language's own name for itself.
func languageName(code string) string {
	names := map[string]string{
		"en": "English", "de": "Deutsch", "es": "Español", "fr": "Français", "zh": "中文",
		"ja": "日本語",
		"pt": "Português", "it": "Italiano", "ko": "한국어", "nl": "Nederlands", "pl": "Polski",
		"ru": "Русский",
	}
	if n, ok := names[code]; ok {
		return n
	}
	return code
}
