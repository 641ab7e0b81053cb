package ui

import (
	"errors"
	"net/url"
	"testing"

	"fyne.io/fyne/v2"

	"handlens/ui/gallery"
)

// noLibrary is a Library that cannot be read.
type noLibrary struct{ gallery.Library }

func (noLibrary) List() ([]gallery.Item, error) {
	return nil,
		errors.New("the folder cannot be read")
}

// opener is an app that remembers what it was asked to open.
type opener struct {
	fyne.App
	asked []*url.URL
}

func (o *opener) OpenURL(u *url.URL) error {
	o.asked = append(o.asked, u)
	return nil
}

func TestFilesAreOpenedByTheDesktop(t *testing.T) {
	w, _ := open(t, Config{})
	o := &opener{App: w.app}
	w.app = o
	w.openFile("/lib/a recording.mp4")
	if len(o.asked) != 1 || o.asked[0].String() != "file:///lib/a%20recording.mp4" {
		t.Errorf("the desktop was asked for %v", o.asked)
	}
}

func TestGalleryTakesTheWindowAndGivesItBack(t *testing.T) {
	w, _ := open(t, Config{Library: noLibrary{}})
	press(w, fyne.KeyG)
	if w.gallery == nil || w.win.Canvas().Content() == fyne.CanvasObject(w.root) {
		t.Fatal("G did not open the gallery")
	}
	press(w, fyne.KeyG)
	if w.gallery != nil {
		t.Error("G did not close the gallery")
	}
	press(w, fyne.KeyG)
	press(w, fyne.KeyEscape)
	if w.gallery != nil || w.win.Canvas().Content() != fyne.CanvasObject(w.root) ||
		!w.root.Visible() {
		t.Error("Esc did not lead back")
	}
}
