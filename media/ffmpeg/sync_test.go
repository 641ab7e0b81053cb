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

// soundTimes reads when the packets of a file's sound are played.
func soundTimes(t *testing.T, path string) []time.Duration {
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

func pictureTimes(t *testing.T, path string) []time.Duration {
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

// Pictures and sound stay where they were, in each file that is made: with sound that begins late
// and has a hole, with pictures of uneven rate and a hole that is longer than a fragment, and sound
// that goes on in it.
func TestTimesStayTrue(t *testing.T) {
	var pictures, sounds []time.Duration
	for i, at := 0, time.Duration(0); at < 9*time.Second; i++ {
		if at < 3*time.Second || at > 6*time.Second {
			pictures = append(pictures, at)
		}
		at += []time.Duration{33, 34, 50, 90}[i%4] * time.Millisecond
	}
	for at := 500 * time.Millisecond; at < 9*time.Second; at += 20 * time.Millisecond {
		if at < 4*time.Second || at > 5*time.Second {
			sounds = append(sounds, at)
		}
	}
	record := func(t *testing.T, m *Muxer, coded map[time.Duration]Encoded) {
		t.Helper()
		all := slices.Concat(pictures, sounds)
		slices.Sort(all)
		for _, at := range slices.Compact(all) {
			if c, ok := coded[at]; ok {
				if err := m.Video(c.Data, c.Key, at); err != nil {
					t.Fatal(err)
				}
			}
			if slices.Contains(sounds, at) {
				if err := m.Audio(silence, at); err != nil {
					t.Fatal(err)
				}
			}
		}
		if err := m.Close(); err != nil {
			t.Fatal(err)
		}
	}
	check := func(t *testing.T, path string) {
		t.Helper()
		near := func(a, b time.Duration) bool { return within(a, b, 2*time.Millisecond) }
		if got := pictureTimes(t, path); !slices.EqualFunc(got, pictures, near) {
			t.Errorf("pictures are at %v,\nwant %v", got, pictures)
		}
		want := slices.Concat([]time.Duration{0}, sounds) // before them there is silence
		if got := soundTimes(t, path); !slices.EqualFunc(got, want, near) {
			t.Errorf("sounds are at %v,\nwant %v", got, want)
		}
	}
	t.Run("MP4", func(t *testing.T) {
		var pool media.Pool
		e, err := OpenEncoder(EncoderOptions{Width: 160, Height: 96})
		if err != nil {
			t.Fatal(err)
		}
		defer e.Close()
		coded := make(map[time.Duration]Encoded)
		keep := func(c Encoded) error {
			c.Data = slices.Clone(c.Data)
			coded[c.At.Round(time.Millisecond)] = c
			return nil
		}
		for i, at := range pictures {
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
		part, film := filepath.Join(dir, "part.mp4"), filepath.Join(dir, "film.mp4")
		m, err := CreateMP4(part, MuxerOptions{Encoder: e, Audio: true})
		if err != nil {
			t.Fatal(err)
		}
		record(t, m, coded)
		check(t, part)
		if err := Finish(t.Context(), part, film, nil); err != nil {
			t.Fatal(err)
		}
		check(t, film)
	})
	t.Run("Matroska", func(t *testing.T) {
		packets := livePackets(t, media.VP8, false)
		coded := make(map[time.Duration]Encoded)
		for i, at := range pictures {
			p := packets[i%len(packets)]
			coded[at] = Encoded{Data: p.Data, Key: p.Key, At: at}
		}
		path := filepath.Join(t.TempDir(), "clean.mkv")
		m, err := CreateMatroska(path,
			MuxerOptions{Codec: media.VP8, Width: 96, Height: 64, Audio: true})
		if err != nil {
			t.Fatal(err)
		}
		record(t, m, coded)
		check(t, path)
	})
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
