package record

import (
	"errors"
	"image"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"handlens/media"
)

var phoneSizes = []image.Point{
	{320, 180},
	{180, 320},
	{160, 90},
	{640, 360},
	{641, 361},
	{319, 179},
	{240, 180},
	{320, 180},
}

// phoneShot is a frame of a phone that turns, adapts up and down and falls silent.
type phoneShot struct {
	size  image.Point
	at    time.Duration
	color media.Color
}

// phoneShots are the frames of such a phone from start on.
func phoneShots(start time.Duration) []phoneShot {
	var shots []phoneShot
	at := start
	for i, size := range phoneSizes {
		for j := range 12 {
			c := media.Color{Matrix: media.Matrix(i % 2), FullRange: i%4 == 3}
			shots = append(shots, phoneShot{size, at, c})
			at += 33*time.Millisecond + time.Duration(j%3)*time.Millisecond
		}
		if i == 2 {
			at += 2700 * time.Millisecond
		}
		if i == 4 {
			at += 400 * time.Millisecond
		}
	}
	return shots
}

// A phone turns, adapts up and down and falls silent; the recording stays of one size, upright and
// true in time.
func TestRecordingOfWhatPhonesDo(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "folder")
	f := newMP4(t, MP4Options{Dir: dir, Name: "2026-11-24 14.03.22 Pixel 8", FPS: 30})
	if f.Encoder() == "" {
		t.Error("the recording does not say what codes it")
	}
	const start = 17*time.Second + 345*time.Microsecond // somewhere on the session's clock
	shots := phoneShots(start)
	var pool media.Pool
	for _, s := range shots {
		p := phonePicture(t, &pool, s.size.X, s.size.Y, s.color)
		if err := f.Add(Frame{Image: p, At: s.at, Draw: drawRed}); err != nil {
			t.Fatal(err)
		}
		p.Release()
	}
	length := shots[len(shots)-1].at - start
	if f.Length() != length || f.Frames() != len(shots) || f.Bytes() == 0 || f.Origin() != start {
		t.Errorf("the recording says %v, %d pictures, %d bytes from %v on; want %v and %d",
			f.Length(),
			f.Frames(), f.Bytes(), f.Origin(), length, len(shots))
	}
	part := filepath.Join(dir, "2026-11-24 14.03.22 Pixel 8.part.mp4")
	if _, err := os.Stat(part); err != nil {
		t.Error(err)
	}
	var told []float64
	path, err := f.Close(t.Context(), func(p float64) { told = append(told, p) })
	if err != nil {
		t.Fatal(err)
	}
	if want := filepath.Join(dir, "2026-11-24 14.03.22 Pixel 8.mp4"); path != want {
		t.Errorf("the recording is %s, want %s", path, want)
	}
	if len(told) == 0 {
		t.Error("closing told of no progress")
	}
	checkFiles(t, dir, filepath.Base(path))
	checkPhoneRecording(t, path, shots)
	if n := pool.Outstanding(); n != 0 {
		t.Errorf("%d frames were not released", n)
	}
}

// checkPhoneRecording checks that all shots are in the recording, upright and true in time.
func checkPhoneRecording(t *testing.T, path string, shots []phoneShot) {
	t.Helper()
	start := shots[0].at
	length := shots[len(shots)-1].at - start
	info := probe(t, path)
	if info.Fragmented || !info.IndexFirst || info.Frames != len(shots) ||
		info.Width != testCanvas.X || info.Height != testCanvas.Y || info.Audio != "" {
		t.Errorf("the recording is %+v", info)
	}
	// the last frame lasts a little
	if over := info.Length - length; over < 0 || over > 100*time.Millisecond {
		t.Errorf("the recording lasts %v, its pictures lie within %v", info.Length, length)
	}
	n := readRecording(t, path, func(i int, got *media.Frame) {
		if i >= len(shots) {
			return
		}
		if want := shots[i].at - start; !about(got.PTS, want) {
			t.Errorf("picture %d is at %v, want %v", i, got.PTS, want)
		}
		checkFrame(t, shots[i].size.String(), got, testCanvas, shots[i].size)
	})
	if n != len(shots) {
		t.Errorf("%d pictures can be decoded of %d", n, len(shots))
	}
}

// checkFiles fails when there is anything else in the folder, hidden files included.
func checkFiles(t *testing.T, dir string, want ...string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range entries {
		got = append(got, e.Name())
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("in the folder there is %q, want %q", got, want)
	}
}

func TestMP4Refuses(t *testing.T) {
	dir := t.TempDir()
	var pool media.Pool
	p := phonePicture(t, &pool, 64, 36, media.Color{})
	defer p.Release()
	f := newMP4(t, MP4Options{Dir: dir, Name: "x"})
	if err := f.Add(Frame{At: 1}); err == nil {
		t.Error("a shot without a picture was taken")
	}
	if err := f.Add(Frame{Image: &media.Frame{Width: 64, Height: 36}, At: 1}); err == nil {
		t.Error("a picture without planes was taken")
	}
	rgba, err := pool.Get(64, 36, media.RGBA)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Add(Frame{Image: rgba, At: 1}); err == nil {
		t.Error("a picture in RGBA was taken")
	}
	if err := f.Add(Frame{Image: p, At: time.Second}); err != nil {
		t.Fatal(err)
	}
	for _, at := range []time.Duration{time.Second, time.Second + time.Microsecond, 0, -time.Hour} {
		if err := f.Add(Frame{Image: p, At: at}); err == nil {
			t.Errorf("a picture at %v was taken after one at a second", at)
		}
	}
	if err := f.Add(Frame{Image: p, At: 2 * time.Second}); err != nil {
		t.Errorf("after bad pictures a good one: %v", err)
	}
	if info := probe(t, closeMP4(t, f)); info.Frames != 2 {
		t.Errorf("there are %d pictures, want 2", info.Frames)
	}
	if err := f.Add(Frame{Image: p, At: 3 * time.Second}); !errors.Is(err, ErrClosed) {
		t.Errorf("after Close: %v", err)
	}
	if _, err := f.Close(t.Context(), nil); !errors.Is(err, ErrClosed) {
		t.Errorf("closing again: %v", err)
	}
}

func TestCreateRefuses(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "x.mp4")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := CreateMP4(MP4Options{
		Dir: dir, Name: "y",
		Canvas: image.Pt(321, 180),
	}); err == nil {
		t.Error("a recording of odd size was begun")
	}
	empty := newMP4(t, MP4Options{Dir: dir, Name: "empty"})
	if path, err := empty.Close(t.Context(), nil); !errors.Is(err, ErrEmpty) || path != "" {
		t.Errorf("an empty recording became %q, %v", path, err)
	}
	checkFiles(t, dir, "x.mp4")

	if _, err := CreateMP4(MP4Options{
		Dir: filepath.Join(file, "under"), Name: "z",
		Canvas: testCanvas,
	}); err == nil || !strings.Contains(err.Error(), "a folder is needed") {
		t.Errorf("under a file: %v", err)
	}
}
