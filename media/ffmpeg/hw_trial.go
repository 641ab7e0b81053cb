package ffmpeg

import (
	"errors"
	"fmt"
	"time"

	"handlens/media"
)

// Options says how a Decoder decodes.
type Options struct {
	// Hardware is "auto", the name of one way of decoding in hardware (see [Decoders]), or "" or
	// "software".
	Hardware string
	// Failed is told, in Decode's goroutine, a [media.Fault] when hardware fails in the middle of
	// the stream; nil for nobody.
	Failed func(error)

	// Tests pose as hardware, and are allowed more time for all frames than the software takes.
	kinds     []decoderKind
	allowance time.Duration
}

var errHeldBack = errors.New("it holds frames back")

const (
	// trialFrames are decoded both ways before hardware is trusted; the first warmPictures of
	// them are not timed.
	trialFrames, warmupFrames = 24, 4
	// trialError is how far, on average, a sample may be off in any plane. These codecs prescribe
	// every bit; only ten bits are rounded to eight.
	trialError = 1
	// decodeTimeout is how long a frame may take, openWait how long the stream waits for a device
	// to open.
	decodeTimeout, openWait = 500 * time.Millisecond, 400 * time.Millisecond
)

// OpenDecoder makes a decoder that tries hardware by a rule of proof: it decodes the stream's first
// frames both ways and emits those of the software. Hardware takes over when all its frames
// came at once and equal, and not slower; it is dropped for good when it fails later, with
// ErrDamaged, so that the sender is asked for a key frame. A stream tries one way once.
func OpenDecoder(codec media.Codec, pool *media.Pool, o Options) (*Decoder, error) {
	d, err := NewDecoder(codec, pool)
	if err != nil || o.Hardware == "" || o.Hardware == software {
		return d, err
	}
	if o.kinds == nil {
		o.kinds = decoderKinds()
	}
	d.trial = &hwTrial{options: o}
	return d, nil
}

// hwTrial is a stream's hardware, on trial or trusted.
type hwTrial struct {
	options Options
	kind    decoderKind
	worker  *hwWorker
	opened  bool // the device answered
	synced  bool // it was given the last key frame and all since
	fresh   bool // what it knows is worth nothing since damage
	trusted bool

	good, area int
	hard, soft time.Duration
}

// Hardware names the hardware that decodes now; "" for software.
func (d *Decoder) Hardware() string {
	if d.trial != nil && d.trial.trusted {
		return d.trial.kind.label
	}
	return ""
}

// decodeBoth decodes in software and has the hardware, if there is one, show the same.
func (d *Decoder) decodeBoth(p media.Packet, emit func(*media.Frame)) error {
	t := d.trial
	var seen *media.Frame
	var elsewhere time.Duration
	began := time.Now()
	err := d.decode(p, func(f *media.Frame) {
		at := time.Now()
		drop(seen)
		seen = f.Retain()
		emit(f)
		elsewhere += time.Since(at)
	})
	soft := time.Since(began) - elsewhere
	defer func() { drop(seen) }()
	if err != nil {
		t.synced, t.fresh = false, t.worker != nil
		return err
	}
	if seen == nil && !t.synced || !t.ready(d, p, seen) {
		return nil
	}
	if why := t.compare(p, d.fed, seen, soft); why != "" {
		d.refuse(why, 0)
	} else if t.good >= trialFrames {
		d.judge()
	}
	return nil
}

// ready says whether the hardware may be given this frame: it begins with a key frame, and its
// device is open by then.
func (t *hwTrial) ready(d *Decoder, p media.Packet, seen *media.Frame) bool {
	if t.synced {
		return true
	}
	if !p.Key {
		return false
	}
	if t.worker == nil && !t.start(d, seen.Width*seen.Height) {
		d.trial = nil
		return false
	}
	if !t.opened {
		_, err := t.worker.wait(openWait)
		if errors.Is(err, errNoAnswer) {
			return false // perhaps by the next key frame
		}
		if err != nil {
			d.refuse(err.Error(), 0)
			return false
		}
		t.opened = true
	}
	t.synced = true
	return true
}

// start takes the first way that may be tried for frames of this area.
func (t *hwTrial) start(d *Decoder, area int) bool {
	for _, k := range t.options.kinds {
		if t.options.Hardware != "auto" && t.options.Hardware != k.name ||
			k.whyNot(d.codec, area) != "" {
			continue
		}
		g, err := newHWWorker(func() (accelerator, error) { return k.open(d.codec) }, d.pool)
		if err != nil {
			return false
		}
		t.kind, t.worker, t.area = k, g, area
		return true
	}
	return false
}

// compare has the hardware decode what the software just did, and says what is wrong with its
// frame.
func (t *hwTrial) compare(p media.Packet, pts int64, seen *media.Frame, soft time.Duration) string {
	began := time.Now()
	got, err := t.worker.decode(p.Data, pts, t.fresh, decodeTimeout)
	hard := time.Since(began)
	defer drop(got)
	switch t.fresh = false; {
	case err != nil:
		return err.Error()
	case got == nil && seen == nil:
		return ""
	case got == nil:
		return errHeldBack.Error()
	case seen == nil:
		return "it gives frames where there should be none"
	case got.Width != seen.Width || got.Height != seen.Height:
		return fmt.Sprintf("its frame has %d × %d pixels, not %d × %d", got.Width, got.Height,
			seen.Width, seen.Height)
	case got.Color != seen.Color:
		return "its frames are described with other colours"
	}
	if off := meanError(seen, got); off > trialError {
		return fmt.Sprintf("its frames come out wrong (off by %.0f of 255)", off)
	}
	if t.good++; t.good > warmupFrames {
		t.hard, t.soft = t.hard+hard, t.soft+soft
	}
	return ""
}

// judge trusts the hardware if it is not slower, and drops the software's decoder then.
func (d *Decoder) judge() {
	t := d.trial
	if t.hard > t.soft+t.options.allowance {
		n := time.Duration(t.good - warmupFrames)
		d.refuse(fmt.Sprintf("it takes %v a frame, the processor %v",
			(t.hard/n).Round(10*time.Microsecond), (t.soft/n).Round(10*time.Microsecond)), t.area)
		return
	}
	t.trusted = true
	d.context.Free()
	d.context, d.broken = nil, true
}

// refuse ends the trial and remembers why, for frames of up to that area or, with 0, for all.
func (d *Decoder) refuse(why string, upTo int) {
	d.trial.kind.refuse(d.codec, why, upTo)
	d.endTrial()
}

func (d *Decoder) endTrial() {
	if d.trial != nil && d.trial.worker != nil {
		d.trial.worker.end(decodeTimeout)
	}
	d.trial = nil
}

// decodeHardware has the trusted hardware decode. When it fails, the stream goes on in software
// from the next key frame. Damage cannot be told from a fault of the driver here, so it is not held
// against other streams, but for a driver that hangs: each costs a goroutine.
func (d *Decoder) decodeHardware(p media.Packet, emit func(*media.Frame)) error {
	t := d.trial
	d.note(p)
	f, err := t.worker.decode(p.Data, d.fed, false, decodeTimeout)
	if err == nil && f == nil {
		err = errHeldBack
	}
	if err == nil {
		defer f.Release()
		d.emitFrame(f, d.fed, emit)
		return nil
	}
	if errors.Is(err, errNoAnswer) {
		t.kind.refuse(d.codec, err.Error(), 0)
	}
	d.endTrial()
	if t.options.Failed != nil {
		t.options.Failed(&media.Fault{
			Code: media.HardwareFailed, Hardware: t.kind.label, Codec: d.codec, Err: err,
		})
	}
	return fmt.Errorf("%w (%w)", ErrDamaged, err)
}
