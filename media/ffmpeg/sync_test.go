package ffmpeg

import (
	"errors"
	"io"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"handlens/media"
)

// audioTimes reads when the packets of a file's audio are played.
func audioTimes(t *testing.T, path string) []time.Duration {
	t.Helper()
	s, err := OpenAudio(path)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	var times []time.Duration
	for {
		_, at, err := s.Next()
		if errors.Is(err, io.EOF) {
			return times
		}
		if err != nil {
			t.Fatal(err)
		}
		times = append(times, at)
	}
}

func frameTimes(t *testing.T, path string) []time.Duration {
	t.Helper()
	var pool media.Pool
	r, err := OpenFile(path, &pool)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var times []time.Duration
	for {
		f, err := r.Next()
		if errors.Is(err, io.EOF) {
			return times
		}
		if err != nil {
			t.Fatal(err)
		}
		times = append(times, f.PTS)
		f.Release()
	}
}

// unevenTimes are those of frames of uneven rate with a hole that is longer than a fragment, and of
// audio that begins late, goes on in that hole, and has one of its own.
func unevenTimes() (frames, audio []time.Duration) {
	for i, at := 0, time.Duration(0); at < 9*time.Second; i++ {
		if at < 3*time.Second || at > 6*time.Second {
			frames = append(frames, at)
		}
		at += []time.Duration{33, 34, 50, 90}[i%4] * time.Millisecond
	}
	for at := 500 * time.Millisecond; at < 9*time.Second; at += 20 * time.Millisecond {
		if at < 4*time.Second || at > 5*time.Second {
			audio = append(audio, at)
		}
	}
	return frames, audio
}

// writeUneven writes encoded frames, and audio at its uneven times, and closes the file.
func writeUneven(t *testing.T, m *Muxer, encoded map[time.Duration]Encoded) {
	t.Helper()
	frames, audio := unevenTimes()
	all := slices.Concat(frames, audio)
	slices.Sort(all)
	for _, at := range slices.Compact(all) {
		if c, ok := encoded[at]; ok {
			if err := m.Video(c.Data, c.Key, at); err != nil {
				t.Fatal(err)
			}
		}
		if slices.Contains(audio, at) {
			if err := m.Audio(silence, at); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
}

// checkUneven checks that everything lies at its uneven time in the file.
func checkUneven(t *testing.T, path string) {
	t.Helper()
	frames, audio := unevenTimes()
	near := func(a, b time.Duration) bool { return within(a, b, 2*time.Millisecond) }
	if got := frameTimes(t, path); !slices.EqualFunc(got, frames, near) {
		t.Errorf("frames are at %v,\nwant %v", got, frames)
	}
	want := slices.Concat([]time.Duration{0}, audio) // before it there is silence
	if got := audioTimes(t, path); !slices.EqualFunc(got, want, near) {
		t.Errorf("audio is at %v,\nwant %v", got, want)
	}
}

func TestTimesStayTrueInMP4(t *testing.T) {
	var pool media.Pool
	e, err := OpenEncoder(EncoderOptions{Width: 160, Height: 96})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	encoded := make(map[time.Duration]Encoded)
	keep := func(c Encoded) error {
		c.Data = slices.Clone(c.Data)
		encoded[c.At.Round(time.Millisecond)] = c
		return nil
	}
	frames, _ := unevenTimes()
	for i, at := range frames {
		f := moving(t, &pool, 160, 96, i)
		if err := e.Encode(f, at, keep); err != nil {
			t.Fatal(err)
		}
		f.Release()
	}
	if err := e.Flush(keep); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	part, finished := filepath.Join(dir, "part.mp4"), filepath.Join(dir, "finished.mp4")
	m, err := CreateMP4(part, MuxerOptions{Encoder: e, Audio: true})
	if err != nil {
		t.Fatal(err)
	}
	writeUneven(t, m, encoded)
	checkUneven(t, part)
	if err := Finish(t.Context(), part, finished, nil); err != nil {
		t.Fatal(err)
	}
	checkUneven(t, finished)
}

func TestTimesStayTrueInMatroska(t *testing.T) {
	packets := livePackets(t, media.VP8, false)
	encoded := make(map[time.Duration]Encoded)
	frames, _ := unevenTimes()
	for i, at := range frames {
		p := packets[i%len(packets)]
		encoded[at] = Encoded{Data: p.Data, Key: p.Key, At: at}
	}
	path := filepath.Join(t.TempDir(), "clean.mkv")
	m, err := CreateMatroska(path,
		MuxerOptions{Codec: media.VP8, Width: 96, Height: 64, Audio: true})
	if err != nil {
		t.Fatal(err)
	}
	writeUneven(t, m, encoded)
	checkUneven(t, path)
}

func TestOpusDuration(t *testing.T) {
	for _, c := range []struct {
		packet []byte
		want   time.Duration
	}{
		{nil, 0},
		{[]byte{0x00}, 10 * time.Millisecond},            // SILK
		{[]byte{0x18}, 60 * time.Millisecond},            // SILK
		{[]byte{0x60}, 10 * time.Millisecond},            // hybrid
		{[]byte{0x7a}, 40 * time.Millisecond},            // hybrid, two frames
		{[]byte{0x80}, 2500 * time.Microsecond},          // CELT
		{[]byte{0xfc}, 20 * time.Millisecond},            // CELT
		{[]byte{0xfd}, 40 * time.Millisecond},            // two frames
		{[]byte{0xff}, 0},                                // a count is missing
		{[]byte{0xff, 0x03}, 60 * time.Millisecond},      // three frames
		{[]byte{0xff, 0x83}, 60 * time.Millisecond},      // of different size
		{[]byte{0xff, 0x07}, 0},                          // longer than a packet may be
		{[]byte{0xe3, 48}, 48 * 2500 * time.Microsecond}, // as long as it may be
		{[]byte{0xff, 0x00}, 0},                          // no frames
		{silence, 20 * time.Millisecond},
	} {
		if got := opusDuration(c.packet); got != c.want {
			t.Errorf("% x lasts %v, want %v", c.packet, got, c.want)
		}
	}
}
