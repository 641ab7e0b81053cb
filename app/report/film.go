package report

import (
	"context"
	"image"
	"time"

	"golang.org/x/image/draw"

	"handlens/media"
	"handlens/media/ffmpeg"
)

// filmPictures takes pictures out of a video, each later than the one before. Without a video that
// can be read there are none.
type filmPictures struct {
	reader  *ffmpeg.Reader
	convert *ffmpeg.Converter
	frame   *media.Frame // the newest that was read
}

// openFilm opens the video of a recording.
func openFilm(path string) (*filmPictures, error) {
	r, err := ffmpeg.OpenFile(path, new(media.Pool))
	if err != nil {
		return new(filmPictures), err
	}
	return &filmPictures{reader: r, convert: ffmpeg.NewConverter()}, nil
}

func (f *filmPictures) close() {
	if f.reader == nil {
		return
	}
	if f.frame != nil {
		f.frame.Release()
	}
	f.convert.Close()
	f.reader.Close()
}

// thumbnail is the width of a picture on the page.
const thumbnail = 320

func (f *filmPictures) pictures(ctx context.Context) Pictures {
	if f.reader == nil {
		return Pictures{}
	}
	first, err := f.at(ctx, 0)
	if err != nil {
		return Pictures{}
	}
	return Pictures{Still: first, At: func(at time.Duration) (image.Image, error) {
		whole, err := f.at(ctx, at)
		if err != nil {
			return nil, err
		}
		size := whole.Bounds().Size()
		small := image.NewRGBA(image.Rect(0, 0, thumbnail, max(1, thumbnail*size.Y/size.X)))
		draw.CatmullRom.Scale(small, small.Rect, whole, whole.Bounds(), draw.Src, nil)
		return small, nil
	}}
}

// at reads on to a time; behind the end the last frame stands.
func (f *filmPictures) at(ctx context.Context, at time.Duration) (*image.RGBA, error) {
	for f.frame == nil || f.frame.PTS < at {
		if err := ctx.Err(); err != nil {
			return nil, context.Cause(ctx)
		}
		next, err := f.reader.Next()
		if err != nil && f.frame != nil {
			break
		}
		if err != nil {
			return nil, err
		}
		if f.frame != nil {
			f.frame.Release()
		}
		f.frame = next
	}
	img := image.NewRGBA(f.frame.Bounds())
	return img, f.convert.ToRGBA(img, f.frame)
}
