package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"handlens/ui/kit"
)

const (
	pairingMargin = 22
	pairingGap    = 30
	// pairingWidest keeps lines of text short enough to read on a wide screen.
	pairingWidest = 1120
	codeWidest    = 460
	wordsMin      = 330
	codeGap       = 8
	codeBelow     = 20 // for the button in the corner
)

// pairingLayout sets the code left and the words right, in the middle of the window, and a button
// into the lower left corner.
type pairingLayout struct{}

// MinSize has room for both side by side.
func (*pairingLayout) MinSize(o []fyne.CanvasObject) fyne.Size {
	code := o[0].MinSize()
	return fyne.NewSize(code.Width+wordsMin+pairingGap+2*pairingMargin, code.Height+2*pairingMargin)
}

// Layout gives the code four tenths of the width.
func (*pairingLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	inner := min(size.Width-2*pairingMargin, pairingWidest)
	left := (size.Width - inner) / 2
	height := size.Height - 2*pairingMargin
	code := max(o[0].MinSize().Width, min(codeWidest, 0.42*inner))
	kit.SetBounds(o[0], left, pairingMargin, code, height)
	button := o[2].MinSize()
	kit.SetBounds(o[2], 8, size.Height-button.Height-8, button.Width, button.Height)
	kit.SetBounds(o[1], left+code+pairingGap, pairingMargin, inner-code-pairingGap, height)
}

// codeLayout sets the square code over its text, both in the middle of the height.
type codeLayout struct{}

// MinSize is that of both, one over the other.
func (*codeLayout) MinSize(o []fyne.CanvasObject) fyne.Size {
	qr, text := o[0].MinSize(), o[1].MinSize()
	return fyne.NewSize(max(qr.Width, text.Width), qr.Height+text.Height+codeGap+codeBelow)
}

// Layout makes the code as large as the text leaves room for.
func (*codeLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	text := o[1].MinSize().Height
	side := float32(int(min(size.Width, size.Height-text-codeGap-codeBelow)))
	top := float32(int((size.Height - side - text - codeGap) / 2))
	top = min(top, size.Height-side-text-codeGap-codeBelow)
	left := float32(int((size.Width - side) / 2))
	kit.SetBounds(o[0], left, top, side, side)
	kit.SetBounds(o[1], left, top+side+codeGap, max(side, o[1].MinSize().Width), text)
}

// textRowLayout sets the text and its button in a row, and the name before them when nothing is cut
// off by it.
type textRowLayout struct{ row *textRow }

// rowName is the width of a name, so that the rows' texts stand below each other.
const rowName = 72

// MinSize has room for a piece of the text and the button.
func (*textRowLayout) MinSize(o []fyne.CanvasObject) fyne.Size {
	words, button := o[1].MinSize(), o[2].MinSize()
	return fyne.NewSize(100+button.Width, max(words.Height, button.Height))
}

// Layout hides the name where it does not fit.
func (l *textRowLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	button := o[2].MinSize().Width
	style := l.row.words.TextStyle
	pad := 2 * l.row.words.Theme().Size(theme.SizeNameInnerPadding)
	need := fyne.MeasureText(l.row.words.Text, l.row.words.Theme().Size(theme.SizeNameText),
		style).Width + pad + 2
	var name float32
	if fits := need+rowName+button <= size.Width; fits {
		name = rowName
	}
	kit.SetVisible(o[0], name > 0)
	// In the middle of the height: the two typefaces are not equally tall.
	middle := func(o fyne.CanvasObject, x, w float32) {
		h := o.MinSize().Height
		kit.SetBounds(o, x, (size.Height-h)/2, w, h)
	}
	middle(o[0], 0, name)
	middle(o[1], name, size.Width-name-button)
	middle(o[2], size.Width-button, button)
}
