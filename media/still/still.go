package still

import (
	"bufio"
	"errors"
	"fmt"
	"image"
	_ "image/gif"  // decoded through package image
	_ "image/jpeg" // likewise, and so on
	_ "image/png"
	"io"
	"os"

	_ "golang.org/x/image/bmp"
	"golang.org/x/image/tiff"
	_ "golang.org/x/image/webp"

	"handlens/media"
	"handlens/media/filekind"
)

// maxPixels bounds a picture before memory is allocated for it: the largest sensors in phones have
// 200 million.
const maxPixels = 210_000_000

// Is says whether a file is a still picture that Decode reads. A film, or what may be one, is not.
// It fails, with what is to be told, for what is known to be neither.
func Is(f *os.File) (bool, error) {
	info, err := f.Stat()
	if err != nil {
		return false, err
	}
	if info.Size() == 0 {
		return false, errors.New("is empty")
	}
	kind := filekind.Of(f, info.Size(), f.Name())
	switch {
	case kind.Class == filekind.Picture:
		return true, nil
	case kind.Class == filekind.Unread && !kind.Still && filekind.NamedPicture(f.Name()):
		return false, errors.New("is not a picture, whatever its name says: it " + kind.Refusal())
	case kind.Class == filekind.Unread:
		return false, errors.New(kind.Refusal())
	case kind.Class == filekind.Unknown && filekind.NamedPicture(f.Name()):
		return false, errors.New("is not a picture, whatever its name says")
	}
	return false, nil
}

// Decode reads a picture and turns it upright. Sizes are checked before memory is taken for them.
func Decode(f *os.File) (image.Image, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	return decode(f, info.Size(), filekind.Of(f, info.Size(), f.Name()).Name)
}

func decode(r io.ReaderAt, size int64, kind string) (image.Image, error) {
	if kind == filekind.HEIF || kind == filekind.AVIF {
		return decodeHEIF(r, size)
	}
	content := func() *bufio.Reader { return bufio.NewReader(io.NewSectionReader(r, 0, size)) }
	config, _, err := image.DecodeConfig(content())
	if err != nil {
		return otherwise(r, size, kind, err)
	}
	if err := checkSize(config.Width, config.Height); err != nil {
		return nil, err
	}
	img, _, err := image.Decode(content())
	if err == nil && kind == filekind.WebP {
		img, err = video(img)
	}
	if err != nil {
		return otherwise(r, size, kind, err)
	}
	return upright(img, orientation(r, size, kind)), nil
}

// otherwise reads what the decoders of package image do not, or says why it cannot.
func otherwise(r io.ReaderAt, size int64, kind string, why error) (image.Image, error) {
	if how, ok := errors.AsType[tiff.UnsupportedError](why); ok {
		return nil, fmt.Errorf("is a TIFF of a kind that is not read (%s): convert it to PNG or "+
			"JPEG "+
			"first", string(how))
	}
	if kind == filekind.WebP {
		if img, ok := oneOfAnimated(r, size); ok {
			return img, nil
		}
	}
	return nil, fmt.Errorf("is not a complete picture: %w", why)
}

// Left says in words what of a picture's file Decode leaves out, "" for nothing.
func Left(f *os.File) string {
	if n := filekind.Pages(f); n > 1 {
		return fmt.Sprintf("has %d pages, of which the first is looked at", n)
	}
	return ""
}

func checkSize(w, h int) error {
	if w < 1 || h < 1 || w > media.MaxSide || h > media.MaxSide || w*h > maxPixels {
		return fmt.Errorf("claims %d × %d pixels; the limit is %d on a side and %d million in all",
			w, h, media.MaxSide, maxPixels/1_000_000)
	}
	return nil
}
