package recording

import (
	"context"
	"errors"
	"iter"
	"sync"
	"sync/atomic"
	"time"

	"handlens/app/priority"
	"handlens/inference"
	"handlens/inference/overlay"
	"handlens/inference/track"
	"handlens/media/tape"
)

// Source is the phone that a video is made of.
type Source struct {
	Tape *tape.Tape
	// Timeline is what was found when, in the tape's time; nil for nothing.
	Timeline Timeline
	// Name is the phone's.
	Name string
	// Keyframe asks the phone for a key frame; it may be nil.
	Keyframe func()
	// Marks are when rules came true, for the sidecar; nil for none.
	Marks *Marks
}

// Timeline is what a recording needs of a [timeline.Timeline].
type Timeline interface {
	// At returns what is to be drawn at a moment, for the caller to keep.
	At(at time.Duration) []inference.Detection
	// Wait returns when what At returns for a moment is final.
	Wait(ctx context.Context, at time.Duration) error
	// Between goes through the detector's results from the one time, inclusive, to the other,
	// exclusive.
	Between(from, to time.Duration) iter.Seq2[time.Duration, []inference.Detection]
}

// Style is how a frame is drawn on.
type Style struct {
	overlay.View
	// RecentTrails draws, beside the View's own Trails, where each shown object came from within
	// the last seconds.
	RecentTrails bool
	// Shows says of a detection whether it is drawn; nil for all.
	Shows func(inference.Detection) bool
	// Blurs says of a detection whether it must not be recognised; nil for none.
	Blurs func(inference.Detection) bool
}

// Options says what is recorded.
type Options struct {
	// Dir is the folder; it is made when it is missing.
	Dir string
	// Clean keeps the stream as it came too, Data a sidecar with all that was found, Audio the
	// phone's microphone.
	Clean, Data, Audio bool
	// Model and Labels are the detector's, for the sidecar.
	Model  string
	Labels []string
	// Regions are the lines and zones that count, for the sidecar.
	Regions []track.Region
	// Rule is what the rule is called that wants this video, for the sidecar; "" for none.
	Rule string
	// Style is asked for each frame, with its time on the tape, from the recording's goroutine;
	// nil draws boxes and labels.
	Style func(at time.Duration) Style
	// Before is how much of the recent past is in the video too, as far as the tape has it.
	Before time.Duration
	// Ended is called once, on a goroutine of its own, when the recording has ended without Stop:
	// with nil because the phone has left, or with what made it end. What is kept is in place by
	// then, and Stop returns it.
	Ended func(error)

	// What tests replace: the clock, and how long the boxes of a frame are waited for.
	now      func() time.Time
	patience time.Duration
}

func (o Options) withDefaults() Options {
	if o.now == nil {
		o.now = time.Now
	}
	if o.patience == 0 {
		o.patience = defaultPatience
	}
	return o
}

func (o *Options) style(at time.Duration) Style {
	if o.Style == nil {
		return Style{View: overlay.View{Boxes: true, Labels: true, IDs: true}}
	}
	return o.Style(at)
}

// State is how a recording is doing.
type State struct {
	// Length is that of the video so far, Bytes what all its files hold.
	Length time.Duration
	Bytes  int64
	// Dropped counts frames that are missing in the video because this machine was too slow.
	Dropped int
	// Encoder is in words, "" before the first picture.
	Encoder string
	// Err is what went wrong first, nil when all is well.
	Err error
	// Path is the recording's base in its folder: with ".part.mp4" while it is recorded, with
	// ".mp4" afterwards.
	Path string
}

// Result is where the files are; "" for one that there is none of.
type Result struct{ Video, Clean, Data string }

// Recording is a video that is being made. Any goroutine may use it.
type Recording struct {
	engine   *engine
	cancel   context.CancelFunc
	done     chan struct{}
	stopping atomic.Bool

	mu       sync.Mutex
	progress func(float64)
	result   Result
	err      error
}

// Start begins a recording with the frame that is the newest when it is called. Files appear with
// the first frame that there is. It may wait for the disk.
func Start(src Source, o Options) (*Recording, error) {
	if src.Tape == nil {
		return nil, errors.New("there is no stream to record")
	}
	_, now := src.Tape.Span() // first, since a slow disk must not cost the recording its beginning
	e, err := newEngine(src, o, max(0, now-max(0, o.Before)))
	if err != nil {
		return nil, err
	}
	e.live, e.backlog = true, e.reader.Behind()
	ctx, cancel := context.WithCancel(context.Background())
	r := &Recording{engine: e, cancel: cancel, done: make(chan struct{})}
	if age, _ := src.Tape.SinceKey(); src.Keyframe != nil && age > time.Second {
		src.Keyframe() // the sooner one comes, the less a clean stream has before its beginning
	}
	go priority.Low(func() { r.run(ctx) })
	return r, nil
}

// run is the recording's goroutine.
func (r *Recording) run(ctx context.Context) {
	err := r.engine.run(ctx)
	made, closing := r.engine.close(ctx, r.tell)
	if err == nil || errors.Is(err, context.Canceled) {
		err = closing
	}
	if err == nil {
		r.tell(1)
	}
	r.mu.Lock()
	r.result, r.err = made, err
	r.mu.Unlock()
	r.cancel()
	close(r.done)
	if !r.stopping.Load() && r.engine.o.Ended != nil {
		r.engine.o.Ended(err)
	}
}

// tell passes on how far the closing is.
func (r *Recording) tell(part float64) {
	r.mu.Lock()
	progress := r.progress
	r.mu.Unlock()
	if progress != nil {
		progress(part)
	}
}

// State returns how the recording is doing.
func (r *Recording) State() State { return r.engine.status.get() }

// Stop ends the video with the newest frame, makes it an ordinary MP4 and returns what there is;
// progress, which may be nil, goes from 0 to 1 while it is copied. When ctx ends before that, the
// video stays in fragments, and the error says where. What is kept is returned also beside an
// error. It may be called again, and after the recording has ended by itself.
func (r *Recording) Stop(ctx context.Context, progress func(float64)) (Result, error) {
	r.stopping.Store(true)
	r.mu.Lock()
	r.progress = progress
	r.mu.Unlock()
	_, now := r.engine.src.Tape.Span()
	r.engine.reader.End(now)
	select {
	case <-r.done:
	case <-ctx.Done():
		r.cancel()
		<-r.done
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.result, r.err
}

// SaveReplay makes a video of the last of what a phone has shown, as far as the tape has it, as
// fast as it can, and returns the video's path; progress, which may be nil, goes from 0 to 1.
func SaveReplay(ctx context.Context, src Source, o Options, last time.Duration,
	progress func(float64),
) (string, error) {
	if src.Tape == nil {
		return "", errors.New("there is no stream to record")
	}
	from, now := src.Tape.Span()
	e, err := newEngine(src, o, max(from, now-last))
	if err != nil {
		return "", err
	}
	e.reader.End(now)
	if progress == nil {
		progress = func(float64) {}
	}
	// Copying the video at the end is quick.
	e.reached = func(at time.Duration) {
		progress(0.9 * float64(at-e.from) / float64(max(1, now-e.from)))
	}
	var made Result
	done := make(chan struct{})
	go priority.Low(func() {
		defer close(done)
		err = e.run(ctx)
		var closing error
		made, closing = e.close(ctx, func(part float64) { progress(0.9 + 0.1*part) })
		if err == nil {
			err = closing
		}
	})
	<-done
	if err == nil {
		progress(1)
	}
	return made.Video, err
}
