package kit

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// Modals are the dialogs that are open over a canvas. They belong to the UI goroutine.
type Modals struct {
	canvas fyne.Canvas
	open   []*Modal // the topmost last
}

// NewModals returns a Modals over that canvas, with none open.
func NewModals(over fyne.Canvas) *Modals { return &Modals{canvas: over} }

// Modal lies over the window and takes all input until it is closed. It is ours rather than package
// dialog's: that one brings the file dialogs and what they depend on, and does not close at Esc.
type Modal struct {
	of     *Modals
	pop    *widget.PopUp
	closed func()
	// Enter is what the Enter key does while nothing in the modal has the focus; nil for nothing.
	Enter func()
}

// Show opens a modal with content under a title; the buttons stand below, the last one rightmost.
// closed is called once, however the modal was closed.
func (m *Modals) Show(title string, width float32, content fyne.CanvasObject, closed func(),
	buttons ...*Button,
) *Modal {
	row := container.NewHBox(layout.NewSpacer())
	for _, b := range buttons {
		row.Add(b)
	}
	body := container.NewBorder(Heading(title, theme.SizeNameSubHeadingText), row, nil, nil,
		content)
	s := &Modal{of: m, closed: closed}
	s.pop = widget.NewModalPopUp(MinWidth(width, Inset(14, body)), m.canvas)
	m.open = append(m.open, s)
	s.pop.Show()
	return s
}

// Len is how many are open.
func (m *Modals) Len() int { return len(m.open) }

// Top is the modal above all others, or nil.
func (m *Modals) Top() *Modal {
	if len(m.open) == 0 {
		return nil
	}
	return m.open[len(m.open)-1]
}

// Object is what the modal shows.
func (m *Modal) Object() fyne.CanvasObject { return m.pop.Content }

// Refresh adapts the modal to a change of what it shows.
func (m *Modal) Refresh() { m.pop.Refresh() }

// Close closes the modal; a closed one stays closed.
func (m *Modal) Close() {
	i := slices.Index(m.of.open, m)
	if i < 0 {
		return
	}
	m.of.open = slices.Delete(m.of.open, i, i+1)
	m.pop.Hide()
	m.closed()
}
