package inputfile

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

func TestOrdinaryFiles(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, []byte("content"), 0o600); err != nil {
		t.Fatal(err)
	}
	if info, err := Stat(path); err != nil || info.Size() != 7 {
		t.Error(info, err)
	}
	f, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if data, err := io.ReadAll(f); err != nil || string(data) != "content" {
		t.Errorf("%q, %v", data, err)
	}
	if data, err := Read(path, 7); err != nil || string(data) != "content" {
		t.Errorf("%q, %v", data, err)
	}
	if data, err := Read(path, 6); err == nil || data != nil ||
		!strings.Contains(err.Error(), path) {
		t.Errorf("of a file that is too long: %q, %v", data, err)
	}
	if _, err := Open(path + "x"); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
}

// refuses checks that all functions return at once with a reason that has that word.
func refuses(t *testing.T, path, word string) {
	t.Helper()
	_, stat := Stat(path)
	_, open := Open(path)
	_, read := Read(path, 1)
	for _, err := range []error{stat, open, read} {
		e, ok := errors.AsType[*fs.PathError](err)
		if !ok || !errors.Is(err, ErrNotFile) || !strings.Contains(e.Err.Error(), word) {
			t.Errorf("%s: %v, want a path error with %q", path, err, word)
		}
	}
}

func TestAFolderIsRefused(t *testing.T) { refuses(t, t.TempDir(), "is a folder") }

func TestAddressesAreRefused(t *testing.T) {
	refuses(t, "http://127.0.0.1:1/picture.jpg", "curl")
	refuses(t, "RTSP://camera/1", "Record a piece")
	refuses(t, "gopher://x/y", "only files are read")
	if _, err := Stat("no/such:file"); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
}

func TestPath(t *testing.T) {
	for arg, want := range map[string]string{
		"a.jpg": "a.jpg", "http://x/a.jpg": "http://x/a.jpg", "-": "-",
		"file:///tmp/a%20b.jpg": "/tmp/a b.jpg", "file://localhost/a.jpg": "/a.jpg",
		"file://elsewhere/a.jpg": "file://elsewhere/a.jpg",
	} {
		if got := Path(arg); got != want && !(runtime.GOOS == "windows" && "/"+got == want) {
			t.Errorf("%s leads to %s, want %s", arg, got, want)
		}
	}
}
