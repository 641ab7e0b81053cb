package ui

import (
	"sync"
	"testing"

	"fyne.io/fyne/v2/test"

	"handlens/media"
)

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
				p.put(t, seq, 64+int(seq%3)*16, 48, byte(seq),
					detection(int(seq%80), "thing", 0.1, 0.1, 0.5, 0.5))
			}
		})
	}
	last := map[string]uint64{}
	for range 60 {
		l.until(t, "the next pictures are there", func() bool {
			ready := true
			for _, s := range w.live.tiles {
				ready = ready && s.tile.now.seq > last[s.id]
			}
			return ready
		})
		for _, s := range w.live.tiles {
			last[s.id] = s.tile.now.seq
			s.tile.draw(0, 0)
		}
	}
	if l.most != 1 {
		t.Errorf("up to %d calls waited for the screen", l.most)
	}
	test.Tap(w.live.tiles[0].tile)
	w.RemovePhone("1", media.Reason{})
	l.turn()
	w.close()
	w.tasks.Wait()
	close(stop)
	cameras.Wait()
}
