package command

import (
	"bytes"
	"context"
	"image"
	"image/color/palette"
	"image/draw"
	"image/gif"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"handlens/app/cli"
)

// gifOf draws a patch that moves to the right by 32 pixels with each frame.
func gifOf(t *testing.T, frames int) []byte {
	t.Helper()
	g := new(gif.GIF)
	for i := range frames {
		img := drawn(320, 240, patch{image.Rect(32+32*i, 64, 96+32*i, 128), red})
		p := image.NewPaletted(img.Rect, palette.WebSafe)
		draw.Draw(p, p.Rect, img, image.Point{}, draw.Src)
		g.Image, g.Delay = append(g.Image, p), append(g.Delay, 10)
	}
	return encoded(t, func(w io.Writer) error { return gif.EncodeAll(w, g) })
}

func TestWhatMovesIsAVideo(t *testing.T) {
	dir := t.TempDir()
	still := writeFile(t, filepath.Join(dir, "still.gif"), gifOf(t, 1))
	moving := writeFile(t, filepath.Join(dir, "moving.gif"), gifOf(t, 3))
	stdout, _ := detect(t, cli.Done, "--format", "jsonl", "--model", colourModel(t, "yolov8"),
		still, moving)
	lines := parseLines(t, stdout)
	if len(lines) != 4 || lines[0].Frame != nil {
		t.Fatalf("%s", stdout)
	}
	for i, l := range lines[1:] {
		if l.Frame == nil || *l.Frame != i || l.T != int64(100*i) {
			t.Errorf("frame %d is %+v", i, l)
		}
		wantPatch(t, l, "red", image.Rect(32+32*i, 64, 96+32*i, 128), 3)
	}
}

func TestAFolderSaysWhatItLeavesOut(t *testing.T) {
	dir := t.TempDir()
	write := func(name string, data []byte) { writeFile(t, filepath.Join(dir, name), data) }
	film, err := os.ReadFile("testdata/patch.mp4")
	if err != nil {
		t.Fatal(err)
	}
	picture := pngOf(t, drawn(320, 320, patch{image.Rect(32, 32, 96, 96), red}))
	write("a.png", picture)
	write("no-ending", picture)
	write(".hidden.png", picture)
	write("film.mp4", film)
	write("b.jxl", []byte("\xff\x0a\x00\x00"))
	write("c.txt", []byte("text"))
	write("d.txt", []byte("text"))
	write("folder/e.png", picture)
	model := colourModel(t, "yolov8")
	stdout, stderr := detect(t, cli.Done, "--format", "jsonl", "--model", model, dir)
	want := "handlens detect: " + dir +
		": looks at 2 of 8 files; left out: 1 video (--with-videos " +
		"looks at those, too), 1 picture in a format that is not read (b.jxl is JPEG XL), " +
		"1 folder, 1 hidden file, 2 files that are no pictures (.txt)\n"
	if n := len(parseLines(t, stdout)); n != 2 || stderr != want {
		t.Errorf("%d lines, and %q, want %q", n, stderr, want)
	}
	stdout, stderr = detect(t, cli.Done, "--with-videos", "--format", "jsonl", "--model", model,
		dir)
	if n := len(parseLines(t, stdout)); n != 2+8 || strings.Contains(stderr, "video") {
		t.Errorf("with videos %d lines, and %q", n, stderr)
	}
}

func TestAddressesAndCutFilms(t *testing.T) {
	film, err := os.ReadFile("testdata/patch.mp4")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	lost := writeFile(t, filepath.Join(dir, "lost.mp4"), film[:len(film)/2])
	jxl := writeFile(t, filepath.Join(dir, "photo.jxl"), []byte("\xff\x0a\x00\x00"))
	moving := gifOf(t, 3)
	cut := writeFile(t, filepath.Join(dir, "cut.gif"), moving[:len(moving)-1])
	args := []string{
		"--format", "jsonl", "--model", colourModel(t, "yolov8"), "http://x/a.jpg",
		"rtsp://camera/1", lost, jxl, cut,
	}
	stdout, stderr := detect(t, cli.Failed, args...)
	for _, word := range []string{
		"http://x/a.jpg: is an address, and only files are read", "rtsp://camera/1: is a stream",
		"lost.mp4: is neither a picture nor a video that can be read: it is MP4",
		"photo.jxl: is JPEG XL, which is not read: convert it to PNG or JPEG first",
		"cut.gif: ends early: it is cut off after 0.3 seconds, which were looked at",
	} {
		if !strings.Contains(stderr, word) {
			t.Errorf("it does not say %q:\n%s", word, stderr)
		}
	}
	if n := len(parseLines(t, stdout)); n != 3 || strings.Count(stderr, "\n") != 5 {
		t.Errorf("%d lines, and\n%s", n, stderr)
	}
}

func TestStandardInput(t *testing.T) {
	picture := pngOf(t, drawn(32, 16))
	l := listInputs(t.Context(), []string{"-", "-"}, false, bytes.NewReader(picture))
	if len(l.files) != 2 || l.files[0].name != "-" || l.files[1].err == nil ||
		!strings.Contains(l.files[1].err.Error(), "once only") {
		t.Fatalf("%+v", l.files)
	}
	saved, err := os.ReadFile(l.files[0].path)
	if err != nil || !bytes.Equal(saved, picture) {
		t.Errorf("%d bytes were saved, %v", len(saved), err)
	}
	l.close()
	if _, err := os.Stat(l.files[0].path); err == nil {
		t.Error("the copy stays behind")
	}
	if got := annotatedName("-"); got != "stdin-boxes" {
		t.Errorf("it is drawn into %s", got)
	}

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	r, w := io.Pipe() // nobody ever writes
	defer w.Close()
	l = listInputs(ctx, []string{"-"}, false, r)
	defer l.close()
	if err := l.files[0].err; err == nil || !strings.Contains(err.Error(), "stopped") {
		t.Errorf("interrupted, it is %v", err)
	}
}
