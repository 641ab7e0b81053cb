package ui

import (
	"image"
	"image/color"
	"image/draw"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"handlens/ui/kit"
)

const (
	// qrMin is the smallest a code is shown; a phone at arm's length reads it from a screen of 96
	// dots an inch.
	qrMin = 190
	// qrMargin is white around what the code's own quiet zone leaves.
	qrMargin = 6
)

// qrCard shows the code dark on white in every theme, its modules on whole device pixels: the
// picture is asked for at the size it has on the screen, and never scaled.
type qrCard struct {
	widget.BaseWidget
	draw  func(pixels int) (image.Image, error)
	least float32 // how small it may be
	// failed is called on the UI goroutine when the code could not be drawn.
	failed func(error)

	white  *canvas.Rectangle
	raster *canvas.Raster
	shown  *image.RGBA
}

func newQRCard(failed func(error)) *qrCard {
	c := &qrCard{white: canvas.NewRectangle(color.White), failed: failed, least: qrMin}
	c.white.CornerRadius = kit.CardRadius
	c.raster = canvas.NewRaster(c.paint)
	c.raster.ScaleMode = canvas.ImageScalePixels
	c.ExtendBaseWidget(c)
	return c
}

// set changes what is drawn.
func (c *qrCard) set(draw func(pixels int) (image.Image, error)) {
	c.draw, c.shown = draw, nil
	canvas.Refresh(c.raster)
}

// paint draws the code into w × h device pixels, in the middle of white.
func (c *qrCard) paint(w, h int) image.Image {
	if c.shown != nil && c.shown.Rect.Dx() == w && c.shown.Rect.Dy() == h {
		return c.shown
	}
	dst := image.NewRGBA(image.Rect(0, 0, max(1, w), max(1, h)))
	draw.Draw(dst, dst.Rect, image.White, image.Point{}, draw.Src)
	c.shown = dst
	if c.draw == nil {
		return dst
	}
	code, err := c.draw(min(w, h))
	if err != nil {
		c.failed(err)
		return dst
	}
	size := code.Bounds().Size()
	at := image.Pt((w-size.X)/2, (h-size.Y)/2)
	draw.Draw(dst, image.Rectangle{Min: at, Max: at.Add(size)}, code, code.Bounds().Min, draw.Src)
	return dst
}

// CreateRenderer implements fyne.Widget.
func (c *qrCard) CreateRenderer() fyne.WidgetRenderer { return &qrRenderer{c} }

type qrRenderer struct{ c *qrCard }

// Layout keeps the card square and in the middle, on whole units.
func (r *qrRenderer) Layout(size fyne.Size) {
	side := float32(int(min(size.Width, size.Height)))
	x, y := float32(int((size.Width-side)/2)), float32(int((size.Height-side)/2))
	kit.SetBounds(r.c.white, x, y, side, side)
	kit.SetBounds(r.c.raster, x+qrMargin, y+qrMargin, side-2*qrMargin, side-2*qrMargin)
}
func (r *qrRenderer) MinSize() fyne.Size { return fyne.NewSquareSize(r.c.least) }
func (r *qrRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.c.white, r.c.raster}
}
func (r *qrRenderer) Destroy() {}
func (r *qrRenderer) Refresh() {
	canvas.Refresh(r.c.white)
	canvas.Refresh(r.c.raster)
}
