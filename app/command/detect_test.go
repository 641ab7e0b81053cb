package command

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"hash/crc32"
	"image"
	"image/color/palette"
	"image/draw"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"go.uber.org/goleak"
	"golang.org/x/image/bmp"
	"golang.org/x/image/tiff"

	"handlens/app/cli"
	"handlens/inference/testmodel"
	"handlens/media/heif/heiftest"
)

func TestDetectReadsEveryFormat(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	at := image.Rect(64, 128, 192, 320)
	img := drawn(640, 480, patch{at, green})
	paletted := image.NewPaletted(img.Rect, palette.WebSafe)
	draw.Draw(paletted, img.Rect, img, image.Point{}, draw.Src)
	dir := t.TempDir()
	for name, encode := range map[string]func(io.Writer) error{
		"a.png": func(w io.Writer) error { return png.Encode(w, img) },
		"b.JPG": func(w io.Writer) error {
			return jpeg.Encode(w, img, &jpeg.Options{Quality: 95})
		},
		"c.bmp":  func(w io.Writer) error { return bmp.Encode(w, img) },
		"d.tiff": func(w io.Writer) error { return tiff.Encode(w, img, nil) },
		"e.gif":  func(w io.Writer) error { return gif.Encode(w, paletted, nil) },
	} {
		writeFile(t, filepath.Join(dir, name), encoded(t, encode))
	}
	writeFile(t, filepath.Join(dir, "notes.txt"), []byte("not a picture, and not asked for"))
	for _, layout := range testmodel.Layouts {
		stdout, stderr := detect(t, cli.Done, "--format", "jsonl", dir, "--model",
			colourModel(t, layout), "testdata/patch.webp")
		lines := parseLines(t, stdout)
		if len(lines) != 6 || stderr != "handlens detect: "+dir+": looks at 5 of 6 files; left "+
			"out: "+
			"1 file that is no picture (.txt)\n" {
			t.Fatalf("%s: %d lines, and %q", layout, len(lines), stderr)
		}
		for i, name := range []string{"a.png", "b.JPG", "c.bmp", "d.tiff", "e.gif"} {
			if lines[i].File != filepath.Join(dir, name) || lines[i].Width != 640 ||
				lines[i].Height != 480 || lines[i].Frame != nil {
				t.Errorf("%s: line %d is about %+v", layout, i, lines[i])
			}
			wantPatch(t, lines[i], "green", at, 3)
		}
		wantPatch(t, lines[5], "green", image.Rect(16, 32, 48, 64), 1)
	}
}

func TestDetectTurnsPicturesUpright(t *testing.T) {
	// As stored: the patch is top left in a lying picture. A viewer turns it to the right, and it
	// is top right of a standing one.
	stored := drawn(640, 320, patch{image.Rect(0, 0, 160, 80), blue})
	file := writeFile(t, filepath.Join(t.TempDir(), "phone.heic"),
		heiftest.Picture{
			Brands: []string{"heic", "mif1"}, Kind: "jpeg", TileSize: stored.Rect.Size(),
			Parts: [][]byte{encoded(t, func(w io.Writer) error {
				return jpeg.Encode(w, stored, &jpeg.Options{Quality: 98})
			})},
			Properties: [][]byte{heiftest.Turn(3)},
		}.File())
	stdout, _ := detect(t, cli.Done, "--format=jsonl", "--model", colourModel(t, "yolov8"), file)
	l := parseLines(t, stdout)[0]
	if l.Width != 320 || l.Height != 640 || l.Frame != nil {
		t.Errorf("the picture is %d × %d", l.Width, l.Height)
	}
	wantPatch(t, l, "blue", image.Rect(240, 0, 320, 160), 3)
}

func TestDetectVideo(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	stdout, stderr := detect(t, cli.Done, "--format", "jsonl", "--model", colourModel(t, "end2end"),
		"testdata/patch.mp4")
	lines := parseLines(t, stdout)
	if len(lines) != 8 || stderr != "" {
		t.Fatalf("%d frames, and %q", len(lines), stderr)
	}
	for i, l := range lines {
		if l.Frame == nil || *l.Frame != i || l.PTS == nil || l.T != int64(i)*100 ||
			*l.PTS != float64(i)/10 {
			t.Errorf("frame %d is %+v", i, l)
		}
		x := 40 + 16*i
		wantPatch(t, l, "red", image.Rect(x, 80, x+64, 144), 2)
	}
}

func TestDetectFilters(t *testing.T) {
	file := writeFile(t, filepath.Join(t.TempDir(), "three.png"), pngOf(t, drawn(320, 320,
		patch{image.Rect(0, 0, 64, 64), red}, patch{image.Rect(100, 100, 164, 164), green},
		patch{image.Rect(200, 200, 264, 264), blue})))
	model := colourModel(t, "yolox")
	for args, want := range map[string]string{
		"": "blue green red", "--classes Green": "green", "--classes red,blue": "blue red",
		"--confidence 0.99": "",
	} {
		stdout, _ := detect(t, cli.Done,
			append(strings.Fields(args), "--format", "jsonl", "--model", model, file)...)
		var got []string
		for _, d := range parseLines(t, stdout)[0].Detections {
			got = append(got, d.Label)
		}
		slices.Sort(got)
		if strings.Join(got, " ") != want {
			t.Errorf("%q: found %v, want %s", args, got, want)
		}
	}
	if _, stderr := detect(t, cli.Failed, "--classes", "gren", "--model", model,
		file); !strings.Contains(stderr, "green") {
		t.Errorf("an unknown class: %q", stderr)
	}
}

func TestDetectCOCO(t *testing.T) {
	dir := t.TempDir()
	img := pngOf(t, drawn(320, 240, patch{image.Rect(40, 80, 104, 144), green}))
	writeFile(t, filepath.Join(dir, "000000000139.png"), img)
	writeFile(t, filepath.Join(dir, "holiday.png"), img)
	model := colourModel(t, "deim")
	stdout, _ := detect(t, cli.Done, "--format", "coco", "--model", model, dir)
	var got []cocoResult
	if err := json.Unmarshal([]byte(stdout), &got); err != nil {
		t.Fatal(err)
	}
	if len(got) != 2 || got[0].ImageID != 139 || got[1].ImageID != 1 || got[0].CategoryID != 2 ||
		got[0].Score != 0.98 {
		t.Fatalf("got %+v", got)
	}
	for i, want := range []float64{40, 80, 64, 64} {
		if v := got[0].BBox[i]; v < want-2 || v > want+2 {
			t.Errorf("the box is %v", got[0].BBox)
		}
	}
	if got[0].FileName != filepath.Join(dir, "000000000139.png") {
		t.Errorf("nothing leads from the id to the file: %+v", got[0])
	}
	again, _ := detect(t, cli.Done, "--format", "coco", "--model", model, dir)
	if again != stdout {
		t.Error("a second run wrote something else")
	}
}

// hugeHeader is a PNG that promises far more pixels than anybody wants to hold.
func hugeHeader(w, h uint32) []byte {
	head := append([]byte("IHDR"),
		binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, w), h)...)
	head = append(head, 8, 6, 0, 0, 0)
	out := append([]byte("\x89PNG\r\n\x1a\n"), 0, 0, 0, 13)
	out = append(out, head...)
	return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(head))
}

func TestDetectGoesOnAfterBadFiles(t *testing.T) {
	dir := t.TempDir()
	file := func(name string, data []byte) string {
		return writeFile(t, filepath.Join(dir, name), data)
	}
	good := encoded(t, func(w io.Writer) error {
		return jpeg.Encode(w, drawn(320, 320, patch{image.Rect(32, 32, 96, 96), red}), nil)
	})
	empty := filepath.Join(dir, "folder")
	if err := os.Mkdir(empty, 0o755); err != nil {
		t.Fatal(err)
	}
	bad := map[string]string{ // what the line on standard error must say
		filepath.Join(dir, "missing.jpg"):                "there is no such file",
		file("text.jpg", []byte("hello, I am a letter")): "is not a picture",
		file("text.mp4", []byte("hello, I am a letter")): "neither a picture nor a video",
		file("nothing.png", nil):                         "is empty",
		file("cut.jpg", good[:len(good)/2]):              "not a complete picture",
		file("head.jpg", good[:3]):                       "not a complete picture",
		file("huge.png", hugeHeader(100_000, 100_000)):   "100000 × 100000",
		file("wide.png", hugeHeader(16_000, 16_000)):     "16000 × 16000",
		empty: "no pictures",
	}
	args := []string{"--format", "jsonl", "--model", colourModel(t, "yolov8")}
	for path := range bad {
		args = append(args, path)
	}
	args = append(args, file("dot.png", pngOf(t, drawn(1, 1))), file("good.jpg", good))
	stdout, stderr := detect(t, cli.Failed, args...)
	for path, word := range bad {
		found := false
		for line := range strings.Lines(stderr) {
			found = found || strings.HasPrefix(line, "handlens detect: "+path+": ") &&
				strings.Contains(line, word)
		}
		if !found {
			t.Errorf("no line says %q of %s:\n%s", word, path, stderr)
		}
	}
	if n := strings.Count(stderr, "\n"); n != len(bad) {
		t.Errorf("%d lines for %d bad files:\n%s", n, len(bad), stderr)
	}
	lines := parseLines(t, stdout)
	if len(lines) != 2 || lines[0].Width != 1 || len(lines[0].Detections) != 0 {
		t.Fatalf("the good files gave %s", stdout)
	}
	wantPatch(t, lines[1], "red", image.Rect(32, 32, 96, 96), 2)
}

func TestDetectDrawsBoxes(t *testing.T) {
	dir, out := t.TempDir(), filepath.Join(t.TempDir(), "new", "out")
	img := drawn(320, 320, patch{image.Rect(100, 100, 200, 200), red})
	a := writeFile(t, filepath.Join(dir, "one", "x.png"), pngOf(t, img))
	b := writeFile(t, filepath.Join(dir, "two", "x.png"), pngOf(t, img))
	c := writeFile(t, filepath.Join(dir, "x.jpeg"),
		encoded(t, func(w io.Writer) error { return jpeg.Encode(w, img, nil) }))
	detect(t, cli.Done, "--out", out, "--model", colourModel(t, "yolov8"), a, b, c)
	for _, name := range []string{"x-boxes.png", "x-boxes (2).png", "x-boxes.jpg"} {
		f, err := os.Open(filepath.Join(out, name))
		if err != nil {
			t.Fatal(err)
		}
		got, _, err := image.Decode(f)
		f.Close()
		if err != nil || got.Bounds() != img.Rect {
			t.Fatalf("%s: %v, %v", name, got.Bounds(), err)
		}
		changed := 0
		for y := range 320 {
			for x := range 320 {
				r1, g1, b1, _ := got.At(x, y).RGBA()
				r2, g2, b2, _ := img.At(x, y).RGBA()
				if max(r1, r2)-min(r1, r2) > 0x4000 || max(g1, g2)-min(g1, g2) > 0x4000 ||
					max(b1, b2)-min(b1, b2) > 0x4000 {
					changed++
				}
			}
		}
		if changed < 300 { // the four edges of the box alone are 400 pixels
			t.Errorf("%s: only %d pixels differ from the picture without boxes", name, changed)
		}
	}
	blocked := writeFile(t, filepath.Join(dir, "file"), nil)
	if _, stderr := detect(t, cli.Failed, "--out", blocked, "--model", colourModel(t, "yolov8"),
		a); !strings.Contains(stderr, "--out") {
		t.Errorf("a file instead of the folder: %q", stderr)
	}
}

func TestDetectWrongUsage(t *testing.T) {
	for _, args := range []string{
		"", "--format xml a.jpg", "--confidence 2 a.jpg", "--confidence 0 a.jpg",
		"--confidence NaN a.jpg", "--iou -1 a.jpg", "--wrong a.jpg", "a.jpg --out",
	} {
		if _, stderr := detect(t, cli.Usage, strings.Fields(args)...); strings.Count(stderr,
			"\n") != 1 || !strings.Contains(stderr, "--help") {
			t.Errorf("%q: %q", args, stderr)
		}
	}
	if stdout, _ := detect(t, cli.Done, "--help"); !strings.Contains(stdout, "--format") {
		t.Errorf("the help is %q", stdout)
	}
}

func TestDetectWithoutAUsableModel(t *testing.T) {
	picture := writeFile(t, filepath.Join(t.TempDir(), "a.png"), pngOf(t, drawn(10, 10)))
	corrupt := writeFile(t, filepath.Join(t.TempDir(), "corrupt.onnx"),
		[]byte("this is not a model"))
	for model, word := range map[string]string{
		"yolox-nano-416":   "handlens models get yolox-nano-416",
		"yolox-nan-416":    "did you mean yolox-nano-416?",
		"./nowhere.onnx":   "there is no model file",
		corrupt:            "corrupt.onnx",
		t.TempDir() + "/.": "folder",
	} {
		_, stderr := detect(t, cli.Failed, "--model", model, picture)
		if !strings.Contains(stderr, word) || strings.Count(stderr, "\n") != 1 {
			t.Errorf("--model %q: %q, want a line with %q", model, stderr, word)
		}
	}
	if stdout, _ := detect(t, cli.Done, "--format", "jsonl", picture); !strings.Contains(stdout,
		`"model":"starter"`) {
		t.Errorf("with nothing installed it says %s", stdout)
	}
}

func TestDetectStops(t *testing.T) {
	model := colourModel(t, "yolov8")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var out, errs bytes.Buffer
	if got := detectCommand.Run(ctx,
		[]string{"--model", model, "--format", "coco", "testdata/patch.mp4", "testdata/patch.webp"},
		&out, &errs); got != cli.Failed {
		t.Errorf("interrupted, it ended with %d", got)
	}
	if out.String() != "[]\n" || strings.Count(errs.String(), "\n") != 1 ||
		!strings.Contains(errs.String(), "stopped") {
		t.Errorf("interrupted, it wrote %q and %q", out.String(), errs.String())
	}
	errs.Reset()
	if got := detectCommand.Run(t.Context(), []string{"--model", model, "testdata/patch.mp4"},
		brokenPipe{},
		&errs); got != cli.Failed {
		t.Errorf("with a broken pipe, it ended with %d", got)
	}
	if n := strings.Count(errs.String(), "broken pipe"); n < 1 || n > 2 {
		t.Errorf("with a broken pipe, it said %q", errs.String())
	}
}

// cancelling ends a context with the first line that is written.
type cancelling struct {
	bytes.Buffer
	cancel context.CancelFunc
}

func (c *cancelling) Write(b []byte) (int, error) {
	c.cancel()
	return c.Buffer.Write(b)
}

// Whoever presses Ctrl-C between two pictures is not told that both were looked at.
func TestDetectStopsBetweenPictures(t *testing.T) {
	for _, c := range []struct {
		pictures, status int
		said             string
	}{{1, cli.Done, ""}, {2, cli.Failed, "handlens detect: stopped: interrupted\n"}} {
		ctx, cancel := context.WithCancelCause(t.Context())
		out := &cancelling{cancel: func() { cancel(cli.Interruption{Signal: syscall.SIGINT}) }}
		var errs bytes.Buffer
		args := append([]string{"--format", "jsonl", "--model", colourModel(t, "yolov8")},
			slices.Repeat([]string{"testdata/patch.webp"}, c.pictures)...)
		got := detectCommand.Run(ctx, args, out, &errs)
		lines := strings.Count(out.String(), "\n")
		if got != c.status || errs.String() != c.said || lines != 1 {
			t.Errorf(
				"of %d pictures, stopped after one, it looked at %d, ended with %d and said %q",
				c.pictures, lines, got, errs.String())
		}
	}
}
