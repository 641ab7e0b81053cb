package models

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestAddKeepsWhatIsSaidBeside(t *testing.T) {
	s := storeFor(t, tinyONNX(100), http.NotFoundHandler())
	file := write(t, filepath.Join(t.TempDir(), "own.onnx"), tinyONNX(300))
	write(t, strings.TrimSuffix(file, "onnx")+"json",
		[]byte(`{"sha256": "wrong", "layout": {"labels": ["a"]}}`))
	m, err := s.Add(file)
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(notePath(m.Path))
	if err != nil {
		t.Fatal(err)
	}
	var note struct {
		SHA256 string
		Layout struct{ Labels []string }
	}
	if err := json.Unmarshal(data, &note); err != nil || note.SHA256 != sumOf(tinyONNX(300)) ||
		len(note.Layout.Labels) != 1 {
		t.Errorf("the note is %s (%v)", data, err)
	}
	if found, err := s.Find("own"); err != nil || found.SHA256 != m.SHA256 {
		t.Errorf("found as %+v, %v", found, err)
	}
}
