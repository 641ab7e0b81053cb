package gallery

import (
	"context"
	"errors"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"handlens/ui/kit/kittest"
)

func TestGalleryDeletesAndBringsBack(t *testing.T) {
	h := enter(t, library(5))
	h.strike(fyne.KeyRight, fyne.KeyRight, fyne.KeyDelete)
	h.Until(t, "the item to go", func() bool {
		n, _ := h.said()
		return len(h.items) == 4 && n == 1
	})
	if item, ok := h.chosenItem(); !ok || item.Path != "/lib/2" {
		t.Errorf("%q is chosen after its neighbour went", item.Path)
	}
	_, n := h.said()
	if n.ActionLabel != "Undo" {
		t.Fatalf("there is no way back: %+v", n)
	}
	n.Action()
	h.Until(t, "the item to come back", func() bool {
		return len(h.items) == 5 && h.chosenPath == "/lib/1"
	})
}

// What happened in a recording is shown where there is data of it.
func TestGalleryShowsWhatHappened(t *testing.T) {
	l := library(9)
	for _, i := range []int{2, 5} {
		l.items[i].Others = []string{l.items[i].Path + ".jsonl"}
	}
	h := enter(t, l)
	h.choose(1)
	if h.report(); !h.header.report.Disabled() {
		t.Error("what happened in a picture is on offer")
	}
	h.choose(8)
	if !h.header.report.Disabled() {
		t.Error("what happened is on offer without data")
	}
	h.choose(2)
	test.Tap(h.header.report)
	h.Until(t, "the page", func() bool { return h.hasOpened("/lib/2 report.html") })
	h.choose(5)
	test.Tap(h.header.report)
	h.Until(t, "the reason", func() bool {
		_, n := h.said()
		return n.Text == "The page about item 5 was not written: the data makes no sense"
	})
}

func TestGalleryCannotDelete(t *testing.T) {
	l := library(1)
	l.items[0].Unfinished = true
	h := enter(t, l)
	h.strike(fyne.KeyRight, fyne.KeyDelete)
	h.Until(t, "the reason", func() bool { n, _ := h.said(); return n == 1 })
	if len(h.items) != 1 {
		t.Error("it went all the same")
	}
}

func TestGalleryRenames(t *testing.T) {
	h := enter(t, library(4))
	h.strike(fyne.KeyRight, fyne.KeyF2)
	if h.cfg.Modals.Len() != 1 {
		t.Fatal("nobody asks for the name")
	}
	entry := h.canvas.Focused().(*nameEntry)
	if entry.Text != "item 0" || entry.SelectedText() != "item 0" {
		t.Errorf("the field has %q, %q of it marked", entry.Text, entry.SelectedText())
	}
	entry.SetText("taken")
	entry.OnSubmitted("taken")
	h.Until(t, "the reason", func() bool {
		_, ok := kittest.Find(h.cfg.Modals.Top().Object(), func(r *widget.RichText) bool {
			return r.String() == "there is one of that name already"
		})
		return ok
	})
	// The name is free on the next try, which begins once the last one has ended.
	entry.SetText("bell")
	h.Until(t, "the new name", func() bool {
		if h.cfg.Modals.Len() > 0 {
			entry.OnSubmitted("bell")
		}
		item, ok := h.chosenItem()
		return ok && item.Name == "bell" && h.cfg.Modals.Len() == 0
	})
	h.strike(fyne.KeyF2)
	h.strike(fyne.KeyEscape)
	if h.cfg.Modals.Len() != 0 || h.left {
		t.Error("Esc left more than the question")
	}
}

func TestGalleryOpensAndFinds(t *testing.T) {
	l := library(3)
	l.items[1].Folder = "/lib/burst"
	h := enter(t, l)
	h.pictured(t)

	cell := h.grid.cells["/lib/0"]
	test.Tap(cell)
	if h.chosenPath != "/lib/0" || h.hasOpened("/lib/0") {
		t.Error("one tap does not choose")
	}
	test.Tap(cell)
	h.Until(t, "the second tap to open it", func() bool { return h.hasOpened("/lib/0") })
	h.strike(fyne.KeyRight, fyne.KeyReturn)
	h.Until(t, "the folder of the burst", func() bool { return h.hasOpened("/lib/burst") })

	var revealed []string
	h.reveal = func(_ context.Context, path string) error {
		h.mu.Lock()
		defer h.mu.Unlock()
		revealed = append(revealed, path)
		if len(revealed) == 1 {
			return nil
		}
		return errors.New("no file manager answers")
	}
	h.strike(fyne.KeyHome)
	h.showInFolder()
	h.Until(t, "the file manager", func() bool {
		h.mu.Lock()
		defer h.mu.Unlock()
		return len(revealed) == 1
	})
	h.showInFolder()
	h.Until(t, "the folder instead", func() bool { return h.hasOpened("/lib") })

	cell.TappedSecondary(&fyne.PointEvent{AbsolutePosition: fyne.NewPos(50, 90)})
	if h.canvas.Overlays().Top() == nil {
		t.Error("no menu came")
	}
}
