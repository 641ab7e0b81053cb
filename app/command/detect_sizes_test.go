package command

import (
	"image"
	"image/color"
	"image/color/palette"
	"image/draw"
	"path/filepath"
	"testing"

	"handlens/app/cli"
	"handlens/inference/testmodel"
)

// TestDetectSmallestAndLargePictures gives every layout a single pixel, a line and a picture of a
// good camera.
func TestDetectSmallestAndLargePictures(t *testing.T) {
	dir := t.TempDir()
	at := image.Rect(1000, 2000, 3000, 3600)
	// a byte a pixel, drawn and packed quickly
	large := image.NewPaletted(image.Rect(0, 0, 8000, 6000), palette.WebSafe)
	draw.Draw(large, large.Rect, image.NewUniform(color.Gray{0x66}), image.Point{}, draw.Src)
	draw.Draw(large, at, image.NewUniform(green), image.Point{}, draw.Src)
	files := []string{
		writeFile(t, filepath.Join(dir, "dot.png"), pngOf(t, drawn(1, 1))),
		writeFile(t, filepath.Join(dir, "line.png"), pngOf(t, drawn(3000, 1))),
		writeFile(t, filepath.Join(dir, "large.png"), pngOf(t, large)),
	}
	for i, layout := range testmodel.Layouts {
		if i > 1 {
			files = files[:2] // decoding the large one again would tell nothing new
		}
		stdout, stderr := detect(t, cli.Done,
			append([]string{"--format", "jsonl", "--model", colourModel(t, layout)}, files...)...)
		lines := parseLines(t, stdout)
		if len(lines) != len(files) || stderr != "" {
			t.Fatalf("%s: %d lines for %d pictures, and %q", layout, len(lines), len(files), stderr)
		}
		for k, size := range []image.Point{{1, 1}, {3000, 1}, {8000, 6000}}[:len(files)] {
			if got := image.Pt(lines[k].Width, lines[k].Height); got != size {
				t.Errorf("%s: the picture is %v, want %v", layout, got, size)
			}
		}
		if n := len(lines[0].Detections) + len(lines[1].Detections); n != 0 {
			t.Errorf("%s: %d objects in grey dots", layout, n)
		}
		if len(files) == 3 {
			wantPatch(t, lines[2], "green", at, 30) // little more than a pixel of the model's 320
		}
	}
}
