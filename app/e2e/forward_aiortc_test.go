package e2e

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"os"
	"path/filepath"
	"testing"

	"handlens/media/waittest"
)

// TestForwardedToAiortc has a phone's video sent on to a WHIP server of other people's making: its
// decoder shows the picture, as it comes and with boxes, and it hears when it is over.
func TestForwardedToAiortc(t *testing.T) {
	interpreter := os.Getenv(pythonPeers)
	if interpreter == "" {
		t.Skip("only make peers installs it")
	}
	for _, c := range []struct {
		codec string
		size  image.Point
		more  []string
	}{
		{"H264", image.Pt(landscape.width, landscape.height), nil},
		{"VP8", image.Pt(landscape.width, landscape.height), nil},
		{"H264", image.Pt(1280, 720), []string{"--forward-boxes"}},
	} {
		t.Run(fmt.Sprint(c.codec, c.more), func(t *testing.T) {
			port := freePorts(t, 1)[0]
			file := filepath.Join(t.TempDir(), "last.ppm")
			server := publish(t, interpreter, "aiortc_server.py", fmt.Sprint(port), file, "60")
			a := startApp(t, 0, nil, append(c.more, "--no-window", "--forward",
				fmt.Sprintf("http://127.0.0.1:%d/whip", port))...)
			p := sharedBrowser(t, landscape).open(t, withCodec(a.url, c.codec))
			p.start()
			a.wait(t, "forward", func(e event) bool { return e.State == "live" })
			img := waitForPPM(t, file)
			if img.Rect.Size() != c.size {
				t.Errorf("it gets %v, not %v", img.Rect.Size(), c.size)
			}
			err := boxed(img, landscape)
			if c.more == nil && err == nil {
				err = errors.New("it has boxes")
			} else if _, ok := blob(img, "red", img.Bounds()); c.more == nil && ok {
				err = nil
			}
			if err != nil {
				t.Errorf("the picture: %v%s", err, keep(img))
			}
			p.stop()
			want := fmt.Sprintf("60 frames of %d x %d\nleft\n", c.size.X, c.size.Y)
			if said := server.wait(); said != want {
				t.Errorf("the server said %q", said)
			}
		})
	}
}

// waitForPPM waits until a file is a whole picture.
func waitForPPM(t *testing.T, path string) *image.RGBA {
	t.Helper()
	var img *image.RGBA
	waittest.Until(t, path, func() bool {
		data, err := os.ReadFile(path)
		if err != nil {
			return false
		}
		var size image.Point
		head, pixels, found := bytes.Cut(data, []byte("\n"))
		_, err = fmt.Sscanf(string(head), "P6 %d %d 255", &size.X, &size.Y)
		if !found || err != nil || len(pixels) != 3*size.X*size.Y {
			return false
		}
		img = image.NewRGBA(image.Rectangle{Max: size})
		for i := range size.X * size.Y {
			copy(img.Pix[4*i:], pixels[3*i:3*i+3])
			img.Pix[4*i+3] = 255
		}
		return true
	})
	return img
}
