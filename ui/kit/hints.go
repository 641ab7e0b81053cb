package kit

import (
	"fmt"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// Hints says in a few words what a button does while the pointer or the focus is on it. It lies
// over everything and takes no input. It belongs to the UI goroutine.
type Hints struct {
	Object     *fyne.Container
	background *Background
	Text       *canvas.Text
	over       fyne.CanvasObject // what the hint is for; nil for none
}

const (
	hintPad  = 7
	hintSize = 12.5
)

func NewHints() *Hints {
	h := &Hints{
		background: NewBackground(theme.ColorNameForeground, 6),
		Text:       canvas.NewText("", nil),
	}
	h.Text.TextSize = hintSize
	h.Object = container.NewWithoutLayout(h.background, h.Text)
	h.Object.Hide()
	return h
}

// show shows a hint for an object, above it in the lower half of the window and below it in the
// upper half.
func (h *Hints) show(over fyne.CanvasObject, text string) {
	d := fyne.CurrentApp().Driver()
	c := d.CanvasForObject(over)
	if c == nil || text == "" {
		return
	}
	h.over = over
	// Text and background swap their colours, so that the hint stands out in light and in dark.
	h.Text.Color = h.background.Theme().Color(theme.ColorNameBackground,
		fyne.CurrentApp().Settings().ThemeVariant())
	h.Text.Text = text
	size := h.Text.MinSize()
	w, height := size.Width+2*hintPad, size.Height+2*hintPad-4
	at, window := d.AbsolutePositionForObject(over), c.Size()
	x := min(max(4, at.X+over.Size().Width/2-w/2), window.Width-w-4)
	y := at.Y - height - 4
	if at.Y < window.Height/2 {
		y = at.Y + over.Size().Height + 4
	}
	SetBounds(h.background, x, y, w, height)
	SetBounds(h.Text, x+hintPad, y+hintPad-2, size.Width, size.Height)
	h.background.Refresh()
	h.Text.Refresh()
	h.Object.Show()
}

// hide removes the hint for that object.
func (h *Hints) hide(over fyne.CanvasObject) {
	if h.over == over {
		h.over = nil
		h.Object.Hide()
	}
}

// Clear removes the hint.
func (h *Hints) Clear() { h.hide(h.over) }

// ToolButton is a button that may be an icon alone: a hint says what it does while the pointer or
// the focus is on it.
type ToolButton struct {
	Button
	hints *Hints
	Hint  string
}

func NewToolButton(hints *Hints, hint string, icon fyne.Resource, tapped func()) *ToolButton {
	b := &ToolButton{hints: hints, Hint: hint}
	b.onCanvas, b.Icon = b, icon
	b.OnTapped = func() {
		b.hints.hide(b)
		tapped()
	}
	b.ExtendBaseWidget(b)
	return b
}

// SetStyle changes icon and importance when they differ.
func (b *ToolButton) SetStyle(icon fyne.Resource, i widget.Importance) {
	if b.Icon.Name() != icon.Name() || b.Importance != i {
		b.Icon, b.Importance = icon, i
		b.Refresh()
	}
}

// SetLabel changes the text beside the icon when it differs.
func (b *ToolButton) SetLabel(text string) {
	if b.Text != text {
		b.SetText(text)
	}
}

// MouseIn shows the hint.
func (b *ToolButton) MouseIn(ev *desktop.MouseEvent) {
	b.Button.MouseIn(ev)
	b.hints.show(b, b.Hint)
}

// MouseOut hides it.
func (b *ToolButton) MouseOut() {
	b.Button.MouseOut()
	b.hints.hide(b)
}

// FocusGained shows the hint.
func (b *ToolButton) FocusGained() {
	b.Button.FocusGained()
	b.hints.show(b, b.Hint)
}

// FocusLost hides it.
func (b *ToolButton) FocusLost() {
	b.Button.FocusLost()
	b.hints.hide(b)
}

// Hide hides the hint too.
func (b *ToolButton) Hide() {
	b.Button.Hide()
	b.hints.hide(b)
}

// HintOf is a button's hint: its title, and the key that does the same.
func HintOf(title, key string) string {
	if key == "" {
		return title
	}
	return fmt.Sprintf("%s  (%s)", title, key)
}
