package desktop

import (
	"path/filepath"
	"slices"
	"testing"
)

// TestEngineInAnApp looks for the engine where the package for macOS has it.
func TestEngineInAnApp(t *testing.T) {
	contents := filepath.Join("Handlens.app", "Contents")
	got := engineFolders(filepath.Join(contents, "MacOS", "handlens"))
	want := []string{
		filepath.Join(contents, "MacOS", "browser"),
		filepath.Join(contents, "Resources", "browser"),
	}
	if !slices.Equal(got, want) {
		t.Errorf("it is looked for in %q", got)
	}
}
