package command

import (
	"bytes"
	"encoding/json"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"handlens/inference/testmodel"
)

// colourModel writes our tiny detector of colour patches to a file.
func colourModel(t *testing.T, layout string) string {
	t.Helper()
	data, err := testmodel.Build(layout, 320)
	if err != nil {
		t.Fatal(err)
	}
	return writeFile(t, filepath.Join(t.TempDir(), "colours-"+layout+".onnx"), data)
}

func writeFile(t *testing.T, path string, data []byte) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

var (
	red   = color.RGBA{R: 255, A: 255}
	green = color.RGBA{G: 255, A: 255}
	blue  = color.RGBA{B: 255, A: 255}
)

// patch is a rectangle of one colour.
type patch struct {
	at    image.Rectangle
	color color.RGBA
}

// drawn paints patches on grey.
func drawn(w, h int, patches ...patch) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(img, img.Rect, image.NewUniform(color.RGBA{96, 96, 96, 255}), image.Point{}, draw.Src)
	for _, p := range patches {
		draw.Draw(img, p.at, image.NewUniform(p.color), image.Point{}, draw.Src)
	}
	return img
}

func encoded(t *testing.T, encode func(io.Writer) error) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := encode(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func pngOf(t *testing.T, img image.Image) []byte {
	t.Helper()
	return encoded(t, func(w io.Writer) error { return png.Encode(w, img) })
}

// detectLine is a line of --format jsonl as a script reads it.
type detectLine struct {
	File          string
	Width, Height int
	Frame         *int
	PTS           *float64
	T             int64
	Model         string
	Detections    []struct {
		Box        [4]float64
		Label      string
		Confidence float64
	}
}

// detect runs the whole command and wants an exit status.
func detect(t *testing.T, status int, args ...string) (stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	args = append([]string{"--data-dir", filepath.Join(t.TempDir(), "data")}, args...)
	if got := detectCommand.Run(t.Context(), args, &out, &errs); got != status {
		t.Fatalf("detect %q ended with %d, want %d; it said\n%s%s", args, got, status, out.String(),
			errs.String())
	}
	return out.String(), errs.String()
}

func parseLines(t *testing.T, text string) []detectLine {
	t.Helper()
	var lines []detectLine
	for line := range strings.Lines(text) {
		var l detectLine
		if err := json.Unmarshal([]byte(line), &l); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		lines = append(lines, l)
	}
	return lines
}

// wantPatch checks that a line has one object only, that patch, to within so many pixels.
func wantPatch(t *testing.T, l detectLine, label string, at image.Rectangle, within float64) {
	t.Helper()
	if len(l.Detections) != 1 {
		t.Fatalf("%s: %d objects, want one %s", l.File, len(l.Detections), label)
	}
	d := l.Detections[0]
	w, h := float64(l.Width), float64(l.Height)
	got := [4]float64{d.Box[0] * w, d.Box[1] * h, d.Box[2] * w, d.Box[3] * h}
	want := [4]float64{float64(at.Min.X), float64(at.Min.Y), float64(at.Max.X), float64(at.Max.Y)}
	for i := range got {
		if math.Abs(got[i]-want[i]) > within {
			t.Errorf("%s: the %s box is %.1f, want %.1f", l.File, d.Label, got, want)
			break
		}
	}
	if d.Label != label || d.Confidence != 0.98 {
		t.Errorf("%s: found %s with %.3f, want %s with 0.98", l.File, d.Label, d.Confidence, label)
	}
}
