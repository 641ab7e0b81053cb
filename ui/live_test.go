package ui

import (
	"sync"
	"testing"

	"handlens/inference"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"

	"handlens/media"
)

// drawTile does what Fyne does when it draws a tile: it asks for the pictures.
func drawTile(tile fyne.Widget) {
	for _, o := range test.WidgetRenderer(tile).Objects() {
		if r, ok := o.(*canvas.Raster); ok {
			r.Generator(1, 1)
		}
	}
}

// A camera far faster than the screen, three painters, and a window that is closed in the middle of
// it: no frame is lost, none shown that is older than the one before, and what waits for the screen
// stays small.
func TestFastCamerasOnASlowScreen(t *testing.T) {
	w, l := open(t, Config{})
	phones := join(t, w, l, 3)
	var cameras sync.WaitGroup
	stop := make(chan struct{})
	for _, p := range phones {
		cameras.Go(func() {
			for seq := uint64(2); ; seq++ {
				select {
				case <-stop:
					return
				default:
				}
				p.put(t, seq, 64+int(seq%3)*16, 48, byte(seq), inference.Detection{
					Box:   inference.Box{X1: 0.1, Y1: 0.1, X2: 0.5, Y2: 0.5},
					Class: int(seq % 80), Label: "thing", Score: 0.9,
				})
			}
		})
	}
	last := map[string]uint64{}
	for range 60 {
		l.Until(t, "the next pictures are there", func() bool {
			ready := true
			for _, s := range w.live.phones {
				ready = ready && shownFrame(s) > last[s.id]
			}
			return ready
		})
		for _, s := range w.live.phones {
			last[s.id] = shownFrame(s)
			drawTile(s.tile)
		}
	}
	if l.Most() != 1 {
		t.Errorf("up to %d calls waited for the screen", l.Most())
	}
	test.Tap(w.live.phones[0].tile)
	w.RemovePhone("1", media.Reason{})
	l.Turn()
	w.close()
	w.tasks.Wait()
	close(stop)
	cameras.Wait()
}
