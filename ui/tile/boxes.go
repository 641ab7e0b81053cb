package tile

import (
	"fmt"
	"image/color"
	"math"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"handlens/inference"
	"handlens/inference/overlay"
	"handlens/ui/kit"
)

// Boxes are drawn as objects of the canvas over the video, not into its pixels: so they are as fine
// as the screen however small the video is, cost nothing per pixel, and move in the same paint as
// the picture that they belong to.

const (
	boxStroke  = 3 // device-independent pixels
	boxOutline = 1 // a dark rim around the stroke, for bright pictures
	labelSize  = 13
	labelPadX  = 6
	labelPadY  = 2
	// maxBoxes are drawn, the strongest ones: more than a person can tell apart. They bound the
	// canvas whatever a model returns.
	maxBoxes   = 200
	boxesFaint = 300 * time.Millisecond
	boxesGone  = 2 * time.Second
	faintAlpha = 0x70
)

// freshness says how to draw boxes that are that much older than their picture: 2 fully, 1 faintly,
// 0 not at all.
func freshness(lag time.Duration) int {
	switch {
	case lag < boxesFaint:
		return 2
	case lag < boxesGone:
		return 1
	}
	return 0
}

// outline is the outline of a rectangle as four bars. One stroked rectangle would do, but Fyne
// shades all of its inside for it: without a graphics card a screen full of large boxes then costs
// many times what the video does.
type outline [4]*canvas.Rectangle

func newOutline() (f outline) {
	for i := range f {
		f[i] = canvas.NewRectangle(color.Transparent)
	}
	return f
}

func (f *outline) set(c color.Color) {
	for _, bar := range f {
		bar.FillColor = c
	}
}

// place lays the bars, stroke thick, inside the rectangle.
func (f *outline) place(x, y, w, h, stroke float32) {
	s := min(stroke, w/2, h/2)
	kit.SetBounds(f[0], x, y, w, s)
	kit.SetBounds(f[1], x, y+h-s, w, s)
	kit.SetBounds(f[2], x, y+s, s, h-2*s)
	kit.SetBounds(f[3], x+w-s, y+s, s, h-2*s)
}

// box is one detection on the canvas.
type box struct {
	rim, line  outline
	background *canvas.Rectangle
	text       *canvas.Text
	labelWidth float32
	shown      bool
}

func newBox() *box {
	b := &box{
		rim: newOutline(), line: newOutline(), shown: true,
		background: canvas.NewRectangle(color.Transparent),
		text:       canvas.NewText("", color.White),
	}
	b.text.TextSize, b.text.TextStyle.Bold = labelSize, true
	return b
}

// lines and labels are apart so that no label is crossed by the line of another box.
func (b *box) lines() []fyne.CanvasObject {
	all := make([]fyne.CanvasObject, 0, 8)
	for _, f := range []outline{b.rim, b.line} {
		for _, bar := range f {
			all = append(all, bar)
		}
	}
	return all
}

func (b *box) labels() []fyne.CanvasObject { return []fyne.CanvasObject{b.background, b.text} }

// set shows a detection: its outline, its label, or both.
func (b *box) set(d inference.Detection, o DisplayOptions, faint bool) {
	c := overlay.Color(d.Class)
	on := overlay.Ink(c)
	alpha := uint8(0xff)
	if faint {
		alpha = faintAlpha
		c.A = alpha
	}
	on.A = alpha
	b.rim.set(color.NRGBA{A: alpha / 3})
	b.line.set(c)
	b.background.FillColor = c
	if text := labelText(d, o.Labels, o.IDs); text != b.text.Text || b.labelWidth == 0 {
		b.text.Text = text
		b.labelWidth = fyne.MeasureText(text, labelSize, b.text.TextStyle).Width
	}
	b.text.Color = on
	for _, f := range []*outline{&b.rim, &b.line} {
		for _, bar := range f {
			bar.Hidden = !o.Boxes || d.IsRotated() // the layer of the shapes has that
		}
	}
	b.background.Hidden = b.text.Text == ""
	b.text.Hidden = b.background.Hidden
}

// place puts the box where the detection is in the picture's rectangle, with the label above it
// where there is room, else inside.
func (b *box) place(d inference.Detection, at fyne.Position, size fyne.Size) {
	x1, y1 := at.X+clamp01(d.Box.X1)*size.Width, at.Y+clamp01(d.Box.Y1)*size.Height
	x2, y2 := at.X+clamp01(d.Box.X2)*size.Width, at.Y+clamp01(d.Box.Y2)*size.Height
	// The line's middle is the detection's edge. On whole units, so that the bars meet and are
	// equally thick.
	const half = boxStroke / 2.0
	x1, y1, x2, y2 = whole(x1-half), whole(y1-half), whole(x2+half), whole(y2+half)
	b.rim.place(x1-boxOutline, y1-boxOutline, x2-x1+2*boxOutline, y2-y1+2*boxOutline,
		boxStroke+2*boxOutline)
	b.line.place(x1, y1, x2-x1, y2-y1, boxStroke)
	h := b.text.MinSize().Height
	w := b.labelWidth + 2*labelPadX
	top := y1 - h - 2*labelPadY
	if top < at.Y {
		top = y1
	}
	left := max(at.X, min(x1, at.X+size.Width-w))
	kit.SetBounds(b.background, left, top, w, h+2*labelPadY)
	kit.SetBounds(b.text, left+labelPadX, top+labelPadY, b.labelWidth, h)
}

func (b *box) setVisible(v bool) {
	if b.shown == v {
		return
	}
	b.shown = v
	for _, o := range append(b.lines(), b.labels()...) {
		kit.SetVisible(o, v)
	}
}

// labelText is the label of a box, for example "person 91 %" or "#7 person 91 %".
func labelText(d inference.Detection, name, id bool) string {
	var text string
	if name {
		text = fmt.Sprintf("%s %d %%", kit.Printable(d.Label, kit.MaxLabel),
			int(math.Round(float64(d.Score)*100)))
	}
	if id && d.Track > 0 {
		text = strings.TrimSpace(fmt.Sprintf("#%d %s", d.Track, text))
	}
	return text
}

func whole(v float32) float32 { return float32(math.Round(float64(v))) }

func clamp01(v float32) float32 {
	if !(v > 0) { // also NaN
		return 0
	}
	return min(v, 1)
}
