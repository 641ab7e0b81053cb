package ffmpeg

// #include "shim.h"
import "C"

import (
	"errors"
	"fmt"
	"io"
	"runtime"
	"time"

	"github.com/asticode/go-astiav"

	"handlens/media"
	"handlens/media/inputfile"
)

// VideoInfo is what a file says of its video. Zero stands for unknown, except in Width and Height,
// which are those of the first frame as Next gives it, upright.
type VideoInfo struct {
	Width, Height int
	// FPS is the average rate in frames a second.
	FPS float64
	// Codec is FFmpeg's name of the coding format, for example "h264".
	Codec    string
	Duration time.Duration
}

// Reader decodes the frames of a video file one after the other. One goroutine at a time.
type Reader struct {
	path    string
	pool    *media.Pool
	format  *astiav.FormatContext
	context *astiav.CodecContext
	packet  *astiav.Packet
	frame   *avFrame
	stream  int
	info    VideoInfo
	times   fileClock

	first    *media.Frame // decoded by OpenFile, not yet given out
	seq      uint64
	damaged  int
	draining bool
	failure  error // why reading ended early; given after the last frame
	extent   extent
}

// maxDrainErrors ends a decoder that keeps failing after the end of its input.
const maxDrainErrors = 64

// OpenFile opens a video file and decodes its first frame, so that what cannot be read is told
// here: a missing file (fs.ErrNotExist), what is no ordinary file (see inputfile), one that is
// no video, holds none, or holds no frame that can be decoded (ErrNotVideo), one whose video is
// coded in a way that is not built in (ErrCodec). The caller closes the Reader.
func OpenFile(path string, pool *media.Pool) (*Reader, error) {
	if _, err := inputfile.Stat(path); err != nil {
		return nil, fmt.Errorf("opening a video: %w", err)
	}
	r := &Reader{path: path, pool: pool}
	if err := r.open(); err != nil {
		r.Close()
		return nil, fmt.Errorf("opening %s: %w", path, err)
	}
	return r, nil
}

func (r *Reader) open() error {
	r.format, r.packet = astiav.AllocFormatContext(), astiav.AllocPacket()
	if r.format == nil || r.packet == nil {
		return errors.New("out of memory")
	}
	var err error
	if r.frame, err = newAVFrame(); err != nil {
		return err
	}
	// With its scheme a name may hold a colon; no other scheme is built in, so a file cannot make
	// us fetch anything.
	if err := r.format.OpenInput("file:"+r.path, nil, nil); err != nil {
		return fmt.Errorf("%w: %s (%w)", ErrNotVideo, whyUnknown(r.path), err)
	}
	if err := r.format.FindStreamInfo(nil); err != nil {
		return fmt.Errorf("%w: its streams make no sense (%w)", ErrNotVideo, err)
	}
	stream, codec, err := r.format.FindBestStream(astiav.MediaTypeVideo, -1, -1)
	switch {
	case errors.Is(err, astiav.ErrStreamNotFound):
		return fmt.Errorf("%w: it has no video stream", ErrNotVideo)
	case err != nil:
		return fmt.Errorf("%w: %s", ErrCodec, unreadCodec(r.format))
	case stream.DispositionFlags().Has(astiav.DispositionFlagAttachedPic):
		return fmt.Errorf("%w: it has only a cover picture", ErrNotVideo)
	}
	r.stream = stream.Index()
	parameters := stream.CodecParameters()
	if r.context, err = openContext(codec, parameters, fileThreading()); err != nil {
		return fmt.Errorf("%s decoder: %w", codec.Name(), err)
	}

	r.info = VideoInfo{
		FPS: rate(stream), Codec: parameters.CodecID().Name(),
		Duration: length(r.format, stream),
	}
	r.times = newFileClock(stream.TimeBase(), r.info.FPS)
	r.frame.squared, r.frame.aspect = true, stream.SampleAspectRatio()
	r.extent.begin(r.format)
	if r.first, err = r.next(); err != nil {
		return r.noFrame(err)
	}
	r.info.Width, r.info.Height = r.first.Width, r.first.Height
	return nil
}

// noFrame says why there is not even one frame.
func (r *Reader) noFrame(err error) error {
	switch {
	case !errors.Is(err, io.EOF):
		return err
	case r.endsInside():
		return fmt.Errorf("%w: it is cut off before its first frame ends", ErrNotVideo)
	}
	return fmt.Errorf("%w: none of its frames can be decoded", ErrNotVideo)
}

// fileThreading threads across frames: a file has no hurry with any one of them.
func fileThreading() threading {
	return threading{threads: min(runtime.NumCPU(), 2*maxThreads), kind: astiav.ThreadTypeFrame}
}

// Info returns what is known of the video.
func (r *Reader) Info() VideoInfo { return r.info }

// Damaged returns how many encoded frames could not be decoded so far and were left out. Those at
// the end of a file that is cut off do not count.
func (r *Reader) Damaged() int {
	if cut, _, _ := r.Cut(); cut {
		return r.damaged - r.extent.tail
	}
	return r.damaged
}

// Next returns the next frame in presentation order, with one reference for the caller. Seq
// counts from 1, PTS is the time since the first frame, Decoded is set. What is damaged is left
// out and counted. At the end, also of a file that is cut off, it returns io.EOF; when reading
// itself failed, that error.
func (r *Reader) Next() (*media.Frame, error) {
	if f := r.first; f != nil {
		r.first = nil
		return f, nil
	}
	if r.context == nil {
		return nil, fmt.Errorf("reading %s: %w", r.path, ErrClosed)
	}
	f, err := r.next()
	if err != nil && !errors.Is(err, io.EOF) {
		err = fmt.Errorf("reading %s: %w", r.path, err)
	}
	return f, err
}

func (r *Reader) next() (*media.Frame, error) {
	for failures := 0; ; {
		n := C.avcodec_receive_frame((*C.AVCodecContext)(r.context.UnsafePointer()), r.frame.c())
		switch {
		case n == C.int(astiav.ErrEof), failures > maxDrainErrors:
			if r.failure != nil {
				return nil, r.failure
			}
			return nil, io.EOF
		case n == C.int(astiav.ErrEagain) && !r.draining:
			r.feed()
		case n < 0:
			r.damaged++
			if r.draining {
				failures++
			}
		case r.frame.damaged():
			r.times.at(r.frame)
			r.damaged++
		default:
			return r.take()
		}
	}
}

// take makes a frame of what was just received.
func (r *Reader) take() (*media.Frame, error) {
	pts := r.times.at(r.frame)
	f, err := r.frame.copyTo(r.pool)
	if err != nil {
		return nil, err
	}
	r.seq++
	f.Seq, f.PTS, f.Decoded = r.seq, pts, time.Now()
	return f, nil
}

// feed gives the decoder one more packet of the video, or tells it that there is none.
func (r *Reader) feed() {
	for {
		err := r.format.ReadFrame(r.packet)
		if err != nil {
			if !errors.Is(err, astiav.ErrEof) && !errors.Is(err, astiav.ErrInvaliddata) {
				r.failure = err
			}
			r.draining = true
			if err := r.context.SendPacket(nil); err != nil && !errors.Is(err, astiav.ErrEof) {
				r.damaged++
			}
			return
		}
		r.extent.add(r.packet)
		ours := r.packet.StreamIndex() == r.stream
		switch {
		case !ours:
		case r.packet.Flags().Has(astiav.PacketFlagCorrupt): // cut off, or parts are missing
			err = ErrDamaged
		default:
			err = r.context.SendPacket(r.packet)
		}
		r.packet.Unref()
		if err != nil {
			r.damaged++
			r.extent.tail++
			continue
		}
		if ours {
			r.extent.tail = 0
			return
		}
	}
}

// Close frees everything. Frames that were handed out stay valid.
func (r *Reader) Close() {
	if r.first != nil {
		r.first.Release()
		r.first = nil
	}
	if r.context != nil {
		r.context.Free()
		r.context = nil
	}
	if r.format != nil {
		r.format.CloseInput()
		r.format = nil
	}
	if r.packet != nil {
		r.packet.Free()
		r.packet = nil
	}
	if r.frame != nil {
		r.frame.free()
		r.frame = nil
	}
}
