package desktop

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestRemoveReportsOnce deletes what an earlier version let ONNX Runtime leave behind, says so, and
// does it no second time.
func TestRemoveReportsOnce(t *testing.T) {
	home, temp := t.TempDir(), t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("XDG_CACHE_HOME", filepath.Join(home, ".cache"))
	t.Setenv("TMPDIR", temp)
	identifier := filepath.Join(home, ".cache", "Microsoft", "DeveloperTools", ".onnxruntime",
		"deviceid")
	leave := func() {
		t.Helper()
		if err := os.MkdirAll(filepath.Dir(identifier), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(identifier, []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	run := func(dataDir string) string {
		t.Helper()
		var said strings.Builder
		if err := removeReports(dataDir, &said); err != nil {
			t.Fatal(err)
		}
		return said.String()
	}

	leave()
	if said := run(filepath.Join(home, "fresh")); said != "" || !exists(identifier) {
		t.Errorf("where no earlier version ran it says %q; the file is there: %v", said,
			exists(identifier))
	}
	data := filepath.Join(home, "data")
	if err := os.MkdirAll(filepath.Join(data, "certificates"), 0o700); err != nil {
		t.Fatal(err)
	}
	if said := run(data); !strings.Contains(said, "files: 1") || exists(identifier) {
		t.Errorf("after an earlier version it says %q; the file is there: %v", said,
			exists(identifier))
	}
	if note, err := os.ReadFile(filepath.Join(data, reportsNote)); err != nil ||
		!strings.Contains(string(note), identifier) {
		t.Errorf("the note is %q, %v", note, err)
	}
	leave() // another program's, this time
	if said := run(data); said != "" || !exists(identifier) {
		t.Errorf("the second time it says %q; the file is there: %v", said, exists(identifier))
	}
}
