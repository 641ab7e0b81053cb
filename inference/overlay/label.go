package overlay

import (
	"image"
	"image/color"
	"sync"
	"unicode/utf8"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
)

// fonts keeps one face for each size that was used. A face draws for one goroutine at a time.
var fonts struct {
	sync.Mutex
	parsed *opentype.Font
	faces  map[int]font.Face
}

// face returns Go Bold at that size in pixels, or nil when the font cannot be used. The caller holds the lock.
func face(size int) font.Face {
	if f, ok := fonts.faces[size]; ok {
		return f
	}
	if fonts.faces == nil {
		fonts.faces = map[int]font.Face{}
		fonts.parsed, _ = opentype.Parse(gobold.TTF) // built in; were it broken, boxes are drawn without names
	}
	if fonts.parsed == nil {
		return nil
	}
	// At 72 dots per inch a point is a pixel.
	f, err := opentype.NewFace(fonts.parsed, &opentype.FaceOptions{Size: float64(size), DPI: 72, Hinting: font.HintingFull})
	if err != nil {
		return nil
	}
	fonts.faces[size] = f
	return f
}

// label writes text on a plate of the box's colour: above the box, or inside its top edge where there is no room above, moved so
// that it lies in the picture, and shortened where even that is too narrow.
func (s style) label(dst *image.RGBA, r image.Rectangle, text string, c color.NRGBA) {
	fonts.Lock()
	defer fonts.Unlock()
	f := face(s.font)
	if f == nil {
		return
	}
	bounds := dst.Bounds()
	m := f.Metrics()
	height := (m.Ascent + m.Descent).Ceil() + 2*s.gap
	text = shorten(f, text, bounds.Dx()-4*s.gap)
	if text == "" || height > bounds.Dy() {
		return
	}
	width := font.MeasureString(f, text).Ceil() + 4*s.gap
	x := max(bounds.Min.X, min(r.Min.X, bounds.Max.X-width))
	y := r.Min.Y - height
	if y < bounds.Min.Y {
		y = min(r.Min.Y, bounds.Max.Y-height)
	}
	plate := image.Rect(x, y, x+width, y+height)
	fill(dst, plate, c)
	d := font.Drawer{
		Dst: dst, Src: image.NewUniform(ink(c)), Face: f,
		Dot: fixed.Point26_6{X: fixed.I(x + 2*s.gap), Y: fixed.I(y+s.gap) + m.Ascent},
	}
	d.DrawString(text)
}

// shorten cuts letters off the end until the text is no wider than that many pixels; "" when nothing fits.
func shorten(f font.Face, text string, width int) string {
	if font.MeasureString(f, text).Ceil() <= width {
		return text
	}
	for text != "" {
		_, n := utf8.DecodeLastRuneInString(text)
		text = text[:len(text)-n]
		if short := text + "…"; text != "" && font.MeasureString(f, short).Ceil() <= width {
			return short
		}
	}
	return ""
}
