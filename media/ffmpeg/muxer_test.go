package ffmpeg

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"handlens/media"
)

// encodeVideo writes a recording in fragments with that many frames at 30 a second, and audio when
// wished.
func encodeVideo(t testing.TB, path string, n int, sound bool) {
	t.Helper()
	var pool media.Pool
	e, err := OpenEncoder(EncoderOptions{Width: 320, Height: 240, Only: "libopenh264"})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	m, err := CreateMP4(path, MuxerOptions{Encoder: e, Audio: sound})
	if err != nil {
		t.Fatal(err)
	}
	heard := time.Duration(0)
	for i := range n {
		f := moving(t, &pool, 320, 240, i)
		at := time.Duration(i) * time.Second / 30
		if err := e.Encode(f, at, func(c Encoded) error {
			return m.Video(c.Data, c.Key, c.At)
		}); err != nil {
			t.Fatal(err)
		}
		f.Release()
		for ; sound && heard <= at; heard += 20 * time.Millisecond {
			if err := m.Audio(silence, heard); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
}

// silence is one packet.
var silence = silentOpus

func within(a, b, most time.Duration) bool { return a-b <= most && b-a <= most }

func TestFinishMakesAnOrdinaryMP4(t *testing.T) {
	dir := t.TempDir()
	from, to := filepath.Join(dir, "part.mp4"), filepath.Join(dir, "video.mp4")
	encodeVideo(t, from, 100, true)
	part, err := Probe(from)
	if err != nil || !part.Fragmented || part.Frames != 100 || part.Audio != "opus" {
		t.Fatalf("the part is %+v, %v", part, err)
	}
	last := 0.0
	if err := Finish(t.Context(), from, to, func(done float64) {
		if done < last || done > 1 {
			t.Errorf("progress went from %g to %g", last, done)
		}
		last = done
	}); err != nil {
		t.Fatal(err)
	}
	got, err := Probe(to)
	if err != nil {
		t.Fatal(err)
	}
	if got.Fragmented || !got.IndexFirst || got.Frames != 100 ||
		got.AudioPackets != part.AudioPackets || got.Video != "h264" || got.Width != 320 ||
		got.Height != 240 {
		t.Errorf("the recording is %+v, the part was %+v", got, part)
	}
	if want := 100 * time.Second / 30; !within(got.Length, want, 2*time.Millisecond) ||
		!within(got.AudioLength, want, 25*time.Millisecond) {
		t.Errorf("the recording lasts %v, its sound %v, want %v", got.Length, got.AudioLength, want)
	}
	for _, path := range []string{from, to} {
		l, err := Length(path)
		if want := max(got.Length, got.AudioLength); err != nil || !within(l, want,
			2*time.Millisecond) {
			t.Errorf("%s plays for %v, %v, want %v", path, l, err, want)
		}
	}
	if err := Finish(t.Context(), from, to, nil); !errors.Is(err, os.ErrExist) {
		t.Errorf("finishing onto a recording that is there gives %v", err)
	}
	if files, _ := os.ReadDir(dir); len(files) != 2 {
		t.Errorf("%d files are there, want two", len(files))
	}
}

// A recording that is cut off anywhere gives what is whole, or one error.
func TestFinishWhatIsCutOff(t *testing.T) {
	dir := t.TempDir()
	from := filepath.Join(dir, "part.mp4")
	encodeVideo(t, from, 150, true)
	whole, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	before := 0
	for cut := 0; cut < len(whole); cut += len(whole)/60 + 7 {
		part, to := filepath.Join(dir, "cut.mp4"), filepath.Join(dir, "cut-recording.mp4")
		if err := os.WriteFile(part, whole[:cut], 0o600); err != nil {
			t.Fatal(err)
		}
		os.Remove(to)
		if err := Finish(t.Context(), part, to, nil); err != nil {
			if !errors.Is(err, ErrNotVideo) || before > 0 {
				t.Errorf("%d of %d bytes: %v", cut, len(whole), err)
			}
			continue
		}
		got, err := Probe(to)
		if err != nil || got.Fragmented || got.Frames < before {
			t.Fatalf("%d of %d bytes give %+v, %v; fewer gave %d pictures", cut, len(whole), got,
				err, before)
		}
		before = got.Frames
	}
	if before < 110 {
		t.Errorf("the longest part gave %d pictures of 150", before)
	}
}

// Received streams are kept as they came, whatever the codec, also when the size of the frames
// changes.
func TestMatroskaKeepsWhatCame(t *testing.T) {
	for _, codec := range []media.Codec{media.VP8, media.VP9, media.AV1, media.H264} {
		t.Run(codec.String(), func(t *testing.T) {
			checkMatroska(t, codec)
		})
	}
}

func checkMatroska(t *testing.T, codec media.Codec) {
	packets := append(livePackets(t, codec, false), livePackets(t, codec, true)...)
	path := filepath.Join(t.TempDir(), "clean.mkv")
	m, err := CreateMatroska(path,
		MuxerOptions{
			Codec: codec, Width: 96, Height: 64, FirstKey: packets[0].Data,
			Audio: true,
		})
	if err != nil {
		t.Fatal(err)
	}
	for i, p := range packets {
		at := time.Duration(i) * 40 * time.Millisecond
		if err := m.Video(p.Data, p.Key, at); err != nil {
			t.Fatal(err)
		}
		if err := m.Audio(silence, at); err != nil {
			t.Fatal(err)
		}
	}
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
	checkPackets(t, path, packets)
}

// checkPackets checks that all packets, of two sizes, are frames of the file, 40 ms apart.
func checkPackets(t *testing.T, path string, packets []media.Packet) {
	var pool media.Pool
	r, err := OpenFile(path, &pool)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	sizes := map[int]int{}
	n := 0
	for {
		f, err := r.Next()
		if err != nil {
			break
		}
		if want := time.Duration(n) * 40 * time.Millisecond; !within(f.PTS, want,
			time.Millisecond) {
			t.Errorf("picture %d is at %v, want %v", n, f.PTS, want)
		}
		sizes[f.Width]++
		n++
		f.Release()
	}
	if n != len(packets) || len(sizes) != 2 || r.Damaged() != 0 {
		t.Errorf("%d of %d pictures came back, %d damaged, widths %v", n, len(packets),
			r.Damaged(), sizes)
	}
}
