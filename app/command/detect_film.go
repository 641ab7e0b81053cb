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

// annotatedVideo is one video of the run with its boxes drawn: NAME-boxes.mp4 (or the next free
// name) without audio. Its size is that of the video, made even. The file is created at the first
// frame, which tells that size.
type annotatedVideo struct {
	dir, name string
	video     *record.MP4Writer // nil before the first frame
	skipped   int               // frames that had no time of their own
}

// video begins the annotated copy of a video. The caller closes it.
func (a *annotator) video(source string) *annotatedVideo {
	return &annotatedVideo{dir: a.dir, name: annotatedName(source)}
}

// add draws the detections into the next frame.
func (b *annotatedVideo) add(f *media.Frame, found []inference.Detection) error {
	if b.video == nil {
		o := record.MP4Options{
			Dir: b.dir, Name: b.name, Canvas: outputSize(f.Width, f.Height),
		}
		video, err := record.CreateMP4(o)
		if err != nil {
			return fmt.Errorf("--out: %w", err)
		}
		b.video = video
	} else if f.PTS <= b.video.Origin()+b.video.Length() {
		b.skipped++ // a video cannot show two frames at one time
		return nil
	}
	view := overlay.View{Boxes: true, Labels: true, IDs: true}
	err := b.video.Add(record.Frame{
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

// close makes the file an ordinary MP4 and returns where it is, "" for no file. After a failure it
// keeps what was written before.
func (b *annotatedVideo) close(ctx context.Context) (path string, err error) {
	if b == nil || b.video == nil {
		return "", nil
	}
	path, err = b.video.Close(context.WithoutCancel(ctx), nil)
	switch {
	case err != nil && !errors.Is(err, record.ErrEmpty):
		return path, fmt.Errorf("--out: %w", err)
	case b.skipped > 0:
		return path, fmt.Errorf("--out: %d frames that had no time of their own were left out "+
			"of %s", b.skipped, path)
	}
	return path, nil
}

// outputSize is the video's own size, made even, where encoders take it; else one that they take.
func outputSize(width, height int) image.Point {
	const least, most = 64, 3840
	if min(width, height) < least || max(width, height) > most {
		return record.CanvasFor(width, height)
	}
	return image.Pt((width+1)&^1, (height+1)&^1)
}
