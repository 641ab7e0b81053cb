package recording

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"time"

	"handlens/media"
	"handlens/media/ffmpeg"
	"handlens/media/record"
)

// RenderOptions says how a recording is rendered.
type RenderOptions struct {
	// Filter says what is shown.
	Filter Filter
	// Out is the recording's path with ".mp4"; "" is "NAME again.mp4" beside the sidecar. It gets a
	// number when it is taken.
	Out string
	// Progress, which may be nil, goes from 0 to 1.
	Progress func(float64)
}

// Render makes another video of a recording's clean stream and its sidecar, for example with
// another confidence, and returns its path. The audio of the clean stream is kept.
func Render(ctx context.Context, clean, lines string, o RenderOptions) (path string, err error) {
	replay, err := openReplayer(lines, o.Filter)
	if err != nil {
		return "", err
	}
	defer replay.close()
	r := &rendering{replayer: replay, progress: o.Progress}
	if r.progress == nil {
		r.progress = func(float64) {}
	}
	if r.frames, err = ffmpeg.OpenFile(clean, &r.pool); err != nil {
		return "", err
	}
	defer r.frames.Close()
	if r.sounds, err = ffmpeg.OpenAudio(clean); err != nil && !errors.Is(err, ffmpeg.ErrNoAudio) {
		return "", err
	}
	if r.sounds != nil {
		defer r.sounds.Close()
	}
	out := o.Out
	if out == "" {
		out = strings.TrimSuffix(lines, ".jsonl") + " again.mp4"
	}
	r.dir, r.name = filepath.Dir(out), strings.TrimSuffix(filepath.Base(out), ".mp4")
	return r.run(ctx)
}

// rendering is one run of Render.
type rendering struct {
	*replayer
	pool     media.Pool
	frames   *ffmpeg.Reader
	sounds   *ffmpeg.AudioReader // nil for none
	progress func(float64)

	dir, name string
	video     *record.MP4Writer

	packet []byte // the sound that was read and not yet added
	at     time.Duration
}

func (r *rendering) run(ctx context.Context) (string, error) {
	err := r.all(ctx)
	if r.video == nil {
		if err == nil {
			err = fmt.Errorf("%s: %w", r.path, ErrNothing)
		}
		return "", err
	}
	path, closing := r.video.Close(ctx, func(part float64) { r.progress(0.9 + 0.1*part) })
	if err == nil || ctx.Err() != nil && closing != nil { // it names what is left of the video
		err = closing
	}
	if err == nil {
		r.progress(1)
	}
	return path, err
}

// early is how far before the video's beginning a frame of the clean stream still counts as its
// first: times in the files are rounded.
const early = 3 * time.Millisecond

// all goes through the frames.
func (r *rendering) all(ctx context.Context) error {
	offset := time.Duration(r.head.CleanAt) * time.Millisecond
	length := r.frames.Info().Duration
	for {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		f, err := r.frames.Next()
		if errors.Is(err, io.EOF) {
			return r.sound(1 << 62)
		}
		if err != nil {
			return err
		}
		err = r.frame(f, f.PTS+offset)
		pts := f.PTS
		f.Release()
		if err == nil {
			err = r.sound(pts)
		}
		if err != nil {
			return err
		}
		if length > 0 {
			r.progress(min(0.9, 0.9*float64(pts)/float64(length)))
		}
	}
}

// frame adds a frame of the clean stream; t is its time in the video that was recorded.
func (r *rendering) frame(f *media.Frame, t time.Duration) error {
	if t < -early {
		return nil
	}
	if f.Format != media.I420 {
		return fmt.Errorf("%s: its pictures are in a form that phones do not send", r.path)
	}
	if r.video == nil {
		var err error
		r.video, err = record.CreateMP4(record.MP4Options{
			Dir: r.dir, Name: r.name, Canvas: r.head.canvas(f.Width, f.Height),
			Audio: r.sounds != nil,
		})
		if err != nil {
			return err
		}
	}
	fo, err := r.replayer.at(max(0, t))
	if err != nil {
		return err
	}
	return r.video.Add(record.Frame{Image: f, At: f.PTS, Draw: fo.draw})
}

// sound adds the sound up to that time of the clean stream.
func (r *rendering) sound(to time.Duration) error {
	for r.sounds != nil && r.video != nil {
		if r.packet == nil {
			var err error
			r.packet, r.at, err = r.sounds.Next()
			if errors.Is(err, io.EOF) {
				r.sounds.Close()
				r.sounds = nil
				return nil
			}
			if err != nil {
				return err
			}
		}
		if r.at > to {
			return nil
		}
		if err := r.video.Audio(r.packet, r.at); err != nil {
			return err
		}
		r.packet = nil
	}
	return nil
}
