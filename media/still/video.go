package still

import (
	"image"

	"handlens/media"
	"handlens/media/ffmpeg"
)

// video gives a lossy WebP its right colours: it is coded as a frame of video, in limited range,
// but Go's images of YCbCr are those of JPEG, in full range.
func video(img image.Image) (image.Image, error) {
	planes, alpha := &image.YCbCr{}, (*image.NYCbCrA)(nil)
	switch i := img.(type) {
	case *image.YCbCr:
		planes = i
	case *image.NYCbCrA:
		planes, alpha = &i.YCbCr, i
	default:
		return img, nil
	}
	f := &media.Frame{
		Width: planes.Rect.Dx(), Height: planes.Rect.Dy(), Format: media.I420,
		Plane:  [3][]byte{planes.Y, planes.Cb, planes.Cr},
		Stride: [3]int{planes.YStride, planes.CStride, planes.CStride},
	}
	c := ffmpeg.NewConverter()
	defer c.Close()
	dst := image.NewRGBA(f.Bounds())
	if err := c.ToRGBA(dst, f); err != nil {
		return nil, err
	}
	if alpha != nil {
		shade(dst, alpha)
	}
	return dst, nil
}

// shade lays a picture over black.
func shade(dst *image.RGBA, alpha *image.NYCbCrA) {
	for y := range dst.Rect.Dy() {
		a := alpha.A[y*alpha.AStride:][:dst.Rect.Dx()]
		row := dst.Pix[y*dst.Stride:]
		for x, a := range a {
			for i := range 3 {
				row[4*x+i] = uint8(int(row[4*x+i]) * int(a) / 255)
			}
		}
	}
}
