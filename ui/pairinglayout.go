package ui

import "fyne.io/fyne/v2"

const (
	pairingMargin = 22
	pairingGap    = 30
	// pairingWidest keeps lines of text short enough to read on a wide screen.
	pairingWidest = 1120
	codeWidest    = 460
	wordsMin      = 330
)

// pairingLayout sets the code left and the words right, in the middle of the window.
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
	move(o[0], left, pairingMargin, code, height)
	move(o[1], left+code+pairingGap, pairingMargin, inner-code-pairingGap, height)
}

// codeLayout sets the square code over its text, both in the middle of the height.
type codeLayout struct{}

// MinSize is that of both, one over the other.
func (*codeLayout) MinSize(o []fyne.CanvasObject) fyne.Size {
	qr, text := o[0].MinSize(), o[1].MinSize()
	return fyne.NewSize(max(qr.Width, text.Width), qr.Height+text.Height+8)
}

// Layout makes the code as large as the text leaves room for.
func (*codeLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	text := o[1].MinSize().Height
	side := float32(int(min(size.Width, size.Height-text-8)))
	top := float32(int((size.Height - side - text - 8) / 2))
	left := float32(int((size.Width - side) / 2))
	move(o[0], left, top, side, side)
	move(o[1], left, top+side+8, max(side, o[1].MinSize().Width), text)
}
