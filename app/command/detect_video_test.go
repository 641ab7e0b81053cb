package command

import (
	"context"
	"errors"
	"image"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"handlens/app/cli"
	"handlens/media"
	"handlens/media/ffmpeg"
)

func TestDetectDrawsIntoVideos(t *testing.T) {
	out := filepath.Join(t.TempDir(), "out")
	// The same name twice: neither video replaces the other.
	detect(t, cli.Done, "--out", out, "--model", colourModel(t, "end2end"), "testdata/patch.mp4",
		"testdata/patch.mp4")
	for _, name := range []string{"patch-boxes.mp4", "patch-boxes (2).mp4"} {
		before, after := lumaFrames(t, "testdata/patch.mp4"),
			lumaFrames(t, filepath.Join(out, name))
		if len(before) != 8 || len(after) != 8 {
			t.Fatalf("%s has %d frames of %d", name, len(after), len(before))
		}
		for i := range after {
			a, b := before[i], after[i]
			if a.size != b.size || b.at != a.at {
				t.Errorf("%s: frame %d is %v at %v, was %v at %v", name, i, b.size, b.at, a.size,
					a.at)
			}
			if n := b.differs(a); n < 100 || n > a.size.X*a.size.Y/4 {
				t.Errorf("%s: frame %d differs from the video in %d pixels, which is no box",
					name, i, n)
			}
		}
	}
	left, err := os.ReadDir(out)
	if err != nil || len(left) != 2 {
		t.Errorf("the folder has %v, %v", left, err)
	}
}

func TestOutputSize(t *testing.T) {
	for _, c := range []struct{ in, want image.Point }{
		{image.Pt(640, 360), image.Pt(640, 360)},
		{image.Pt(641, 359), image.Pt(642, 360)},
		{image.Pt(16, 16), image.Pt(1280, 720)},
		{image.Pt(4320, 7680), image.Pt(1080, 1920)},
	} {
		if got := outputSize(c.in.X, c.in.Y); got != c.want {
			t.Errorf("the output of %v is %v, want %v", c.in, got, c.want)
		}
	}
}

func TestAnnotatedVideoWithoutFrames(t *testing.T) {
	a, err := newAnnotator(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if path, err := a.video("x.mp4").close(ctx); path != "" || err != nil {
		t.Error(path, err)
	}
	if left, _ := os.ReadDir(a.dir); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

// lumaFrame is the luma of a frame.
type lumaFrame struct {
	at   time.Duration
	size image.Point
	luma []uint8
}

// differs counts the pixels that clearly differ.
func (f lumaFrame) differs(g lumaFrame) (n int) {
	for i := range f.luma {
		if a, b := f.luma[i], g.luma[i]; max(a, b)-min(a, b) > 40 {
			n++
		}
	}
	return n
}

func lumaFrames(t *testing.T, path string) (all []lumaFrame) {
	t.Helper()
	r, err := ffmpeg.OpenFile(path, new(media.Pool))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	for {
		f, err := r.Next()
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		p := lumaFrame{at: f.PTS.Round(time.Millisecond), size: image.Pt(f.Width, f.Height)}
		for y := range f.Height {
			p.luma = append(p.luma, f.Plane[0][y*f.Stride[0]:][:f.Width]...)
		}
		f.Release()
		all = append(all, p)
	}
}
