package command

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	_ "image/gif"  // decoded through package image
	_ "image/jpeg" // likewise, and so on
	_ "image/png"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	_ "golang.org/x/image/bmp"
	_ "golang.org/x/image/tiff"
	_ "golang.org/x/image/webp"

	"handlens/media"
)

// maxPixels bounds a picture before memory is allocated for it: the largest sensors in phones have
// 200 million.
const maxPixels = 210_000_000

// pictureSuffixes are the endings of file names that a folder stands for.
var pictureSuffixes = []string{".bmp", ".gif", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp"}

// input is one file to open, or why there is none.
type input struct {
	path string
	err  error
}

// inputs lists the files that the arguments mean: each itself, or the pictures in a folder by name.
// They are listed before anything is written, so a run never reads its own results.
func inputs(args []string) []input {
	var all []input
	for _, arg := range args {
		info, err := os.Stat(arg)
		if err != nil {
			all = append(all, input{err: plainFileError(arg, err)})
			continue
		}
		if !info.IsDir() {
			all = append(all, input{path: arg})
			continue
		}
		pictures, err := picturesIn(arg)
		if err != nil {
			all = append(all, input{err: err})
		}
		for _, path := range pictures {
			all = append(all, input{path: path})
		}
	}
	return all
}

func picturesIn(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir) // sorted by name
	if err != nil {
		return nil, plainFileError(dir, err)
	}
	var files []string
	for _, e := range entries {
		if !e.IsDir() && slices.Contains(pictureSuffixes, strings.ToLower(filepath.Ext(e.Name()))) {
			files = append(files, filepath.Join(dir, e.Name()))
		}
	}
	if len(files) == 0 {
		return nil,
			fmt.Errorf("%s: there are no pictures in this folder (%s)", dir,
				strings.Join(pictureSuffixes, " "))
	}
	return files, nil
}

// plainFileError names the file once and says in plain words what is wrong with it.
func plainFileError(path string, err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%s: there is no such file", path)
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("%s: permission denied", path)
	}
	if where, ok := errors.AsType[*fs.PathError](err); ok {
		err = where.Err
	}
	return fmt.Errorf("%s: %w", path, err)
}

// isPicture tells from the first bytes whether package image can decode the file, and rewinds it.
// It fails for what can be neither a picture nor a video.
func isPicture(f *os.File) (bool, error) {
	info, err := f.Stat()
	if err != nil {
		return false, err
	}
	if info.Size() == 0 {
		return false, errors.New("is empty")
	}
	_, _, err = image.DecodeConfig(bufio.NewReader(f))
	_, seekErr := f.Seek(0, io.SeekStart)
	if !errors.Is(err, image.ErrFormat) {
		// Any other error comes from a decoder that recognised the first bytes; decodePicture
		// reports it.
		return true, seekErr
	}
	if slices.Contains(pictureSuffixes, strings.ToLower(filepath.Ext(f.Name()))) {
		return false, errors.New("is not a picture, whatever its name says")
	}
	return false, seekErr
}

// decodePicture reads a picture and turns it upright by its EXIF orientation. Size limits are
// checked before memory is allocated.
func decodePicture(f io.ReadSeeker) (image.Image, error) {
	config, _, err := image.DecodeConfig(bufio.NewReader(f))
	if err != nil {
		return nil, fmt.Errorf("is not a complete picture: %w", err)
	}
	w, h := config.Width, config.Height
	if w < 1 || h < 1 || w > media.MaxSide || h > media.MaxSide || w*h > maxPixels {
		return nil,
			fmt.Errorf("claims %d × %d pixels; the limit is %d on a side and %d million in "+
				"all",
				w, h, media.MaxSide, maxPixels/1_000_000)
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	turn := exifOrientation(bufio.NewReader(f))
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	img, _, err := image.Decode(bufio.NewReader(f))
	if err != nil {
		return nil, fmt.Errorf("is not a complete picture: %w", err)
	}
	return upright(img, turn), nil
}

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
// picture must be turned to be upright. It is 1, not at all, for every other file and for data that
// makes no sense.
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

// tiffOrientation reads the first directory of EXIF's TIFF structure.
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

// upright turns a picture by its EXIF orientation. It returns the picture itself when there is
// nothing to do.
func upright(img image.Image, orientation int) image.Image {
	if orientation <= 1 || orientation > 8 {
		return img
	}
	src := opaque(img)
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

// opaque copies any picture into an RGBA one at the origin; transparent pixels become black.
func opaque(img image.Image) *image.RGBA {
	b := img.Bounds()
	dst := image.NewRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
	draw.Draw(dst, dst.Rect, image.NewUniform(color.Black), image.Point{}, draw.Src)
	draw.Draw(dst, dst.Rect, img, b.Min, draw.Over)
	return dst
}
