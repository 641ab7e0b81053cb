package models

import (
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"handlens/inference/testmodel"
)

func TestDescribe(t *testing.T) {
	data, err := testmodel.Build("yolov8", 64)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "mine.onnx")
	const note = `{"layout": {"family": "yolov8"}}`
	for name, content := range map[string]string{
		path: string(data), strings.TrimSuffix(path, ".onnx") + ".json": note,
	} {
		if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	m := Model{Path: path}
	m.Name = "mine"
	d, err := m.Describe()
	if err != nil || d.SHA256 != fmt.Sprintf("%x", sha256.Sum256(data)) ||
		d.Size != int64(len(data)) || d.Sidecar != note || d.Metadata["names"] == "" {
		t.Errorf("%+v, %v", d, err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if _, err := m.Describe(); err == nil || !strings.Contains(err.Error(), "mine") {
		t.Errorf("without its file: %v", err)
	}
}

func TestTheStarterIsDescribed(t *testing.T) {
	m := starter()
	d, err := m.Describe()
	if err != nil || d.Size != int64(len(m.Data)) || len(d.Metadata) == 0 || d.Sidecar != "" {
		t.Fatalf("%+v, %v", d, err)
	}
	f, err := m.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if b, err := io.ReadAll(f); err != nil || string(b) != string(m.Data) {
		t.Errorf("%d bytes, %v", len(b), err)
	}
}
