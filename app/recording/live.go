package recording

import (
	"context"
	"image"
	"math"
	"sync/atomic"
	"time"

	"handlens/app/priority"
	"handlens/media"
	"handlens/media/ffmpeg"
	"handlens/media/record"
	"handlens/media/tape"
)

const (
	// livePatience is how long the boxes of a frame that somebody watches now are waited for. With
	// something to blur it is a recording's: such a frame goes with what is blurred, or not at all.
	livePatience = 250 * time.Millisecond
	// liveShare is what a live stream has of a recording's bitrate, since it leaves the house.
	liveShare = 0.5
)

var liveLags = lags{
	most: 400 * time.Millisecond, good: 150 * time.Millisecond, skip: 1500 * time.Millisecond,
}

// Live makes a video with what is drawn on it for those who watch now: H.264 that anybody can join
// at a key frame, each second or when one is asked for.
type Live struct {
	src     Source
	style   func(at time.Duration) Style
	wantKey atomic.Bool
}

// NewLive makes one that draws in that style, see [Options.Style]. It does nothing before Run.
func NewLive(src Source, style func(at time.Duration) Style) *Live {
	return &Live{src: src, style: style}
}

// ForceKey has the next frame stand alone. Any goroutine may call it.
func (l *Live) ForceKey() { l.wantKey.Store(true) }

// Run hands the video's frames to yield, from now on, until ctx ends (then the error is ctx's), the
// tape does (nil), or something fails. A frame's data is lent for the call. What yields runs at a
// lower priority, as recordings do.
func (l *Live) Run(ctx context.Context, yield func(media.Packet)) (err error) {
	_, now := l.src.Tape.Span()
	e := &engine{
		src: l.src, o: Options{Style: l.style, patience: livePatience}.withDefaults(), from: now,
		reader: l.src.Tape.Reader(now), live: true, skipping: true, strict: true, lags: liveLags,
	}
	out := &liveOutput{wantKey: &l.wantKey, yield: yield}
	e.out = out
	if l.src.Keyframe != nil {
		l.src.Keyframe()
	}
	done := make(chan struct{})
	go priority.Low(func() {
		defer close(done)
		defer out.free()
		err = e.run(ctx)
	})
	<-done
	return err
}

// liveOutput codes frames and hands them on. It belongs to the engine's goroutine.
type liveOutput struct {
	wantKey   *atomic.Bool
	yield     func(media.Packet)
	encoder   *ffmpeg.Encoder
	letterbox *ffmpeg.Letterbox
	canvas    *media.Frame
}

// clean implements sink.
func (*liveOutput) clean(tape.Item) error { return nil }

// sound implements sink.
func (*liveOutput) sound(tape.Item) error { return nil }

// line implements sink.
func (*liveOutput) line(*media.Frame, time.Duration, frameOverlay, bool) error { return nil }

// close implements sink.
func (*liveOutput) close(context.Context, func(float64)) (Result, error) { return Result{}, nil }

// video implements sink.
func (l *liveOutput) video(f *media.Frame, at time.Duration,
	draw func(*media.Frame, image.Rectangle),
) error {
	if l.encoder == nil {
		if err := l.open(f); err != nil {
			return err
		}
	}
	where, err := l.letterbox.Put(l.canvas, f)
	if err != nil {
		return err
	}
	draw(l.canvas, where)
	if l.wantKey.Swap(false) {
		l.encoder.ForceKey()
	}
	return l.encoder.Encode(l.canvas, at, func(c ffmpeg.Encoded) error {
		l.yield(media.Packet{
			Codec: media.H264, Data: c.Data, Key: c.Key, PTS: c.At, RTP: rtpTime(c.At),
			Captured: f.Captured, Received: f.Received,
		})
		return nil
	})
}

// rtpTime is a time in ticks of 90 kHz, which wrap.
func rtpTime(at time.Duration) uint32 {
	const ticks = 90000
	return uint32(uint64(math.Round(at.Seconds() * ticks)))
}

// open makes the canvas, whose size stays, and the encoder.
func (l *liveOutput) open(f *media.Frame) (err error) {
	size := record.CanvasFor(f.Width, f.Height)
	color := media.Color{Matrix: media.BT709}
	l.encoder, err = ffmpeg.OpenEncoder(ffmpeg.EncoderOptions{
		Width: size.X, Height: size.Y, Color: color, Live: true,
		Bitrate: int(liveShare * float64(ffmpeg.Bitrate(size.X, size.Y, 30))),
	})
	if err != nil {
		return err
	}
	var pool media.Pool
	if l.canvas, err = pool.Get(size.X, size.Y, media.I420); err != nil {
		return err
	}
	l.canvas.Color, l.letterbox = color, ffmpeg.NewLetterbox()
	return nil
}

func (l *liveOutput) free() {
	if l.encoder != nil {
		l.encoder.Close()
	}
	if l.letterbox != nil {
		l.letterbox.Close()
	}
}
