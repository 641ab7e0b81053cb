package ffmpeg

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"handlens/media"
)

// y4m writes grey frames whose left half is bright, with pixels of that shape.
func y4m(t *testing.T, width, height, frames int, aspect string) string {
	t.Helper()
	var b bytes.Buffer
	fmt.Fprintf(&b, "YUV4MPEG2 W%d H%d F10:1 Ip A%s C420jpeg\n", width, height, aspect)
	for range frames {
		b.WriteString("FRAME\n")
		for range height {
			b.Write(bytes.Repeat([]byte{200}, width/2))
			b.Write(bytes.Repeat([]byte{50}, width-width/2))
		}
		b.Write(bytes.Repeat([]byte{128}, 2*((width+1)/2)*((height+1)/2)))
	}
	path := filepath.Join(t.TempDir(), "film.y4m")
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// readFilm reads a file to its end and returns the last size and how many frames there were.
func readFilm(t *testing.T, path string) (r *Reader, width, height, frames int) {
	t.Helper()
	pool := new(media.Pool)
	r, err := OpenFile(path, pool)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Close)
	for {
		f, err := r.Next()
		if errors.Is(err, io.EOF) {
			return r, width, height, frames
		}
		if err != nil {
			t.Fatal(err)
		}
		width, height = f.Width, f.Height
		if left, right := f.Plane[0][width/4], f.Plane[0][width-width/4]; left < right+100 &&
			strings.HasSuffix(path, ".y4m") {
			t.Errorf("the halves are %d and %d", left, right)
		}
		f.Release()
		frames++
	}
}

func TestPixelsBecomeSquare(t *testing.T) {
	for _, c := range []struct {
		width, height int
		aspect        string
		wantW, wantH  int
	}{
		{96, 144, "2:1", 192, 144},
		{192, 72, "1:2", 192, 144},
		{97, 63, "3:2", 146, 63},
		{96, 64, "1:1", 96, 64},
		{96, 64, "0:0", 96, 64},
		{96, 64, "100:1", 96, 64},         // nonsense
		{10000, 3000, "2:1", 10000, 1500}, // too large to grow
	} {
		r, w, h, n := readFilm(t, y4m(t, c.width, c.height, 1, c.aspect))
		if w != c.wantW || h != c.wantH || n != 1 || r.Info().Width != w || r.Info().Height != h {
			t.Errorf("%d × %d with pixels of %s: %d × %d, %+v; want %d × %d", c.width, c.height,
				c.aspect, w, h, r.Info(), c.wantW, c.wantH)
		}
	}
}

// Pixels are made square before the picture is turned.
func TestPixelsBecomeSquareBeforeTheTurn(t *testing.T) {
	file, err := os.ReadFile("testdata/rotated.mp4")
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "rotated.mp4")
	wide := bytes.Replace(file, []byte("pasp\x00\x00\x00\x01\x00\x00\x00\x01"),
		[]byte("pasp\x00\x00\x00\x02\x00\x00\x00\x01"), 1)
	if bytes.Equal(wide, file) {
		t.Fatal("the film does not say what shape its pixels have")
	}
	if err := os.WriteFile(path, wide, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, w, h, n := readFilm(t, path); w != 64 || h != 192 || n != 8 {
		t.Errorf("%d frames of %d × %d, want 8 of 64 × 192", n, w, h)
	}
}

func TestAFilmThatIsCutOffSaysSo(t *testing.T) {
	for name, least := range map[string]int{
		"reordered.mp4": 1, "h264.mkv": 3, "mpeg4.avi": 3, "vp9.webm": 3,
	} {
		file, err := os.ReadFile("testdata/" + name)
		if err != nil {
			t.Fatal(err)
		}
		whole, _, _, _ := readFilm(t, "testdata/"+name)
		if cut, there, claimed := whole.Cut(); cut {
			t.Errorf("%s is whole, and said to be cut off: %v of %v", name, there, claimed)
		}
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, file[:len(file)*9/10], 0o600); err != nil {
			t.Fatal(err)
		}
		r, _, _, n := readFilm(t, path)
		cut, there, claimed := r.Cut()
		frame := 40 * time.Millisecond
		if !cut || n < least || n >= 8 || (there-time.Duration(n)*frame).Abs() > 2*frame ||
			claimed != 0 && (claimed-8*frame).Abs() > frame {
			t.Errorf("of %s there are %d frames; cut off is %v: %v of %v", name, n, cut, there,
				claimed)
		}
		if r.Damaged() != 0 {
			t.Errorf("%s: %d damaged frames besides", name, r.Damaged())
		}
	}
}

// A film whose head promises more than it holds is cut off, even where no box says so.
func TestAFilmThatLacksItsEnd(t *testing.T) {
	whole, err := os.ReadFile("testdata/h264.mkv")
	if err != nil {
		t.Fatal(err)
	}
	// The duration (element 0x4489) becomes a hundred times as long.
	at := bytes.Index(whole, []byte{0x44, 0x89, 0x88})
	if at < 0 {
		t.Fatal("the film has no duration")
	}
	copy(whole[at+3:], []byte{0x40, 0xdf, 0x40, 0, 0, 0, 0, 0}) // 32000 ms
	path := filepath.Join(t.TempDir(), "long.mkv")
	if err := os.WriteFile(path, whole, 0o600); err != nil {
		t.Fatal(err)
	}
	r, _, _, _ := readFilm(t, path)
	if cut, there, claimed := r.Cut(); !cut || there > time.Second || claimed != 32*time.Second {
		t.Errorf("cut off is %v: %v of %v", cut, there, claimed)
	}
}

func TestWhatIsNotReadIsNamed(t *testing.T) {
	plain, err := os.ReadFile("testdata/plain.mp4")
	if err != nil {
		t.Fatal(err)
	}
	head := bytes.Index(plain, []byte("moov")) - 4
	if head < 0 {
		t.Fatal("the film has no index")
	}
	for what, c := range map[string]struct {
		file []byte
		is   error
		word string
	}{
		"a codec that is not built in": {
			bytes.Replace(plain, []byte("avc1\x00"), []byte("vvc1\x00"), 1), ErrCodec, "H.266",
		},
		"a recording that was not finished": {plain[:head], ErrNotVideo, "never finished"},
		"half a download": {
			plain[:head/2], ErrNotVideo,
			"cut off before the index",
		},
	} {
		path := filepath.Join(t.TempDir(), "film.mp4")
		if err := os.WriteFile(path, c.file, 0o600); err != nil {
			t.Fatal(err)
		}
		r, err := OpenFile(path, new(media.Pool))
		if err == nil {
			r.Close()
		}
		if !errors.Is(err, c.is) || !strings.Contains(err.Error(), c.word) {
			t.Errorf("%s: %v, want %q with %q", what, err, c.is, c.word)
		}
	}
}

func TestStillDecoder(t *testing.T) {
	if _, err := NewStillDecoder("vvc1", nil); !errors.Is(err, ErrCodec) {
		t.Errorf("a decoder for what is not built in: %v", err)
	}
	d, err := NewStillDecoder("avc1", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	film, err := os.ReadFile("testdata/h264.h264")
	if err != nil {
		t.Fatal(err)
	}
	// The first picture of the stream, up to the second access unit delimiter.
	first := film[:bytes.Index(film[4:], []byte{0, 0, 0, 1, 9})+4]
	pool := new(media.Pool)
	for range 2 { // each is by itself
		f, err := d.Decode(first, &StillColor{Matrix: 1, FullRange: true}, pool)
		if err != nil {
			t.Fatal(err)
		}
		if f.Width != 96 || f.Height != 64 || f.Color != (media.Color{
			Matrix: media.BT709, FullRange: true,
		}) {
			t.Errorf("the picture is %d × %d, %+v", f.Width, f.Height, f.Color)
		}
		f.Release()
	}
	for _, data := range [][]byte{nil, []byte("nonsense"), first[:len(first)/2]} {
		if f, err := d.Decode(data, nil, pool); err == nil {
			f.Release()
			t.Errorf("%d bytes of nonsense were decoded", len(data))
		}
	}
}
