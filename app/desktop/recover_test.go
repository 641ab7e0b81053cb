package desktop

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"handlens/media/record"
)

// TestRepairIsOffered finds recordings that were cut off. Nothing happens to them until the person
// says so; then one without a frame is deleted, and one that is damaged is told of.
func TestRepairIsOffered(t *testing.T) {
	t.Setenv("HOME", t.TempDir())
	t.Setenv("XDG_CONFIG_HOME", "")
	dir, err := record.VideosDir()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	empty := filepath.Join(dir, "empty.part.mp4")
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	front := new(fakeFrontend)
	offerRepairs(t.Context(), front, front)
	if len(front.repairs) != 1 || !slices.ContainsFunc(front.heard, func(s string) bool {
		return strings.HasPrefix(s, "offer empty")
	}) {
		t.Fatalf("heard is %q", front.heard)
	}
	if _, err := os.Stat(empty); err != nil {
		t.Errorf("it was touched before anyone asked: %v", err)
	}
	front.heard = nil
	front.repairs[0]()
	front.want(t) // there was nothing to lose
	if _, err := os.Stat(empty); !os.IsNotExist(err) {
		t.Errorf("it is still there: %v", err)
	}
}
