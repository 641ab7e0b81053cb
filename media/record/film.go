package record

import (
	"context"
	"errors"
	"fmt"
	"image"
	"io/fs"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"handlens/media"
	"handlens/media/atomicfile"
	"handlens/media/ffmpeg"
)

var (
	// ErrEmpty says that a film has no picture and that no file was kept.
	ErrEmpty = errors.New("there is no picture in the film")
	// ErrClosed says that a Film, Stream or Lines was used after its Close.
	ErrClosed = errors.New("already closed")
)

// FilmOptions says what film is made.
type FilmOptions struct {
	// Dir is made when it is missing. Name is the file's without its suffix; what file systems do
	// not like is replaced, and it gets a number when it is taken.
	Dir, Name string
	// Canvas is the film's size, even sides: see [CanvasFor].
	Canvas image.Point
	// FPS is about how many pictures a second come; 0 means 30. The pictures' own times are what
	// counts.
	FPS float64
	// Bitrate is in bits a second; 0 is chosen by size and rate.
	Bitrate int
	// Sound makes a track for the phone's microphone.
	Sound bool
	// Matrix is that of most pictures, as their Color says; others are converted. The range is the
	// limited one, which every player takes right.
	Matrix media.Matrix
}

// Shot is one picture of a film.
type Shot struct {
	// Frame is I420 of any size, upright; it is borrowed for the call.
	Frame *media.Frame
	// At is on any clock that all shots and the sound of a film share. The film begins with its
	// first shot.
	At time.Duration
	// Draw, which may be nil, burns in: picture is where the frame lies in the canvas, which is
	// I420 and may be drawn on anywhere.
	Draw func(canvas *media.Frame, picture image.Rectangle)
}

// leastStep is how far apart pictures lie at least: the coarsest clock of an encoder can tell them.
const leastStep = 50 * time.Microsecond

// Film is an annotated film that is being recorded: Name.part.mp4 in fragments of a second each
// until Close, Name.mp4 afterwards. Add, Sound and Close are for one goroutine at a time, the other
// methods for any. A goroutine of the film's own has the file reach the disk each second.
type Film struct {
	dir, name, part string
	hold            *hold
	encoder         *ffmpeg.Encoder
	words           string
	muxer           *ffmpeg.Muxer
	letterbox       *ffmpeg.Letterbox
	canvas          *media.Frame
	syncer          *syncer
	sound           bool

	begun       bool
	first, last time.Duration
	closed      bool
	failure     error
	told        bool // Add or Sound has returned the failure

	origin, length, bytes, pictures atomic.Int64
}

// CreateFilm begins a film. It refuses, with [ErrFull], where less than 200 MB are left. The caller
// closes the film.
func CreateFilm(o FilmOptions) (*Film, error) {
	if err := os.MkdirAll(o.Dir, 0o755); err != nil {
		return nil, explain(o.Dir, err)
	}
	if err := checkRoom(o.Dir); err != nil {
		return nil, err
	}
	f := &Film{dir: o.Dir, sound: o.Sound}
	if err := f.open(o); err != nil {
		f.free()
		return nil, err
	}
	f.syncer = startSyncer(f.muxer.Sync)
	return f, nil
}

func (f *Film) open(o FilmOptions) (err error) {
	color := media.Color{Matrix: o.Matrix}
	f.encoder, err = ffmpeg.OpenEncoder(ffmpeg.EncoderOptions{
		Width: o.Canvas.X, Height: o.Canvas.Y,
		FPS: o.FPS, Bitrate: o.Bitrate, Color: color,
	})
	if err != nil {
		return fmt.Errorf("no film can be recorded: %w", err)
	}
	f.words = f.encoder.Name()
	f.letterbox = ffmpeg.NewLetterbox()
	var pool media.Pool
	if f.canvas, err = pool.Get(o.Canvas.X, o.Canvas.Y, media.I420); err != nil {
		return fmt.Errorf("no film can be recorded: %w", err)
	}
	f.canvas.Color = color
	for {
		if f.hold, f.name, err = holdFilm(o.Dir, fileName(o.Name)); err != nil {
			return explain(o.Dir, err)
		}
		f.part = filepath.Join(o.Dir, f.name+partSuffix)
		f.muxer, err = ffmpeg.CreateMP4(f.part,
			ffmpeg.MuxerOptions{Encoder: f.encoder, Sound: o.Sound})
		if err == nil {
			atomicfile.SyncDir(o.Dir)
			return nil
		}
		f.hold.release()
		f.hold = nil
		if !errors.Is(err, fs.ErrExist) {
			return explain(o.Dir, err)
		}
	}
}

// free gives back all but the files.
func (f *Film) free() {
	if f.encoder != nil {
		f.encoder.Close()
	}
	if f.letterbox != nil {
		f.letterbox.Close()
	}
	if f.canvas != nil {
		f.canvas.Release()
	}
	if f.hold != nil {
		f.hold.release()
	}
}

// Name is the file's base, as it was given or with a number.
func (f *Film) Name() string { return f.name }

// Encoder is the encoder in words, for example "OpenH264".
func (f *Film) Encoder() string { return f.words }

// Bytes is how much was written so far.
func (f *Film) Bytes() int64 { return f.bytes.Load() }

// Length is from the first picture to the newest.
func (f *Film) Length() time.Duration { return time.Duration(f.length.Load()) }

// Pictures is how many were added.
func (f *Film) Pictures() int { return int(f.pictures.Load()) }

// Origin is the time of the first picture on the clock of the shots: the film's zero. It is 0
// before there is one.
func (f *Film) Origin() time.Duration { return time.Duration(f.origin.Load()) }

// Add letterboxes a picture, has it drawn on, encodes it and writes it, all on the calling
// goroutine. Times must grow by 50 µs at least. A picture that is none, or comes at no later time,
// is an error and left out. After an error of the disk ([ErrFull] is one) or of the encoder nothing
// more can be added: what was written stays, Close is still to be called.
func (f *Film) Add(s Shot) error {
	if err := f.usable(); err != nil {
		return err
	}
	if s.Frame == nil {
		return errors.New("a film takes no shot without a picture")
	}
	if f.begun && s.At < f.last+leastStep {
		return fmt.Errorf("a picture at %v cannot follow one at %v", s.At, f.last)
	}
	picture, err := f.letterbox.Put(f.canvas, s.Frame)
	if err != nil {
		return err
	}
	if s.Draw != nil {
		s.Draw(f.canvas, picture)
	}
	if !f.begun {
		f.begun, f.first = true, s.At
		f.origin.Store(int64(s.At))
	}
	f.last = s.At
	if err := f.encoder.Encode(f.canvas, s.At-f.first, f.mux); err != nil {
		if f.failure == nil { // it is not the disk
			f.failure, f.told = fmt.Errorf("the film cannot go on: %w", err), true
		}
		return f.failure
	}
	f.length.Store(int64(f.last - f.first))
	f.bytes.Store(f.muxer.Bytes())
	f.pictures.Add(1)
	return nil
}

// mux writes a coded picture.
func (f *Film) mux(c ffmpeg.Coded) error {
	if err := f.muxer.Video(c.Data, c.Key, c.At); err != nil {
		return f.fail(err)
	}
	return nil
}

// Sound adds one packet of Opus, on the clock of the shots, in about the order of time. What lies
// before the first picture is left out.
func (f *Film) Sound(packet []byte, at time.Duration) error {
	if err := f.usable(); err != nil {
		return err
	}
	if !f.sound || !f.begun || at < f.first {
		return nil
	}
	if err := f.muxer.Sound(packet, at-f.first); err != nil {
		return f.fail(err)
	}
	return nil
}

func (f *Film) usable() error {
	if f.closed {
		return ErrClosed
	}
	if f.failure == nil {
		if err := f.syncer.err(); err != nil {
			f.failure = explain(f.dir, err)
		}
	}
	f.told = f.told || f.failure != nil
	return f.failure
}

// fail ends the film where it is: the disk takes no more.
func (f *Film) fail(err error) error {
	f.failure, f.told = explain(f.dir, err), true
	return f.failure
}

// Close ends the film, makes it an ordinary MP4 with its index at the start, which copies it, and
// returns its path; progress, which may be nil, goes from 0 to 1. Where there is no room for the
// copy, the film in fragments, which plays as well, gets that name itself. When the path is not
// empty there is a film, also beside an error, which then tells why its end is missing, unless Add
// or Sound has told. With an empty path the error says where the film is nevertheless, as a
// leftover to be repaired (when ctx ended, for one), or is [ErrEmpty].
func (f *Film) Close(ctx context.Context, progress func(float64)) (string, error) {
	if f.closed {
		return "", ErrClosed
	}
	f.closed = true
	f.syncer.stop()
	told := f.told
	err := f.failure
	if err == nil {
		err = f.encoder.Flush(f.mux)
	}
	if e := f.muxer.Close(); err == nil && e != nil { // after a failure it returns that once more
		err = explain(f.dir, e)
	}
	defer f.free()
	if !f.begun {
		os.Remove(f.part)
		return "", ErrEmpty
	}
	path, unfinished := finish(ctx, f.dir, f.name, progress)
	if st, err := os.Stat(path); err == nil {
		f.bytes.Store(st.Size())
	}
	switch {
	case unfinished != nil:
		return "", unfinished
	case !told:
		return path, err
	}
	return path, nil
}
