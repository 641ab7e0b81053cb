package record

import (
	"image"
	"testing"
)

func TestCanvasFor(t *testing.T) {
	for _, c := range []struct{ w, h, cw, ch int }{
		{1280, 720, 1280, 720},
		{720, 1280, 720, 1280},
		{320, 180, 1280, 720},
		{640, 480, 1280, 720},
		{1920, 1080, 1920, 1080},
		{1080, 1920, 1080, 1920},
		{4032, 3024, 1920, 1080},
		{1024, 768, 1376, 774},
		{768, 1024, 774, 1376},
		{1000, 1000, 1792, 1008},
		{0, -5, 1280, 720},
	} {
		if got := CanvasFor(c.w, c.h); got != image.Pt(c.cw, c.ch) {
			t.Errorf("for %d × %d the canvas is %v, want %d × %d", c.w, c.h, got, c.cw, c.ch)
		}
	}
	for w := 1; w < 2200; w += 7 {
		for h := 1; h < 2200; h += 11 {
			got := CanvasFor(w, h)
			if (got.X|got.Y)&1 != 0 || max(got.X, got.Y)*9 != min(got.X, got.Y)*16 ||
				(got.X >= got.Y) != (w >= h) {
				t.Fatalf("for %d × %d the canvas is %v", w, h, got)
			}
			if max(w, h) <= 1920 && min(w, h) <= 1080 && (got.X < w || got.Y < h) {
				t.Fatalf("for %d × %d the canvas of %v is too small", w, h, got)
			}
		}
	}
}
