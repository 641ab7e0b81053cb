package tile

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"

	"handlens/inference/track"
	"handlens/ui/kit"
)

// tallies are those of the picture, with a point that is being dragged at the pointer.
func (t *Tile) tallies() []track.Tally {
	if len(t.editor.edited) != len(t.current.tallies) {
		return t.current.tallies
	}
	moved := make([]track.Tally, len(t.current.tallies))
	for i, tally := range t.current.tallies {
		moved[i] = tally
		moved[i].Region.Points = t.editor.edited[i].Points
	}
	return moved
}

func regionsOf(tallies []track.Tally) []track.Region {
	regions := make([]track.Region, len(tallies))
	for i, t := range tallies {
		regions[i] = t.Region
	}
	return regions
}

// point converts a position on the tile to a point of the picture, 0..1.
func (t *Tile) point(pos fyne.Position) track.Point {
	at, size := t.video()
	return track.Point{
		X: clamp01((pos.X - at.X) / max(1, size.Width)),
		Y: clamp01((pos.Y - at.Y) / max(1, size.Height)),
	}
}

// redraw shows what the user has changed.
func (t *Tile) redraw() {
	t.placeMarks()
	t.Refresh()
}

// Tapped sets a point while a region is drawn; else it makes the tile large, or small again.
func (t *Tile) Tapped(ev *fyne.PointEvent) {
	if !t.editor.on {
		if t.OnTapped != nil && t.editor.changed == nil {
			t.OnTapped()
		}
		return
	}
	at, size := t.video()
	t.editor.cursor, t.editor.byKeys = t.point(ev.Position), false
	t.editor.click(time.Now(), at, size)
	t.redraw()
}

// Dragged moves a point of a region; while a line is drawn it draws it from where the drag began.
func (t *Tile) Dragged(ev *fyne.DragEvent) {
	d := t.editor
	at, size := t.video()
	switch {
	case d.on && d.line:
		if len(d.points) == 0 {
			d.points = append(d.points,
				t.point(ev.Position.SubtractXY(ev.Dragged.DX, ev.Dragged.DY)))
		}
		d.cursor, d.byKeys, d.moved = t.point(ev.Position), false, true
	case d.on || d.changed == nil:
		d.cursor = t.point(ev.Position)
		return
	case d.grabbed[0] >= 0:
		d.drag(t.point(ev.Position))
	case !d.moved:
		d.moved = true // one try at the drag's beginning
		if d.grab(ev.Position.SubtractXY(ev.Dragged.DX, ev.Dragged.DY),
			regionsOf(t.current.tallies),
			at, size) {
			d.drag(t.point(ev.Position))
		}
	}
	t.redraw()
}

// DragEnd ends the drag at the pointer.
func (t *Tile) DragEnd() {
	d := t.editor
	at, size := t.video()
	switch {
	case d.on:
		// A click with an unsteady hand is a drag, too.
		d.moved = false
		d.click(time.Now(), at, size)
	case d.changed != nil && d.grabbed[0] >= 0:
		d.drop()
	default:
		d.moved = false
	}
	t.redraw()
}

// takeFocus gives the tile the focus.
func (t *Tile) takeFocus() {
	if c := fyne.CurrentApp().Driver().CanvasForObject(t); c != nil {
		c.Focus(t)
	}
}

// FocusGained implements fyne.Focusable.
func (t *Tile) FocusGained() { t.focus(true) }

// FocusLost implements fyne.Focusable.
func (t *Tile) FocusLost() { t.focus(false) }

func (t *Tile) focus(on bool) {
	t.focused = on
	t.highlight(on && t.choice)
}

// TypedKey draws a region, or makes the tile large by Enter; it passes other keys on to the window.
func (t *Tile) TypedKey(ev *fyne.KeyEvent) {
	at, size := t.video()
	switch {
	case t.editor.on && ev.Name == fyne.KeyEscape:
		t.CancelRegion()
	case t.editor.on && t.editor.key(ev.Name, false, at, size):
		t.redraw()
	case t.scrub.key(ev.Name, false):
	case !t.editor.on && t.choice && (ev.Name == fyne.KeyReturn || ev.Name == fyne.KeyEnter):
		t.OnTapped()
	default:
		kit.PassKey(t, ev)
	}
}

// TypedRune passes the letter on.
func (t *Tile) TypedRune(r rune) { kit.PassRune(t, r) }

// followPast shows the scrub bar while the picture is paused. The bar takes the focus when nothing
// else has it.
func (t *Tile) followPast() {
	was := t.scrub.Visible()
	t.scrub.set(t.current.past)
	if was == t.scrub.Visible() {
		return
	}
	c := fyne.CurrentApp().Driver().CanvasForObject(t)
	switch {
	case c == nil:
	case was && c.Focused() == t.scrub:
		c.Unfocus()
	case !was && c.Focused() == nil:
		c.Focus(t.scrub)
	}
}

// MouseIn shows that the tile can be tapped.
func (t *Tile) MouseIn(*desktop.MouseEvent) { t.highlight(t.choice) }

// MouseMoved draws the line to where the next point would be.
func (t *Tile) MouseMoved(ev *desktop.MouseEvent) {
	if t.editor.on {
		t.editor.cursor, t.editor.byKeys = t.point(ev.Position), false
		t.redraw()
	}
}

// MouseOut hides it.
func (t *Tile) MouseOut() { t.highlight(t.focused && t.choice) }

// highlight puts a frame around the tile, or takes it away.
func (t *Tile) highlight(on bool) {
	if on {
		t.hover.StrokeColor = t.Theme().Color(theme.ColorNamePrimary,
			fyne.CurrentApp().Settings().ThemeVariant())
	}
	kit.SetVisible(t.hover, on)
}

// Cursor is a hand where tapping leads somewhere, and a cross where it draws.
func (t *Tile) Cursor() desktop.Cursor {
	switch {
	case t.editor.on:
		return desktop.CrosshairCursor
	case t.choice && t.editor.changed == nil:
		return desktop.PointerCursor
	}
	return desktop.DefaultCursor
}
