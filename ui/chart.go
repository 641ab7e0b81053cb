package ui

import (
	"image"
	"image/color"
	"math"
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"

	"handlens/ui/kit"
)

// curve is one line of a chart: what there was in each step, the newest last.
type curve struct {
	ink    color.NRGBA
	values []int
}

// chart draws what was counted over the last minutes, in steps, since counts are whole numbers. It
// belongs to the UI goroutine.
type chart struct {
	object *fyne.Container
	raster *canvas.Raster
	curves []curve // the first one lies on top
	most   int     // of all
}

// chartInk is the colour of a chart of one curve.
func chartInk() color.NRGBA {
	return color.NRGBAModel.Convert(theme.Color(theme.ColorNamePrimary)).(color.NRGBA)
}

// chartSoon is from how many steps on there is something to be seen.
const chartSoon = 10

func newChart(height float32) *chart {
	c := new(chart)
	c.raster = canvas.NewRaster(c.paint)
	c.raster.ScaleMode = canvas.ImageScalePixels
	c.raster.SetMinSize(fyne.NewSize(0, height))
	c.object = kit.Inset(6, c.raster)
	c.object.Hide()
	return c
}

// set shows these curves; without anything in them there is no chart.
func (c *chart) set(curves []curve) {
	same := func(a, b curve) bool { return a.ink == b.ink && slices.Equal(a.values, b.values) }
	if slices.EqualFunc(c.curves, curves, same) {
		return
	}
	c.curves, c.most = curves, 0
	for _, k := range curves {
		c.most = max(c.most, slices.Max(k.values))
	}
	kit.SetVisible(c.object, c.most > 0)
	c.raster.Refresh()
}

// paint is the raster's generator: an area in pixels.
func (c *chart) paint(w, h int) image.Image {
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	thick := max(1, int(math.Round(1.5*float64(h)/float64(max(1, c.raster.Size().Height)))))
	for i, k := range slices.Backward(c.curves) {
		c.draw(img, k, thick, i*thick)
	}
	return img
}

// draw draws a curve with the area under it; lower moves it down, so that equal ones are seen.
func (c *chart) draw(img *image.NRGBA, k curve, thick, lower int) {
	w, h := img.Rect.Dx(), img.Rect.Dy()
	if len(k.values) == 0 || c.most == 0 || w == 0 {
		return
	}
	level := func(x int) int {
		v := k.values[min(x*len(k.values)/w, len(k.values)-1)]
		if v == 0 {
			return h - thick
		}
		y := (h - thick) - v*(h-thick)/c.most
		return min(y+lower, h-2*thick)
	}
	under := k.ink
	under.A = 0x30
	before := level(0)
	for x := range w {
		y := level(x)
		top, end := min(y, before), max(y, before)+thick
		for line := top; line < h; line++ {
			ink := under
			if line < end {
				ink = k.ink
			} else if img.NRGBAAt(x, line).A > under.A {
				continue // a line of another
			}
			img.SetNRGBA(x, line, ink)
		}
		before = y
	}
}

// spanWords say what a chart shows.
func spanWords(most int, all []phoneStatus) string {
	steps := 0
	for _, f := range all {
		steps = max(steps, f.steps+1)
	}
	span := time.Duration(min(steps, historyLength)) * historyStep
	return kit.L("The last {{.Span}} min, at most {{.Most}} at once",
		map[string]any{"Span": kit.Duration(span), "Most": most})
}
