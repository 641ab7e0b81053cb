//go:build unix

package detector

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"handlens/inference/testmodel"
)

// If it were opened without a check, a pipe would block until somebody writes to it.
func TestPipesAreRefused(t *testing.T) {
	dir := t.TempDir()
	pipe, model := filepath.Join(dir, "pipe.onnx"), filepath.Join(dir, "model.onnx")
	data, err := testmodel.Build("yolov8", 320)
	if err := errors.Join(err, os.WriteFile(model, data, 0o600)); err != nil {
		t.Fatal(err)
	}
	cache, sidecar := filepath.Join(dir, "providers.json"), filepath.Join(dir, "model.json")
	for _, path := range []string{pipe, sidecar, cache} {
		if err := syscall.Mkfifo(path, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for name, path := range map[string]string{"a model": pipe, "what is said of one": model} {
		d, err := Open(path, Options{Provider: "cpu"})
		if err == nil {
			d.Close()
		}
		if err == nil || !strings.Contains(err.Error(), "is a pipe") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if all := (tuneFile{cache}).load(); len(all) != 0 {
		t.Errorf("a pipe holds %v", all)
	}
}
