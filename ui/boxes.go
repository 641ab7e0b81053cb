package ui

import (
	"fmt"
	"image/color"
	"math"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"handlens/inference"
	"handlens/inference/overlay"
)

// Boxes are drawn as objects of the canvas over the video, not into its pixels: so they are as fine as the screen however small the video
// is, cost nothing per pixel, and move in the same paint as the picture that they belong to.

const (
	boxStroke  = 2.5 // device-independent pixels
	boxOutline = 1   // a dark rim around the stroke, for bright pictures
	boxRadius  = 4
	labelSize  = 13
	labelPadX  = 6
	labelPadY  = 2
	maxBoxes   = 200 // more than a person can tell apart, and what bounds the canvas whatever a model says
	boxesFaint = 300 * time.Millisecond
	boxesGone  = 2 * time.Second
	faintAlpha = 0x70
)

// freshness says how much boxes can be trusted that are that much older than their picture: 2 fully, 1 they are drawn faintly, 0 not at all.
func freshness(lag time.Duration) int {
	switch {
	case lag < boxesFaint:
		return 2
	case lag < boxesGone:
		return 1
	}
	return 0
}

// box is one detection on the canvas.
type box struct {
	rim, frame, ground *canvas.Rectangle
	text               *canvas.Text
	labelWidth         float32
}

func newBox() *box {
	b := &box{
		rim:    canvas.NewRectangle(color.Transparent),
		frame:  canvas.NewRectangle(color.Transparent),
		ground: canvas.NewRectangle(color.Transparent),
		text:   canvas.NewText("", color.White),
	}
	b.rim.StrokeWidth, b.rim.CornerRadius = boxStroke+2*boxOutline, boxRadius
	b.frame.StrokeWidth, b.frame.CornerRadius = boxStroke, boxRadius
	b.ground.CornerRadius = boxRadius
	b.text.TextSize, b.text.TextStyle.Bold = labelSize, true
	return b
}

func (b *box) objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{b.rim, b.frame, b.ground, b.text}
}

// set gives the box the looks of a detection.
func (b *box) set(d inference.Detection, faint bool) {
	c := overlay.Color(d.Class)
	on := inkOn(c)
	alpha := uint8(0xff)
	if faint {
		alpha = faintAlpha
		c.A = alpha
	}
	on.A = alpha
	b.rim.StrokeColor = color.NRGBA{A: alpha / 3}
	b.frame.StrokeColor = c
	b.ground.FillColor = c
	if text := labelText(d); text != b.text.Text || b.labelWidth == 0 {
		b.text.Text = text
		b.labelWidth = fyne.MeasureText(text, labelSize, b.text.TextStyle).Width
	}
	b.text.Color = on
}

// place puts the box where the detection is in the picture's rectangle, with the label above it where there is room, else inside.
func (b *box) place(d inference.Detection, at fyne.Position, size fyne.Size) {
	x1, y1 := at.X+clamp01(d.Box.X1)*size.Width, at.Y+clamp01(d.Box.Y1)*size.Height
	x2, y2 := at.X+clamp01(d.Box.X2)*size.Width, at.Y+clamp01(d.Box.Y2)*size.Height
	move(b.rim, x1-boxOutline, y1-boxOutline, x2-x1+2*boxOutline, y2-y1+2*boxOutline)
	move(b.frame, x1, y1, x2-x1, y2-y1)
	h := b.text.MinSize().Height
	w := b.labelWidth + 2*labelPadX
	top := y1 - h - 2*labelPadY
	if top < at.Y {
		top = y1
	}
	left := max(at.X, min(x1, at.X+size.Width-w))
	move(b.ground, left, top, w, h+2*labelPadY)
	move(b.text, left+labelPadX, top+labelPadY, b.labelWidth, h)
}

func (b *box) setVisible(v bool) {
	for _, o := range b.objects() {
		if v {
			o.Show()
		} else {
			o.Hide()
		}
	}
}

// labelText is what stands on a box, for example "person 91 %" or "#7 person 91 %".
func labelText(d inference.Detection) string {
	text := fmt.Sprintf("%s %d %%", plain(d.Label, maxLabel), int(math.Round(float64(d.Score)*100)))
	if d.Track > 0 {
		text = fmt.Sprintf("#%d %s", d.Track, text)
	}
	return text
}

// inkOn returns black or white, whichever stands out more against c (relative luminance of WCAG 2.2).
func inkOn(c color.NRGBA) color.NRGBA {
	linear := func(v uint8) float64 { return math.Pow(float64(v)/255, 2.2) }
	if 0.2126*linear(c.R)+0.7152*linear(c.G)+0.0722*linear(c.B) > 0.18 {
		return color.NRGBA{A: 0xff}
	}
	return color.NRGBA{R: 0xff, G: 0xff, B: 0xff, A: 0xff}
}

func clamp01(v float32) float32 {
	if !(v > 0) { // also what is not a number
		return 0
	}
	return min(v, 1)
}

func move(o fyne.CanvasObject, x, y, w, h float32) {
	o.Move(fyne.NewPos(x, y))
	o.Resize(fyne.NewSize(max(0, w), max(0, h)))
}
