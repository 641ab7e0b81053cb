package still

import (
	"image"

	"handlens/media"
)

// upright turns a picture by its EXIF orientation. It returns the picture itself when there is
// nothing to do.
func upright(img image.Image, orientation int) image.Image {
	if orientation <= 1 || orientation > 8 {
		return img
	}
	src := media.ToRGBA(img)
	w, h := src.Rect.Dx(), src.Rect.Dy()
	dw, dh := w, h
	if orientation >= 5 {
		dw, dh = h, w
	}
	dst := image.NewRGBA(image.Rect(0, 0, dw, dh))
	// The stored pixel (x, y) goes to start + x·right + y·down, in bytes of dst.
	start, right, down := placement(orientation, dw, dh, dst.Stride)
	for y := range h {
		row := src.Pix[y*src.Stride:][:4*w]
		at := start + y*down
		for x := 0; x < len(row); x += 4 {
			copy(dst.Pix[at:at+4], row[x:x+4])
			at += right
		}
	}
	return dst
}

// placement says, in bytes, where the first stored pixel goes and how far from it its neighbours on
// the right and below go.
func placement(orientation, w, h, stride int) (start, right, down int) {
	const px = 4
	last, bottom := (w-1)*px, (h-1)*stride
	switch orientation {
	case 2: // mirrored
		return last, -px, stride
	case 3: // upside down
		return last + bottom, -px, -stride
	case 4: // mirrored upside down
		return bottom, px, -stride
	case 5: // mirrored along the diagonal
		return 0, stride, px
	case 6: // turn right
		return last, stride, -px
	case 7: // mirrored along the other diagonal
		return last + bottom, -stride, -px
	case 8: // turn left
		return bottom, -stride, px
	}
	return 0, px, stride
}
