package record

import (
	"bytes"
	"context"
	"errors"
	"image"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"handlens/media"
)

var filmOfWhatPhonesDoTests = []image.Point{
	{320, 180},
	{180, 320},
	{160, 90},
	{640, 360},
	{641, 361},
	{319, 179},
	{240, 180},
	{320, 180},
}

// A phone turns, adapts up and down and falls silent; the film stays of one size, upright and true
// in time.
func TestFilmOfWhatPhonesDo(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "folder")
	f := newFilm(t, MP4Options{Dir: dir, Name: "2026-11-24 14.03.22 Pixel 8", FPS: 30})
	if f.Encoder() == "" {
		t.Error("the film does not say what codes it")
	}
	type shot struct {
		size  image.Point
		at    time.Duration
		color media.Color
	}
	const start = 17*time.Second + 345*time.Microsecond // somewhere on the session's clock
	var shots []shot
	at := start
	for i, size := range filmOfWhatPhonesDoTests {
		for j := range 12 {
			c := media.Color{Matrix: media.Matrix(i % 2), FullRange: i%4 == 3}
			shots = append(shots, shot{size, at, c})
			at += 33*time.Millisecond + time.Duration(j%3)*time.Millisecond
		}
		if i == 2 {
			at += 2700 * time.Millisecond
		}
		if i == 4 {
			at += 400 * time.Millisecond
		}
	}
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
		t.Errorf("the film says %v, %d pictures, %d bytes from %v on; want %v and %d", f.Length(),
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
		t.Errorf("the film is %s, want %s", path, want)
	}
	if len(told) == 0 {
		t.Error("closing told of no progress")
	}
	checkFiles(t, dir, filepath.Base(path))
	info := probe(t, path)
	if info.Fragmented || !info.IndexFirst || info.Frames != len(shots) ||
		info.Width != testCanvas.X || info.Height != testCanvas.Y || info.Audio != "" {
		t.Errorf("the film is %+v", info)
	}
	// the last picture lasts a little
	if over := info.Length - length; over < 0 || over > 100*time.Millisecond {
		t.Errorf("the film lasts %v, its pictures lie within %v", info.Length, length)
	}
	n := readFilm(t, path, func(i int, got *media.Frame) {
		if i >= len(shots) {
			return
		}
		if want := shots[i].at - start; !about(got.PTS, want) {
			t.Errorf("picture %d is at %v, want %v", i, got.PTS, want)
		}
		checkShot(t, shots[i].size.String(), got, testCanvas, shots[i].size)
	})
	if n != len(shots) {
		t.Errorf("%d pictures can be decoded of %d", n, len(shots))
	}
	if n := pool.Outstanding(); n != 0 {
		t.Errorf("%d frames were not released", n)
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

func TestFilmRefuses(t *testing.T) {
	dir := t.TempDir()
	var pool media.Pool
	p := phonePicture(t, &pool, 64, 36, media.Color{})
	defer p.Release()
	f := newFilm(t, MP4Options{Dir: dir, Name: "x"})
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
	if info := probe(t, closeFilm(t, f)); info.Frames != 2 {
		t.Errorf("there are %d pictures, want 2", info.Frames)
	}
	if err := f.Add(Frame{Image: p, At: 3 * time.Second}); !errors.Is(err, ErrClosed) {
		t.Errorf("after Close: %v", err)
	}
	if _, err := f.Close(t.Context(), nil); !errors.Is(err, ErrClosed) {
		t.Errorf("closing again: %v", err)
	}

	if _, err := CreateMP4(MP4Options{
		Dir: dir, Name: "y",
		Canvas: image.Pt(321, 180),
	}); err == nil {
		t.Error("a film of odd size was begun")
	}
	empty := newFilm(t, MP4Options{Dir: dir, Name: "empty"})
	if path, err := empty.Close(t.Context(), nil); !errors.Is(err, ErrEmpty) || path != "" {
		t.Errorf("an empty film became %q, %v", path, err)
	}
	checkFiles(t, dir, "x.mp4")

	file := filepath.Join(dir, "x.mp4")
	if _, err := CreateMP4(MP4Options{
		Dir: filepath.Join(file, "under"), Name: "z",
		Canvas: testCanvas,
	}); err == nil || !strings.Contains(err.Error(), "a folder is needed") {
		t.Errorf("under a file: %v", err)
	}
}

func TestFilmsNeverOverwrite(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "same.mp4"), []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	var pool media.Pool
	p := phonePicture(t, &pool, 64, 36, media.Color{})
	defer p.Release()
	var films []*MP4Writer
	for range 3 { // at once
		f := newFilm(t, MP4Options{Dir: dir, Name: "same"})
		if err := f.Add(Frame{Image: p}); err != nil {
			t.Fatal(err)
		}
		films = append(films, f)
	}
	// Someone takes the name of the last one while it is recorded.
	if err := os.WriteFile(filepath.Join(dir, films[2].Name()+".mp4"), []byte("mine too"),
		0o600); err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range films {
		names = append(names, filepath.Base(closeFilm(t, f)))
	}
	if got := strings.Join(names, ", "); got != "same (2).mp4, same (3).mp4, same (4) (2).mp4" {
		t.Errorf("the films are %s", got)
	}
	for name, want := range map[string]string{"same.mp4": "mine", "same (4).mp4": "mine too"} {
		if b, err := os.ReadFile(filepath.Join(dir, name)); err != nil || string(b) != want {
			t.Errorf("%s holds %q, %v", name, b, err)
		}
	}
}

func TestReserve(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "folder")
	one, release, err := Reserve(dir, "14:03 Pixel/8")
	if err != nil || one != "14-03 Pixel-8" {
		t.Fatalf("reserved %q, %v", one, err)
	}
	two, release2, err := Reserve(dir, "14:03 Pixel/8")
	if err != nil || two != one+" (2)" {
		t.Fatalf("reserved %q, %v", two, err)
	}
	release2()
	release2()
	film := newFilm(t, MP4Options{Dir: dir, Name: one})
	lines, err := CreateJSONL(dir, one, "")
	if err != nil {
		t.Fatal(err)
	}
	if err := lines.Close(); err != nil {
		t.Error(err)
	}
	if film.Name() != one || filepath.Base(lines.Path()) != one+".jsonl" {
		t.Errorf("the film is %q, the lines %q", film.Name(), lines.Path())
	}
	release()
	if other, release, err := Reserve(dir, one); err != nil || other != two {
		t.Errorf("while the film goes on %q was reserved, %v", other, err)
	} else {
		release()
	}
	if _, err := film.Close(context.Background(), nil); !errors.Is(err, ErrEmpty) {
		t.Error(err)
	}
	if other, release, err := Reserve(dir, one); err != nil || other != two {
		t.Errorf("beside the lines %q was reserved, %v", other, err)
	} else {
		release()
	}
	checkFiles(t, dir, one+".jsonl")
}

// Whatever a phone is called, the base that was reserved is that of the files.
func TestReservedNamesStay(t *testing.T) {
	for _, base := range []string{
		strings.Repeat("x", 300), strings.Repeat("手", 300),
		strings.Repeat("y. ", 100), "..", "CON", "a (2)", ".hidden.",
	} {
		dir := t.TempDir()
		for range 3 {
			name, release, err := Reserve(dir, base)
			if err != nil {
				t.Fatal(err)
			}
			defer release()
			lines, err := CreateJSONL(dir, name, "")
			if err != nil {
				t.Fatal(err)
			}
			if err := lines.Close(); err != nil {
				t.Error(err)
			}
			if got := filepath.Base(lines.Path()); got != name+".jsonl" {
				t.Errorf("%q was reserved, the lines are %q", name, got)
			}
			hold, film, err := lockMP4Name(dir, fileName(name))
			if err != nil || film != name {
				t.Fatalf("%q was reserved, the film is %q, %v", name, film, err)
			}
			hold.release()
		}
	}
}

func TestClosingThatIsBrokenOffLeavesTheFilm(t *testing.T) {
	dir := t.TempDir()
	var pool media.Pool
	p := phonePicture(t, &pool, 320, 180, media.Color{})
	defer p.Release()
	f := newFilm(t, MP4Options{Dir: dir, Name: "film"})
	for i := range 90 {
		if err := f.Add(Frame{
			Image: p, At: time.Duration(i) * time.Second / 30,
			Draw: drawRed,
		}); err != nil {
			t.Fatal(err)
		}
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	path, err := f.Close(ended, nil)
	if !errors.Is(err, context.Canceled) || path != "" ||
		!strings.Contains(err.Error(), "film.part.mp4") {
		t.Fatalf("closing without time gave %q, %v", path, err)
	}
	checkFiles(t, dir, "film.part.mp4")
	if info := probe(t, filepath.Join(dir, "film.part.mp4")); info.Frames != 90 ||
		!info.Fragmented {
		t.Errorf("the part is %+v", info)
	}
	left, err := FindUnfinished(dir)
	if err != nil || len(left) != 1 {
		t.Fatalf("unfinished: %v, %v", left, err)
	}
	path, err = left[0].Repair(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if info := probe(t, path); info.Frames != 90 || info.Fragmented || !info.IndexFirst {
		t.Errorf("repaired it is %+v", info)
	}
	checkFiles(t, dir, "film.mp4")
}

var keepTests = [][]byte{
	nil,
	{0},
	[]byte("\x00\x00\x10\x00moof, and no more"),
	[]byte("\x00\x00\x00\x08moof\x00\x00\x00\x01mdat\xff\xff\xff\xff\xff\xff\xff\xff"),
	make([]byte, 1000),
}

// Where there is no room for a copy, a film in fragments is kept as it is but for its broken end.
func TestKeep(t *testing.T) {
	dir := t.TempDir()
	var pool media.Pool
	p := phonePicture(t, &pool, 320, 180, media.Color{})
	defer p.Release()
	f := newFilm(t, MP4Options{Dir: dir, Name: "film"})
	for i := range 90 {
		if err := f.Add(Frame{
			Image: p, At: time.Duration(i) * time.Second / 30,
			Draw: drawRed,
		}); err != nil {
			t.Fatal(err)
		}
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := f.Close(ended, nil); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	part := filepath.Join(dir, "film.part.mp4")
	whole, err := os.ReadFile(part)
	if err != nil {
		t.Fatal(err)
	}
	for _, tail := range keepTests {
		if err := os.WriteFile(part, append(whole[:len(whole):len(whole)], tail...),
			0o600); err != nil {
			t.Fatal(err)
		}
		path, err := keep(dir, "film")
		if err != nil {
			t.Fatal(err)
		}
		if kept, err := os.ReadFile(path); err != nil || !bytes.Equal(kept, whole) {
			t.Errorf("with %q at its end, %d of %d bytes were kept, %v", tail, len(kept),
				len(whole), err)
		}
		if exists(part) {
			t.Error("the part is still there")
		}
	}
	if info := probe(t, filepath.Join(dir, "film (5).mp4")); !info.Fragmented ||
		info.Frames != 90 {
		t.Errorf("the film is %+v", info)
	}
	if err := os.WriteFile(part, whole[:100], 0o600); err != nil {
		t.Fatal(err)
	}
	if path, err := keep(dir, "film"); !errors.Is(err, ErrEmpty) || !exists(part) {
		t.Errorf("what has no fragment became %q, %v", path, err)
	}
}

func TestCanvasFor(t *testing.T) {
	for _, c := range []struct{ w, h, cw, ch int }{
		{1280, 720, 1280, 720},
		{720, 1280, 720, 1280},
		{320, 180, 1280, 720},
		{640, 480, 1280, 720},
		{1920, 1080, 1920, 1080},
		{1080, 1920, 1080, 1920},
		{4032, 3024, 1920, 1080},
		{1024, 768, 1376, 774},
		{768, 1024, 774, 1376},
		{1000, 1000, 1792, 1008},
		{0, -5, 1280, 720},
	} {
		if got := CanvasFor(c.w, c.h); got != image.Pt(c.cw, c.ch) {
			t.Errorf("for %d × %d the canvas is %v, want %d × %d", c.w, c.h, got, c.cw, c.ch)
		}
	}
	for w := 1; w < 2200; w += 7 {
		for h := 1; h < 2200; h += 11 {
			got := CanvasFor(w, h)
			if (got.X|got.Y)&1 != 0 || max(got.X, got.Y)*9 != min(got.X, got.Y)*16 ||
				(got.X >= got.Y) != (w >= h) {
				t.Fatalf("for %d × %d the canvas is %v", w, h, got)
			}
			if max(w, h) <= 1920 && min(w, h) <= 1080 && (got.X < w || got.Y < h) {
				t.Fatalf("for %d × %d the canvas of %v is too small", w, h, got)
			}
		}
	}
}
