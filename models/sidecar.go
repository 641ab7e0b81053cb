package models

import (
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// maxNote bounds what is read beside a model, in bytes.
const maxNote = 1 << 20

// sidecarLayout returns the "layout" of the JSON file beside a model's, with which package
// inference is told what the model cannot say; nil when there is none. What is in it is not looked
// at here.
func sidecarLayout(file string) json.RawMessage {
	path := strings.TrimSuffix(file, filepath.Ext(file)) + ".json"
	if info, err := os.Stat(path); err != nil || path == file || !info.Mode().IsRegular() {
		return nil
	}
	f, err := os.Open(path)
	if err != nil {
		return nil
	}
	defer f.Close()
	var note struct {
		Layout json.RawMessage `json:"layout"`
	}
	if json.NewDecoder(io.LimitReader(f, maxNote)).Decode(&note) != nil {
		return nil
	}
	return note.Layout
}
