package record

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"handlens/media"
	"handlens/media/ffmpeg"
)

// clip cuts one of the clips of media/ffmpeg into packets: eight frames, a key frame at each
// fourth.
func clip(t testing.TB, codec media.Codec, name string) []media.Packet {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "ffmpeg", "testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	var pictures [][]byte
	if codec == media.H264 {
		delimiter := []byte{0, 0, 0, 1, 9}
		for next := 0; next >= 0; {
			if next = bytes.Index(b[1:], delimiter); next >= 0 {
				pictures, b = append(pictures, b[:next+1]), b[next+1:]
			}
		}
		pictures = append(pictures, b)
	} else {
		for b = b[32:]; len(b) >= 12; {
			n := int(binary.LittleEndian.Uint32(b))
			pictures, b = append(pictures, b[12:12+n]), b[12+n:]
		}
	}
	if len(pictures) != 8 {
		t.Fatalf("%s has %d pictures, want 8", name, len(pictures))
	}
	var packets []media.Packet
	for i, data := range pictures {
		packets = append(packets, media.Packet{Codec: codec, Data: data, Key: i%4 == 0})
	}
	return packets
}

// audio is one packet of Opus, 20 ms of silence (RFC 6716, section 3.1).
var opusPacket = []byte{0xF8, 0xFF, 0xFE}

// cleanWriter writes clips one after the other, with a packet of audio for each frame.
type cleanWriter struct {
	t  *testing.T
	s  *MKVWriter
	at time.Duration
}

// put writes a clip and returns the times of its frames.
func (w *cleanWriter) put(packets []media.Packet) (times []time.Duration) {
	w.t.Helper()
	for _, p := range packets {
		if err := w.s.Video(p, w.at); err != nil {
			w.t.Fatal(err)
		}
		if err := w.s.Audio(opusPacket, w.at+3*time.Millisecond); err != nil {
			w.t.Fatal(err)
		}
		times = append(times, w.at)
		w.at += 40 * time.Millisecond
	}
	w.at += time.Second
	return times
}

// The phone's video is kept as it came, whatever size and codec it changes to.
func TestMKVKeepsWhatCame(t *testing.T) {
	dir := t.TempDir()
	s, err := CreateMKV(dir, "video", true)
	if err != nil {
		t.Fatal(err)
	}
	vp8, small, h264 := clip(t, media.VP8, "vp8.ivf"), clip(t, media.VP8, "vp8-small.ivf"),
		clip(t, media.H264, "h264.h264")
	w := &cleanWriter{t: t, s: s, at: 5 * time.Second}
	w.put(vp8[1:4]) // nothing can be decoded before a key frame
	if n := s.Bytes(); n != 0 {
		t.Errorf("%d bytes were written before there was a key frame", n)
	}
	checkFiles(t, dir)
	first := append(w.put(vp8), w.put(small)...)
	for _, err := range []error{ // too late, and empty: left out
		s.Video(small[0], w.at-2*time.Second),
		s.Video(media.Packet{Codec: media.VP8}, w.at-500*time.Millisecond),
	} {
		if err != nil {
			t.Error(err)
		}
	}
	w.put(h264[1:2]) // of the new codec nothing can be decoded yet either
	second := w.put(h264)
	if s.Origin() != first[0] || s.Bytes() == 0 {
		t.Errorf("the stream begins at %v and has %d bytes", s.Origin(), s.Bytes())
	}
	paths, err := s.Close()
	if err != nil || len(paths) != 2 || filepath.Base(paths[0]) != "video.clean.mkv" ||
		filepath.Base(paths[1]) != "video.clean (2).mkv" {
		t.Fatalf("closing gave %v, %v", paths, err)
	}
	checkFiles(t, dir, "video.clean (2).mkv", "video.clean.mkv")
	// Before the first audio packet, which comes 3 ms late, there is one of silence. What comes
	// while the frame of the new codec cannot be decoded yet goes with the old one.
	checkClean(t, paths[0], first, append(vp8, small...), len(first)+2)
	checkClean(t, paths[1], second, h264, len(second)+1)
	if err := s.Video(vp8[0], w.at); !errors.Is(err, ErrClosed) {
		t.Errorf("after Close: %v", err)
	}
	if again, err := s.Close(); err != nil || len(again) != 2 {
		t.Errorf("closing again: %v, %v", again, err)
	}
}

// checkClean checks the frames and the number of audio packets in a clean recording.
func checkClean(t *testing.T, path string, times []time.Duration, packets []media.Packet,
	sounds int,
) {
	t.Helper()
	sizes := decodedSizes(t, packets)
	n := readRecording(t, path, func(i int, f *media.Frame) {
		if at := times[i] - times[0]; !about(f.PTS, at) {
			t.Errorf("frame %d is at %v, want %v", i, f.PTS, at)
		}
		if got := [2]int{f.Width, f.Height}; got != sizes[i] {
			t.Errorf("frame %d is %v, want %v", i, got, sizes[i])
		}
	})
	if n != len(times) {
		t.Errorf("%s has %d frames, want %d", path, n, len(times))
	}
	if info := probe(t, path); info.AudioPackets != sounds || info.Audio != "opus" {
		t.Errorf("%s has %d packets of %q, want %d of opus", path, info.AudioPackets,
			info.Audio, sounds)
	}
}

// A stream that is never closed, since its program was killed, plays up to the last two seconds.
func TestStreamPlaysWithoutItsEnd(t *testing.T) {
	dir := t.TempDir()
	s, err := CreateMKV(dir, "video", false)
	if err != nil {
		t.Fatal(err)
	}
	packets := clip(t, media.VP9, "vp9.ivf")
	const step = 40 * time.Millisecond
	for i := range 250 {
		if err := s.Video(packets[i%8], time.Duration(i)*step); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(dir, "video.clean.mkv")
	n := readRecording(t, path, func(i int, f *media.Frame) {
		if want := time.Duration(i) * step; !about(f.PTS, want) {
			t.Errorf("picture %d is at %v, want %v", i, f.PTS, want)
		}
	})
	if missing := time.Duration(250-n) * step; missing > 2*time.Second {
		t.Errorf("the last %v are missing", missing)
	}
	if _, err := s.Close(); err != nil {
		t.Error(err)
	}
	if n := readRecording(t, path, func(int, *media.Frame) {}); n != 250 {
		t.Errorf("after Close there are %d pictures", n)
	}
}

func decodedSizes(t *testing.T, packets []media.Packet) (sizes [][2]int) {
	t.Helper()
	var pool media.Pool
	d, err := ffmpeg.NewDecoder(packets[0].Codec, &pool)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	for _, p := range packets {
		if err := d.Decode(p, func(f *media.Frame) {
			sizes = append(sizes, [2]int{f.Width, f.Height})
		}); err != nil {
			t.Fatal(err)
		}
	}
	return sizes
}

func TestStreamOfNothing(t *testing.T) {
	dir := t.TempDir()
	s, err := CreateMKV(dir, "video", false)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range []media.Packet{
		{Codec: media.VP8, Key: true, Data: []byte("no picture at all")},
		{Codec: media.H264, Key: true},
		{Key: true, Data: []byte{1}},
		{Codec: media.AV1, Data: []byte{1}},
	} {
		if err := s.Video(p, time.Second); err != nil {
			t.Errorf("%+v: %v", p, err)
		}
	}
	if err := s.Audio(opusPacket, time.Second); err != nil {
		t.Error(err)
	}
	if paths, err := s.Close(); err != nil || len(paths) != 0 {
		t.Errorf("closing gave %v, %v", paths, err)
	}
	checkFiles(t, dir)
}

// The phone's microphone lies where it was: what was heard half a second after the first frame is
// heard there in the recording, and what was lost on the way moves nothing.
func TestMP4Audio(t *testing.T) {
	dir := t.TempDir()
	var pool media.Pool
	p := phonePicture(t, &pool, 320, 180, media.Color{})
	defer p.Release()
	for _, ms := range []time.Duration{0, 2, 500, 1700} {
		checkRecordedAudio(t, dir, p, ms*time.Millisecond)
	}
}

func checkRecordedAudio(t *testing.T, dir string, p *media.Frame, heard time.Duration) {
	f := newMP4(t, MP4Options{Dir: dir, Name: heard.String(), Audio: true})
	const start, step = 9 * time.Second, 20 * time.Millisecond
	if err := f.Audio(opusPacket, start); err != nil { // before there is a frame
		t.Error(err)
	}
	next := start + heard
	var want []time.Duration
	for i := range 75 {
		at := start + time.Duration(i)*2*step
		if err := f.Add(Frame{Image: p, At: at, Draw: drawRed}); err != nil {
			t.Fatal(err)
		}
		for ; next < at+2*step; next += step {
			if next >= start+2*time.Second && next < start+2300*time.Millisecond {
				continue // lost
			}
			if err := f.Audio(opusPacket, next); err != nil {
				t.Fatal(err)
			}
			want = append(want, next-start)
		}
	}
	// too late
	for _, at := range []time.Duration{0, start - time.Second, start + time.Second} {
		if err := f.Audio(opusPacket, at); err != nil {
			t.Error(err)
		}
	}
	if err := f.Audio([]byte{}, start+time.Hour); err != nil {
		t.Error(err)
	}
	path := closeMP4(t, f)
	if info := probe(t, path); info.Audio != "opus" || info.Frames != 75 ||
		info.Length < 2990*time.Millisecond || info.Length > 3010*time.Millisecond {
		t.Errorf("the recording is %+v", info)
	}
	checkAudioTimes(t, path, heard, want)
}

// checkAudioTimes checks where the audio of a recording lies that began at heard.
func checkAudioTimes(t *testing.T, path string, heard time.Duration, want []time.Duration) {
	got := audioTimes(t, path)
	if heard > 0 && len(got) > 0 { // silence leads up to it
		if got[0] != 0 {
			t.Errorf("heard from %v on: the track begins at %v", heard, got[0])
		}
		got = got[1:]
	}
	if len(got) != len(want) {
		t.Fatalf("heard from %v on: there are %d packets, want %d", heard, len(got), len(want))
	}
	for i := range got {
		if !about(got[i], want[i]) {
			t.Fatalf("heard from %v on: packet %d is at %v, want %v", heard, i, got[i], want[i])
		}
	}
}

// audioTimes are those of a recording's packets of Opus.
func audioTimes(t *testing.T, path string) (times []time.Duration) {
	t.Helper()
	s, err := ffmpeg.OpenAudio(path)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
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
