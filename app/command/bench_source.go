package command

import (
	"errors"
	"fmt"
	"image"
	"image/color"
	"io"

	"handlens/media"
	"handlens/media/ffmpeg"
	"handlens/media/inputfile"
	"handlens/media/still"
)

// benchSource yields frames without end.
type benchSource interface {
	// next returns a frame with one reference for the caller, and whether getting it was decoding
	// that counts.
	next() (f *media.Frame, decoded bool, err error)
	name() string
	close()
}

// openSource opens a picture or a video, or draws a picture for "".
func openSource(path string) (benchSource, error) {
	if path == "" {
		frame, err := media.FromImage(drawScene(1280, 720))
		return &stillSource{frame: frame, label: "a drawn picture"}, err
	}
	f, err := inputfile.Open(path)
	if err != nil {
		return nil, plainFileError(path, err)
	}
	defer f.Close()
	picture, err := still.Is(f)
	if err != nil {
		return nil, plainFileError(path, err)
	}
	if !picture {
		v := &videoSource{path: path, pool: new(media.Pool)}
		return v, v.open()
	}
	img, err := still.Decode(f)
	if err != nil {
		return nil, plainFileError(path, err)
	}
	frame, err := media.FromImage(img)
	if err != nil {
		return nil, plainFileError(path, err)
	}
	return &stillSource{frame: frame, label: path}, nil
}

// stillSource yields the same frame each time.
type stillSource struct {
	frame *media.Frame
	label string
}

func (s *stillSource) next() (*media.Frame, bool, error) { return s.frame.Retain(), false, nil }
func (s *stillSource) name() string                      { return s.label }
func (s *stillSource) close()                            { s.frame.Release() }

// videoSource plays a video over and over.
type videoSource struct {
	path   string
	pool   *media.Pool
	reader *ffmpeg.Reader
}

func (s *videoSource) open() error {
	s.close()
	var err error
	if s.reader, err = ffmpeg.OpenFile(s.path, s.pool); err != nil {
		s.reader = nil
		return notVideo(s.path, err)
	}
	return nil
}

// next reopens the file at its end. The first frame of each pass is decoded while opening, and is
// not measured.
func (s *videoSource) next() (*media.Frame, bool, error) {
	f, err := s.reader.Next()
	if errors.Is(err, io.EOF) {
		if err := s.open(); err != nil {
			return nil, false, err
		}
		f, err = s.reader.Next()
	}
	if err != nil {
		return nil, false, fmt.Errorf("%s: %w", s.path, err)
	}
	return f, f.Seq > 1, nil
}

func (s *videoSource) name() string { return s.path }

func (s *videoSource) close() {
	if s.reader != nil {
		s.reader.Close()
		s.reader = nil
	}
}

// drawScene draws patches of saturated colour on a grey gradient with some texture, in 4:2:0 as
// phones send it.
func drawScene(width, height int) *image.YCbCr {
	img := image.NewYCbCr(image.Rect(0, 0, width, height), image.YCbCrSubsampleRatio420)
	for y := range height {
		for x := range width {
			img.Y[y*img.YStride+x] = uint8(64 + 96*x/width + (x*7+y*13)%17)
		}
	}
	for i := range img.Cb {
		img.Cb[i], img.Cr[i] = 128, 128
	}
	colors := []color.RGBA{{R: 255, A: 255}, {G: 255, A: 255}, {B: 255, A: 255}}
	side := min(width, height) / 6
	for i, c := range colors {
		x, y := width*(1+i)/4-side/2, height*(1+i)/4-side/2
		fillPatch(img, image.Rect(x, y, x+side, y+side), c)
	}
	return img
}

// fillPatch paints a rectangle of one colour.
func fillPatch(img *image.YCbCr, r image.Rectangle, c color.RGBA) {
	cy, cb, cr := color.RGBToYCbCr(c.R, c.G, c.B)
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			img.Y[img.YOffset(x, y)] = cy
			at := img.COffset(x, y)
			img.Cb[at], img.Cr[at] = cb, cr
		}
	}
}
