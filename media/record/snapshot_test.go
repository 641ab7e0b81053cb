package record

import (
	"image"
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestSaveSnapshot(t *testing.T) {
	dir := t.TempDir()
	at := time.Date(2026, 1, 2, 15, 4, 5, 0, time.Local)
	saved, err := SaveSnapshot(dir, at, "", gradient(4, 3), gradient(8, 6), nil)
	if err != nil {
		t.Fatal(err)
	}
	want := Saved{
		Annotated: filepath.Join(dir, "Handlens 2026-01-02 15-04-05 annotated.png"),
		Clean:     filepath.Join(dir, "Handlens 2026-01-02 15-04-05 clean.png"),
	}
	if saved != want {
		t.Errorf("saved as %+v, want %+v", saved, want)
	}
	if w := readPNG(t, saved.Annotated).Bounds().Dx(); w != 4 {
		t.Errorf("the annotated picture is %d wide", w)
	}
	if w := readPNG(t, saved.Clean).Bounds().Dx(); w != 8 {
		t.Errorf("the clean picture is %d wide", w)
	}
	again, err := SaveSnapshot(dir, at, "Küche/1", gradient(4, 3), gradient(8, 6), nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := filepath.Base(again.Clean); got != "Handlens 2026-01-02 15-04-05 Küche-1 clean.png" {
		t.Errorf("the named one is %s", got)
	}
}

func TestSnapshotIsWholeOrNotAtAll(t *testing.T) {
	dir := t.TempDir()
	if _, err := SaveSnapshot(dir, time.Now(), "", gradient(4, 3), image.NewRGBA(image.Rectangle{}), nil); err == nil {
		t.Fatal("half a snapshot was saved")
	}
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(files) != 0 {
		t.Errorf("%v is left", files)
	}
}
