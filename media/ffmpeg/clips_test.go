package ffmpeg

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"handlens/media"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// What testdata/make.sh draws.
const (
	clipPictures = 8
	clipKeys     = 4 // a key frame at each fourth frame
)

var (
	red    = color.RGBA{0xDC, 0x1E, 0x1E, 255}
	green  = color.RGBA{0x1E, 0xC8, 0x28, 255}
	blue   = color.RGBA{0x1E, 0x32, 0xD2, 255}
	yellow = color.RGBA{0xE6, 0xDC, 0x28, 255}
	white  = color.RGBA{255, 255, 255, 255}
)

// corners are the colours of the top left, top right, bottom left and bottom right block.
type corners [4]color.RGBA

var uprightCorners = corners{red, green, blue, yellow}

// codingLoss is how far a channel of a small, well encoded clip may be from what was drawn.
const codingLoss = 14

// livePackets cuts a clip of testdata (the raw formats) into packets as a phone's would arrive.
func livePackets(t testing.TB, codec media.Codec, small bool) []media.Packet {
	t.Helper()
	name := strings.ToLower(codec.String())
	if small {
		name += "-small"
	}
	var pictures [][]byte
	if codec == media.H264 {
		pictures = splitAnnexB(readClip(t, name+".h264"))
	} else {
		pictures = splitIVF(t, readClip(t, name+".ivf"))
	}
	if len(pictures) != clipPictures {
		t.Fatalf("%s holds %d pictures, want %d", name, len(pictures), clipPictures)
	}
	packets := make([]media.Packet, len(pictures))
	start := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for i, data := range pictures {
		at := start.Add(time.Duration(i) * 40 * time.Millisecond)
		packets[i] = media.Packet{
			Codec: codec, Data: data, Key: i%clipKeys == 0,
			PTS:      time.Second + time.Duration(i)*40*time.Millisecond,
			Captured: at.Add(-30 * time.Millisecond), Received: at,
		}
	}
	return packets
}

func readClip(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// splitAnnexB cuts a stream before each access unit delimiter (NAL unit type 9).
func splitAnnexB(b []byte) [][]byte {
	delimiter := []byte{0, 0, 0, 1, 9}
	var out [][]byte
	for {
		next := bytes.Index(b[1:], delimiter)
		if next < 0 {
			return append(out, b)
		}
		out = append(out, b[:next+1])
		b = b[next+1:]
	}
}

// splitIVF reads the frames of an IVF file: a header of 32 bytes, then for each frame its size, a
// time stamp and the data.
func splitIVF(t testing.TB, b []byte) [][]byte {
	t.Helper()
	if len(b) < 32 || string(b[:4]) != "DKIF" {
		t.Fatal("not an IVF file")
	}
	var out [][]byte
	for b = b[32:]; len(b) >= 12; {
		n := int(binary.LittleEndian.Uint32(b))
		out = append(out, b[12:12+n])
		b = b[12+n:]
	}
	return out
}

// rgba converts a frame at its own size.
func rgba(t testing.TB, f *media.Frame) *image.RGBA {
	t.Helper()
	c := NewConverter()
	defer c.Close()
	img := image.NewRGBA(f.Bounds())
	if err := c.ToRGBA(img, f); err != nil {
		t.Fatal(err)
	}
	return img
}

// checkCorners compares the colours near a frame's corners.
func checkCorners(t testing.TB, what string, img *image.RGBA, want corners) {
	t.Helper()
	w, h := img.Rect.Dx(), img.Rect.Dy()
	for i, p := range []image.Point{
		{w / 10, h / 10},
		{w - 1 - w/10, h / 10},
		{w / 10, h - 1 - h/10},
		{w - 1 - w/10, h - 1 - h/10},
	} {
		if got := img.RGBAAt(p.X, p.Y); !near(got, want[i], codingLoss) {
			t.Errorf("%s: pixel %v of %d × %d is %v, want about %v", what, p, w, h, got, want[i])
		}
	}
}

// checkBar looks for the white bar where it is in the clip's frame number n, counted from 0, of
// an upright frame.
func checkBar(t testing.TB, what string, img *image.RGBA, n int) {
	t.Helper()
	p := image.Pt(8*n+4, img.Rect.Dy()/2)
	if got := img.RGBAAt(p.X, p.Y); !near(got, white, 3*codingLoss) {
		t.Errorf("%s: the bar of picture %d should be at %v, there is %v", what, n, p, got)
	}
}

func near(a, b color.RGBA, tolerance int) bool {
	d := func(x, y uint8) bool { return max(x, y)-min(x, y) <= uint8(tolerance) }
	return d(a.R, b.R) && d(a.G, b.G) && d(a.B, b.B) && a.A == b.A
}

// closed fails when frames of the pool are still referenced.
func closed(t testing.TB, pool *media.Pool) {
	t.Helper()
	if n := pool.Outstanding(); n != 0 {
		t.Errorf("%d frames were not released", n)
	}
}
