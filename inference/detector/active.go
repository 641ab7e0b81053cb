package detector

import (
	"fmt"
	"strings"

	"handlens/inference/ort"
	"handlens/media"
)

// activeProvider is what runs the model, and why, in words for people.
type activeProvider struct {
	provider, why string
	cpu           bool
}

const cpuName = "CPU"

// run runs the model on what is in its input, which is f. When a device fails, the processor takes
// over and runs on the same frame. d.mu is held.
func (d *Detector) run(f *media.Frame) error {
	err := d.execute(d.session)
	if now := d.tuner.active.Load(); err == nil || now == nil || now.cpu {
		return err
	}
	return d.fallBack(f, err)
}

// fallBack moves the model to the processor after cause. d.mu is held.
func (d *Detector) fallBack(f *media.Frame, cause error) error {
	t := d.tuner
	session, err := t.model.open(ort.Options{Threads: d.session.Threads()})
	if err != nil {
		return fmt.Errorf("%w; nor can the CPU take over: %w", cause, err)
	}
	d.retryBatches()
	failed, now := d.session, t.active.Load()
	d.use(session)
	// A driver in trouble may not return from freeing what it holds. Nobody else has this session
	// any more.
	go failed.Close()
	why := fmt.Sprintf("%s: %s failed while it ran (%s)", cpuName, now.provider,
		shorten(cause.Error(), 200))
	t.active.Store(&activeProvider{provider: cpuName, why: why, cpu: true})
	t.failed(why)
	t.tell()
	if err := d.allocate(d.session, 1); err != nil {
		return err
	}
	d.slot.padded = nil
	if err := d.preprocess(f); err != nil {
		return err
	}
	return d.execute(d.session)
}

// replace makes another session run the model from the next frame on. It takes ownership of the
// session, and fails with ErrClosed.
func (d *Detector) replace(s engine, now activeProvider) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.session == nil {
		s.Close()
		return ErrClosed
	}
	// What preprocessing does not write for each frame, the padding and the original size, is
	// copied.
	for i := range s.Inputs() {
		copyTensor(s.Input(i), d.session.Input(i))
	}
	d.retryBatches()
	d.session.Close()
	d.use(s)
	d.tuner.active.Store(&now)
	return nil
}

// shorten bounds what is repeated of a message from outside, in bytes.
func shorten(s string, limit int) string {
	if len(s) > limit {
		return strings.ToValidUTF8(s[:limit], "") + "…"
	}
	return s
}
