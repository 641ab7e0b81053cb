package ort

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestRemoveReports deletes the known files and nothing beside them.
func TestRemoveReports(t *testing.T) {
	cache, support, temp := t.TempDir(), t.TempDir(), t.TempDir()
	const session = "1795877433654\n95599867-ab3d-d2f1-d401-606c4c572ea4\n"
	gone := []string{
		filepath.Join(cache, reportsFolder, "deviceid"),
		filepath.Join(cache, reportsFolder, "onnxruntime.db"),
		filepath.Join(cache, reportsFolder, "onnxruntime.db-wal"),
		filepath.Join(support, reportsFolder, "deviceid"),
		filepath.Join(temp, "mat-debug-4711.log"),
		filepath.Join(temp, ".ses"),
	}
	kept := []string{
		filepath.Join(support, reportsFolder, "notes.txt"),
		filepath.Join(cache, "handlens", "model.onnx"),
		filepath.Join(temp, "mat-debug-4712.log"), // not empty
		filepath.Join(temp, "mat-debug-today.log"),
		filepath.Join(temp, "sub", "mat-debug-1.log"),
	}
	for _, path := range kept {
		write(t, path, "mine")
	}
	for _, path := range gone {
		write(t, path, map[string]string{".ses": session}[filepath.Base(path)])
	}
	removed, err := removeReports([]string{cache, support}, temp)
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(removed)
	slices.Sort(gone)
	if !slices.Equal(removed, gone) {
		t.Errorf("removed are\n%q, want\n%q", removed, gone)
	}
	for _, path := range kept {
		if _, err := os.Stat(path); err != nil {
			t.Errorf("somebody else's file: %v", err)
		}
	}
	if _, err := os.Stat(filepath.Join(cache, "Microsoft")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the empty folders stay: %v", err)
	}
	if removed, err := removeReports([]string{cache, support}, temp); err != nil ||
		len(removed) > 0 {
		t.Errorf("a second time removes %q, %v", removed, err)
	}
}

// TestRemoveReportsLeavesSessionFilesOfOthers keeps a file of the same name with other content.
func TestRemoveReportsLeavesSessionFilesOfOthers(t *testing.T) {
	temp := t.TempDir()
	write(t, filepath.Join(temp, ".ses"), "a diary")
	if removed, err := removeReports(nil, temp); err != nil || len(removed) > 0 {
		t.Errorf("removed are %q, %v", removed, err)
	}
}
