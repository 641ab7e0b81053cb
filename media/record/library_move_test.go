package record

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestMoveToAnotherDisk(t *testing.T) {
	// /dev/shm is a file system of its own on Linux; where it is not, the move is an ordinary one,
	// which must come to the same.
	far, err := os.MkdirTemp("/dev/shm", "handlens-test-")
	if err != nil {
		far = t.TempDir()
	}
	defer os.RemoveAll(far)
	near := t.TempDir()
	l := OpenLibrary(near, filepath.Join(near, "recordings"), far)
	put(t, time.Hour, "text", near, "a.png")
	put(t, time.Hour, "text", near, "b burst", "01 annotated.png")
	before := files(t, near)
	var undos []func() error
	for _, it := range listed(t, l) {
		undo, err := l.Delete(it)
		if err != nil {
			t.Fatal(err)
		}
		undos = append(undos, undo)
	}
	if left := files(t, near); len(left) != 0 {
		t.Errorf("%v is left", left)
	}
	for _, undo := range undos {
		if err := undo(); err != nil {
			t.Fatal(err)
		}
	}
	if after := files(t, near); !slices.Equal(after, before) || len(files(t, far)) != 0 {
		t.Errorf("there is %v, want %v", after, before)
	}
	st, err := os.Stat(filepath.Join(near, "a.png"))
	if err != nil || !st.ModTime().Equal(noon.Add(-time.Hour)) ||
		readText(t, near, "a.png") != "text" {
		t.Errorf("the file came back otherwise: %v", err)
	}
}

func TestRename(t *testing.T) {
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
	put(t, 0, "x", l.videos, "A.clean.mkv")
	put(t, 0, "x", l.videos, "A.jsonl")
	for i, it := range listed(t, l) {
		name := fmt.Sprintf("my/%d", i)
		got, err := l.Rename(it, name)
		if err != nil {
			t.Fatal(err)
		}
		items := listed(t, l)
		k := slices.IndexFunc(items, func(o Item) bool { return o.Path == got.Path })
		if k < 0 {
			t.Fatalf("%+v is not listed", got)
		}
		if now := items[k]; now.Name != fmt.Sprintf("my-%d", i) ||
			!slices.Equal(now.Others, got.Others) || now.Folder != got.Folder ||
			len(now.Others) != len(it.Others) {
			t.Errorf("listed as %+v, returned as %+v", now, got)
		}
		if same, err := l.Rename(got, got.Name); err != nil || same.Path != got.Path {
			t.Errorf("to its own name: %v", err)
		}
	}
}

func TestRenameRefuses(t *testing.T) {
	l := library(t)
	a := put(t, 0, "a", l.videos, "A.mp4")
	put(t, 0, "a", l.videos, "A.jsonl")
	put(t, 1, "b", l.videos, "B.mp4")
	put(t, 0, "c", l.videos, "C.jsonl") // belongs to nothing, and must not come to belong to A
	put(t, 0, "p", l.pictures, "P.png")
	items := listed(t, l)
	item := items[slices.IndexFunc(items, func(it Item) bool { return it.Name == "A" })]
	before := files(t, l.videos)
	for _, name := range []string{"B", "b", "C", "A.part", "."} {
		got, err := l.Rename(item, name)
		if name == "." {
			if err != nil || got.Name != "Handlens" {
				t.Errorf("a name of nothing: %v", err)
			}
			if item, err = l.Rename(got, "A"); err != nil || item.Path != a {
				t.Errorf("and back: %v", err)
			}
			continue
		}
		if err == nil || strings.Contains(err.Error(), "\n") || got.Name != "A" {
			t.Errorf("to %q: %+v, %v", name, got, err)
		}
		if len(name) == 1 && !errors.Is(err, fs.ErrExist) {
			t.Errorf("to %q: %v", name, err)
		}
	}
	if after := files(t, l.videos); !slices.Equal(after, before) {
		t.Errorf("there is %v, want %v", after, before)
	}
	picture := items[slices.IndexFunc(items, func(it Item) bool { return it.Name == "P" })]
	if _, err := l.Rename(picture, "Q clean"); err == nil {
		t.Error("a picture was renamed to the clean half of another")
	}
	checkOutsiders(t, l, a)
}

// checkOutsiders checks that what lies outside the library is neither renamed nor deleted.
func checkOutsiders(t *testing.T, l *Library, a string) {
	for _, it := range []Item{
		{Kind: KindRecording, Name: "x", Path: "/etc/passwd"},
		{
			Kind: KindRecording, Name: "x", Path: a,
			Others: []string{filepath.Join(l.pictures, "P.png")},
		},
		{Kind: KindPicture, Name: "x", Path: a, Folder: filepath.Dir(l.pictures)},
		{Kind: KindPicture, Name: "x", Path: a, Folder: filepath.Join(l.pictures, "..")},
		{},
	} {
		if _, err := l.Rename(it, "y"); err == nil {
			t.Errorf("%+v was renamed", it)
		}
		if _, err := l.Delete(it); err == nil {
			t.Errorf("%+v was deleted", it)
		}
	}
}
