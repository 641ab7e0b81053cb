package tile

import (
	"image"
	"image/color"

	"handlens/inference"
	"handlens/inference/overlay"
	"handlens/media"
)

// A frame can go to the graphics card as it is: its planes are packed into one texture, four
// samples a texel, and converted to colours there. The rows of Y come first; below them those of U
// lie in the left half, those of V in the right one.

// packedSize is that of the texture for a picture of w × h, in texels.
func packedSize(w, h int) image.Point { return image.Pt((w+7)/8*2, h+(h+1)/2) }

// packs says whether a frame can be packed, its planes being as large as it says.
func packs(f *media.Frame) bool {
	return f.Format == media.I420 && f.Width >= 2 && f.Height >= 2 && f.Valid()
}

// packedFrame is the packed picture as a frame.
func packedFrame(img *image.RGBA, w, h int, c media.Color) *media.Frame {
	chroma := img.Pix[h*img.Stride:]
	return &media.Frame{
		Width: w, Height: h, Format: media.I420, Color: c,
		Plane:  [3][]byte{img.Pix, chroma, chroma[img.Stride/2:]},
		Stride: [3]int{img.Stride, img.Stride, img.Stride},
	}
}

// pack copies the planes of a frame into a texture of packedSize and hides there what must not be
// recognised.
func pack(img *image.RGBA, f *media.Frame, hide []inference.Box) {
	to := packedFrame(img, f.Width, f.Height, f.Color)
	for i := range f.Plane {
		w, h := f.Width, f.Height
		if i > 0 {
			w, h = (w+1)/2, (h+1)/2
		}
		for y := range h {
			copy(to.Plane[i][y*to.Stride[i]:][:w], f.Plane[i][y*f.Stride[i]:][:w])
		}
	}
	overlay.BlurI420(to, to.Bounds(), hide)
}

// matrix says how the samples of a picture become red, green and blue, all in 0..1: luma is shifted
// by -low and multiplied by scale; of chroma less a half, V counts rv for red, U gu and V gv for
// green, U bu for blue (ITU-R BT.601-7 and BT.709-6, section 3).
type matrix struct{ low, scale, rv, gu, gv, bu float32 }

func matrixOf(c media.Color) matrix {
	kr, kb := float32(0.299), float32(0.114)
	if c.Matrix == media.BT709 {
		kr, kb = 0.2126, 0.0722
	}
	m := matrix{low: 16. / 255, scale: 255. / 219}
	chroma := float32(255. / 224)
	if c.FullRange {
		m.low, m.scale, chroma = 0, 1, 1
	}
	kg := 1 - kr - kb
	m.rv, m.bu = 2*(1-kr)*chroma, 2*(1-kb)*chroma
	m.gu, m.gv = -2*(1-kb)*kb/kg*chroma, -2*(1-kr)*kr/kg*chroma
	return m
}

// at is the colour of a pixel of a packed picture, as the graphics card should show it.
func (m matrix) at(f *media.Frame, x, y int) color.NRGBA {
	luma := (float32(f.Plane[0][y*f.Stride[0]+x])/255 - m.low) * m.scale
	u := float32(f.Plane[1][y/2*f.Stride[1]+x/2])/255 - 128./255
	v := float32(f.Plane[2][y/2*f.Stride[2]+x/2])/255 - 128./255
	level := func(c float32) uint8 { return uint8(255*clamp01(c) + 0.5) }
	return color.NRGBA{
		R: level(luma + m.rv*v), G: level(luma + m.gu*u + m.gv*v),
		B: level(luma + m.bu*u), A: 255,
	}
}
