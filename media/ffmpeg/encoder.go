package ffmpeg

// #include "shim.h"
import "C"

import (
	"errors"
	"fmt"
	"math"
	"time"
	"unsafe"

	"github.com/asticode/go-astiav"

	"handlens/media"
)

// EncoderOptions says what an Encoder is for.
type EncoderOptions struct {
	// Width and Height are in pixels, even.
	Width, Height int
	// FPS is about how many frames a second come; 0 means 30. The frames' own times are what
	// counts.
	FPS float64
	// Bitrate is in bits a second; 0 is chosen by size and rate.
	Bitrate int
	// Color is that of the stream and noted in it. Frames of another one are converted.
	Color media.Color
	// Only names one encoder, as Encoders lists it; "" takes the best that works.
	Only string
	// Live makes a stream that others can join at any key frame, which carries the parameters, and
	// that every browser decodes: H.264's baseline profile, or nothing.
	Live bool
}

// Encoded is one encoded frame.
type Encoded struct {
	// Data is valid for the length of the call only.
	Data []byte
	// Key says that decoding can start here.
	Key bool
	// At is the time that the frame was given with.
	At time.Duration
}

// ErrNoEncoder says that there is no encoder that works at all.
var ErrNoEncoder = errors.New("no video encoder works here")

// keyInterval is how often a recording has a frame that stands alone: what can be lost, and how
// finely one can seek.
const keyInterval = time.Second

// Encoder turns frames into H.264, or into MPEG-4 Part 2 where nothing better works. One
// goroutine at a time.
type Encoder struct {
	kind    encoderKind
	options EncoderOptions
	context *astiav.CodecContext
	frame   *C.AVFrame
	packet  *C.AVPacket
	keyAt   int64 // ticks of the newest forced key frame
	last    int64
	begun   bool
	// keyWanted says that the next frame is to stand alone.
	keyWanted bool
	recolor   *Letterbox   // for frames of other colours than the stream's; nil until there is one
	own       *media.Frame // what it makes
}

// OpenEncoder opens the best encoder that works for such frames: hardware first, each proved by
// coding a few frames and decoding them back (once a process for each size), then OpenH264, then
// MPEG-4 Part 2. The caller closes it.
func OpenEncoder(o EncoderOptions) (*Encoder, error) {
	fits := func(side int) bool {
		return side >= minVideoSide && side <= maxVideoSide && side%2 == 0
	}
	if !fits(o.Width) || !fits(o.Height) {
		return nil, fmt.Errorf("a recording of %d × %d pixels cannot be made: each side must be "+
			"even "+
			"and within %d..%d", o.Width, o.Height, minVideoSide, maxVideoSide)
	}
	if !(o.FPS > 0 && o.FPS <= 240) {
		o.FPS = 30
	}
	if o.Bitrate <= 0 {
		o.Bitrate = Bitrate(o.Width, o.Height, o.FPS)
	}
	var why []error
	for _, k := range encoderKinds {
		if !k.fits(o) {
			continue
		}
		if v := encoderStatus(k, o); !v.Works {
			why = append(why, fmt.Errorf("%s: %s", k.label, v.Why))
			continue
		}
		e, err := newEncoder(k, o)
		if err == nil {
			return e, nil
		}
		why = append(why, fmt.Errorf("%s: %w", k.label, err))
	}
	if len(why) == 0 {
		return nil, fmt.Errorf("%w: there is none of the name %q", ErrNoEncoder, o.Only)
	}
	return nil, fmt.Errorf("%w: %w", ErrNoEncoder, errors.Join(why...))
}

// The sides of the smallest and of the largest recording; OpenH264 takes no larger ones.
const minVideoSide, maxVideoSide = 16, 3840

// Bitrate is what keeps detail at that size: some 6 Mbit/s for 720p at 30 frames a second,
// growing less than the pixels do.
func Bitrate(w, h int, fps float64) int {
	const reference, at = 6e6, 1280 * 720 * 30
	return int(reference * math.Pow(float64(w*h)*fps/at, 0.8))
}

// ForceKey has the next frame stand alone.
func (e *Encoder) ForceKey() { e.keyWanted = true }

// Name is the encoder in words, for example "OpenH264".
func (e *Encoder) Name() string { return e.kind.label }

// Options are those that it was opened with, with what was left open filled in.
func (e *Encoder) Options() EncoderOptions { return e.options }

// Encode codes one frame, I420 of the encoder's size, and calls yield for each encoded frame that
// comes of it: one as a rule, none for an encoder that is still filling up. Times must grow. A
// frame of another matrix or range than the stream's is converted first.
func (e *Encoder) Encode(f *media.Frame, at time.Duration, yield func(Encoded) error) error {
	if e.context == nil {
		return fmt.Errorf("encoding: %w", ErrClosed)
	}
	if f.Format != media.I420 || f.Width != e.options.Width || f.Height != e.options.Height {
		return fmt.Errorf("encoding: a frame of %d × %d in another form than the recording's %d "+
			"× %d",
			f.Width, f.Height, e.options.Width, e.options.Height)
	}
	if err := checkFrame(f); err != nil {
		return fmt.Errorf("encoding: %w", err)
	}
	f, err := e.recolored(f)
	if err != nil {
		return fmt.Errorf("encoding: %w", err)
	}
	ticks := e.ticks(at)
	if e.begun && ticks <= e.last {
		return fmt.Errorf("encoding: the frame's time %v does not lie after the one before", at)
	}
	key := !e.begun || e.keyWanted || ticks-e.keyAt >= e.ticks(keyInterval)
	if key {
		e.keyAt = ticks
	}
	e.last, e.begun, e.keyWanted = ticks, true, false
	n := C.hl_encode((*C.AVCodecContext)(e.context.UnsafePointer()), e.frame,
		pointer(f.Plane[0]), C.int(f.Stride[0]), pointer(f.Plane[1]), C.int(f.Stride[1]),
		pointer(f.Plane[2]), C.int(f.Stride[2]),
		C.int64_t(ticks), flag(key))
	if n < 0 {
		return fmt.Errorf("encoding with %s: %w", e.Name(), avError(n))
	}
	return e.drain(yield)
}

// recolored returns f, or its copy in the stream's colours, which is good until the next call.
func (e *Encoder) recolored(f *media.Frame) (*media.Frame, error) {
	if f.Color == e.options.Color {
		return f, nil
	}
	if e.recolor == nil {
		var pool media.Pool
		own, err := pool.Get(f.Width, f.Height, media.I420)
		if err != nil {
			return nil, err
		}
		own.Color = e.options.Color
		e.recolor, e.own = NewLetterbox(), own
	}
	_, err := e.recolor.Put(e.own, f)
	return e.own, err
}

// Flush hands out what the encoder still holds back. Nothing can be encoded after it.
func (e *Encoder) Flush(yield func(Encoded) error) error {
	if e.context == nil {
		return nil
	}
	if err := e.context.SendFrame(nil); err != nil && !errors.Is(err, astiav.ErrEof) {
		return fmt.Errorf("encoding with %s: %w", e.Name(), err)
	}
	return e.drain(yield)
}

func (e *Encoder) drain(yield func(Encoded) error) error {
	for {
		p := e.packet
		switch n := C.avcodec_receive_packet((*C.AVCodecContext)(e.context.UnsafePointer()), p); {
		case n == C.int(astiav.ErrEagain), n == C.int(astiav.ErrEof):
			return nil
		case n < 0:
			return fmt.Errorf("encoding with %s: %w", e.Name(), avError(n))
		}
		err := yield(Encoded{
			Data: packetData(p), Key: p.flags&C.AV_PKT_FLAG_KEY != 0,
			At: e.duration(int64(p.pts)),
		})
		C.av_packet_unref(p)
		if err != nil {
			return err
		}
	}
}

// packetData is a packet's data as long as the packet lives.
func packetData(p *C.AVPacket) []byte { return unsafe.Slice((*byte)(p.data), int(p.size)) }

func (e *Encoder) ticks(at time.Duration) int64 {
	base := int64(e.kind.timeBase())
	return int64(at/time.Second)*base + int64(
		math.Round(float64(at%time.Second)*float64(base)/float64(time.Second)))
}

func (e *Encoder) duration(ticks int64) time.Duration {
	base := int64(e.kind.timeBase())
	return time.Duration(ticks/base)*time.Second + time.Duration(
		ticks%base)*time.Second/time.Duration(base)
}

// Close frees everything.
func (e *Encoder) Close() {
	if e.context != nil {
		e.context.Free()
		e.context = nil
	}
	if e.recolor != nil {
		e.recolor.Close()
		e.recolor, e.own = nil, nil
	}
	C.av_packet_free(&e.packet)
	C.av_frame_free(&e.frame)
}
