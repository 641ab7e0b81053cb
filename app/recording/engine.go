package recording

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"handlens/media"
	"handlens/media/ffmpeg"
	"handlens/media/tape"
)

const (
	// patience is how long, after a picture has arrived, its boxes are waited for.
	patience = 2 * time.Second
	// maxLag is how far a film may be behind the stream before pictures are left out of it, and goodLag where that ends. Patience is within.
	maxLag, goodLag = 3 * time.Second, 2500 * time.Millisecond
	// skipLag is where even decoding is left out, up to the next key frame.
	skipLag = 8 * time.Second
)

// engine turns a tape's pictures into files. It belongs to one goroutine, but for status and reader.End.
type engine struct {
	src    Source
	o      Options
	reader *tape.Reader
	from   time.Duration // the film's first picture is not before that
	live   bool          // pictures keep coming: rather leave some out than fall behind
	// reached is told of each picture that was filmed; nil for nobody.
	reached func(at time.Duration)
	status  status

	pool     media.Pool
	decoder  *ffmpeg.Decoder
	codec    media.Codec
	stamps   stamps
	skipping bool // pictures are not decoded before the next key frame
	dropping bool // pictures are decoded and not filmed
	// backlog is how far behind the stream the film began, until it has caught up.
	backlog time.Duration
	frames  []*media.Frame
	out     *files
}

func newEngine(src Source, o Options, from time.Duration) (*engine, error) {
	e := &engine{src: src, o: o, from: from, reader: src.Tape.Reader(from)}
	var err error
	e.out, err = newFiles(o, src.Name, &e.status)
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
			err = e.picture(ctx, it)
		}
		if err != nil {
			return e.fault(err)
		}
	}
}

// fault keeps what went wrong first for all to see.
func (e *engine) fault(err error) error {
	if !errors.Is(err, context.Canceled) {
		e.status.change(func(s *State) {
			if s.Problem == "" { // what comes after is a consequence
				s.Problem = err.Error()
			}
		})
	}
	return err
}

// picture takes in one coded picture.
func (e *engine) picture(ctx context.Context, it tape.Item) error {
	if err := e.out.clean(it); err != nil {
		return err
	}
	lag := e.lag()
	if it.Key {
		e.skipping = false
	} else if lag > skipLag {
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
	e.stamps.note(it)
	err := e.decoder.Decode(it.Packet(), func(f *media.Frame) { e.frames = append(e.frames, f.Retain()) })
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
		if err := e.frame(ctx, f, e.stamps.of(f.RTP)); err != nil {
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
		return fmt.Errorf("this phone's %v video cannot be recorded: %w", codec, err)
	}
	e.decoder, e.codec = d, codec
	return nil
}

// frame takes in one decoded picture.
func (e *engine) frame(ctx context.Context, f *media.Frame, at time.Duration) error {
	if at < e.from {
		return nil
	}
	if err := e.await(ctx, f, at); err != nil {
		return err
	}
	lag := e.lag()
	e.dropping = lag > maxLag || (e.dropping && lag > goodLag)
	s := e.see(at)
	if e.dropping {
		e.drop(at)
	} else if err := e.out.film(f, at, s.draw); err != nil {
		return err
	}
	if err := e.out.line(f, at, s, e.dropping); err != nil {
		return err
	}
	if e.reached != nil {
		e.reached(at)
	}
	return nil
}

// lag is how far behind the stream a film is that should keep up with it. A film that begins in the past may take its time to catch up.
func (e *engine) lag() time.Duration {
	if !e.live {
		return 0
	}
	behind := e.reader.Behind()
	if behind <= goodLag {
		e.backlog = 0
	}
	return behind - e.backlog
}

// drop counts a picture that the film lacks.
func (e *engine) drop(at time.Duration) {
	if at >= e.from {
		e.status.change(func(s *State) { s.Dropped++ })
	}
}

// await waits until it is known what is in a picture, but not for long: a detector may be slow, or there may be none.
func (e *engine) await(ctx context.Context, f *media.Frame, at time.Duration) error {
	left := patience - time.Since(f.Received)
	if e.src.Looks == nil || left <= 0 {
		return ctx.Err()
	}
	short, cancel := context.WithTimeout(ctx, min(left, patience))
	defer cancel()
	_ = e.src.Looks.Wait(short, at)
	return ctx.Err()
}

// close ends the files. Something was recorded when there is a film.
func (e *engine) close(ctx context.Context, progress func(float64)) (Result, error) {
	made, err := e.out.close(ctx, progress)
	if err != nil {
		err = e.fault(err)
	}
	return made, err
}

// stamps remembers when the last few pictures stood on the tape: a decoder may hold pictures back.
type stamps struct {
	ring [32]struct {
		rtp uint32
		at  time.Duration
	}
	next int
}

func (s *stamps) note(it tape.Item) {
	s.ring[s.next].rtp, s.ring[s.next].at = it.RTP, it.At
	s.next = (s.next + 1) % len(s.ring)
}

// of returns the time of the newest picture with that timestamp, or of the newest picture at all.
func (s *stamps) of(rtp uint32) time.Duration {
	newest := (s.next + len(s.ring) - 1) % len(s.ring)
	for i := range s.ring {
		if e := s.ring[(newest+len(s.ring)-i)%len(s.ring)]; e.rtp == rtp {
			return e.at
		}
	}
	return s.ring[newest].at
}
