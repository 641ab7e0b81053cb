package record

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestThumbnailOfPicture(t *testing.T) {
	l := library(t)
	img := image.NewRGBA(image.Rect(0, 0, 1280, 720))
	for y := range 720 {
		for x := range 1280 {
			c := color.RGBA{A: 255, R: 200}
			if x >= 640 {
				c = color.RGBA{A: 255, B: 100}
			}
			img.SetRGBA(x, y, c)
		}
	}
	if _, err := savePNG(l.pictures, "halves", img); err != nil {
		t.Fatal(err)
	}
	item := listed(t, l)[0]
	small, err := l.Thumbnail(item)
	if err != nil {
		t.Fatal(err)
	}
	if small.Bounds() != image.Rect(0, 0, 320, 180) {
		t.Errorf("it is %v", small.Bounds())
	}
	if got := small.At(10, 90); got != (color.RGBA{A: 255, R: 200}) {
		t.Errorf("the left is %v", got)
	}
	if got := small.At(310, 90); got != (color.RGBA{A: 255, B: 100}) {
		t.Errorf("the right is %v", got)
	}
	again, err := l.Thumbnail(item)
	if err != nil || again != small {
		t.Errorf("made a second time: %v", err)
	}
	if item = listed(t, l)[0]; item.Width != 1280 || item.Height != 720 {
		t.Errorf("known as %d × %d", item.Width, item.Height)
	}
	// The picture changes: so does the thumbnail.
	if err := os.Remove(item.Path); err != nil {
		t.Fatal(err)
	}
	if _, err := savePNG(l.pictures, "halves", gradient(20, 10)); err != nil {
		t.Fatal(err)
	}
	if small, err = l.Thumbnail(item); err != nil || small.Bounds() != image.Rect(0, 0, 20, 10) {
		t.Errorf("after a change it is %v, %v", small.Bounds(), err)
	}
}

func TestThumbnailOfRecording(t *testing.T) {
	l := library(t)
	testRecording(t, l.videos, "grey")
	item := listed(t, l)[0]
	small, err := l.Thumbnail(item)
	if err != nil {
		t.Fatal(err)
	}
	if r, g, b, _ := small.At(100, 100).RGBA(); small.Bounds() != image.Rect(0, 0, 320, 180) ||
		r>>8 < 115 || r>>8 > 145 || g>>8 < 115 || g>>8 > 145 || b>>8 < 115 || b>>8 > 145 {
		t.Errorf("it is %v, %d %d %d", small.Bounds(), r>>8, g>>8, b>>8)
	}
	if item = listed(t, l)[0]; item.Width != 320 || item.Height != 180 ||
		item.Length < 800*time.Millisecond || item.Length > 1200*time.Millisecond {
		t.Errorf("known as %d × %d, %v", item.Width, item.Height, item.Length)
	}
	if n := l.thumbs.pool.Outstanding(); n != 0 {
		t.Errorf("%d pictures are not released", n)
	}
}

func TestThumbnailOfWhatIsNone(t *testing.T) {
	l := library(t)
	// A small file that says it holds 16 000 by 16 000 pixels.
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 1, 1))); err != nil {
		t.Fatal(err)
	}
	huge := b.Bytes()
	copy(huge[16:24], []byte{0, 0, 0x3e, 0x80, 0, 0, 0x3e, 0x80})
	good := filepath.Join(t.TempDir(), "good.png")
	if err := os.WriteFile(good, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	put(t, 0, string(huge), l.pictures, "huge.png")
	put(t, 0, b.String()[:40], l.pictures, "cut off.png")
	put(t, 0, "", l.pictures, "empty.png")
	put(t, 0, "no video at all", l.videos, "text.mp4")
	put(t, 0, "", l.videos, "empty.part.mp4")
	items := listed(t, l)
	if len(items) != 5 {
		t.Fatalf("there are %d items", len(items))
	}
	for _, it := range items {
		for range 2 {
			if _, err := l.Thumbnail(it); err == nil || !strings.Contains(err.Error(), it.Path) {
				t.Errorf("%s: %v", it.Name, err)
			}
		}
	}
	link := filepath.Join(l.pictures, "link.png")
	if err := os.Symlink(good, link); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{link, good, ""} {
		if _, err := l.Thumbnail(Item{Kind: KindPicture, Path: path}); err == nil {
			t.Errorf("there is a thumbnail of %q", path)
		}
	}
}

func TestThumbnailsAreBounded(t *testing.T) {
	l := library(t)
	path, err := savePNG(l.pictures, "0", gradient(4, 4))
	if err != nil {
		t.Fatal(err)
	}
	for i := range maxThumbs + 20 {
		if err := os.Link(path,
			filepath.Join(l.pictures, fmt.Sprintf("more %d.png", i))); err != nil {
			t.Fatal(err)
		}
	}
	for _, it := range listed(t, l) {
		if _, err := l.Thumbnail(it); err != nil {
			t.Fatal(err)
		}
	}
	if n, m := len(l.thumbs.byPath), l.thumbs.recent.Len(); n != maxThumbs || m != maxThumbs {
		t.Errorf("%d and %d thumbnails are kept", n, m)
	}
}

// BenchmarkThumbnail makes one of a picture and of a recording, which are not kept.
func BenchmarkThumbnail(b *testing.B) {
	l := library(b)
	path, err := savePNG(l.pictures, "picture", gradient(1280, 720))
	if err != nil {
		b.Fatal(err)
	}
	made := testRecording(b, l.videos, "video")
	b.Run("picture", func(b *testing.B) {
		for b.Loop() {
			if err := (&thumb{path: path}).picture(); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("video", func(b *testing.B) {
		for b.Loop() {
			if err := (&thumb{path: made, size: 1}).recording(&l.thumbs.pool); err != nil {
				b.Fatal(err)
			}
		}
	})
}
