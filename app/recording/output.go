package recording

import (
	"context"
	"errors"
	"fmt"
	"image"
	"path/filepath"
	"strings"
	"time"
	"unicode/utf8"

	"handlens/media"
	"handlens/media/record"
	"handlens/media/tape"
)

// maxPhone bounds a phone's name in the files' names, in characters.
const maxPhone = 40

// ErrNothing says that no frame came while a recording lasted.
var ErrNothing = errors.New("nothing was recorded, because no picture came")

// output is the files of one recording. It belongs to the engine's goroutine.
type output struct {
	o       Options
	phone   string
	name    string
	release func()
	status  *status

	movie   *record.MP4Writer   // nil before the first frame
	stream  *record.MKVWriter   // nil when none is kept
	lines   *record.JSONLWriter // nil when none are kept, or before the first frame
	zero    time.Duration       // the video's first frame, on the tape
	cleanAt time.Duration       // the stream's first frame
}

func newOutput(o Options, phone string, s *status) (*output, error) {
	base := "Handlens " + o.now().Format("2006-01-02 15-04-05")
	if phone = strings.TrimSpace(phone); phone != "" {
		short := phone
		if utf8.RuneCountInString(short) > maxPhone {
			short = string([]rune(short)[:maxPhone])
		}
		base += " " + short
	}
	f := &output{o: o, phone: phone, status: s}
	var err error
	if f.name, f.release, err = record.Reserve(o.Dir, base); err != nil {
		return nil, err
	}
	if o.Clean {
		if f.stream, err = record.CreateMKV(o.Dir, f.name, o.Audio); err != nil {
			f.release()
			return nil, err
		}
	}
	s.change(func(s *State) { s.Path = f.path(".part.mp4") })
	return f, nil
}

func (f *output) path(suffix string) string { return filepath.Join(f.o.Dir, f.name+suffix) }

// clean keeps an encoded frame as it came.
func (f *output) clean(it tape.Item) error {
	if f.stream == nil {
		return nil
	}
	err := f.stream.Video(it.Packet(), it.At)
	f.cleanAt = f.stream.Origin()
	return err
}

// sound keeps a packet of sound.
func (f *output) sound(it tape.Item) error {
	if !f.o.Audio {
		return nil
	}
	if f.stream != nil {
		if err := f.stream.Audio(it.Data, it.At); err != nil {
			return err
		}
	}
	if f.movie == nil {
		return nil
	}
	return f.movie.Audio(it.Data, it.At)
}

// video adds a frame to the video, and begins it with the first one.
func (f *output) video(frame *media.Frame, at time.Duration,
	draw func(*media.Frame, image.Rectangle),
) error {
	if f.movie == nil {
		if err := f.begin(frame, at); err != nil {
			return err
		}
	}
	if err := f.movie.Add(record.Frame{Image: frame, At: at, Draw: draw}); err != nil {
		return err
	}
	f.count()
	return nil
}

func (f *output) begin(frame *media.Frame, at time.Duration) (err error) {
	canvas := record.CanvasFor(frame.Width, frame.Height)
	f.zero = at
	f.movie, err = record.CreateMP4(record.MP4Options{
		Dir: f.o.Dir, Name: f.name, Canvas: canvas, Audio: f.o.Audio,
	})
	if err != nil {
		return err
	}
	f.status.change(func(s *State) { s.Encoder = f.movie.Encoder() })
	if !f.o.Data {
		return nil
	}
	if f.lines, err = record.CreateJSONL(f.o.Dir, f.name, ""); err != nil {
		return err
	}
	h := Head{
		Handlens: version, Phone: f.phone, Model: f.o.Model, Labels: f.o.Labels,
		Canvas: [2]int{canvas.X, canvas.Y}, Start: frame.Origin(), Regions: f.o.Regions,
		Film: f.name + ".mp4", Rule: f.o.Rule,
	}
	if f.stream != nil {
		h.Clean, h.CleanAt = f.name+".clean.mkv", (f.cleanAt - at).Milliseconds()
	}
	return f.lines.Write(h)
}

// line says what was found in a frame. Before the video has begun there is nothing to be said.
func (f *output) line(frame *media.Frame, at time.Duration, fo frameOverlay, dropped bool) error {
	if f.lines == nil {
		return nil
	}
	return f.lines.Write(newLine(at-f.zero, frame.Origin(), frame.Width, frame.Height, fo, dropped))
}

// count updates how much there is.
func (f *output) count() {
	n := f.movie.Bytes()
	if f.stream != nil {
		n += f.stream.Bytes()
	}
	if f.lines != nil {
		n += f.lines.Bytes()
	}
	f.status.change(func(s *State) { s.Length, s.Bytes = f.movie.Length(), n })
}

// close ends all files and returns those that hold something, with the first thing that went wrong.
func (f *output) close(ctx context.Context, progress func(float64)) (made Result, err error) {
	defer f.release()
	note := func(e error) {
		if err == nil {
			err = e
		}
	}
	if f.lines != nil {
		made.Data = f.lines.Path()
		note(f.lines.Close())
	}
	if f.stream != nil {
		paths, e := f.stream.Close()
		note(e)
		if len(paths) > 0 {
			made.Clean = paths[0]
		}
	}
	if f.movie == nil {
		if err != nil {
			return made, fmt.Errorf("%w: %w", ErrNothing, err)
		}
		return made, ErrNothing
	}
	path, e := f.movie.Close(ctx, progress)
	note(e)
	made.Video = path
	f.count()
	if path != "" {
		f.status.change(func(s *State) { s.Path = path })
	}
	if err != nil {
		err = fmt.Errorf("the recording has ended: %w", err)
	}
	return made, err
}
