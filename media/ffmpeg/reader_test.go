package ffmpeg

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"handlens/media"
	"handlens/media/inputfile"
)

// readAll hands every frame of a file to look and returns how many there were and what was left
// out.
func readAll(t testing.TB, path string, pool *media.Pool,
	look func(i int, f *media.Frame),
) (VideoInfo, int, int) {
	t.Helper()
	r, err := OpenFile(path, pool)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	for i := 0; ; i++ {
		f, err := r.Next()
		if errors.Is(err, io.EOF) {
			return r.Info(), i, r.Damaged()
		}
		if err != nil {
			t.Fatal(err)
		}
		look(i, f)
		f.Release()
	}
}

var hdColor = media.Color{Matrix: media.BT709}

func full(c media.Color) media.Color { c.FullRange = true; return c }

var readTests = []struct {
	file, codec string
	color       media.Color
}{
	{"plain.mp4", "h264", media.Color{}},
	{"reordered.mp4", "h264", media.Color{}},
	{"h264.ts", "h264", media.Color{}},
	{"h264.mkv", "h264", media.Color{}},
	{"h264.h264", "h264", media.Color{}},
	{"vp8.ivf", "vp8", media.Color{}},
	{"vp9.webm", "vp9", media.Color{}},
	{"av1.ivf", "av1", media.Color{}},
	{"mpeg4.avi", "mpeg4", media.Color{}},
	{"mjpeg.mov", "mjpeg", full(media.Color{})},
	{"bt601-full.mp4", "h264", full(media.Color{})},
	{"bt709.mp4", "h264", hdColor},
	{"bt709-full.mp4", "h264", full(hdColor)},
	{"ten-bit.mp4", "h264", hdColor},
	{"four-four-four.mp4", "h264", media.Color{}},
	{"rgb.mkv", "h264", media.Color{}},
}

func TestReadFiles(t *testing.T) {
	for _, c := range readTests {
		t.Run(c.file, func(t *testing.T) {
			var pool media.Pool
			info, n, damaged := readAll(t, filepath.Join("testdata", c.file), &pool,
				func(i int, f *media.Frame) {
					if f.Format != media.I420 || f.Color != c.color {
						t.Errorf("format %d, colour %+v, want I420 and %+v", f.Format, f.Color,
							c.color)
					}
					want := time.Duration(i) * 40 * time.Millisecond
					if f.Seq != uint64(i+1) || (f.PTS-want).Abs() > 2*time.Millisecond ||
						f.Decoded.IsZero() {
						t.Errorf("picture %d: Seq %d, PTS %v", i, f.Seq, f.PTS)
					}
					img := rgba(t, f)
					checkCorners(t, c.file, img, uprightCorners)
					checkBar(t, c.file, img, i)
				})
			if n != clipPictures || damaged != 0 {
				t.Errorf("%d pictures and %d damaged, want %d and 0", n, damaged, clipPictures)
			}
			if info.Width != 96 || info.Height != 64 || info.Codec != c.codec || info.FPS < 24.9 ||
				info.FPS > 25.1 {
				t.Errorf("info %+v", info)
			}
			closed(t, &pool)
		})
	}
}

// matrixCases are all eight ways a display matrix can turn a frame, by its a, b, c, d, and where
// the four blocks then are.
var matrixCases = []struct {
	name string
	m    [4]int32
	want corners
}{
	{"as it is", [4]int32{1, 0, 0, 1}, uprightCorners},
	{"mirrored", [4]int32{-1, 0, 0, 1}, corners{green, red, yellow, blue}},
	{"upside down mirrored", [4]int32{1, 0, 0, -1}, corners{blue, yellow, red, green}},
	{"180 degrees", [4]int32{-1, 0, 0, -1}, corners{yellow, blue, green, red}},
	{"90 degrees clockwise", [4]int32{0, 1, -1, 0}, corners{blue, red, yellow, green}},
	{"90 degrees the other way", [4]int32{0, -1, 1, 0}, corners{green, yellow, red, blue}},
	{"transposed", [4]int32{0, 1, 1, 0}, corners{red, blue, green, yellow}},
	{"transposed the other way", [4]int32{0, -1, -1, 0}, corners{yellow, green, blue, red}},
}

func TestReadUpright(t *testing.T) {
	for _, c := range matrixCases {
		t.Run(c.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "turned.mp4")
			if err := os.WriteFile(path, withMatrix(t, readClip(t, "plain.mp4"), c.m),
				0o600); err != nil {
				t.Fatal(err)
			}
			w, h := 96, 64
			if c.m[0] == 0 {
				w, h = h, w
			}
			var pool media.Pool
			info, n, _ := readAll(t, path, &pool, func(_ int, f *media.Frame) {
				if f.Width != w || f.Height != h {
					t.Fatalf("%d × %d, want %d × %d", f.Width, f.Height, w, h)
				}
				checkCorners(t, c.name, rgba(t, f), c.want)
			})
			if n != clipPictures || info.Width != w || info.Height != h {
				t.Errorf("%d pictures, info %+v", n, info)
			}
			closed(t, &pool)
		})
	}
}

// The ffmpeg command turns this clip to the same frame.
func TestReadFileOfAnUprightPhone(t *testing.T) {
	var pool media.Pool
	readAll(t, "testdata/rotated.mp4", &pool, func(_ int, f *media.Frame) {
		checkCorners(t, "rotated.mp4", rgba(t, f), corners{green, yellow, red, blue})
	})
	closed(t, &pool)
}

// withMatrix writes another matrix into the track header of an MP4 (ISO/IEC 14496-12, 8.3.2;
// version 0: 40 bytes into the body).
func withMatrix(t *testing.T, mp4 []byte, m [4]int32) []byte {
	t.Helper()
	at := bytes.Index(mp4, []byte("tkhd"))
	if at < 0 || mp4[at+4] != 0 {
		t.Fatal("no track header of version 0")
	}
	for i, field := range []int{0, 1, 3, 4} {
		binary.BigEndian.PutUint32(mp4[at+4+40+4*field:], uint32(m[i]<<16))
	}
	return mp4
}

func TestOpenWhatIsNoVideo(t *testing.T) {
	var pool media.Pool
	dir := t.TempDir()
	write := func(name string, b []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	whole := readClip(t, "plain.mp4")
	for _, c := range []struct {
		name, path string
		want       error
	}{
		{"missing", filepath.Join(dir, "nowhere.mp4"), fs.ErrNotExist},
		{"a folder", dir, inputfile.ErrNotFile},
		{"empty", write("empty.mp4", nil), ErrNotVideo},
		{"text", write("text.mp4", []byte("not a video, but some words about one\n")), ErrNotVideo},
		{"sound only", "testdata/sound.mp4", ErrNotVideo},
		{"cut before its index", write("cut.mp4", whole[:len(whole)/2]), ErrNotVideo},
		{"an address", "http://127.0.0.1:1/video.mp4", inputfile.ErrNotFile},
	} {
		r, err := OpenFile(c.path, &pool)
		if !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
		if err == nil {
			r.Close()
		}
	}
	closed(t, &pool)
}

func TestReadCutFiles(t *testing.T) {
	for _, name := range []string{
		"reordered.mp4", "h264.mkv", "vp9.webm", "vp8.ivf", "av1.ivf",
		"mpeg4.avi", "h264.ts", "h264.h264",
	} {
		t.Run(name, func(t *testing.T) {
			whole := readClip(t, name)
			path := filepath.Join(t.TempDir(), "cut"+filepath.Ext(name))
			if err := os.WriteFile(path, whole[:len(whole)*9/10], 0o600); err != nil {
				t.Fatal(err)
			}
			var pool media.Pool
			_, n, damaged := readAll(t, path, &pool, func(_ int, f *media.Frame) {
				checkCorners(t, name, rgba(t, f), uprightCorners)
			})
			if n < 2 || n > clipPictures {
				t.Errorf("%d pictures from nine tenths of a file of %d", n, clipPictures)
			}
			t.Logf("%d pictures, %d damaged", n, damaged)
			closed(t, &pool)
		})
	}
}

func TestReadFlippedBytes(t *testing.T) {
	for _, name := range []string{
		"reordered.mp4", "h264.mkv", "vp9.webm", "av1.ivf", "mpeg4.avi",
		"h264.ts", "mjpeg.mov",
	} {
		t.Run(name, func(t *testing.T) {
			var pool media.Pool
			path := filepath.Join(t.TempDir(), "flipped"+filepath.Ext(name))
			whole := readClip(t, name)
			for seed := range uint64(40) {
				rng := rand.New(rand.NewPCG(seed, 2))
				b := append([]byte(nil), whole...)
				for range 1 + rng.IntN(8) {
					b[rng.IntN(len(b))] ^= byte(1 + rng.IntN(255))
				}
				if err := os.WriteFile(path, b, 0o600); err != nil {
					t.Fatal(err)
				}
				readDamaged(t, path, &pool)
			}
			closed(t, &pool)
		})
	}
}

// readDamaged reads what can be read; only an end without end is wrong.
func readDamaged(t *testing.T, path string, pool *media.Pool) {
	t.Helper()
	r, err := OpenFile(path, pool)
	if err != nil {
		return
	}
	defer r.Close()
	for range 100 * clipPictures {
		f, err := r.Next()
		if err != nil {
			return
		}
		if err := checkFrame(f); err != nil {
			t.Error(err)
		}
		f.Release()
	}
	t.Errorf("%s gives pictures without end", path)
}

func TestReaderAfterClose(t *testing.T) {
	var pool media.Pool
	r, err := OpenFile("testdata/plain.mp4", &pool)
	if err != nil {
		t.Fatal(err)
	}
	r.Close()
	r.Close()
	if _, err := r.Next(); !errors.Is(err, ErrClosed) {
		t.Errorf("got %v", err)
	}
	closed(t, &pool)
}
