package models

import (
	"errors"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestFind(t *testing.T) {
	content := tinyONNX(100)
	s := storeFor(t, content, http.NotFoundHandler())
	wantErr := func(typed string, target error, word string) {
		t.Helper()
		_, err := s.Find(typed)
		if !errors.Is(err, target) || !strings.Contains(err.Error(), word) {
			t.Errorf("Find(%q): %v, want %v with %q", typed, err, target, word)
		}
	}
	wantErr("tiny", ErrNotInstalled, "handlens models get tiny")
	wantErr("TINY", ErrNotInstalled, "handlens models get tiny")
	wantErr("tinny", ErrUnknown, "did you mean tiny?")
	wantErr("zebra", ErrUnknown, "handlens models")
	wantErr("./nothing.onnx", fs.ErrNotExist, "nothing.onnx")
	wantErr(t.TempDir()+"/", ErrNotONNX, "folder")
	wantErr(strings.Repeat("x", 10000), ErrUnknown, "…")

	file := write(t, filepath.Join(t.TempDir(), "My Model.ONNX"), content)
	if m, err := s.Find(file); err != nil || m.Path != file || m.Name != "My Model" ||
		m.Size != int64(len(content)) {
		t.Errorf("a path: %+v, %v", m, err)
	}

	write(t, s.path("tiny"), content[:50])
	wantErr("tiny", ErrDamaged, "get tiny")
	if m, err := s.Find(""); err != nil || m.Name != Starter {
		t.Errorf("with a damaged model only: %+v, %v", m, err)
	}
	write(t, s.path("tiny"), content)
	for _, typed := range []string{"", "tiny", "Tiny"} {
		if m, err := s.Find(typed); err != nil || m.Path != s.path("tiny") || m.Title != "Tiny" {
			t.Errorf("Find(%q): %+v, %v", typed, m, err)
		}
	}
}

func TestShippedModels(t *testing.T) {
	content := tinyONNX(100)
	s := storeFor(t, content, http.NotFoundHandler())
	beside := t.TempDir()
	s.shipped = []string{beside}
	path := write(t, filepath.Join(beside, "tiny.onnx"), content)
	write(t, filepath.Join(beside, "house.onnx"), content)
	if m := s.Default(); m.Path != path || !m.Shipped {
		t.Fatalf("%+v", m)
	}
	if err := s.Remove("tiny"); !errors.Is(err, ErrShipped) {
		t.Errorf("removing a shipped model: %v", err)
	}
	if got := s.List(); len(got) != 2 || got[0].Name != "tiny" || got[1].Name != "house" ||
		!got[1].Shipped {
		t.Errorf("the list is %+v", got)
	}
	write(t, s.path("tiny"), content)
	if m, err := s.Find("tiny"); err != nil || m.Shipped {
		t.Errorf("the user's own file does not come first: %+v, %v", m, err)
	}
}

// ownModel adds a model of the user's own to a store.
func ownModel(t *testing.T, s *Store) (m Model, file string) {
	t.Helper()
	file = write(t, filepath.Join(t.TempDir(), "Räder (v2).onnx"), tinyONNX(300))
	m, err := s.Add(file)
	if err != nil {
		t.Fatal(err)
	}
	return m, file
}

func TestAdd(t *testing.T) {
	content := tinyONNX(100)
	s := storeFor(t, content, http.NotFoundHandler())
	if got := s.List(); len(got) != 1 || got[0].Installed() {
		t.Fatalf("an empty store lists %+v", got)
	}
	m, file := ownModel(t, s)
	if m.Name != "r-der--v2-" || m.SHA256 != sumOf(tinyONNX(300)) || m.Path != s.path(m.Name) {
		t.Errorf("added as %+v", m)
	}
	if again, err := s.Add(file); err != nil || again.Path != m.Path {
		t.Errorf("adding twice: %+v, %v", again, err)
	}
	if found, err := s.Find(m.Name); err != nil || found.SHA256 != m.SHA256 {
		t.Errorf("the checksum was not kept: %+v, %v", found, err)
	}
	if d := s.Default(); d.Name != m.Name {
		t.Errorf("the user's only model is not the default: %+v", d)
	}
	known, err := s.Add(write(t, filepath.Join(t.TempDir(), "downloaded(1).onnx"), content))
	if err != nil || known.Name != "tiny" {
		t.Errorf("a catalogue's file under another name: %+v, %v", known, err)
	}
	if d := s.Default(); d.Name != "tiny" {
		t.Errorf("the catalogue's model is not the default: %+v", d)
	}
	wantFiles(t, s.dir, "r-der--v2-.json", "r-der--v2-.onnx", "tiny.onnx")
}

func TestAddRefusesTakenNames(t *testing.T) {
	s := storeFor(t, tinyONNX(100), http.NotFoundHandler())
	ownModel(t, s)
	for _, name := range []string{"räder (v2).onnx", "tiny.onnx"} {
		if _, err := s.Add(write(t, filepath.Join(t.TempDir(), name),
			tinyONNX(301))); !errors.Is(err, ErrExists) {
			t.Errorf("another model called %s: %v", name, err)
		}
	}
}

func TestRemove(t *testing.T) {
	s := storeFor(t, tinyONNX(100), http.NotFoundHandler())
	m, _ := ownModel(t, s)
	write(t, s.path("tiny"), tinyONNX(100))
	write(t, partPath(s.path("tiny")), nil)
	for _, name := range []string{"Tiny", m.Name} {
		if err := s.Remove(name); err != nil {
			t.Error(err)
		}
	}
	wantFiles(t, s.dir)
	if err := s.Remove("tiny"); !errors.Is(err, ErrNotInstalled) {
		t.Errorf("removing what is not there: %v", err)
	}
	for _, name := range []string{"zebra", "", "../models", ".."} {
		if err := s.Remove(name); !errors.Is(err, ErrUnknown) {
			t.Errorf("Remove(%q): %v", name, err)
		}
	}
}

func TestAddRefuses(t *testing.T) {
	s := storeFor(t, tinyONNX(10), http.NotFoundHandler())
	dir := t.TempDir()
	for name, c := range map[string]struct {
		data []byte
		word string
	}{
		"empty.onnx": {nil, "empty"},
		"picture.onnx": {
			[]byte("\x89PNG\r\n\x1a\n................................"),
			"its format is PNG",
		},
		"page.onnx":  {[]byte("\n <!DOCTYPE html><html>"), "web page"},
		"lfs.onnx":   {[]byte("version https://git-lfs.github.com/spec/v1\noid sha256:00"), "LFS"},
		"torch.onnx": {[]byte("PK\x03\x04rest of the archive"), "part of one"},
		"half.onnx":  {tinyONNX(1000)[:500], "part of one"},
	} {
		_, err := s.Add(write(t, filepath.Join(dir, name), c.data))
		if !errors.Is(err, ErrNotONNX) || !strings.Contains(err.Error(), c.word) ||
			!strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := s.Add(filepath.Join(dir, "missing.onnx")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a missing file: %v", err)
	}
	if _, err := s.Add(dir); !errors.Is(err, ErrNotONNX) {
		t.Errorf("a folder: %v", err)
	}
	if _, err := s.Add(write(t, filepath.Join(dir, "---.onnx"), tinyONNX(11))); !errors.Is(err,
		ErrExists) {
		t.Errorf("a file without a usable name: %v", err)
	}
	wantFiles(t, s.dir)
}

func TestOpenNeedsAFolder(t *testing.T) {
	if _, err := Open(""); err == nil {
		t.Error("a store without a folder was opened")
	}
	s, err := Open(filepath.Join(t.TempDir(), "new"))
	if err != nil {
		t.Fatal(err)
	}
	s.List()
	if _, err := os.Stat(s.Dir()); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("looking made the folder: %v", err)
	}
}
