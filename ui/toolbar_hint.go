package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// hints says in a few words what a button does while the pointer or the focus is on it. It lies
// over everything and takes no input. It belongs to the UI goroutine.
type hints struct {
	box    *fyne.Container
	ground *ground
	words  *canvas.Text
	over   fyne.CanvasObject // what it speaks of now; nil for nothing
}

const hintPad = 7

func newHints() *hints {
	h := &hints{ground: newGround(theme.ColorNameForeground, 6), words: canvas.NewText("", nil)}
	h.words.TextSize = hudTextSize
	h.box = container.NewWithoutLayout(h.ground, h.words)
	h.box.Hide()
	return h
}

// show says something of an object, above it in the lower half of the window and below it in the
// upper half.
func (h *hints) show(over fyne.CanvasObject, text string) {
	d := fyne.CurrentApp().Driver()
	c := d.CanvasForObject(over)
	if c == nil || text == "" {
		return
	}
	h.over = over
	// As ink on the ground, the other way round: it stands out in light and in dark.
	h.words.Color = h.ground.Theme().Color(theme.ColorNameBackground,
		fyne.CurrentApp().Settings().ThemeVariant())
	h.words.Text = text
	size := h.words.MinSize()
	w, height := size.Width+2*hintPad, size.Height+2*hintPad-4
	at, window := d.AbsolutePositionForObject(over), c.Size()
	x := min(max(4, at.X+over.Size().Width/2-w/2), window.Width-w-4)
	y := at.Y - height - 4
	if at.Y < window.Height/2 {
		y = at.Y + over.Size().Height + 4
	}
	move(h.ground, x, y, w, height)
	move(h.words, x+hintPad, y+hintPad-2, size.Width, size.Height)
	h.ground.Refresh()
	h.words.Refresh()
	h.box.Show()
}

// hide takes away what was said of that object.
func (h *hints) hide(over fyne.CanvasObject) {
	if h.over == over {
		h.over = nil
		h.box.Hide()
	}
}

// toolButton is a button that may be an icon alone: what it does is said while the pointer or the
// focus is on it.
type toolButton struct {
	keyedButton
	hints *hints
	hint  string
}

func newToolButton(w *Window, hint string, icon fyne.Resource, tapped func()) *toolButton {
	b := &toolButton{hints: w.hints, hint: hint}
	b.rest, b.Icon = w, icon
	b.OnTapped = func() {
		b.hints.hide(b)
		tapped()
	}
	b.ExtendBaseWidget(b)
	return b
}

// look changes icon and importance when they differ.
func (b *toolButton) look(icon fyne.Resource, i widget.Importance) {
	if b.Icon.Name() != icon.Name() || b.Importance != i {
		b.Icon, b.Importance = icon, i
		b.Refresh()
	}
}

// say changes the words beside the icon when they differ.
func (b *toolButton) say(text string) {
	if b.Text != text {
		b.SetText(text)
	}
}

// MouseIn says what the button does.
func (b *toolButton) MouseIn(ev *desktop.MouseEvent) {
	b.keyedButton.MouseIn(ev)
	b.hints.show(b, b.hint)
}

// MouseOut ends what MouseIn began.
func (b *toolButton) MouseOut() {
	b.keyedButton.MouseOut()
	b.hints.hide(b)
}

// FocusGained says what the button does.
func (b *toolButton) FocusGained() {
	b.keyedButton.FocusGained()
	b.hints.show(b, b.hint)
}

// FocusLost ends what FocusGained began.
func (b *toolButton) FocusLost() {
	b.keyedButton.FocusLost()
	b.hints.hide(b)
}

// Hide takes the words away as well.
func (b *toolButton) Hide() {
	b.keyedButton.Hide()
	b.hints.hide(b)
}
