package ffmpeg

import (
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"testing"
	"time"

	"handlens/media"
)

// Videos are encoded, muxed, finished, probed and refused many times over. What an encoder holds is
// some megabytes, so a few forgotten ones show. The allocator's own arenas grow by as much, but not
// time after time.
func TestRecordingMemoryDoesNotGrow(t *testing.T) {
	const warmUp, batches, rounds, slack = 15, 4, 25, 5 << 20
	for range warmUp {
		recordAndFail(t)
	}
	if runtime.GOOS != "linux" {
		return
	}
	var growth []int
	before := residentBytes(t)
	for range batches {
		for range rounds {
			recordAndFail(t)
		}
		now := residentBytes(t)
		growth, before = append(growth, now-before), now
	}
	if least := slices.Min(growth); least > slack {
		t.Errorf("each %d recordings cost %d KiB or more", rounds, least>>10)
	}
	t.Logf("%d times %d recordings cost %d bytes", batches, rounds, growth)
}

// recordAndFail makes a recording and a clean stream, and all that can go wrong with them.
func recordAndFail(t *testing.T) {
	dir := t.TempDir()
	part, video, clean := filepath.Join(dir, "part.mp4"), filepath.Join(dir, "video.mp4"),
		filepath.Join(dir, "clean.mkv")
	encodeVideo(t, part, 40, true)
	if err := Finish(t.Context(), part, video, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := Probe(video); err != nil {
		t.Fatal(err)
	}
	// A part that is nothing but a head, one that is no recording, and one that cannot be made.
	b, err := os.ReadFile(part)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(part, b[:min(len(b), 1500)], 0o600); err != nil {
		t.Fatal(err)
	}
	for _, from := range []string{part, "encoder_memory_test.go"} {
		if err := Finish(t.Context(), from, filepath.Join(dir, "none.mp4"), nil); err == nil {
			t.Fatal("a recording was made of nothing")
		}
	}
	packets := livePackets(t, media.VP9, true)
	if _, err := CreateMatroska(filepath.Join(dir, "no", "folder"),
		MuxerOptions{Codec: media.VP9, Width: 48, Height: 32}); err == nil {
		t.Fatal("a file was made in no folder")
	}
	m, err := CreateMatroska(clean,
		MuxerOptions{Codec: media.VP9, Width: 48, Height: 32, FirstKey: packets[0].Data})
	if err != nil {
		t.Fatal(err)
	}
	for i, p := range packets {
		if err := m.Video(p.Data, p.Key, time.Duration(i)*time.Second/30); err != nil {
			t.Fatal(err)
		}
	}
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
}
