package ui

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"handlens/ui/kit"
)

const (
	toolGap  = 4
	groupGap = 14
)

// toolLayout sets the commands in one row. Where there is no room, first the words beside the icons
// are left out and then whole buttons, which move into the menu; the least important first.
type toolLayout struct{ b *toolbar }

// MinSize is the height of a button, and the width of a window that is as narrow as it may be.
func (l *toolLayout) MinSize([]fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(leastWidth/2, l.b.more.button.MinSize().Height)
}

// Layout implements fyne.Layout.
func (l *toolLayout) Layout(_ []fyne.CanvasObject, size fyne.Size) {
	b := l.b
	texts := make(map[*command]string)
	var order []*command // the first to make room comes first
	for _, c := range b.commands {
		c.folded = false
		if c.on {
			order = append(order, c)
			texts[c] = c.words
			if c.words == "" {
				texts[c] = c.short
			}
		}
	}
	slices.SortStableFunc(order, func(x, y *command) int { return y.rank - x.rank })
	width := func() (w float32) {
		for _, c := range order {
			if !c.folded {
				w += c.width(texts[c]) + toolGap + c.gap
			}
		}
		return w - toolGap
	}
	for _, c := range order {
		if width() <= size.Width {
			break
		}
		texts[c] = c.short
	}
	for _, c := range order {
		if width() <= size.Width || c == b.more {
			break
		}
		c.folded = true
	}
	l.place(texts, size)
}

// place lays out the buttons that are not folded: the right ones at the right edge.
func (l *toolLayout) place(texts map[*command]string, size fyne.Size) {
	b := l.b
	x, end := float32(0), size.Width
	for _, c := range b.commands {
		if c.on && !c.folded && c.right {
			end -= c.width(texts[c]) + toolGap
		}
	}
	end += toolGap
	for _, c := range b.commands {
		kit.SetVisible(c.button, c.on && !c.folded)
		if !c.on || c.folded {
			continue
		}
		if c.right {
			x = max(x, end)
			end = 0
		} else {
			x += c.gap
		}
		c.button.SetLabel(texts[c])
		w := c.width(texts[c])
		h := c.button.MinSize().Height
		kit.SetBounds(c.button, x, (size.Height-h)/2, w, h)
		x += w + toolGap
	}
}

// width is that of the button with that text.
func (c *command) width(text string) float32 {
	w, known := c.measured[text]
	if !known {
		if len(c.measured) > 64 { // a clock runs through many
			clear(c.measured)
		}
		w = widget.NewButtonWithIcon(text, c.icon, nil).MinSize().Width
		c.measured[text] = w
	}
	return w
}
