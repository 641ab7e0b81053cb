//go:build unix

package ffmpeg

import (
	"errors"
	"path/filepath"
	"syscall"
	"testing"

	"handlens/media"
	"handlens/media/inputfile"
)

// Without a look first each of these would wait for somebody who writes to the pipe.
func TestPipesAreRefused(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "video.mp4")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenFile(pipe, new(media.Pool)); !errors.Is(err, inputfile.ErrNotFile) {
		t.Errorf("pictures: %v", err)
	}
	if _, err := OpenAudio(pipe); !errors.Is(err, inputfile.ErrNotFile) {
		t.Errorf("sound: %v", err)
	}
	if _, err := CompleteFragments(pipe); !errors.Is(err, inputfile.ErrNotFile) {
		t.Errorf("fragments: %v", err)
	}
}
