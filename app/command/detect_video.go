package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"handlens/app/cli"
	"handlens/inference/track"
	"handlens/media/ffmpeg"
)

// video finds objects in every frame of one video, in order.
func (j *detectJob) video(ctx context.Context, in input) (err error) {
	path := in.name
	reader, err := ffmpeg.OpenFile(in.path, j.pool)
	if err != nil {
		return notVideo(path, err)
	}
	defer reader.Close()
	defer j.progress.filmBegin(path, reader.Info().Duration)()
	j.tracker = track.New(track.Options{Confidence: j.confidence})
	defer func() { j.tracker = nil }()
	var out *annotatedVideo // nil without --out
	if j.out != nil {
		out = j.out.video(path)
		defer func() {
			drawn, closing := out.close(ctx)
			if drawn != "" {
				j.sayWhere(path, drawn)
			}
			if err == nil && closing != nil {
				err = fmt.Errorf("%s: %w", path, closing)
			}
		}()
	}
	if err := j.frames(ctx, path, reader, out); err != nil {
		return err
	}
	if err := j.filmEnd(); err != nil {
		return err
	}
	if d := reader.Damaged(); d > 0 {
		cli.Complain(j.stderr, "detect", fmt.Errorf("%s: %s left out", path,
			counted(d, "damaged frame was", "damaged frames were")))
	}
	if cut, there, claimed := reader.Cut(); cut {
		return endsEarly(path, there, claimed)
	}
	return nil
}

// filmEnd has the report say what it says at the end of a video.
func (j *detectJob) filmEnd() error {
	if r, ok := j.report.(filmReport); ok {
		if err := r.filmEnd(); err != nil {
			return fmt.Errorf("%w: %w", errOutput, err)
		}
	}
	return j.flush()
}

// endsEarly says how much of a video that is cut off is there.
func endsEarly(path string, there, claimed time.Duration) error {
	if claimed > 0 {
		return fmt.Errorf(
			"%s: ends early: %.1f of its %.1f seconds are there, and were looked at; "+
				"the rest is cut off", path, there.Seconds(), claimed.Seconds())
	}
	return fmt.Errorf("%s: ends early: it is cut off after %.1f seconds, which were looked at",
		path, there.Seconds())
}

// frames finds objects in the frames of a video and adds them to the annotated video, which may
// be nil.
func (j *detectJob) frames(ctx context.Context, path string, reader *ffmpeg.Reader,
	out *annotatedVideo,
) error {
	for n := 0; ; n++ {
		if err := cli.Interrupted(ctx); err != nil {
			return err
		}
		frame, err := reader.Next()
		switch {
		case errors.Is(err, io.EOF) && n > 0:
			return nil
		case errors.Is(err, io.EOF):
			return fmt.Errorf("%s: has no frames", path)
		case err != nil:
			return fmt.Errorf("%s: frame %d: %w", path, n, err)
		}
		j.progress.frame(n, frame.PTS)
		err = j.detect(scene{file: path, video: true, frame: n, pts: frame.PTS}, frame)
		if err == nil && out != nil {
			if err = out.add(frame, j.found); err != nil {
				err = fmt.Errorf("%s: frame %d: %w", path, n, err)
			}
		}
		frame.Release()
		if err != nil {
			return err
		}
	}
}

// notVideo says what is wrong with a file that was not a picture and could not be opened as a video
// either.
func notVideo(path string, err error) error {
	after := func(mark error) string {
		_, why, _ := strings.Cut(err.Error(), mark.Error()+": ")
		return why
	}
	if errors.Is(err, ffmpeg.ErrCodec) {
		return fmt.Errorf("%s: its video is coded as %s, which is not read: convert it first, for "+
			"example with ffmpeg -i FILE -c:v libx264 clip.mp4", path, after(ffmpeg.ErrCodec))
	}
	if !errors.Is(err, ffmpeg.ErrNotVideo) {
		return plainFileError(path, err)
	}
	why := after(ffmpeg.ErrNotVideo)
	return fmt.Errorf("%s: is neither a picture nor a video that can be read: %s", path, why)
}
