package models

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestCatalogueIsSound(t *testing.T) {
	entries, err := parseCatalogue(embedded)
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) < 2 || entries[0].Name != "deimv2-femto-416" ||
		entries[1].Name != "yolox-nano-416" {
		t.Fatalf("the catalogue begins with %+v", entries)
	}
	for _, e := range entries {
		want := "https://raw.githubusercontent.com/" + e.Source.Repository + "/" + e.Source.Commit +
			"/" + e.Source.Path
		if e.URL != want {
			t.Errorf("%s: the address is %s, its source says %s", e.Name, e.URL, want)
		}
		if len(e.Source.Commit) != 40 || e.SHA256 == "" || e.COCOmAP <= 0 || e.COCOmAP > 100 ||
			e.Input.Width < 32 || e.Title == "" {
			t.Errorf("%s is incomplete: %+v", e.Name, e)
		}
	}
	Catalogue()[0].Name = "changed"
	if Catalogue()[0].Name != "deimv2-femto-416" {
		t.Error("a caller can change the catalogue")
	}
}

func TestCatalogueRefusesUnfitEntries(t *testing.T) {
	good := Catalogue()[0]
	for what, spoil := range map[string]func(*Entry){
		"name":     func(e *Entry) { e.Name = "../escape" },
		"licence":  func(e *Entry) { e.License = "AGPL-3.0" },
		"size":     func(e *Entry) { e.Size = 0 },
		"too big":  func(e *Entry) { e.Size = 1 << 40 },
		"address":  func(e *Entry) { e.URL = "file:///etc/passwd" },
		"no TLS":   func(e *Entry) { e.URL = "http://localhost/model.onnx" },
		"checksum": func(e *Entry) { e.SHA256 = "abc" },
	} {
		e := good
		spoil(&e)
		data, err := json.Marshal([]Entry{e})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := parseCatalogue(data); err == nil {
			t.Errorf("a bad %s passed", what)
		}
	}
	data, err := json.Marshal([]Entry{good, good})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := parseCatalogue(data); err == nil || !strings.Contains(err.Error(), "two models") {
		t.Errorf("a double name: %v", err)
	}
	if _, err := parseCatalogue([]byte("{")); err == nil {
		t.Error("broken JSON passed")
	}
}

// TestCatalogueMatchesFiles holds the catalogue against the real files where they are at hand; else
// against nothing but itself, which TestCatalogueIsSound does.
func TestCatalogueMatchesFiles(t *testing.T) {
	for name, file := range map[string]string{
		"deimv2-femto-416": "deimv2_femto_416.onnx",
		"yolox-nano-416":   "yolox_nano_416.onnx",
	} {
		path := filepath.Join("..", "..", "shared", "data", "models", file)
		if _, err := os.Stat(path); err != nil {
			t.Logf("%s is not at hand: only the catalogue's own consistency was checked", file)
			continue
		}
		s, err := Open(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		m, err := s.Add(path)
		if err != nil {
			t.Fatal(err)
		}
		if m.Name != name || m.Title == "" {
			t.Errorf("%s was added as %+v", file, m)
		}
		if d := s.Default(); d.Path != m.Path {
			t.Errorf("the default is %+v", d)
		}
	}
}
