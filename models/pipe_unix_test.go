//go:build unix

package models

import (
	"errors"
	"net/http"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// Opened without a look, a pipe would keep everybody waiting for somebody who writes to it.
func TestAPipeIsNoModel(t *testing.T) {
	s := storeFor(t, tinyONNX(100), http.NotFoundHandler())
	pipe := filepath.Join(t.TempDir(), "pipe.onnx")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	_, add := s.Add(pipe)
	_, find := s.Find(pipe)
	for _, err := range []error{add, find} {
		if !errors.Is(err, ErrNotONNX) || !strings.Contains(err.Error(), pipe+" is a pipe") {
			t.Error(err)
		}
	}
}
