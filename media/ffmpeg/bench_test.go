package ffmpeg

import (
	"image"
	"testing"

	"handlens/media"
)

// goLoop is the plain way to convert, with the same arithmetic for each pixel, for the ratio.
func goLoop(dst *image.RGBA, f *media.Frame) {
	k := factors(f.Color)
	clamp := func(v int32) uint8 { return uint8(min(max((v+16)>>5, 0), 255)) }
	for y := range f.Height {
		row, luma := dst.Pix[y*dst.Stride:][:4*f.Width], f.Plane[0][y*f.Stride[0]:][:f.Width]
		us, vs := f.Plane[1][y/2*f.Stride[1]:], f.Plane[2][y/2*f.Stride[2]:]
		for x, l := range luma {
			cb, cr := (int32(us[x/2])-128)<<8, (int32(vs[x/2])-128)<<8
			v := (int32(l) - int32(k.y_offset)) << 7 * int32(k.cy) >> 16
			row[4*x] = clamp(v + cr*int32(k.crv)>>16)
			row[4*x+1] = clamp(v - cb*int32(k.cgu)>>16 - cr*int32(k.cgv)>>16)
			row[4*x+2] = clamp(v + cb*int32(k.cbu)>>16)
			row[4*x+3] = 255
		}
	}
}

func picture720p(b *testing.B, pool *media.Pool) *media.Frame {
	return frameOf(b, pool, 1280, 720, media.Color{}, func(x, y int) (uint8, uint8, uint8) {
		return uint8(x + y), uint8(x / 5), uint8(y / 3)
	})
}

func BenchmarkToRGBA720p(b *testing.B) {
	var pool media.Pool
	f := picture720p(b, &pool)
	defer f.Release()
	conv := NewConverter()
	defer conv.Close()
	for _, c := range []struct {
		name string
		size image.Point
	}{
		{"same", image.Pt(1280, 720)},
		{"to640x360", image.Pt(640, 360)},
		{"to1920x1080", image.Pt(1920, 1080)},
	} {
		b.Run(c.name, func(b *testing.B) {
			dst := image.NewRGBA(image.Rectangle{Max: c.size})
			for b.Loop() {
				if err := conv.ToRGBA(dst, f); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	b.Run("plainGo", func(b *testing.B) {
		dst := image.NewRGBA(image.Rect(0, 0, 1280, 720))
		for b.Loop() {
			goLoop(dst, f)
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	for _, codec := range codecs {
		b.Run(codec.String(), func(b *testing.B) {
			var pool media.Pool
			d := newTestDecoder(b, codec, &pool)
			packets := livePackets(b, codec, false)
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				if err := d.Decode(packets[i%len(packets)], func(*media.Frame) {}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
