package gallery

import (
	"errors"
	"image/color"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"handlens/ui/kit/kittest"
)

func TestGalleryLooks(t *testing.T) {
	for name, l := range map[string]*fakeLibrary{
		"empty":   library(0),
		"problem": {problem: errors.New("the folder cannot be read")}, "items": library(7),
	} {
		t.Run(name, func(t *testing.T) {
			if name == "items" {
				l.items[0].Count, l.items[0].Folder = 10, "/lib/burst"
				l.items[2].Unfinished = true
				l.items[3].Rule = "A person at the gate for ten seconds"
				l.items[5].Rule = "A person at the gate for ten seconds"
			}
			h := enter(t, l)
			if name == "items" {
				h.pictured(t)
				h.strike(fyne.KeyRight)
			}
			test.AssertRendersToMarkup(t, "gallery_"+name+".xml", h.canvas)
		})
	}
}

func TestGalleryReadsWhatIsInViewAndKeepsLittle(t *testing.T) {
	l := library(3000)
	h := enter(t, l)
	h.pictured(t)
	if n := len(h.grid.cells); n > 60 {
		t.Errorf("%d cells for a screen", n)
	}
	for range 12 {
		h.choose(h.chosenIndex() + 70)
		h.pictured(t)
	}
	if n := len(h.thumbnails.read); n != maxThumbnails || len(h.thumbnails.order) != maxThumbnails {
		t.Errorf("%d small pictures are kept", n)
	}
	if n := len(h.grid.cells) + len(h.grid.free); n > 120 {
		t.Errorf("%d cells were made", n)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.thumbs) == 0 || len(l.thumbs) > 2900 {
		t.Errorf("%d small pictures were read", len(l.thumbs))
	}
	for path, n := range l.thumbs {
		if n != 1 {
			t.Errorf("that of %s was read %d times on the way down", path, n)
		}
	}
}

func TestGalleryKeys(t *testing.T) {
	h := enter(t, library(23))
	at := func(want int, keys ...fyne.KeyName) {
		t.Helper()
		h.strike(keys...)
		if got := h.chosenIndex(); got != want {
			t.Errorf("%v: item %d is chosen, want %d", keys, got, want)
		}
	}
	columns := h.grid.columns
	if columns < 2 {
		t.Fatalf("%d columns", columns)
	}
	at(0, fyne.KeyRight)
	at(1, fyne.KeyRight)
	at(1+columns, fyne.KeyDown)
	at(1, fyne.KeyUp)
	at(1, fyne.KeyUp)
	at(22, fyne.KeyEnd)
	at(22, fyne.KeyRight)
	if h.grid.scroll.Offset.Y == 0 {
		t.Error("the last item is not in view")
	}
	at(22, fyne.KeyDown)
	at(0, fyne.KeyHome)
	if h.grid.scroll.Offset.Y != 0 {
		t.Error("the first item is not in view")
	}
	at(0, fyne.KeyLeft)
	h.strike(fyne.KeyEscape)
	if !h.left {
		t.Error("Esc did not lead back")
	}
}

func TestGalleryFilters(t *testing.T) {
	h := enter(t, library(9))
	test.Tap(h.header.filters[recordingsOnly])
	if len(h.shown) != 3 || h.shown[0].Kind != KindRecording {
		t.Errorf("recordings: %v", h.shown)
	}
	test.Tap(h.header.filters[picturesOnly])
	if len(h.shown) != 6 || len(h.grid.cells) != 6 {
		t.Errorf("%d pictures, %d cells", len(h.shown), len(h.grid.cells))
	}
	test.Tap(h.header.filters[rulesOnly])
	_, said := kittest.Find(h.middle, func(l *widget.Label) bool {
		return l.Text == "No rule has taken anything yet."
	})
	if !said {
		t.Error("nothing is said where rules took nothing")
	}
	h.items[4].Rule = "Gate"
	if h.show(); len(h.shown) != 1 || h.shown[0].Rule != "Gate" {
		t.Errorf("taken by rules: %v", h.shown)
	}
	test.Tap(h.header.filters[picturesOnly])
	h.items = h.items[2:3]
	h.show()
	if len(h.middle.Objects) != 1 || h.middle.Objects[0] == fyne.CanvasObject(h.grid) {
		t.Error("nothing is said where there are no pictures among recordings")
	}
}

func TestGalleryFollowsWhatIsTaken(t *testing.T) {
	l := library(0)
	h := enter(t, l)
	l.mu.Lock()
	l.items = library(2).items
	l.mu.Unlock()
	h.reload()
	h.Until(t, "the new items", func() bool { return len(h.grid.cells) == 2 })
	l.mu.Lock()
	l.items[0].Bytes *= 2
	l.mu.Unlock()
	h.pictured(t)
	h.reload()
	h.Until(t, "another picture of the one that grew", func() bool {
		l.mu.Lock()
		defer l.mu.Unlock()
		return l.thumbs["/lib/0"] == 2
	})
}

// The words over pictures can be read on them (WCAG 2.2, 1.4.3: 4.5 : 1).
func TestMarksCanBeRead(t *testing.T) {
	if c := kittest.Contrast(onGlass, glass, color.White); c < 4.5 {
		t.Errorf("on a white picture the contrast is %.1f", c)
	}
	if c := kittest.Contrast(onAmber, amberGlass, color.White); c < 4.5 {
		t.Errorf("the warning's contrast is %.1f", c)
	}
}
