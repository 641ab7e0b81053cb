package record

import (
	"image"
	"testing"
	"time"

	"handlens/media"
	"handlens/media/ffmpeg"
)

// From 720p on a recording is in BT.709 and says so, below in BT.601, as players take what has no
// tag; and what was red is red, however the phone had it.
func TestColoursOfARecording(t *testing.T) {
	for size, want := range map[image.Point]media.Matrix{
		{X: 1280, Y: 720}: media.BT709, {X: 720, Y: 1280}: media.BT709,
		{X: 640, Y: 360}: media.BT601,
	} {
		for _, sent := range []media.Color{
			{Matrix: media.BT601}, {Matrix: media.BT709}, {Matrix: media.BT601, FullRange: true},
		} {
			f := newMP4(t, MP4Options{Dir: t.TempDir(), Name: "x", Canvas: size})
			var pool media.Pool
			for i := range 3 {
				p := redPicture(t, &pool, size, sent)
				if err := f.Add(Frame{
					Image: p, At: time.Duration(i) * time.Second / 30,
				}); err != nil {
					t.Fatal(err)
				}
				p.Release()
			}
			convert := ffmpeg.NewConverter()
			readRecording(t, closeMP4(t, f), func(i int, got *media.Frame) {
				img := image.NewRGBA(got.Bounds())
				if err := convert.ToRGBA(img, got); err != nil {
					t.Fatal(err)
				}
				seen := img.RGBAAt(size.X/2, size.Y/2)
				if got.Color != (media.Color{Matrix: want}) || seen.R < 240 || seen.G > 14 ||
					seen.B > 14 {
					t.Errorf("%v of %+v: frame %d is %+v, its red %v", size, sent, i, got.Color,
						seen)
				}
			})
			convert.Close()
		}
	}
}

// redPicture is pure red in colours of that kind, by the formulas of ITU-R BT.601 and BT.709.
func redPicture(t *testing.T, pool *media.Pool, size image.Point, c media.Color) *media.Frame {
	t.Helper()
	kr, kb := 0.299, 0.114
	if c.Matrix == media.BT709 {
		kr, kb = 0.2126, 0.0722
	}
	offset, luma, chroma := 16.0, 219.0, 224.0
	if c.FullRange {
		offset, luma, chroma = 0, 255, 255
	}
	of := [3]uint8{
		uint8(offset + luma*kr + 0.5), uint8(128 - chroma*kr/(2*(1-kb)) + 0.5),
		uint8(min(128+chroma/2+0.5, 255)),
	}
	f, err := pool.Get(size.X, size.Y, media.I420)
	if err != nil {
		t.Fatal(err)
	}
	f.Color = c
	for i := range 3 {
		for k := range f.Plane[i] {
			f.Plane[i][k] = of[i]
		}
	}
	return f
}
