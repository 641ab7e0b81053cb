package ffmpeg

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/asticode/go-astiav"

	"handlens/media"
)

// The surfaces of hardware must come out as the same frame in three planes does, turned or not,
// odd sizes and padded rows included.
func TestSurfacesComeOutUpright(t *testing.T) {
	for _, size := range [][2]int{{34, 18}, {35, 19}, {1, 1}, {130, 70}} {
		w, h := size[0], size[1]
		cw, ch := (w+1)/2, (h+1)/2
		var planes [3][]byte
		for i, n := range []int{w * h, cw * ch, cw * ch} {
			for j := range n {
				planes[i] = append(planes[i], byte(j*7+j/w*13+i*50))
			}
		}
		nv12, p010 := bytes.Clone(planes[0]), []byte(nil)
		for j := range planes[1] {
			nv12 = append(nv12, planes[1][j], planes[2][j])
		}
		for _, v := range nv12 {
			p010 = append(p010, 0x40, v) // a quarter above, which is rounded away
		}
		for flags := range 8 {
			want := laidOut(t, astiav.PixelFormatYuv420P, w, h, bytes.Join(planes[:], nil), flags)
			for format, data := range map[astiav.PixelFormat][]byte{
				astiav.PixelFormatNv12:   nv12,
				astiav.PixelFormatP010Le: p010,
			} {
				if got := laidOut(t, format, w, h, data, flags); got != want {
					t.Errorf("%s of %d × %d, turned by %d, is another picture", format.Name(), w, h,
						flags)
				}
			}
		}
	}
}

// laidOut copies a frame of tight planes as a decoder's and returns size and samples.
func laidOut(t *testing.T, format astiav.PixelFormat, w, h int, data []byte, flags int) string {
	t.Helper()
	p, err := newAVFrame()
	if err != nil {
		t.Fatal(err)
	}
	defer p.free()
	p.frame.SetWidth(w)
	p.frame.SetHeight(h)
	p.frame.SetPixelFormat(format)
	if err := p.frame.AllocBuffer(64); err != nil {
		t.Fatal(err)
	}
	if err := p.frame.Data().SetBytes(data, 1); err != nil {
		t.Fatal(err)
	}
	var pool media.Pool
	f, err := p.turned(p.c(), flags, &pool)
	if err != nil {
		t.Fatal(err)
	}
	defer closed(t, &pool)
	defer f.Release()
	return fmt.Sprint(f.Width, f.Height, f.Plane)
}
