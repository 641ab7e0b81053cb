package ui

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"handlens/ui/kit"
)

// keyGroup is what some keys do.
type keyGroup struct {
	title string
	keys  [][2]string
}

// keyGroups is what the keys do, as the modal shows it.
func keyGroups() []keyGroup {
	return []keyGroup{
		{kit.L("Record and keep"), [][2]string{
			{"R", kit.L("Record, and stop")},
			{"L", kit.L("Save the last half minute as a recording")},
			{"S", kit.L("Save a screenshot")},
			{kit.L("Shift+S"), kit.L("Ten screenshots in a second")},
			{"D", kit.L("Picture with labels for training")},
			{"G", kit.L("What was taken")},
		}},
		{kit.L("Detect and count"), [][2]string{
			{"+ −", kit.L("Detect with more confidence, or less")},
			{"/", kit.L("Search a class")},
			{"I", kit.L("Draw a line")},
			{"Z", kit.L("Draw a zone")},
			{"0", kit.L("Reset the counts")},
		}},
		{kit.L("Look"), [][2]string{
			{kit.L("Space"), kit.L("Pause and resume the view")},
			{kit.L("Arrows"), kit.L("Step back and forth while paused")},
			{kit.L("Enter"), kit.L("Enlarge the phone that has the focus")},
			{"F", kit.L("Fill the screen, and back")},
			{"H", kit.L("More figures, or none")},
			{"B", kit.L("The sidebar")},
		}},
		{kit.L("Phone"), [][2]string{
			{"C", kit.L("Other camera")},
			{"T", kit.L("Torch")},
			{"[ ]", kit.L("Zoom out, zoom in")},
			{"V", kit.L("Work the camera")},
			{"P", kit.L("Pair another phone")},
			{"W", kit.L("Why does no phone come?")},
		}},
		{kit.L("Window"), [][2]string{
			{"O", kit.L("Show in a browser")},
			{kit.L("Tab"), kit.L("To the next button")},
			{kit.L("Esc"), kit.L("Back")},
			{"?", kit.L("This sheet")},
			{kit.L("Ctrl+Q"), kit.L("Quit")},
		}},
	}
}

// The modal's size where the window has room for it, and what is left free around it where not.
const (
	keysModalWidth, keysModalHeight = 760, 520
	keyColumn                       = 74
	modalMargin                     = 60
	modalChrome                     = 190 // title, buttons and insets
)

// showKeys shows what the keys do, and lets the user choose between light and dark and the
// language.
func (w *Window) showKeys() {
	if w.keysModal != nil {
		return
	}
	window := w.win.Canvas().Size()
	width := min(keysModalWidth, window.Width-modalMargin)
	columns := []*fyne.Container{container.NewVBox(), container.NewVBox()}
	for i, g := range keyGroups() {
		columns[i%2].Add(keyRows(g))
	}
	columns[1].Add(w.appearanceChoices())
	grid := container.NewGridWithColumns(2, columns[0], columns[1])
	if width <= 600 {
		grid = container.NewVBox(columns[0], columns[1])
	}
	scroll := container.NewVScroll(container.New(layout.NewCustomPaddedLayout(0, 0, 0, 12), grid))
	scroll.SetMinSize(fyne.NewSize(width,
		min(keysModalHeight, grid.MinSize().Height, window.Height-modalChrome)))
	about := kit.NewNote("")
	about.Set("Handlens "+w.cfg.Version, theme.ColorNamePlaceHolder)
	done := kit.NewButton(kit.L("Close"), nil, func() { w.keysModal.Close() })
	w.keysModal = w.modals.Show(kit.L("Keys and looks"), 0,
		container.NewBorder(nil, about.Object, nil, nil, scroll),
		func() { w.keysModal = nil }, done)
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
		rows.Add(container.NewBorder(nil, nil, kit.MinWidth(keyColumn, name), nil,
			words))
	}
	return rows
}

// appearanceChoices are the choices of light or dark, and of the language.
func (w *Window) appearanceChoices() fyne.CanvasObject {
	names := []string{kit.L("Like the desktop"), kit.L("Light"), kit.L("Dark")}
	all := []kit.Appearance{kit.AppearanceAuto, kit.AppearanceLight, kit.AppearanceDark}
	choice := kit.NewSelect(func(name string) {
		if i := slices.Index(names, name); i >= 0 {
			w.change(func(s *Settings) { s.Appearance = string(all[i]) })
		}
	})
	choice.Options = names
	choice.Selected = names[max(0, slices.Index(all, kit.Appearance(w.settings.Appearance)))]
	rows := container.NewVBox(
		widget.NewLabelWithStyle(kit.L("Looks"), fyne.TextAlignLeading, fyne.TextStyle{Bold: true}),
		container.NewBorder(nil, nil,
			kit.MinWidth(keyColumn+20, widget.NewLabel(kit.L("Colours"))), nil, choice),
	)
	if len(w.cfg.Languages) == 0 {
		return rows
	}
	codes := append([]string{""}, w.cfg.Languages...)
	titles := []string{kit.L("Like the system")}
	for _, c := range w.cfg.Languages {
		titles = append(titles, languageName(c))
	}
	later := kit.NewNote("")
	later.Set("", theme.ColorNamePlaceHolder)
	language := kit.NewSelect(func(name string) {
		if i := slices.Index(titles, name); i >= 0 {
			w.change(func(s *Settings) { s.Language = codes[i] })
			later.Set(kit.L("Counts from the next start."), theme.ColorNamePlaceHolder)
		}
	})
	language.Options = titles
	language.Selected = titles[max(0, slices.Index(codes, w.settings.Language))]
	rows.Add(container.NewBorder(nil, nil,
		kit.MinWidth(keyColumn+20, widget.NewLabel(kit.L("Language"))), nil, language))
	rows.Add(later.Object)
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
