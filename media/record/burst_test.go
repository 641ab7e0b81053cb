package record

import (
	"errors"
	"image"
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestBurst(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new")
	at := time.Date(2026, 1, 2, 15, 4, 5, 0, time.Local)
	b := NewBurst(dir, at, "Pixel 9")
	for i := range 3 {
		if err := b.Add(gradient(4+i, 3), gradient(8, 6),
			Seen{Time: at, Width: 8, Height: 6}); err != nil {
			t.Fatal(err)
		}
	}
	folder := filepath.Join(dir, "Handlens 2026-01-02 15-04-05 Pixel 9 burst")
	want := Saved{
		Annotated: filepath.Join(folder, "01 annotated.png"),
		Clean:     filepath.Join(folder, "01 clean.png"),
		Data:      filepath.Join(folder, "01.json"), Folder: folder, Count: 3,
	}
	if got := b.Saved(); got != want {
		t.Errorf("saved as %+v, want %+v", got, want)
	}
	if w := readPNG(t, filepath.Join(folder, "03 annotated.png")).Bounds().Dx(); w != 6 {
		t.Errorf("the third picture is %d wide", w)
	}
	if names := namesIn(t, folder); len(names) != 9 {
		t.Errorf("the folder has %v", names)
	}

	again := NewBurst(dir, at, "Pixel 9")
	if err := again.Add(gradient(4, 3), gradient(8, 6), nil); err != nil {
		t.Fatal(err)
	}
	if got := filepath.Base(again.Saved().Folder); got != "Handlens 2026-01-02 15-04-05 Pixel 9 "+
		"(2) burst" {
		t.Errorf("the second burst of the second is in %s", got)
	}
}

func TestBurstLeavesNoEmptyFolder(t *testing.T) {
	dir := t.TempDir()
	b := NewBurst(dir, time.Now(), "")
	if err := b.Add(gradient(4, 3), image.NewRGBA(image.Rectangle{}), nil); err == nil {
		t.Error("half a picture was saved")
	}
	if err := b.Add(gradient(4, 3), gradient(4, 3), func() {}); err == nil {
		t.Error("what cannot be JSON was saved")
	}
	if names := namesIn(t, dir); len(names) != 0 {
		t.Errorf("%v is left", names)
	}
	if got := b.Saved(); got != (Saved{}) {
		t.Errorf("saved %+v", got)
	}
}

func TestBurstWhereThereIsAFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := NewBurst(file, time.Now(), "").Add(gradient(2, 2), gradient(2, 2), nil); err == nil ||
		errors.Is(err, ErrFull) {
		t.Errorf("in a file: %v", err)
	}
}

// namesIn lists a folder, what is hidden too.
func namesIn(t *testing.T, dir string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}
