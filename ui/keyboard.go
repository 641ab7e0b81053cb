package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// keyMeanings is what the keys do, as the sheet shows it.
var keyMeanings = [...][2]string{
	{"S", "Save a screenshot, with boxes and without"},
	{"F", "Fill the screen, and back"},
	{"P", "Pair another phone"},
	{"H", "Hide the figures, or show them"},
	{"+ and -", "Detect with more confidence, or less"},
	{"Esc", "Back"},
	{"?", "This sheet"},
	{"Ctrl+Q", "Quit"},
}

func (w *Window) bindKeys() {
	c := w.win.Canvas()
	c.SetOnTypedKey(w.typed)
	c.SetOnTypedRune(w.letter)
	c.AddShortcut(&desktop.CustomShortcut{KeyName: fyne.KeyQ, Modifier: fyne.KeyModifierShortcutDefault},
		func(fyne.Shortcut) { w.close() })
}

// typed does what a key is for; it gets those that the focused widget has no use for.
func (w *Window) typed(ev *fyne.KeyEvent) {
	if ev.Name == fyne.KeyEscape {
		w.back()
		return
	}
	if len(w.sheets) > 0 {
		return
	}
	live := len(w.live.tiles) > 0
	switch {
	case ev.Name == fyne.KeyF:
		w.toggleFullScreen()
	case !live:
	case ev.Name == fyne.KeyS:
		w.snapshot()
	case ev.Name == fyne.KeyP:
		w.showPairing(!w.live.side.Visible())
	case ev.Name == fyne.KeyH:
		w.live.toggleHUD()
	}
}

// letter does what a typed character is for, wherever the keyboard has it.
func (w *Window) letter(r rune) {
	if r == '?' && w.keySheet == nil {
		w.showKeys()
		return
	}
	if len(w.live.tiles) == 0 || len(w.sheets) > 0 {
		return
	}
	s := w.live.bar.slider
	switch r {
	case '+':
		s.SetValue(min(s.Max, s.Value+0.05))
	case '-':
		s.SetValue(max(s.Min, s.Value-0.05))
	}
}

// back undoes the last step: closes what is open, gives the stage back to all, leaves full screen.
func (w *Window) back() {
	switch {
	case len(w.sheets) > 0:
		w.sheets[len(w.sheets)-1].close()
	case w.live.side.Visible():
		w.showPairing(false)
	case w.win.FullScreen():
		w.toggleFullScreen()
	case w.live.large != "":
		w.live.enlarge(w.live.large)
	}
}

// toggleFullScreen fills the screen with the pictures alone, or goes back.
func (w *Window) toggleFullScreen() {
	full := !w.win.FullScreen()
	w.win.SetFullScreen(full)
	show(w.live.bottom, !full)
	w.placeToasts()
	w.live.object.Refresh()
	if full {
		w.toasts.add(Notice{Kind: Info, Text: "Esc leaves the full screen"})
	}
}

// showPairing shows or hides the pairing panel beside the pictures.
func (w *Window) showPairing(on bool) {
	if on == w.live.side.Visible() {
		return
	}
	show(w.live.side, on)
	w.live.object.Refresh()
	if on {
		w.setStage(w.stage)
	} else {
		w.win.Canvas().Unfocus()
	}
}

// showKeys shows what the keys do, and lets the user choose between light and dark.
func (w *Window) showKeys() {
	if w.keySheet != nil {
		return
	}
	rows := container.New(layout.NewCustomPaddedVBoxLayout(-7))
	for _, k := range keyMeanings {
		name := widget.NewLabelWithStyle(k[0], fyne.TextAlignLeading, fyne.TextStyle{Bold: true})
		rows.Add(container.NewHBox(container.New(&minWidth{80}, name), widget.NewLabel(k[1])))
	}
	names := []string{"Like the desktop", "Light", "Dark"}
	looks := []look{lookAuto, lookLight, lookDark}
	choice := widget.NewRadioGroup(names, nil)
	choice.Horizontal = true
	choice.Required = true
	now := look(w.app.Preferences().StringWithFallback(prefLook, string(lookAuto)))
	for i, l := range looks {
		if l == now {
			choice.SetSelected(names[i])
		}
	}
	choice.OnChanged = func(name string) {
		for i, n := range names {
			if n == name {
				w.setLook(looks[i])
			}
		}
	}
	about := newNote("")
	about.set("Handlens "+w.cfg.Version, theme.ColorNamePlaceHolder)
	done := newKeyedButton(w, "Close", nil, func() { w.keySheet.close() })
	w.keySheet = w.openSheet("Keys and looks", 0, container.NewVBox(rows, widget.NewSeparator(), choice, about.object),
		func() { w.keySheet = nil }, done)
}
