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
	// ErrEmpty says that a recording has no frames, and that no file was kept.
	ErrEmpty = errors.New("the recording has no frames")
	// ErrClosed says that a MP4Writer, Stream or Lines was used after its Close.
	ErrClosed = errors.New("already closed")
)

// MP4Options says what recording to make.
type MP4Options struct {
	// Dir is made when it is missing. Name is the file's without its suffix; what file systems do
	// not like is replaced, and it gets a number when it is taken.
	Dir, Name string
	// Canvas is the recording's size, even sides: see [CanvasFor].
	Canvas image.Point
	// FPS is about how many frames a second come; 0 means 30. The frames' own times are what
	// counts.
	FPS float64
	// Bitrate is in bits a second; 0 is chosen by size and rate.
	Bitrate int
	// Audio makes a track for the phone's microphone.
	Audio bool
}

// colorFor is how a recording of that size has its colours: as every player takes them that heeds
// no tag, which is by BT.709 from 720p on and by BT.601 below, in limited range. Frames of another
// kind are converted.
func colorFor(canvas image.Point) media.Color {
	const long, short = 1280, 720
	if max(canvas.X, canvas.Y) >= long || min(canvas.X, canvas.Y) >= short {
		return media.Color{Matrix: media.BT709}
	}
	return media.Color{Matrix: media.BT601}
}

// Frame is one frame of a recording.
type Frame struct {
	// Image is I420 of any size, upright; it is borrowed for the call.
	Image *media.Frame
	// At is on any clock that all shots and the audio of a recording share. The recording begins
	// with its first shot.
	At time.Duration
	// Draw, which may be nil, burns in: frame is where the frame lies in the canvas, which is
	// I420 and may be drawn on anywhere.
	Draw func(canvas *media.Frame, picture image.Rectangle)
}

// minStep is how far apart frames lie at least: the coarsest clock of an encoder can tell them.
const minStep = 50 * time.Microsecond

// MP4Writer writes an annotated recording: Name.part.mp4 in fragments of a second each
// until Close, Name.mp4 afterwards. Add, Audio and Close are for one goroutine at a time, the other
// methods for any. A goroutine of the recording's own syncs the file to disk each second.
type MP4Writer struct {
	dir, name, part string
	lock            *nameLock
	encoder         *ffmpeg.Encoder
	encoderName     string
	muxer           *ffmpeg.Muxer
	letterbox       *ffmpeg.Letterbox
	canvas          *media.Frame
	syncer          *syncer
	audio           bool

	begun       bool
	first, last time.Duration
	closed      bool
	failure     error
	reported    bool // Add or Audio has returned the failure

	origin, length, bytes, frames atomic.Int64
}

// CreateMP4 begins a recording. It refuses, with [ErrFull], where less than 200 MB are left. The
// caller closes the recording.
func CreateMP4(o MP4Options) (*MP4Writer, error) {
	if err := os.MkdirAll(o.Dir, 0o755); err != nil {
		return nil, explain(o.Dir, err)
	}
	if err := checkSpace(o.Dir); err != nil {
		return nil, err
	}
	f := &MP4Writer{dir: o.Dir, audio: o.Audio}
	if err := f.open(o); err != nil {
		f.free()
		return nil, err
	}
	f.syncer = startSyncer(f.muxer.Sync)
	return f, nil
}

func (f *MP4Writer) open(o MP4Options) (err error) {
	color := colorFor(o.Canvas)
	f.encoder, err = ffmpeg.OpenEncoder(ffmpeg.EncoderOptions{
		Width: o.Canvas.X, Height: o.Canvas.Y,
		FPS: o.FPS, Bitrate: o.Bitrate, Color: color,
	})
	if err != nil {
		return fmt.Errorf("no recording can begin: %w", err)
	}
	f.encoderName = f.encoder.Name()
	f.letterbox = ffmpeg.NewLetterbox()
	var pool media.Pool
	if f.canvas, err = pool.Get(o.Canvas.X, o.Canvas.Y, media.I420); err != nil {
		return fmt.Errorf("no recording can begin: %w", err)
	}
	f.canvas.Color = color
	for {
		if f.lock, f.name, err = lockMP4Name(o.Dir, fileName(o.Name)); err != nil {
			return explain(o.Dir, err)
		}
		f.part = filepath.Join(o.Dir, f.name+partSuffix)
		f.muxer, err = ffmpeg.CreateMP4(f.part,
			ffmpeg.MuxerOptions{Encoder: f.encoder, Audio: o.Audio})
		if err == nil {
			atomicfile.SyncDir(o.Dir)
			return nil
		}
		f.lock.release()
		f.lock = nil
		if !errors.Is(err, fs.ErrExist) {
			return explain(o.Dir, err)
		}
	}
}

// free gives back all but the files.
func (f *MP4Writer) free() {
	if f.encoder != nil {
		f.encoder.Close()
	}
	if f.letterbox != nil {
		f.letterbox.Close()
	}
	if f.canvas != nil {
		f.canvas.Release()
	}
	if f.lock != nil {
		f.lock.release()
	}
}

// Name is the file's base, as it was given or with a number.
func (f *MP4Writer) Name() string { return f.name }

// Encoder is the encoder in words, for example "OpenH264".
func (f *MP4Writer) Encoder() string { return f.encoderName }

// Bytes is how much was written so far.
func (f *MP4Writer) Bytes() int64 { return f.bytes.Load() }

// Length is from the first frame to the newest.
func (f *MP4Writer) Length() time.Duration { return time.Duration(f.length.Load()) }

// Frames is how many were added.
func (f *MP4Writer) Frames() int { return int(f.frames.Load()) }

// Origin is the time of the first frame on the clock of the shots: the recording's zero. It is 0
// before there is one.
func (f *MP4Writer) Origin() time.Duration { return time.Duration(f.origin.Load()) }

// Add letterboxes a frame, has it drawn on, encodes it and writes it, all on the calling goroutine.
// Times must grow by 50 µs at least. A frame that is not valid, or not later than the one before,
// is an error and left out. After an error of the disk ([ErrFull] is one) or of the encoder nothing
// more can be added: what was written stays, Close is still to be called.
func (f *MP4Writer) Add(s Frame) error {
	if err := f.usable(); err != nil {
		return err
	}
	if s.Image == nil {
		return errors.New("a recording takes no frame without an image")
	}
	if f.begun && s.At < f.last+minStep {
		return fmt.Errorf("a frame at %v cannot follow one at %v", s.At, f.last)
	}
	picture, err := f.letterbox.Put(f.canvas, s.Image)
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
	if err := f.encoder.Encode(f.canvas, s.At-f.first, f.writeVideo); err != nil {
		if f.failure == nil { // it is not the disk
			f.failure, f.reported = fmt.Errorf("the recording cannot go on: %w", err), true
		}
		return f.failure
	}
	f.length.Store(int64(f.last - f.first))
	f.bytes.Store(f.muxer.Bytes())
	f.frames.Add(1)
	return nil
}

// writeVideo writes an encoded frame.
func (f *MP4Writer) writeVideo(c ffmpeg.Encoded) error {
	if err := f.muxer.Video(c.Data, c.Key, c.At); err != nil {
		return f.fail(err)
	}
	return nil
}

// Audio adds one packet of Opus, on the clock of the shots, in about the order of time. What lies
// before the first frame is left out.
func (f *MP4Writer) Audio(packet []byte, at time.Duration) error {
	if err := f.usable(); err != nil {
		return err
	}
	if !f.audio || !f.begun || at < f.first {
		return nil
	}
	if err := f.muxer.Audio(packet, at-f.first); err != nil {
		return f.fail(err)
	}
	return nil
}

func (f *MP4Writer) usable() error {
	if f.closed {
		return ErrClosed
	}
	if f.failure == nil {
		if err := f.syncer.err(); err != nil {
			f.failure = explain(f.dir, err)
		}
	}
	f.reported = f.reported || f.failure != nil
	return f.failure
}

// fail ends the recording where it is: the disk takes no more.
func (f *MP4Writer) fail(err error) error {
	f.failure, f.reported = explain(f.dir, err), true
	return f.failure
}

// Close ends the recording, makes it an ordinary MP4 with its index at the start, which copies it,
// and returns its path; progress, which may be nil, goes from 0 to 1. Where there is no room for
// the copy, the recording in fragments, which plays as well, gets that name itself. When the path
// is not empty there is a recording, also beside an error, which then tells why its end is missing,
// unless Add or Audio has told. With an empty path the error says where the recording is
// nevertheless, as a leftover to be repaired (when ctx ended, for one), or is [ErrEmpty].
func (f *MP4Writer) Close(ctx context.Context, progress func(float64)) (string, error) {
	if f.closed {
		return "", ErrClosed
	}
	f.closed = true
	f.syncer.stop()
	told := f.reported
	err := f.failure
	if err == nil {
		err = f.encoder.Flush(f.writeVideo)
	}
	if e := f.muxer.Close(); err == nil && e != nil { // after a failure it returns that once more
		err = explain(f.dir, e)
	}
	defer f.free()
	if !f.begun {
		os.Remove(f.part)
		return "", ErrEmpty
	}
	path, unfinished := finishMP4(ctx, f.dir, f.name, progress)
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
