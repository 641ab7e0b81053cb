package pairing

import (
	"errors"
	"image"
	"image/color"
	"image/draw"
	"strings"
	"testing"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"
)

const sampleURL = "https://192.168.178.142:8443/#K7QX9M2T4HRA"

// read decodes a QR code as a scanner would, by a reader that shares no code with what draws it.
func read(t *testing.T, img image.Image) string {
	t.Helper()
	bitmap, err := gozxing.NewBinaryBitmapFromImage(img)
	if err != nil {
		t.Fatal(err)
	}
	result, err := qrcode.NewQRCodeReader().Decode(bitmap, nil)
	if err != nil {
		t.Fatalf("the code cannot be read: %v", err)
	}
	return result.GetText()
}

func TestQRImageIsReadBack(t *testing.T) {
	for _, pixels := range []int{128, 240, 321, 512, 1000} {
		img, err := QRImage(sampleURL, pixels)
		if err != nil {
			t.Fatal(err)
		}
		if got := read(t, img); got != sampleURL {
			t.Errorf("%d pixels: read %q", pixels, got)
		}
	}
}

// A dark window around the picture must not matter: that is what the quiet zone is for.
func TestQRImageOnDark(t *testing.T) {
	img, err := QRImage(sampleURL, 246)
	if err != nil {
		t.Fatal(err)
	}
	dark := image.NewRGBA(image.Rect(0, 0, 600, 500))
	draw.Draw(dark, dark.Rect, image.NewUniform(color.RGBA{16, 18, 24, 255}), image.Point{},
		draw.Src)
	draw.Draw(dark, img.Bounds().Add(image.Pt(170, 120)), img, image.Point{}, draw.Src)
	if got := read(t, dark); got != sampleURL {
		t.Errorf("read %q", got)
	}
}

func TestQRImageGeometry(t *testing.T) {
	modules, err := qrModules(sampleURL)
	if err != nil {
		t.Fatal(err)
	}
	if len(modules) != 29 {
		t.Errorf("the usual code has %d modules a side: larger ones are harder to scan",
			len(modules))
	}
	side := len(modules) + 2*quietZone
	for _, pixels := range []int{side, side + 1, 2*side - 1, 2 * side, 300, 7*side + 3} {
		made, err := QRImage(sampleURL, pixels)
		if err != nil {
			t.Fatal(err)
		}
		img := made.(*image.RGBA)
		if img.Rect != image.Rect(0, 0, pixels, pixels) {
			t.Fatalf("asked for %d pixels, got %v", pixels, img.Rect)
		}
		scale := pixels / side
		margin := (pixels - scale*len(modules)) / 2
		if margin < scale*quietZone {
			t.Errorf("%d pixels: a quiet zone of %d pixels with modules of %d", pixels, margin,
				scale)
		}
		// Every pixel is black or white, and belongs to just the module that its place says.
		for y := range pixels {
			for x := range pixels {
				mx, my := (x-margin)/scale, (y-margin)/scale
				dark := x >= margin && y >= margin && mx < len(modules) && my < len(modules) &&
					modules[my][mx]
				want := color.RGBA{255, 255, 255, 255}
				if dark {
					want = color.RGBA{0, 0, 0, 255}
				}
				if got := img.RGBAAt(x, y); got != want {
					t.Fatalf("%d pixels: (%d, %d) is %v, want %v", pixels, x, y, got, want)
				}
			}
		}
	}
}

func TestQRImageErrors(t *testing.T) {
	if _, err := QRImage(sampleURL, 36); !errors.Is(err, ErrQRTooSmall) {
		t.Errorf("too few pixels: %v", err)
	}
	if _, err := QRImage(strings.Repeat("x", 10_000), 4000); err == nil {
		t.Error("ten thousand characters are more than a QR code holds")
	}
	if _, err := QRText(strings.Repeat("x", 10_000), true); err == nil {
		t.Error("ten thousand characters are more than a QR code holds")
	}
}

// The text for terminals is drawn here as a terminal would, two pixels a character, and read back.
func TestQRTextIsReadBack(t *testing.T) {
	readBack(t, true)
	readBack(t, false)
}

func readBack(t *testing.T, colours bool) {
	t.Helper()
	text, err := QRText(sampleURL, colours)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	var img *image.Gray
	const scale = 4
	for row, line := range lines {
		inner, ok := strings.CutPrefix(line, ansiDarkOnWhite)
		inner, ok2 := strings.CutSuffix(inner, ansiReset)
		if ok != colours || ok2 != colours || strings.Contains(inner, "\x1b") {
			t.Fatalf("line %d does not set its colours and reset them: %q", row, line)
		}
		cells := []rune(inner)
		if img == nil {
			img = image.NewGray(image.Rect(0, 0, len(cells)*scale, 2*len(lines)*scale))
			draw.Draw(img, img.Rect, image.White, image.Point{}, draw.Src)
		}
		if len(cells)*scale != img.Rect.Dx() {
			t.Fatalf("line %d has %d cells", row, len(cells))
		}
		for x, cell := range cells {
			for half, drawn := range []bool{cell == '█' || cell == '▀', cell == '█' ||
				cell == '▄'} {
				if drawn == colours {
					at := image.Rect(0, 0, scale, scale).Add(image.Pt(x*scale, (2*row+half)*scale))
					draw.Draw(img, at, image.Black, image.Point{}, draw.Src)
				}
			}
		}
	}
	if got := read(t, img); got != sampleURL {
		t.Errorf("read %q", got)
	}
}
