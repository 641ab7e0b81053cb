package command

import (
	"bufio"
	"encoding/binary"
	"image"
	"io"

	"handlens/media"
)

// JPEG markers (ITU-T T.81, table B.1) and the EXIF tag (CIPA DC-008, table 4) that lead to the
// orientation.
const (
	jpegSOI        = 0xd8
	jpegAPP1       = 0xe1
	jpegSOS        = 0xda
	tagOrientation = 0x0112
	tiffShort      = 3
	maxSegments    = 64 // before the picture's data; real files have a dozen
)

// exifOrientation returns the orientation of a JPEG, 1 to 8 as EXIF counts them: how the stored
// picture must be turned to stand upright. It is 1, as it stands, for every other file and for what
// cannot be understood.
func exifOrientation(r *bufio.Reader) int {
	var two [2]byte
	if _, err := io.ReadFull(r, two[:]); err != nil || two != [2]byte{0xff, jpegSOI} {
		return 1
	}
	for range maxSegments {
		var head [4]byte
		if _, err := io.ReadFull(r, head[:]); err != nil || head[0] != 0xff || head[1] == jpegSOS {
			return 1
		}
		n := int(binary.BigEndian.Uint16(head[2:])) - 2
		if n < 0 {
			return 1
		}
		if head[1] != jpegAPP1 {
			if _, err := r.Discard(n); err != nil {
				return 1
			}
			continue
		}
		segment := make([]byte, n)
		if _, err := io.ReadFull(r, segment); err != nil {
			return 1
		}
		if n > 6 && string(segment[:6]) == "Exif\x00\x00" {
			return tiffOrientation(segment[6:])
		}
	}
	return 1
}

// tiffOrientation looks into the first directory of EXIF's TIFF structure.
func tiffOrientation(b []byte) int {
	if len(b) < 8 {
		return 1
	}
	var order binary.ByteOrder
	switch string(b[:4]) {
	case "II*\x00":
		order = binary.LittleEndian
	case "MM\x00*":
		order = binary.BigEndian
	default:
		return 1
	}
	at := uint64(order.Uint32(b[4:]))
	if at+2 > uint64(len(b)) {
		return 1
	}
	b = b[at:]
	count := int(order.Uint16(b))
	b = b[2:]
	for range min(count, len(b)/12) {
		if order.Uint16(b) == tagOrientation && order.Uint16(b[2:]) == tiffShort &&
			order.Uint32(b[4:]) == 1 {
			if v := int(order.Uint16(b[8:])); v >= 1 && v <= 8 {
				return v
			}
			return 1
		}
		b = b[12:]
	}
	return 1
}

// upright turns a picture by its EXIF orientation. The picture itself comes back when nothing is to
// be done.
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

// placement says where the first stored pixel goes and how far apart its neighbours to the right
// and below come to lie.
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
	case 6: // to be turned right
		return last, stride, -px
	case 7: // mirrored along the other diagonal
		return last + bottom, -stride, -px
	case 8: // to be turned left
		return bottom, -stride, px
	}
	return 0, px, stride
}
