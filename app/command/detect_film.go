package command

import (
	"context"
	"errors"
	"fmt"
	"image"

	"handlens/inference"
	"handlens/inference/overlay"
	"handlens/media"
	"handlens/media/record"
)

// boxFilm is one video of the run with its boxes drawn, NAME-boxes.mp4 (or the next free name)
// without sound. It gets the size of the video, made even, and is begun at the first picture,
// since only that tells it.
type boxFilm struct {
	dir, name string
	film      *record.MP4Writer // nil before the first picture
	left      int               // pictures that had no time of their own
}

// film begins the film of a video. The caller closes it.
func (a *annotator) film(source string) *boxFilm {
	return &boxFilm{dir: a.dir, name: annotatedName(source)}
}

// add draws what was found into the next picture.
func (b *boxFilm) add(f *media.Frame, found []inference.Detection) error {
	if b.film == nil {
		o := record.MP4Options{
			Dir: b.dir, Name: b.name, Canvas: filmSize(f.Width, f.Height),
			Matrix: f.Color.Matrix,
		}
		film, err := record.CreateMP4(o)
		if err != nil {
			return fmt.Errorf("--out: %w", err)
		}
		b.film = film
	} else if f.PTS <= b.film.Origin()+b.film.Length() {
		b.left++ // a film cannot show two pictures at a time
		return nil
	}
	view := overlay.View{Boxes: true, Labels: true, IDs: true}
	err := b.film.Add(record.Frame{
		Image: f, At: f.PTS,
		Draw: func(canvas *media.Frame, picture image.Rectangle) {
			overlay.DrawI420(canvas, picture, found, view)
		},
	})
	if err != nil {
		return fmt.Errorf("--out: %w", err)
	}
	return nil
}

// close makes the film an ordinary MP4 and returns where it is, "" for no film. What there was
// before a failure stays, as far as it goes.
func (b *boxFilm) close(ctx context.Context) (path string, err error) {
	if b == nil || b.film == nil {
		return "", nil
	}
	path, err = b.film.Close(context.WithoutCancel(ctx), nil)
	switch {
	case err != nil && !errors.Is(err, record.ErrEmpty):
		return path, fmt.Errorf("--out: %w", err)
	case b.left > 0:
		return path, fmt.Errorf("--out: %d pictures that had no time of their own were left out "+
			"of %s",
			b.left, path)
	}
	return path, nil
}

// filmSize is the video's own size, made even, where encoders take it; else one that they take.
func filmSize(width, height int) image.Point {
	const least, most = 64, 3840
	if min(width, height) < least || max(width, height) > most {
		return record.CanvasFor(width, height)
	}
	return image.Pt((width+1)&^1, (height+1)&^1)
}
