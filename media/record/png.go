package record

import (
	"errors"
	"fmt"
	"image"
	"image/png"
	"io"
	"sync"

	"handlens/media"
)

// encoder favours speed: a full HD picture then takes tens of milliseconds rather than hundreds,
// for a file that is a fifth larger.
var encoder = png.Encoder{CompressionLevel: png.BestSpeed, BufferPool: &buffers{}}

// buffers keeps the encoder's working memory between pictures.
type buffers struct{ pool sync.Pool }

// Get implements png.EncoderBufferPool.
func (b *buffers) Get() *png.EncoderBuffer {
	e, _ := b.pool.Get().(*png.EncoderBuffer)
	return e
}

// Put implements png.EncoderBufferPool.
func (b *buffers) Put(e *png.EncoderBuffer) { b.pool.Put(e) }

// pictureFile is a file that holds a picture.
func pictureFile(suffix string, img image.Image) newFile {
	return newFile{
		suffix: suffix, check: func() error { return checkPicture(img) },
		write: func(w io.Writer) error { return encoder.Encode(w, img) },
	}
}

// checkPicture says what is wrong with a picture before anything is written.
func checkPicture(img image.Image) error {
	if img == nil || img.Bounds().Empty() {
		return errors.New("a picture without pixels cannot be saved")
	}
	if b := img.Bounds(); b.Dx() > media.MaxSide || b.Dy() > media.MaxSide {
		return fmt.Errorf("a picture of %d × %d pixels is too large to be saved", b.Dx(), b.Dy())
	}
	return nil
}
