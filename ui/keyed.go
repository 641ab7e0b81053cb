package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"
)

// A focused widget swallows all keys. These give on what they have no use for, so that S takes a
// snapshot also after the slider was moved.

// keys is where keys go that a widget has no use for.
type keys interface {
	typed(*fyne.KeyEvent)
	letter(rune)
}

type keyedButton struct {
	widget.Button
	rest keys
}

func newKeyedButton(rest keys, text string, icon fyne.Resource, tapped func()) *keyedButton {
	b := &keyedButton{rest: rest}
	b.Text, b.Icon, b.OnTapped = text, icon, tapped
	b.ExtendBaseWidget(b)
	return b
}

// TypedKey presses the button by the space bar and gives on the rest.
func (b *keyedButton) TypedKey(ev *fyne.KeyEvent) {
	if ev.Name == fyne.KeySpace || ev.Name == fyne.KeyReturn || ev.Name == fyne.KeyEnter {
		b.Tapped(nil)
		return
	}
	b.rest.typed(ev)
}

// TypedRune gives the letter on.
func (b *keyedButton) TypedRune(r rune) { b.rest.letter(r) }

type keyedSlider struct {
	widget.Slider
	rest keys
}

func newKeyedSlider(rest keys, low, high, step float64) *keyedSlider {
	s := &keyedSlider{rest: rest}
	s.Min, s.Max, s.Step = low, high, step
	s.ExtendBaseWidget(s)
	return s
}

// TypedKey moves the slider by the arrows and gives on the rest.
func (s *keyedSlider) TypedKey(ev *fyne.KeyEvent) {
	if ev.Name == fyne.KeyLeft || ev.Name == fyne.KeyRight {
		s.Slider.TypedKey(ev)
		return
	}
	s.rest.typed(ev)
}

// TypedRune gives the letter on.
func (s *keyedSlider) TypedRune(r rune) { s.rest.letter(r) }

type keyedSelect struct {
	widget.Select
	rest keys
}

func newKeyedSelect(rest keys, changed func(string)) *keyedSelect {
	s := &keyedSelect{rest: rest}
	s.OnChanged = changed
	s.ExtendBaseWidget(s)
	return s
}

// TypedKey opens the choice by the space bar and the arrows and gives on the rest.
func (s *keyedSelect) TypedKey(ev *fyne.KeyEvent) {
	switch ev.Name {
	case fyne.KeySpace, fyne.KeyUp, fyne.KeyDown, fyne.KeyReturn, fyne.KeyEnter:
		s.Select.TypedKey(ev)
	default:
		s.rest.typed(ev)
	}
}

// TypedRune gives the letter on.
func (s *keyedSelect) TypedRune(r rune) { s.rest.letter(r) }

type keyedCheck struct {
	widget.Check
	rest keys
}

func newKeyedCheck(rest keys, text string, changed func(bool)) *keyedCheck {
	c := &keyedCheck{rest: rest}
	c.Text, c.OnChanged = text, changed
	c.ExtendBaseWidget(c)
	return c
}

// put shows a state that was not chosen here: it tells nobody.
func (c *keyedCheck) put(on bool) {
	if c.Checked != on {
		c.Checked = on
		c.Refresh()
	}
}

// TypedKey gives on all but the space bar, which comes as a letter too.
func (c *keyedCheck) TypedKey(ev *fyne.KeyEvent) {
	if ev.Name != fyne.KeySpace {
		c.rest.typed(ev)
	}
}

// TypedRune changes the state by the space bar and gives the other letters on.
func (c *keyedCheck) TypedRune(r rune) {
	if r == ' ' {
		c.Check.TypedRune(r)
		return
	}
	c.rest.letter(r)
}

// keyedEntry keeps all keys while it has the focus; Esc empties it, and then lets go of the focus.
type keyedEntry struct {
	widget.Entry
	rest keys
}

func newKeyedEntry(rest keys, holder string) *keyedEntry {
	e := &keyedEntry{rest: rest}
	e.PlaceHolder = holder
	e.Wrapping = fyne.TextWrapOff
	e.ExtendBaseWidget(e)
	return e
}

// TypedKey empties the entry at Esc, and leaves it at the next one.
func (e *keyedEntry) TypedKey(ev *fyne.KeyEvent) {
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
