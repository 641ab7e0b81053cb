package recording

import (
	"context"
	"errors"
	"image"
	"io"
	"time"

	"handlens/media"
	"handlens/media/ffmpeg"
	"handlens/media/tape"
)

const (
	// defaultPatience is that of a recording.
	defaultPatience = 2 * time.Second
)

// lags say when a video that should keep up with the stream leaves something out. The patience, by
// which it is behind anyway, is within; those of a strict one are beyond it.
type lags struct {
	// most is how far it may be behind before frames are left out, and good where that ends.
	most, good time.Duration
	// skip is where even decoding is left out, up to the next key frame.
	skip time.Duration
}

// fileLags are those of a video in a file.
var fileLags = lags{
	most: 3 * time.Second, good: 2500 * time.Millisecond, skip: 8 * time.Second,
}

// sink is where an engine's frames go; its methods are called from the engine's goroutine.
type sink interface {
	// clean takes an encoded frame as it came, sound a packet of audio.
	clean(it tape.Item) error
	sound(it tape.Item) error
	// video takes a frame and what draws on it, line what was found in it.
	video(f *media.Frame, at time.Duration, draw func(*media.Frame, image.Rectangle)) error
	line(f *media.Frame, at time.Duration, fo frameOverlay, dropped bool) error
	close(ctx context.Context, progress func(float64)) (Result, error)
}

// engine turns a tape's frames into files. It belongs to one goroutine, but for status and
// reader.End.
type engine struct {
	src    Source
	o      Options
	reader *tape.Reader
	from   time.Duration // the video begins then, or later
	live   bool          // frames keep coming: rather leave some out than fall behind
	// reached is told of each frame that was written; nil for nobody.
	reached func(at time.Duration)
	status  status

	pool     media.Pool
	decoder  *ffmpeg.Decoder
	codec    media.Codec
	skipping bool // frames are not decoded before the next key frame
	dropping bool // frames are decoded and not written
	// backlog is how far behind the stream the video began, until it has caught up.
	backlog time.Duration
	frames  []*media.Frame
	// strict leaves out frames in which it is not known yet what is to be blurred.
	strict bool
	marked int // the number of the next mark to be written
	lags   lags
	out    sink
}

func newEngine(src Source, o Options, from time.Duration) (*engine, error) {
	o = o.withDefaults()
	e := &engine{
		src: src, o: o, from: from, reader: src.Tape.Reader(from), lags: fileLags,
		marked: src.Marks.number(from),
	}
	out, err := newOutput(o, src.Name, &e.status)
	e.out = out
	return e, err
}

// run goes on until the tape or the reader ends, something fails, or ctx ends.
func (e *engine) run(ctx context.Context) error {
	defer func() {
		if e.decoder != nil {
			e.decoder.Close()
		}
	}()
	for {
		it, err := e.reader.Next(ctx)
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case errors.Is(err, tape.ErrBehind):
			e.skipping = true // a key frame comes next
			continue
		case err != nil:
			return err
		case it.Audio:
			err = e.out.sound(it)
		default:
			err = e.encoded(ctx, it)
		}
		if err != nil {
			return e.fault(err)
		}
	}
}

// fault keeps what went wrong first in the State.
func (e *engine) fault(err error) error {
	if !errors.Is(err, context.Canceled) {
		e.status.change(func(s *State) {
			if s.Err == nil { // what comes after is a consequence
				s.Err = err
			}
		})
	}
	return err
}

// encoded takes in one encoded frame.
func (e *engine) encoded(ctx context.Context, it tape.Item) error {
	if err := e.out.clean(it); err != nil {
		return err
	}
	lag := e.lag()
	if it.Key {
		e.skipping = false
	} else if lag > e.lags.skip {
		e.skipping = true
	}
	if e.skipping {
		e.drop(it.At)
		return nil
	}
	if e.decoder == nil || it.Codec != e.codec {
		if err := e.open(it.Codec); err != nil {
			return err
		}
	}
	err := e.decoder.Decode(it.Packet(), func(f *media.Frame) {
		e.frames = append(e.frames, f.Retain())
	})
	if err != nil {
		e.skipping = true // the tape's writer has seen the same damage and asked for a key frame
	}
	defer func() {
		for _, f := range e.frames {
			f.Release()
		}
		e.frames = e.frames[:0]
	}()
	for _, f := range e.frames {
		if err := e.frame(ctx, f, f.PTS); err != nil {
			return err
		}
	}
	return nil
}

func (e *engine) open(codec media.Codec) error {
	if e.decoder != nil {
		e.decoder.Close()
		e.decoder = nil
	}
	d, err := ffmpeg.NewDecoder(codec, &e.pool)
	if err != nil {
		return &media.Fault{Code: media.CannotRecord, Codec: codec, Err: err}
	}
	e.decoder, e.codec = d, codec
	return nil
}

// frame takes in one decoded frame.
func (e *engine) frame(ctx context.Context, f *media.Frame, at time.Duration) error {
	if at < e.from {
		return nil
	}
	if err := e.await(ctx, f, at); err != nil {
		return err
	}
	lag := e.lag()
	e.dropping = lag > e.lags.most || (e.dropping && lag > e.lags.good)
	fo := e.overlay(at)
	if e.dropping || e.hides(at) {
		e.drop(at)
	} else if err := e.out.video(f, at, fo.draw); err != nil {
		return err
	}
	fo.marks, e.marked = e.src.Marks.since(e.marked, at)
	if err := e.out.line(f, at, fo, e.dropping); err != nil {
		return err
	}
	if e.reached != nil {
		e.reached(at)
	}
	return nil
}

// hides says that a frame must not be seen, since what is to be blurred in it is not known.
func (e *engine) hides(at time.Duration) bool {
	if !e.blurs(at) {
		return false
	}
	over, cancel := context.WithCancel(context.Background())
	cancel()
	return e.src.Timeline == nil || e.src.Timeline.Wait(over, at) != nil
}

// blurs says that a frame is only seen with what is blurred in it.
func (e *engine) blurs(at time.Duration) bool { return e.strict && e.o.style(at).Blurs != nil }

// patience is how long, after a frame has arrived, its boxes are waited for.
func (e *engine) patience() time.Duration {
	if e.blurs(e.from) {
		return defaultPatience
	}
	return e.o.patience
}

// lag is how far a video that should keep up with the stream is behind it. A video that begins in
// the past may take its time to catch up.
func (e *engine) lag() time.Duration {
	if !e.live {
		return 0
	}
	behind := e.reader.Behind()
	if e.strict {
		behind -= e.patience()
	}
	if behind <= e.lags.good {
		e.backlog = 0
	}
	return behind - e.backlog
}

// drop counts a frame that the video lacks.
func (e *engine) drop(at time.Duration) {
	if at >= e.from {
		e.status.change(func(s *State) { s.Dropped++ })
	}
}

// await waits until it is known what is in a frame, but not for long: a detector may be slow, or
// there may be none.
func (e *engine) await(ctx context.Context, f *media.Frame, at time.Duration) error {
	left := e.patience() - e.o.now().Sub(f.Received)
	if e.src.Timeline == nil || left <= 0 {
		return ctx.Err()
	}
	short, cancel := context.WithTimeout(ctx, min(left, e.patience()))
	defer cancel()
	_ = e.src.Timeline.Wait(short, at)
	return ctx.Err()
}

// close ends the files. Something was recorded when there is a video.
func (e *engine) close(ctx context.Context, progress func(float64)) (Result, error) {
	made, err := e.out.close(ctx, progress)
	if err != nil {
		err = e.fault(err)
	}
	return made, err
}
