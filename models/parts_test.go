package models

import (
	"bytes"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"handlens/inference/testmodel"
)

// split is a test model with its weights in another file.
func split(t *testing.T, weights string) (model, data []byte) {
	t.Helper()
	model, data, err := testmodel.BuildVariant("yolov8", 64, testmodel.Variant{Weights: weights})
	if err != nil {
		t.Fatal(err)
	}
	return model, data
}

func TestAddOfSeveralFiles(t *testing.T) {
	s := storeFor(t, tinyONNX(10), http.NotFoundHandler())
	dir := t.TempDir()
	model, data := split(t, "data/Best.onnx.data")
	file := write(t, filepath.Join(dir, "Best.onnx"), model)
	if _, err := s.Add(file); !errors.Is(err, ErrNotONNX) {
		t.Fatalf("without its weights: %v", err)
	}
	write(t, filepath.Join(dir, "data", "Best.onnx.data"), data)
	write(t, filepath.Join(dir, "best.json"), []byte(`{"layout": {"nms": false}}`))
	write(t, filepath.Join(dir, "labels.txt"), []byte("a\nb\nc\n"))
	m, err := s.Add(file)
	if err != nil || m.Name != "best" || m.Size != int64(len(model)+len(data)) ||
		m.SHA256 != sumOf(append(bytes.Clone(model), data...)) {
		t.Fatalf("%+v, %v", m, err)
	}
	wantFiles(t, s.dir, "best")
	wantFiles(t, filepath.Join(s.dir, "best"), "best.json", "best.labels", "best.onnx", "data")
	if got, err := os.ReadFile(filepath.Join(s.dir, "best", "data",
		"Best.onnx.data")); err != nil ||
		!bytes.Equal(got, data) {
		t.Errorf("%d bytes of weights, %v", len(got), err)
	}
	for _, find := range []func() (Model, error){
		func() (Model, error) { return s.Find("best") },
		func() (Model, error) { return s.Add(file) }, // the same once more
		func() (Model, error) { return s.Default(), nil },
	} {
		if got, err := find(); err != nil || got.Path != m.Path || got.Size != m.Size ||
			got.SHA256 != m.SHA256 {
			t.Errorf("found as %+v, %v", got, err)
		}
	}
	if all := s.List(); all[len(all)-1].Name != "best" {
		t.Errorf("the list ends with %+v", all[len(all)-1])
	}
	if _, err := m.Describe(); err == nil {
		t.Error("a page is to fetch a model of two files")
	}
	otherWeights(t, s, file, data)
}

// otherWeights has a model added again with other weights, which make it another, and removed.
func otherWeights(t *testing.T, s *Store, file string, data []byte) {
	t.Helper()
	write(t, filepath.Join(filepath.Dir(file), "data", "Best.onnx.data"),
		append([]byte{^data[0]}, data[1:]...))
	if _, err := s.Add(file); !errors.Is(err, ErrExists) {
		t.Errorf("with other weights: %v", err)
	}
	if err := s.Remove("best"); err != nil {
		t.Fatal(err)
	}
	wantFiles(t, s.dir)
	if err := s.Remove("best"); !errors.Is(err, ErrUnknown) {
		t.Errorf("once more: %v", err)
	}
}

// TestAddStaysInTheFolder adds models that name files of others.
func TestAddStaysInTheFolder(t *testing.T) {
	s := storeFor(t, tinyONNX(10), http.NotFoundHandler())
	dir := t.TempDir()
	write(t, filepath.Join(dir, "secret"), make([]byte, 1<<20))
	for _, weights := range []string{"../secret", filepath.Join(dir, "secret"), "link"} {
		model, _ := split(t, weights)
		file := write(t, filepath.Join(dir, "m", "mine.onnx"), model)
		if err := os.Symlink("../secret", filepath.Join(dir, "m", "link")); err != nil &&
			!errors.Is(err, os.ErrExist) {
			t.Skip("no symbolic links here:", err)
		}
		if _, err := s.Add(file); !errors.Is(err, ErrNotONNX) {
			t.Errorf("%s: %v", weights, err)
		}
	}
	wantFiles(t, s.dir)
}

func TestAddKeepsTheNamesBeside(t *testing.T) {
	s := storeFor(t, tinyONNX(10), http.NotFoundHandler())
	dir := t.TempDir()
	file := write(t, filepath.Join(dir, "mine.onnx"), tinyONNX(100))
	write(t, filepath.Join(dir, "classes.txt"), []byte("a\nb\n"))
	m, err := s.Add(file)
	if err != nil {
		t.Fatal(err)
	}
	wantFiles(t, s.dir, "mine.json", "mine.labels", "mine.onnx")
	if d, err := m.Describe(); err != nil || d.NamesFile != "mine.labels" || d.Names != "a\nb\n" {
		t.Errorf("%+v, %v", d, err)
	}
	if err := s.Remove("mine"); err != nil {
		t.Fatal(err)
	}
	wantFiles(t, s.dir)
}

func TestFindTakesAFileOfAnyEnding(t *testing.T) {
	s := storeFor(t, tinyONNX(10), http.NotFoundHandler())
	t.Chdir(t.TempDir())
	write(t, "best.pt", []byte("\x80\x02}q\x00"))
	if m, err := s.Find("best.pt"); err != nil || m.Path != "best.pt" {
		t.Errorf("%+v, %v", m, err)
	}
	if _, err := s.Find("other.pt"); !errors.Is(err, ErrUnknown) {
		t.Errorf("of what is not there: %v", err)
	}
	if _, err := s.Find("." + string(filepath.Separator)); !errors.Is(err, ErrNotONNX) {
		t.Errorf("a folder: %v", err)
	}
}
