package pairing

import (
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"strings"

	"github.com/skip2/go-qrcode"
)

// quietZone is the white margin around a QR code in modules that ISO/IEC 18004 asks for. Scanners
// need it most where the code stands on something dark.
const quietZone = 4

// qrModules computes the modules of the QR code for text, true being dark, without any margin. It
// is the only place that knows the QR library. Level M: a screen has glare and moiré but no torn
// corners; with an IPv4 address and the usual port that is version 3, 29 × 29.
func qrModules(text string) ([][]bool, error) {
	code, err := qrcode.New(text, qrcode.Medium)
	if err != nil {
		return nil, fmt.Errorf("make a QR code of %d characters: %w", len(text), err)
	}
	code.DisableBorder = true
	return code.Bitmap(), nil
}

// QRImage draws the QR code for text in a square of exactly pixels × pixels: black on white
// whatever the theme, every module the same whole number of pixels, a quiet zone of at least 4
// modules, and what is left over as more white around it. Show it unscaled, or scaled by a whole
// factor. When pixels is too small for modules of one pixel, the error is [ErrQRTooSmall].
func QRImage(text string, pixels int) (image.Image, error) {
	modules, err := qrModules(text)
	if err != nil {
		return nil, err
	}
	side := len(modules) + 2*quietZone
	scale := pixels / side
	if scale < 1 {
		return nil, fmt.Errorf("%w: %d, but it needs %d", ErrQRTooSmall, pixels, side)
	}
	img := image.NewRGBA(image.Rect(0, 0, pixels, pixels))
	draw.Draw(img, img.Rect, image.White, image.Point{}, draw.Src)
	offset := (pixels-scale*side)/2 + scale*quietZone
	dark := image.NewUniform(color.Black)
	for y, row := range modules {
		for x, isDark := range row {
			if isDark {
				at := image.Rect(0, 0, scale, scale).Add(image.Pt(offset+x*scale, offset+y*scale))
				draw.Draw(img, at, dark, image.Point{}, draw.Src)
			}
		}
	}
	return img, nil
}

// The colours of QRText by their number in the 256-colour palette: 16 and 231 are true black and
// true white, where the first sixteen are whatever the terminal's theme makes of them.
const (
	ansiDarkOnWhite = "\x1b[38;5;16;48;5;231m"
	ansiReset       = "\x1b[0m"
)

// QRText draws the QR code for text for a terminal, two modules to a character by half blocks, each
// line ended by a line break. With colours they are set explicitly, so that it is dark on white in
// a dark terminal too. Without, what is light is drawn, since most terminals are dark; many phones
// read it either way.
func QRText(text string, colours bool) (string, error) {
	modules, err := qrModules(text)
	if err != nil {
		return "", err
	}
	side := len(modules) + 2*quietZone
	drawn := func(x, y int) bool {
		x, y = x-quietZone, y-quietZone
		return (y >= 0 && y < len(modules) && x >= 0 && x < len(modules) &&
			modules[y][x]) == colours
	}
	begin, end := ansiDarkOnWhite, ansiReset
	if !colours {
		begin, end = "", ""
	}
	var b strings.Builder
	// The number of rows is always odd, so the last line has a lower half that is margin: white as
	// well.
	for y := 0; y < side; y += 2 {
		b.WriteString(begin)
		for x := range side {
			switch top, bottom := drawn(x, y), drawn(x, y+1); {
			case top && bottom:
				b.WriteRune('█')
			case top:
				b.WriteRune('▀')
			case bottom:
				b.WriteRune('▄')
			default:
				b.WriteByte(' ')
			}
		}
		b.WriteString(end + "\n")
	}
	return b.String(), nil
}
