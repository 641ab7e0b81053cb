package record

import (
	"errors"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"handlens/media/atomicfile"
)

// gradient is a small picture that is not the same anywhere.
func gradient(w, h int) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			img.SetRGBA(x, y, color.RGBA{R: uint8(x), G: uint8(y), B: uint8(x ^ y), A: 255})
		}
	}
	return img
}

// savePNG saves a picture as a snapshot's are.
func savePNG(dir, base string, img image.Image) (string, error) {
	paths, err := saveTogether(dir, base, []newFile{pictureFile(".png", img)})
	if err != nil {
		return "", err
	}
	return paths[0], nil
}

func readPNG(t *testing.T, path string) image.Image {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	img, err := png.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	return img
}

func TestSavePNGKeepsThePixels(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "folder")
	want := gradient(65, 33)
	path, err := savePNG(dir, "a picture", want)
	if err != nil {
		t.Fatal(err)
	}
	if path != filepath.Join(dir, "a picture.png") {
		t.Errorf("path is %s", path)
	}
	got := readPNG(t, path)
	for y := range 33 {
		for x := range 65 {
			if r, g, b, a := got.At(x,
				y).RGBA(); (color.RGBA{
				uint8(r >> 8), uint8(g >> 8), uint8(b >> 8),
				uint8(a >> 8),
			}) != want.RGBAAt(x, y) {
				t.Fatalf("pixel %d, %d changed", x, y)
			}
		}
	}
}

func TestSavePNGNeverOverwrites(t *testing.T) {
	dir := t.TempDir()
	const n = 16
	paths := make([]string, n)
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() {
			var err error
			if paths[i], err = savePNG(dir, "same", gradient(i+1, 4)); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	seen := map[string]bool{}
	for i, p := range paths {
		if seen[p] {
			t.Errorf("%s was given twice", p)
		}
		seen[p] = true
		if w := readPNG(t, p).Bounds().Dx(); w != i+1 {
			t.Errorf("%s is %d wide, want %d", p, w, i+1)
		}
	}
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(files) != n {
		t.Errorf("%d files are there, want %d and nothing left over", len(files), n)
	}
}

func TestSavePNGSaysWhatIsWrong(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := savePNG(filepath.Join(file, "under"), "x", gradient(2, 2))
	if err == nil || !strings.Contains(err.Error(), "a folder is needed") {
		t.Errorf("under a file: %v", err)
	}

	if err := explain("/pictures",
		&os.PathError{Op: "open", Path: "x", Err: syscall.EROFS}); !errors.Is(err, ErrReadOnly) {
		t.Errorf("on a read-only disk: %v", err)
	}
	if os.Geteuid() != 0 { // modes do not hold root back
		dir := t.TempDir()
		if err := os.Chmod(dir, 0o500); err != nil {
			t.Fatal(err)
		}
		if _, err := savePNG(dir, "x", gradient(2, 2)); !errors.Is(err, ErrReadOnly) {
			t.Errorf("in a read-only folder: %v", err)
		}
	}

	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := explain("/pictures",
		atomicfile.Fill(full, pictureFile("", gradient(300, 300)).write)); !errors.Is(err,
		ErrFull) || strings.Contains(err.Error(), "\n") {
		t.Errorf("on a full disk: %v", err)
	}
	if err := explain("/pictures", syscall.EDQUOT); !errors.Is(err, ErrFull) {
		t.Errorf("over quota: %v", err)
	}

	if _, err := savePNG(t.TempDir(), "x", image.NewRGBA(image.Rectangle{})); err == nil {
		t.Error("a picture without pixels was saved")
	}
}

func TestSavePNGRefusesTheEndless(t *testing.T) {
	dir := t.TempDir()
	if _, err := savePNG(dir, "x", image.Black); err == nil {
		t.Fatal("a picture of 2 000 000 000 pixels a side was saved")
	}
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(files) != 0 {
		t.Errorf("%v is left", files)
	}
}

func TestFileName(t *testing.T) {
	for in, want := range map[string]string{
		"Anna's iPhone":          "Anna's iPhone",
		"../../etc/passwd":       "-..-etc-passwd",
		`a/b\c:d*e?f"g<h>i|j`:    "a-b-c-d-e-f-g-h-i-j",
		"line\nbreak\x00":        "line-break-",
		"trailing dots... ":      "trailing dots",
		"..":                     "Handlens",
		"":                       "Handlens",
		"broken \xff text":       "broken - text",
		strings.Repeat("ä", 300): strings.Repeat("ä", maxBaseBytes/2),
		"手机":                     "手机",
	} {
		if got := fileName(in); got != want {
			t.Errorf("%q became %q, want %q", in, got, want)
		}
	}
}

func BenchmarkSavePNG720p(b *testing.B) {
	dir := b.TempDir()
	img := gradient(1280, 720)
	b.ReportAllocs()
	for b.Loop() {
		path, err := savePNG(dir, "bench", img)
		if err != nil {
			b.Fatal(err)
		}
		os.Remove(path)
	}
}
