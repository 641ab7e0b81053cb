package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"
)

// A focused widget swallows all keys. The widgets here pass those that they have no use for on to
// their canvas, so that the window's shortcuts work wherever the focus is.

// PassKey gives a key to the canvas that the widget is on.
func PassKey(from fyne.CanvasObject, ev *fyne.KeyEvent) {
	if c := fyne.CurrentApp().Driver().CanvasForObject(from); c != nil && c.OnTypedKey() != nil {
		c.OnTypedKey()(ev)
	}
}

// PassRune gives a typed character to the canvas that the widget is on.
func PassRune(from fyne.CanvasObject, r rune) {
	if c := fyne.CurrentApp().Driver().CanvasForObject(from); c != nil && c.OnTypedRune() != nil {
		c.OnTypedRune()(r)
	}
}

// Button is a button that passes keys on.
type Button struct {
	widget.Button
	onCanvas fyne.CanvasObject // the button, or the widget that embeds it
}

// NewButton returns a button with text, icon or both.
func NewButton(text string, icon fyne.Resource, tapped func()) *Button {
	b := &Button{}
	b.onCanvas = b
	b.Text, b.Icon, b.OnTapped = text, icon, tapped
	b.ExtendBaseWidget(b)
	return b
}

// TypedKey presses the button at Space and Enter and passes on the rest.
func (b *Button) TypedKey(ev *fyne.KeyEvent) {
	if ev.Name == fyne.KeySpace || ev.Name == fyne.KeyReturn || ev.Name == fyne.KeyEnter {
		b.Tapped(nil)
		return
	}
	PassKey(b.onCanvas, ev)
}

// TypedRune passes the letter on.
func (b *Button) TypedRune(r rune) { PassRune(b.onCanvas, r) }

type Slider struct {
	widget.Slider
}

func NewSlider(low, high, step float64) *Slider {
	s := &Slider{}
	s.Min, s.Max, s.Step = low, high, step
	s.ExtendBaseWidget(s)
	return s
}

// TypedKey moves the slider at the arrow keys and passes on the rest.
func (s *Slider) TypedKey(ev *fyne.KeyEvent) {
	if ev.Name == fyne.KeyLeft || ev.Name == fyne.KeyRight {
		s.Slider.TypedKey(ev)
		return
	}
	PassKey(s, ev)
}

// TypedRune passes the letter on.
func (s *Slider) TypedRune(r rune) { PassRune(s, r) }

type Select struct {
	widget.Select
}

func NewSelect(changed func(string)) *Select {
	s := &Select{}
	s.OnChanged = changed
	s.ExtendBaseWidget(s)
	return s
}

// TypedKey opens the list at Space, Enter and the arrow keys and passes on the rest.
func (s *Select) TypedKey(ev *fyne.KeyEvent) {
	switch ev.Name {
	case fyne.KeySpace, fyne.KeyUp, fyne.KeyDown, fyne.KeyReturn, fyne.KeyEnter:
		s.Select.TypedKey(ev)
	default:
		PassKey(s, ev)
	}
}

// TypedRune passes the letter on.
func (s *Select) TypedRune(r rune) { PassRune(s, r) }

type Check struct {
	widget.Check
}

func NewCheck(text string, changed func(bool)) *Check {
	c := &Check{}
	c.Text, c.OnChanged = text, changed
	c.ExtendBaseWidget(c)
	return c
}

// ShowChecked shows a state that was set elsewhere, without calling OnChanged.
func (c *Check) ShowChecked(on bool) {
	if c.Checked != on {
		c.Checked = on
		c.Refresh()
	}
}

// TypedKey passes on all keys but Space, which also comes as a letter.
func (c *Check) TypedKey(ev *fyne.KeyEvent) {
	if ev.Name != fyne.KeySpace {
		PassKey(c, ev)
	}
}

// TypedRune toggles at Space and passes the other letters on.
func (c *Check) TypedRune(r rune) {
	if r == ' ' {
		c.Check.TypedRune(r)
		return
	}
	PassRune(c, r)
}

// Entry keeps all keys while it has the focus; Esc empties it, and then lets go of the focus.
type Entry struct {
	widget.Entry
}

func NewEntry(holder string) *Entry {
	e := &Entry{}
	e.PlaceHolder = holder
	e.Wrapping = fyne.TextWrapOff
	e.ExtendBaseWidget(e)
	return e
}

// TypedKey empties the entry at Esc, and leaves it at the next one.
func (e *Entry) TypedKey(ev *fyne.KeyEvent) {
	if ev.Name != fyne.KeyEscape {
		e.Entry.TypedKey(ev)
		return
	}
	if e.Text != "" {
		e.SetText("")
		return
	}
	if c := fyne.CurrentApp().Driver().CanvasForObject(e); c != nil {
		c.Unfocus()
	}
}
