package command

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"handlens/app/cli"
)

func TestBenchBrowserRefuses(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	for _, c := range []struct {
		status int
		args   []string
		word   string
	}{
		{cli.Usage, []string{"--seconds", "3"}, "--seconds goes with --browser"},
		{cli.Usage, []string{"--browser-path", "x"}, "--browser-path goes with --browser"},
		{cli.Usage, []string{"--browser", "--runs", "3"}, "--runs does not go with --browser"},
		{cli.Usage, []string{"--browser", "--threads", "1"}, "--threads does not go"},
		{cli.Usage, []string{"--browser", "--seconds", "0"}, "--seconds 0 is outside"},
		{cli.Usage, []string{"--browser", "--seconds", "601"}, "outside 1..600"},
		{cli.Failed, []string{"--browser"}, "no Chromium is installed; these were looked for"},
		{cli.Failed, []string{"--browser", "--browser-path", "/nowhere/chrome"}, "/nowhere/chrome"},
	} {
		var out, errs bytes.Buffer
		got := benchCommand.Run(t.Context(), append(c.args, "--data-dir", t.TempDir()), &out, &errs)
		if got != c.status || !strings.Contains(errs.String(), c.word) ||
			strings.Count(errs.String(), "\n") != 1 {
			t.Errorf("%q ended with %d: %q", c.args, got, errs.String())
		}
	}
}

// What the camera plays is the source once through: size, rate and frames are right.
func TestCameraFile(t *testing.T) {
	for _, c := range []struct {
		source, header string
		frames         int
	}{
		{"", "YUV4MPEG2 W1280 H720 F30000:1000 Ip A1:1 C420\n", 2 * panWidth / panStep},
		{"testdata/patch.mp4", "YUV4MPEG2 W320 H240 F", 8},
	} {
		source, label, err := openCamera(c.source)
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(t.TempDir(), "camera.y4m")
		err = writeCamera(t.Context(), path, source)
		source.close()
		if err != nil {
			t.Fatal(err)
		}
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		header, frames, _ := bytes.Cut(data, []byte("\n"))
		var w, h, rate int
		if _, err := fmt.Sscanf(string(header), "YUV4MPEG2 W%d H%d F%d:1000", &w, &h,
			&rate); err != nil || !strings.HasPrefix(string(header)+"\n", c.header) || rate < 1000 {
			t.Errorf("%s: the file begins with %q, %v", label, header, err)
		}
		size := len("FRAME\n") + w*h*3/2
		if len(frames) != c.frames*size {
			t.Errorf("%s: there are %d bytes of frames, want %d of %d", label, len(frames),
				c.frames,
				size)
		}
		for at := 0; at < len(frames); at += size {
			if !bytes.HasPrefix(frames[at:], []byte("FRAME\n")) {
				t.Fatalf("%s: no frame begins at %d", label, at)
			}
		}
	}
}

func TestCameraRefusesPicturesWithoutPlanes(t *testing.T) {
	source, _, err := openCamera("testdata/patch.webp")
	if err != nil {
		t.Fatal(err)
	}
	defer source.close()
	err = writeCamera(t.Context(), filepath.Join(t.TempDir(), "camera.y4m"), source)
	if err == nil || !strings.Contains(err.Error(), "use a JPEG or a video") {
		t.Errorf("it says %v", err)
	}
}

// A file that Chromium can play as it is is not made again.
func TestCameraTakesY4M(t *testing.T) {
	path := writeFile(t, filepath.Join(t.TempDir(), "street.y4m"),
		[]byte("YUV4MPEG2 W2 H2 F30:1 C420\nFRAME\n012345"))
	got, label, err := cameraFile(t.Context(), path, t.TempDir())
	if err != nil || got != path || label != "street.y4m" {
		t.Errorf("it plays %q as %q, %v", got, label, err)
	}
	if _, _, err := cameraFile(t.Context(), path+".none", t.TempDir()); err == nil ||
		!strings.Contains(err.Error(), "no such file") {
		t.Errorf("of a file that is not there it says %v", err)
	}
}
