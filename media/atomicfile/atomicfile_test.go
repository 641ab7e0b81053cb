package atomicfile

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
)

func read(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// wantFiles checks that a folder has these files and no others, hidden ones included.
func wantFiles(t *testing.T, dir string, want ...string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	if len(names) != len(want) {
		t.Fatalf("the folder has %q, want %q", names, want)
	}
	for i := range want {
		if names[i] != want[i] {
			t.Errorf("the folder has %q, want %q", names, want)
		}
	}
}

func TestReplaceAndCreate(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "file")
	if err := Create(path, 0o600, Bytes([]byte("one"))); err != nil {
		t.Fatal(err)
	}
	if err := Create(path, 0o600, Bytes([]byte("two"))); !errors.Is(err, fs.ErrExist) {
		t.Errorf("creating what is there: %v", err)
	}
	if got := read(t, path); got != "one" {
		t.Errorf("a file that was there became %q", got)
	}
	large := bytes.Repeat([]byte("three"), bufferSize)
	if err := Replace(path, 0o600, Bytes(large)); err != nil {
		t.Fatal(err)
	}
	if got := read(t, path); got != string(large) {
		t.Errorf("after it was replaced it has %d bytes of %d", len(got), len(large))
	}
	wantFiles(t, dir, "file")
}

func TestAFailureLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "file")
	if err := Create(path, 0o600, Bytes([]byte("before"))); err != nil {
		t.Fatal(err)
	}
	broken := errors.New("broken")
	half := func(w io.Writer) error {
		if _, err := w.Write(make([]byte, 2*bufferSize)); err != nil {
			return err
		}
		return broken
	}
	other := filepath.Join(dir, "new")
	for _, err := range []error{Replace(path, 0o600, half), Create(other, 0o600, half)} {
		if !errors.Is(err, broken) {
			t.Error(err)
		}
	}
	folder := filepath.Join(dir, "folder")
	if err := os.MkdirAll(filepath.Join(folder, "x"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := Replace(folder, 0o600, Bytes(nil)); err == nil {
		t.Error("a folder was replaced")
	}
	if got := read(t, path); got != "before" {
		t.Errorf("the file became %q", got)
	}
	wantFiles(t, dir, "file", "folder")
}

// One name, many writers: one of them gets it, and nobody's content is lost or mixed.
func TestCreateAtOnce(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "file")
	var made atomic.Int32
	var all sync.WaitGroup
	for i := range 16 {
		all.Go(func() {
			switch err := Create(path, 0o600, Bytes(bytes.Repeat([]byte{byte(i)}, 1000))); {
			case err == nil:
				made.Add(1)
			case !errors.Is(err, fs.ErrExist):
				t.Error(err)
			}
		})
	}
	all.Wait()
	got := read(t, path)
	want := bytes.Repeat([]byte(got[:1]), 1000)
	if made.Load() != 1 || got != string(want) {
		t.Errorf("%d were made, and the file has %d bytes", made.Load(), len(got))
	}
	wantFiles(t, dir, "file")
}

func TestRename(t *testing.T) {
	for name, rename := range map[string]func(from, to string) error{
		"with links": Rename, "without": renameWithoutLinks,
	} {
		t.Run(name, func(t *testing.T) { testRename(t, rename) })
	}
}

func testRename(t *testing.T, rename func(from, to string) error) {
	dir := t.TempDir()
	file := func(name, content string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	a, b := file("a", "a"), file("b", "b")
	if err := rename(a, b); !errors.Is(err, fs.ErrExist) {
		t.Errorf("to a name that is taken: %v", err)
	}
	if read(t, a) != "a" || read(t, b) != "b" {
		t.Error("one of two files was lost")
	}
	if err := os.Symlink("nowhere", filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	if err := rename(a, filepath.Join(dir, "link")); !errors.Is(err, fs.ErrExist) {
		t.Errorf("to the name of a link that leads nowhere: %v", err)
	}
	if err := rename(a, filepath.Join(dir, "c")); err != nil {
		t.Error(err)
	}
	if err := rename(a, filepath.Join(dir, "d")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("of a file that is gone: %v", err)
	}
	wantFiles(t, dir, "b", "c", "link")
}

func TestNumbered(t *testing.T) {
	for n, want := range map[int]string{1: "a", 2: "a (2)", 10: "a (10)"} {
		if got := Numbered("a", n); got != want {
			t.Errorf("%d is %q, want %q", n, got, want)
		}
	}
}

func TestTempIsCalledAsItsPatternSays(t *testing.T) {
	dir := t.TempDir()
	path, err := Write(dir, 0o600, Bytes(nil))
	if err != nil {
		t.Fatal(err)
	}
	ok, err := filepath.Match(TempPattern, filepath.Base(path))
	if !ok || err != nil || filepath.Dir(path) != dir {
		t.Errorf("%s does not match %s: %v", path, TempPattern, err)
	}
}
