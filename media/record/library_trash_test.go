package record

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

func TestDeleteAndUndo(t *testing.T) {
	l := library(t)
	if _, err := SaveSnapshot(l.pictures, noon, "", gradient(4, 4), gradient(4, 4),
		Seen{}); err != nil {
		t.Fatal(err)
	}
	b := NewBurst(l.pictures, noon, "")
	if err := b.Add(gradient(4, 4), gradient(4, 4), nil); err != nil {
		t.Fatal(err)
	}
	put(t, 0, "x", l.videos, "A.mp4")
	put(t, 0, "x", l.videos, "A.jsonl")
	if _, err := DatasetIn(l.pictures).Add(noon, "", gradient(4, 4), nil); err != nil {
		t.Fatal(err)
	}
	before := slices.Concat(files(t, l.pictures), files(t, l.videos))
	items := listed(t, l)
	if len(items) != 4 {
		t.Fatalf("there are %d items", len(items))
	}
	var undos []func() error
	for _, it := range items {
		undo, err := l.Delete(it)
		if err != nil {
			t.Fatal(err)
		}
		undos = append(undos, undo)
	}
	if left := slices.Concat(files(t, l.pictures), files(t, l.videos)); len(left) != 0 ||
		len(listed(t, l)) != 0 {
		t.Errorf("%v is left", left)
	}
	if kept := files(t, l.trash); len(kept) != len(before) {
		t.Errorf("the trash has %v", kept)
	}
	for _, undo := range undos {
		for range 2 {
			if err := undo(); err != nil {
				t.Error(err)
			}
		}
	}
	if after := slices.Concat(files(t, l.pictures), files(t, l.videos)); !slices.Equal(after,
		before) {
		t.Errorf("there is %v, want %v", after, before)
	}
	if names := namesIn(t, l.trash); len(names) != 0 {
		t.Errorf("the trash has %v", names)
	}
}

func TestUndoOverwritesNothing(t *testing.T) {
	l := library(t)
	put(t, 0, "old", l.videos, "A.mp4")
	put(t, 0, "old", l.videos, "A.jsonl")
	undo, err := l.Delete(listed(t, l)[0])
	if err != nil {
		t.Fatal(err)
	}
	mine := put(t, 0, "new", l.videos, "A.jsonl")
	if err := undo(); !errors.Is(err, fs.ErrExist) {
		t.Errorf("undo: %v", err)
	}
	if got := readText(t, mine); got != "new" {
		t.Errorf("the file is %q now", got)
	}
	if names := namesIn(t, l.videos); len(names) != 1 {
		t.Errorf("half of it came back: %v", names)
	}
	if err := os.Remove(mine); err != nil {
		t.Fatal(err)
	}
	if err := undo(); err != nil {
		t.Error(err)
	}
	if got := readText(t, l.videos, "A.mp4"); got != "old" {
		t.Errorf("the recording is %q", got)
	}
}

func TestTrashIsEmptiedByAge(t *testing.T) {
	trash := t.TempDir()
	name := func(age time.Duration) string {
		return trashPrefix + time.Now().Add(-age).UTC().Format(trashLayout) + "-1"
	}
	put(t, 0, "x", trash, name(31*24*time.Hour), "old.mp4")
	put(t, 0, "x", trash, name(29*24*time.Hour), "young.mp4")
	put(t, 1000*time.Hour, "x", trash, "someone else's", "file")
	put(t, 1000*time.Hour, "x", trash, "deleted-notes.txt")
	OpenLibrary("", "", trash)
	var left []string
	for _, p := range files(t, trash) {
		left = append(left, filepath.Base(p))
	}
	if want := []string{"young.mp4", "deleted-notes.txt", "file"}; !slices.Equal(left, want) {
		t.Errorf("left is %v, want %v", left, want)
	}
}
