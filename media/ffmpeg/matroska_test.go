package ffmpeg

import (
	"math"
	"os"
	"path/filepath"
	"testing"
	"time"

	"handlens/media"
)

// cleanFile writes frames that lie so far apart, with one packet of audio where sound is wished.
func cleanFile(t *testing.T, codec media.Codec, steps []time.Duration, sound bool) string {
	t.Helper()
	packets := livePackets(t, codec, false)
	path := filepath.Join(t.TempDir(), "clean.mkv")
	m, err := CreateMatroska(path, MuxerOptions{
		Codec: codec, Width: 96, Height: 64, FirstKey: packets[0].Data, Audio: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	at := time.Duration(0)
	for i, step := range steps {
		p := packets[i%len(packets)]
		if err := m.Video(p.Data, p.Key, at); err != nil {
			t.Fatal(err)
		}
		at += step
	}
	if sound {
		if err := m.Audio(silence, at); err != nil {
			t.Fatal(err)
		}
	}
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

// A stream that was kept as it came says how many frames a second it has, whatever the phone sent,
// and has a track of audio only if there was some.
func TestMatroskaSaysItsRateAndHasNoEmptyTrack(t *testing.T) {
	even := func(step time.Duration) []time.Duration {
		steps := make([]time.Duration, 40)
		for i := range steps {
			steps[i] = step
		}
		return steps
	}
	paused := even(100 * time.Millisecond)
	paused[10] = time.Minute
	for name, c := range map[string]struct {
		codec media.Codec
		steps []time.Duration
		sound bool
		want  float64
	}{
		"12 a second":       {media.VP8, even(time.Second / 12), false, 12},
		"29.97, with audio": {media.H264, even(1001 * time.Second / 30000), true, 29.97},
		"60":                {media.VP9, even(time.Second / 60), false, 60},
		"10 with a pause":   {media.AV1, paused, false, 10},
		"one frame":         {media.VP8, even(0)[:1], false, nominalRate},
	} {
		path := cleanFile(t, c.codec, c.steps, c.sound)
		info, err := Probe(path)
		if err != nil {
			t.Fatal(name, err)
		}
		audio := ""
		if c.sound {
			audio = "opus"
		}
		if math.Abs(info.FPS-c.want) > 0.01*c.want || info.Audio != audio ||
			info.Frames != len(c.steps) {
			t.Errorf("%s: it is %+v, want %g frames a second, audio %q", name, info, c.want, audio)
		}
		checkSums(t, name, path)
	}
}

// checkSums wants the checksums in a head to be right: nobody may take it for damaged.
func checkSums(t *testing.T, name, path string) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	h := head(b)
	segment, ok := h.find(element{end: len(b)}, idSegment)
	if !ok {
		t.Fatalf("%s: there is no segment", name)
	}
	sums := 0
	for e := range h.children(segment) {
		first, ok := h.at(e.data, e.end)
		if !ok || first.id != idCRC32 {
			continue
		}
		sums++
		was := string(h.data(first))
		if h.sum(e); string(h.data(first)) != was {
			t.Errorf("%s: the checksum of %#x is wrong", name, e.id)
		}
	}
	if sums < 2 {
		t.Errorf("%s: there are %d checksums", name, sums)
	}
}

// A head that is cut off or makes no sense is left alone.
func TestFinishHeadOfWhatIsNone(t *testing.T) {
	whole, err := os.ReadFile(cleanFile(t, media.VP8, make([]time.Duration, 1), false))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "f")
	for cut := 0; cut < len(whole); cut += 7 {
		for _, change := range []byte{0, 0xff, 0x01} {
			b := append([]byte(nil), whole[:cut]...)
			if cut > 0 {
				b[cut/2] ^= change
			}
			if err := os.WriteFile(path, b, 0o600); err != nil {
				t.Fatal(err)
			}
			f, err := os.OpenFile(path, os.O_RDWR, 0)
			if err != nil {
				t.Fatal(err)
			}
			if err := finishHead(f, time.Second/25, false); err != nil {
				t.Error(err)
			}
			if st, err := f.Stat(); err != nil || st.Size() != int64(cut) {
				t.Errorf("%d bytes became %d, %v", cut, st.Size(), err)
			}
			f.Close()
		}
	}
}
