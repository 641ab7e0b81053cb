package ffmpeg

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"handlens/media"
)

// Whenever it is cancelled, nothing is left but the recording in fragments.
func TestFinishIsCancelled(t *testing.T) {
	dir := t.TempDir()
	from, to := filepath.Join(dir, "part.mp4"), filepath.Join(dir, "video.mp4")
	encodeVideo(t, from, 300, true)
	before, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	for _, after := range []float64{0, 0.1, 0.5} {
		ctx, cancel := context.WithCancel(t.Context())
		err := Finish(ctx, from, to, func(done float64) {
			if done >= after {
				cancel()
			}
		})
		cancel()
		if !errors.Is(err, context.Canceled) {
			t.Errorf("cancelled at %g it gives %v", after, err)
		}
		if files, _ := os.ReadDir(dir); len(files) != 1 {
			t.Errorf("cancelled at %g it leaves %d files, want the part alone", after, len(files))
		}
	}
	if now, err := os.ReadFile(from); err != nil || !bytes.Equal(before, now) {
		t.Errorf("the part was changed: %v", err)
	}
}

func TestFinishAndProbeRefuseWhatIsNotAVideo(t *testing.T) {
	dir := t.TempDir()
	empty := filepath.Join(dir, "empty.mp4")
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for from, want := range map[string]error{
		"doc.go": ErrNotVideo, empty: ErrNotVideo, filepath.Join(dir, "none.mp4"): fs.ErrNotExist,
	} {
		if err := Finish(t.Context(), from, filepath.Join(dir, "to.mp4"), nil); !errors.Is(err,
			want) {
			t.Errorf("finishing %s gives %v, want %v", from, err, want)
		}
		if _, err := Probe(from); !errors.Is(err, want) {
			t.Errorf("reading %s gives %v, want %v", from, err, want)
		}
	}
	if err := Finish(t.Context(), "testdata/plain.mp4", filepath.Join(dir, "no", "to.mp4"),
		nil); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("finishing into no folder gives %v", err)
	}
}

// FuzzFinish gives Finish recordings whose bytes are damaged: it makes a recording that can be
// read, or says why not.
func FuzzFinish(f *testing.F) {
	path := filepath.Join(f.TempDir(), "part.mp4")
	encodeVideo(f, path, 40, true)
	whole, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(0, []byte{})
	f.Add(40, []byte{0xff, 0xff, 0xff, 0xff})
	f.Add(bytes.Index(whole, []byte("moof")), []byte("mdat"))
	f.Add(bytes.Index(whole, []byte("trun"))+8, []byte{0x7f, 0xff, 0xff, 0xff})
	f.Add(bytes.Index(whole, []byte("avcC"))+8, []byte{0, 0, 0})
	f.Add(bytes.Index(whole, []byte("tfdt"))+8, []byte{0xff, 0xff, 0xff, 0xff, 0xff})
	f.Fuzz(func(t *testing.T, at int, damage []byte) {
		if at < 0 || at >= len(whole) {
			return
		}
		dir := t.TempDir()
		from, to := filepath.Join(dir, "part.mp4"), filepath.Join(dir, "video.mp4")
		b := bytes.Clone(whole)
		copy(b[at:], damage)
		if err := os.WriteFile(from, b, 0o600); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if err := Finish(ctx, from, to, nil); err != nil {
			if _, e := os.Stat(to); e == nil || ctx.Err() != nil {
				t.Errorf("%v, and the recording is there: %v", err, e == nil)
			}
			return
		}
		if _, err := Probe(to); err != nil {
			t.Errorf("what was finished cannot be read: %v", err)
		}
	})
}

// BenchmarkFinish finishes a minute of recording in 720p; MB/s is of the recording in fragments.
func BenchmarkFinish(b *testing.B) {
	var pool media.Pool
	e, err := OpenEncoder(EncoderOptions{Width: 1280, Height: 720})
	if err != nil {
		b.Fatal(err)
	}
	defer e.Close()
	var second []Encoded
	keep := func(c Encoded) error {
		c.Data = bytes.Clone(c.Data)
		second = append(second, c)
		return nil
	}
	for i, f := range panned(b, &pool, 1280, 720) {
		if err := e.Encode(f, time.Duration(i)*time.Second/30, keep); err != nil {
			b.Fatal(err)
		}
	}
	dir := b.TempDir()
	from, to := filepath.Join(dir, "part.mp4"), filepath.Join(dir, "video.mp4")
	m, err := CreateMP4(from, MuxerOptions{Encoder: e, Audio: true})
	if err != nil {
		b.Fatal(err)
	}
	for i := range 60 * 30 {
		at := time.Duration(i) * time.Second / 30
		c := second[i%30]
		if err := errors.Join(m.Video(c.Data, c.Key, at), m.Audio(silence, at)); err != nil {
			b.Fatal(err)
		}
	}
	if err := m.Close(); err != nil {
		b.Fatal(err)
	}
	st, err := os.Stat(from)
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(st.Size())
	for b.Loop() {
		if err := Finish(b.Context(), from, to, nil); err != nil {
			b.Fatal(err)
		}
		os.Remove(to)
	}
}
