package ffmpeg

import (
	"testing"

	"github.com/asticode/go-astiav"

	"handlens/media"
)

// Decoders in hardware and unusual files give other pixel formats than the clips do.
func TestPictureFormats(t *testing.T) {
	const w, h = 34, 18
	at := func(x, y int) (uint8, uint8, uint8) {
		return uint8(40 + 4*x), uint8(70 + 4*y), uint8(200 - 4*x)
	}
	var pool media.Pool
	reference := frameOf(t, &pool, w, h, media.Color{}, at)
	defer reference.Release()
	for _, c := range []struct {
		format astiav.PixelFormat
		full   bool
		bytes  func() []byte
	}{
		{astiav.PixelFormatNv12, false, func() []byte {
			out := append([]byte(nil), reference.Plane[0]...)
			for i := range reference.Plane[1] {
				out = append(out, reference.Plane[1][i], reference.Plane[2][i])
			}
			return out
		}},
		{astiav.PixelFormatYuvj420P, true, func() []byte {
			return append(append(append([]byte(nil), reference.Plane[0]...), reference.Plane[1]...),
				reference.Plane[2]...)
		}},
		{astiav.PixelFormatYuv420P10Le, false, func() (out []byte) {
			for _, plane := range reference.Plane {
				for _, v := range plane {
					out = append(out, v<<2, v>>6)
				}
			}
			return out
		}},
	} {
		t.Run(c.format.Name(), func(t *testing.T) {
			checkFormat(t, c.format, c.full, c.bytes(), reference)
		})
	}
}

// checkFormat copies a frame of the format, which has the content of want.
func checkFormat(t *testing.T, format astiav.PixelFormat, full bool, data []byte,
	want *media.Frame,
) {
	var pool media.Pool
	p, err := newAVFrame()
	if err != nil {
		t.Fatal(err)
	}
	defer p.free()
	p.frame.SetWidth(want.Width)
	p.frame.SetHeight(want.Height)
	p.frame.SetPixelFormat(format)
	if err := p.frame.AllocBuffer(0); err != nil {
		t.Fatal(err)
	}
	if err := p.frame.Data().SetBytes(data, 1); err != nil {
		t.Fatal(err)
	}
	f, err := p.copyTo(&pool)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Release()
	if f.Color != (media.Color{FullRange: full}) {
		t.Errorf("colour %+v", f.Color)
	}
	for i := range f.Plane {
		for j, v := range f.Plane[i] {
			if w := want.Plane[i][j]; max(v, w)-min(v, w) > 1 {
				t.Fatalf("plane %d, sample %d is %d, want %d", i, j, v, w)
			}
		}
	}
}
