package record

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"handlens/media"
)

func TestRecordingsNeverOverwrite(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "same.mp4"), []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	var pool media.Pool
	p := phonePicture(t, &pool, 64, 36, media.Color{})
	defer p.Release()
	var recordings []*MP4Writer
	for range 3 { // at once
		f := newMP4(t, MP4Options{Dir: dir, Name: "same"})
		if err := f.Add(Frame{Image: p}); err != nil {
			t.Fatal(err)
		}
		recordings = append(recordings, f)
	}
	// Someone takes the name of the last one while it is recorded.
	if err := os.WriteFile(filepath.Join(dir, recordings[2].Name()+".mp4"), []byte("mine too"),
		0o600); err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range recordings {
		names = append(names, filepath.Base(closeMP4(t, f)))
	}
	if got := strings.Join(names, ", "); got != "same (2).mp4, same (3).mp4, same (4) (2).mp4" {
		t.Errorf("the recordings are %s", got)
	}
	for name, want := range map[string]string{"same.mp4": "mine", "same (4).mp4": "mine too"} {
		if b, err := os.ReadFile(filepath.Join(dir, name)); err != nil || string(b) != want {
			t.Errorf("%s holds %q, %v", name, b, err)
		}
	}
}

func TestReserve(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "folder")
	one, release, err := Reserve(dir, "14:03 Pixel/8")
	if err != nil || one != "14-03 Pixel-8" {
		t.Fatalf("reserved %q, %v", one, err)
	}
	two, release2, err := Reserve(dir, "14:03 Pixel/8")
	if err != nil || two != one+" (2)" {
		t.Fatalf("reserved %q, %v", two, err)
	}
	release2()
	release2()
	video := newMP4(t, MP4Options{Dir: dir, Name: one})
	lines, err := CreateJSONL(dir, one, "")
	if err != nil {
		t.Fatal(err)
	}
	if err := lines.Close(); err != nil {
		t.Error(err)
	}
	if video.Name() != one || filepath.Base(lines.Path()) != one+".jsonl" {
		t.Errorf("the recording is %q, the lines %q", video.Name(), lines.Path())
	}
	release()
	if other, release, err := Reserve(dir, one); err != nil || other != two {
		t.Errorf("while the recording goes on %q was reserved, %v", other, err)
	} else {
		release()
	}
	if _, err := video.Close(context.Background(), nil); !errors.Is(err, ErrEmpty) {
		t.Error(err)
	}
	if other, release, err := Reserve(dir, one); err != nil || other != two {
		t.Errorf("beside the lines %q was reserved, %v", other, err)
	} else {
		release()
	}
	checkFiles(t, dir, one+".jsonl")
}

// Whatever a phone is called, the base that was reserved is that of the files.
func TestReservedNamesStay(t *testing.T) {
	for _, base := range []string{
		strings.Repeat("x", 300), strings.Repeat("手", 300),
		strings.Repeat("y. ", 100), "..", "CON", "a (2)", ".hidden.",
	} {
		dir := t.TempDir()
		for range 3 {
			name, release, err := Reserve(dir, base)
			if err != nil {
				t.Fatal(err)
			}
			defer release()
			lines, err := CreateJSONL(dir, name, "")
			if err != nil {
				t.Fatal(err)
			}
			if err := lines.Close(); err != nil {
				t.Error(err)
			}
			if got := filepath.Base(lines.Path()); got != name+".jsonl" {
				t.Errorf("%q was reserved, the lines are %q", name, got)
			}
			hold, video, err := lockMP4Name(dir, fileName(name))
			if err != nil || video != name {
				t.Fatalf("%q was reserved, the recording is %q, %v", name, video, err)
			}
			hold.release()
		}
	}
}
