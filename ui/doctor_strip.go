package ui

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"handlens/ui/kit"
)

// strip is a row of small bars, each in a colour of the theme: how far something has come, at a
// glance.
type strip struct {
	widget.BaseWidget
	step    float32 // how wide a bar is
	colours []fyne.ThemeColorName
}

const (
	stripGap    = 2
	stripHeight = 8
	// noStep is the colour of a bar that is not reached.
	noStep = theme.ColorNameInputBackground
)

func newStrip(bars int, step float32) *strip {
	s := &strip{step: step, colours: slices.Repeat([]fyne.ThemeColorName{noStep}, bars)}
	s.ExtendBaseWidget(s)
	return s
}

func (s *strip) set(colours []fyne.ThemeColorName) {
	if !slices.Equal(s.colours, colours) {
		s.colours = colours
		s.Refresh()
	}
}

// CreateRenderer implements fyne.Widget.
func (s *strip) CreateRenderer() fyne.WidgetRenderer {
	r := &stripRenderer{s: s}
	for range s.colours {
		bar := canvas.NewRectangle(nil)
		bar.CornerRadius = 2
		r.bars = append(r.bars, bar)
	}
	r.paint()
	return r
}

type stripRenderer struct {
	s    *strip
	bars []fyne.CanvasObject
}

func (r *stripRenderer) Layout(size fyne.Size) {
	for i, bar := range r.bars {
		kit.SetBounds(bar, float32(i)*(r.s.step+stripGap), (size.Height-stripHeight)/2, r.s.step,
			stripHeight)
	}
}

func (r *stripRenderer) MinSize() fyne.Size {
	return fyne.NewSize(float32(len(r.bars))*(r.s.step+stripGap)-stripGap, stripHeight)
}

func (r *stripRenderer) Objects() []fyne.CanvasObject { return r.bars }

func (r *stripRenderer) Destroy() {}

func (r *stripRenderer) Refresh() {
	r.paint()
	for _, bar := range r.bars {
		canvas.Refresh(bar)
	}
}

func (r *stripRenderer) paint() {
	of := themeColours(r.s.Theme())
	for i, bar := range r.bars {
		bar.(*canvas.Rectangle).FillColor = of(r.s.colours[i])
	}
}
