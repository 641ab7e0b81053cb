package ort

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestPinnedVersion holds what is loaded, what this package says and what the Makefile says against
// each other.
func TestPinnedVersion(t *testing.T) {
	data, err := os.ReadFile("../../Makefile")
	if err != nil {
		t.Fatalf("the Makefile pins ONNX Runtime and cannot be read: %v", err)
	}
	m := regexp.MustCompile(`(?m)^ORT_VERSION\s*:?=\s*(\S+)`).FindSubmatch(data)
	if m == nil {
		t.Fatal("the Makefile has no line `ORT_VERSION := …`")
	}
	if pin := string(m[1]); pin != Version {
		t.Errorf("the Makefile pins ONNX Runtime %s and inference/ort/library.go says %s: make "+
			"them the same", pin, Version)
	}
	got, path, err := LoadedVersion()
	if err != nil {
		t.Fatalf("%v", err)
	}
	if got != Version {
		t.Errorf("%s is ONNX Runtime %s, not %s: run `make setup`, or unset HANDLENS_ONNXRUNTIME "+
			"when it names another one", path, got, Version)
	}
}

func TestMissingLibrary(t *testing.T) {
	_, err := findLibrary("", []string{t.TempDir(), "/nowhere"})
	if !errors.Is(err, ErrLibrary) || !strings.Contains(err.Error(), "make setup") ||
		!strings.Contains(err.Error(), libraryName()) {
		t.Errorf("the error does not say what to do: %v", err)
	}
	_, err = findLibrary("/nowhere/lib.so", nil)
	if !errors.Is(err, ErrLibrary) || !strings.Contains(err.Error(), "HANDLENS_ONNXRUNTIME") {
		t.Errorf("the error does not name the variable: %v", err)
	}
}

func TestFirstFolderWins(t *testing.T) {
	a, b := t.TempDir(), t.TempDir()
	for _, dir := range []string{a, b} {
		if err := os.WriteFile(filepath.Join(dir, libraryName()), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	got, err := findLibrary("", []string{filepath.Join(a, "none"), b, a})
	if err != nil || got != filepath.Join(b, libraryName()) {
		t.Errorf("found %q, %v", got, err)
	}
	if len(searchFolders()) < 2 {
		t.Errorf("the folders are %q", searchFolders())
	}
}

// TestLibraryInAnApp finds the library where the package for macOS has it.
func TestLibraryInAnApp(t *testing.T) {
	contents := filepath.Join(t.TempDir(), "Handlens.app", "Contents")
	want := filepath.Join(contents, "Frameworks", libraryName())
	if err := os.MkdirAll(filepath.Dir(want), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(want, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := findLibrary("", besideProgram(filepath.Join(contents, "MacOS", "handlens")))
	if got != want {
		t.Errorf("found %q, %v", got, err)
	}
}

func TestLoadErrorsSayWhatToDo(t *testing.T) {
	for text, want := range map[string]string{
		"Platform-specific initialization failed: Error setting ORT API " +
			"base: 2": "older than release 1.29",
		"Platform-specific initialization failed: Error loading ONNX shared library \"x\": " +
			"invalid ELF header": "not an ONNX Runtime library for this computer",
	} {
		err := loadError("lib.so", errors.New(text))
		if !errors.Is(err, ErrLibrary) || !strings.Contains(err.Error(), want) ||
			!strings.Contains(err.Error(), "make setup") {
			t.Errorf("%q became %q", text, err)
		}
	}
}

func TestNewEnough(t *testing.T) {
	for v, want := range map[string]bool{
		"1.30.0": true, "1.29.1": true, "1.28.0": false,
		"1.9.0": false, "2.0.0": true, "": false, "x.y": false,
	} {
		if newEnough(v) != want {
			t.Errorf("%q: %v", v, !want)
		}
	}
}

func TestLoadTwice(t *testing.T) {
	for range 2 {
		if err := Load(); err != nil {
			t.Fatal(err)
		}
	}
}

// TestUnfitLibrary starts the test program again with a file that is no library: one process has
// one engine, so it needs another.
func TestUnfitLibrary(t *testing.T) {
	if os.Getenv("HANDLENS_TEST_UNFIT") != "" {
		err := Load()
		if !errors.Is(err, ErrLibrary) || strings.Contains(err.Error(), "\n") ||
			!strings.Contains(err.Error(), "make setup") {
			t.Fatalf("the error is %v", err)
		}
		if _, err := OpenBytes("x", []byte("model"), Options{}); !errors.Is(err, ErrLibrary) {
			t.Fatalf("Open says %v", err)
		}
		return
	}
	path := filepath.Join(t.TempDir(), libraryName())
	if err := os.WriteFile(path, []byte("not a library"), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(os.Args[0], "-test.run=^TestUnfitLibrary$")
	cmd.Env = append(os.Environ(), "HANDLENS_TEST_UNFIT=1", "HANDLENS_ONNXRUNTIME="+path)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, out)
	}
}
