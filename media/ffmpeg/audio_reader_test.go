package ffmpeg

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"path/filepath"
	"testing"
	"time"

	"handlens/media"
)

func TestAudioIsReadBack(t *testing.T) {
	packet := []byte{0xF8, 0xFF, 0xFE} // 20 ms
	path := recordWithAudio(t, packet)
	s, err := OpenAudio(path)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 60 {
		data, at, err := s.Next()
		if err != nil || !bytes.Equal(data, packet) {
			t.Fatalf("packet %d is %x, %v", i, data, err)
		}
		if d := at - time.Duration(i)*20*time.Millisecond; d.Abs() > time.Millisecond {
			t.Errorf("packet %d stands at %v", i, at)
		}
	}
	if _, _, err := s.Next(); !errors.Is(err, io.EOF) {
		t.Errorf("after the last packet comes %v", err)
	}
	s.Close()
	s.Close()
	if _, _, err := s.Next(); !errors.Is(err, ErrClosed) {
		t.Errorf("after Close comes %v", err)
	}
}

// recordWithAudio records 30 frames with two packets of 20 ms each.
func recordWithAudio(t *testing.T, packet []byte) (path string) {
	t.Helper()
	var pool media.Pool
	e, err := OpenEncoder(EncoderOptions{Width: 64, Height: 64, Only: "libopenh264"})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	path = filepath.Join(t.TempDir(), "video.mp4")
	m, err := CreateMP4(path, MuxerOptions{Encoder: e, Audio: true})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 30 {
		f := moving(t, &pool, 64, 64, i)
		if err := e.Encode(f, time.Duration(i)*time.Second/25, func(c Encoded) error {
			return m.Video(c.Data, c.Key, c.At)
		}); err != nil {
			t.Fatal(err)
		}
		f.Release()
		for j := range 2 {
			if err := m.Audio(packet, time.Duration(2*i+j)*20*time.Millisecond); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestSoundsOfFilesWithout(t *testing.T) {
	for name, want := range map[string]error{
		"plain.mp4": ErrNoAudio, "make.sh": ErrNotVideo,
		"missing.mp4": fs.ErrNotExist,
	} {
		if _, err := OpenAudio(filepath.Join("testdata", name)); !errors.Is(err, want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
