package desktop

import (
	"context"
	"image"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"handlens/media"
	"handlens/media/ffmpeg"
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
	offerRepairs(t.Context(), new(folders), front, front)
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

// TestRepair makes what a crash leaves of a recording into one that plays, and tells where it is.
func TestRepair(t *testing.T) {
	t.Setenv("HOME", t.TempDir())
	t.Setenv("XDG_CONFIG_HOME", "")
	dir, err := record.VideosDir()
	if err != nil {
		t.Fatal(err)
	}
	cutRecording(t, dir, "street")
	front := new(fakeFrontend)
	offerRepairs(t.Context(), new(folders), front, front)
	if len(front.repairs) != 1 {
		t.Fatalf("heard is %q", front.heard)
	}
	front.heard = nil
	front.repairs[0]()
	whole := filepath.Join(dir, "street.mp4")
	front.want(t, "recording repaired")
	if made := front.made[0]; made.Video != whole {
		t.Errorf("it is told to be %+v, want %s", made, whole)
	}
	info, err := ffmpeg.Probe(whole)
	if err != nil || info.Length < 2*time.Second {
		t.Errorf("what was repaired is %+v, %v", info, err)
	}
}

// cutRecording leaves in dir what a crash leaves of a recording of four seconds.
func cutRecording(t *testing.T, dir, name string) {
	t.Helper()
	elsewhere := t.TempDir()
	w, err := record.CreateMP4(record.MP4Options{
		Dir: elsewhere, Name: name, Canvas: image.Pt(64, 48),
	})
	if err != nil {
		t.Fatal(err)
	}
	var pool media.Pool
	f, err := pool.Get(64, 48, media.I420)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Release()
	for i := range 120 {
		if err := w.Add(record.Frame{
			Image: f, At: time.Duration(i) * time.Second / 30,
		}); err != nil {
			t.Fatal(err)
		}
	}
	part, err := os.ReadFile(filepath.Join(elsewhere, name+".part.mp4"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Close(context.Background(), nil); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name+".part.mp4"), part, 0o600); err != nil {
		t.Fatal(err)
	}
}
