package record

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"handlens/media"
)

func TestClosingThatIsBrokenOffLeavesTheRecording(t *testing.T) {
	dir := t.TempDir()
	var pool media.Pool
	p := phonePicture(t, &pool, 320, 180, media.Color{})
	defer p.Release()
	f := newMP4(t, MP4Options{Dir: dir, Name: "video"})
	for i := range 90 {
		if err := f.Add(Frame{
			Image: p, At: time.Duration(i) * time.Second / 30,
			Draw: drawRed,
		}); err != nil {
			t.Fatal(err)
		}
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	path, err := f.Close(ended, nil)
	if !errors.Is(err, context.Canceled) || path != "" ||
		!strings.Contains(err.Error(), "video.part.mp4") {
		t.Fatalf("closing without time gave %q, %v", path, err)
	}
	checkFiles(t, dir, "video.part.mp4")
	if info := probe(t, filepath.Join(dir, "video.part.mp4")); info.Frames != 90 ||
		!info.Fragmented {
		t.Errorf("the part is %+v", info)
	}
	left, err := FindUnfinished(dir)
	if err != nil || len(left) != 1 {
		t.Fatalf("unfinished: %v, %v", left, err)
	}
	path, err = left[0].Repair(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if info := probe(t, path); info.Frames != 90 || info.Fragmented || !info.IndexFirst {
		t.Errorf("repaired it is %+v", info)
	}
	checkFiles(t, dir, "video.mp4")
}

var brokenTails = [][]byte{
	nil,
	{0},
	[]byte("\x00\x00\x10\x00moof, and no more"),
	[]byte("\x00\x00\x00\x08moof\x00\x00\x00\x01mdat\xff\xff\xff\xff\xff\xff\xff\xff"),
	make([]byte, 1000),
}

// Where there is no room for a copy, a recording in fragments is kept as it is but for its broken
// end.
func TestKeep(t *testing.T) {
	dir := t.TempDir()
	leavePart(t, dir)
	part := filepath.Join(dir, "video.part.mp4")
	whole, err := os.ReadFile(part)
	if err != nil {
		t.Fatal(err)
	}
	for _, tail := range brokenTails {
		if err := os.WriteFile(part, append(slices.Clip(whole), tail...),
			0o600); err != nil {
			t.Fatal(err)
		}
		path, err := keep(dir, "video")
		if err != nil {
			t.Fatal(err)
		}
		if kept, err := os.ReadFile(path); err != nil || !bytes.Equal(kept, whole) {
			t.Errorf("with %q at its end, %d of %d bytes were kept, %v", tail, len(kept),
				len(whole), err)
		}
		if exists(part) {
			t.Error("the part is still there")
		}
	}
	if info := probe(t, filepath.Join(dir, "video (5).mp4")); !info.Fragmented ||
		info.Frames != 90 {
		t.Errorf("the recording is %+v", info)
	}
	if err := os.WriteFile(part, whole[:100], 0o600); err != nil {
		t.Fatal(err)
	}
	if path, err := keep(dir, "video"); !errors.Is(err, ErrEmpty) || !exists(part) {
		t.Errorf("what has no fragment became %q, %v", path, err)
	}
}

// leavePart records three seconds and ends before the file is made an ordinary MP4.
func leavePart(t *testing.T, dir string) {
	var pool media.Pool
	p := phonePicture(t, &pool, 320, 180, media.Color{})
	defer p.Release()
	f := newMP4(t, MP4Options{Dir: dir, Name: "video"})
	for i := range 90 {
		if err := f.Add(Frame{
			Image: p, At: time.Duration(i) * time.Second / 30,
			Draw: drawRed,
		}); err != nil {
			t.Fatal(err)
		}
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := f.Close(ended, nil); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
}
