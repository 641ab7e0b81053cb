package inference

import (
	"fmt"
	"io"
	"strings"

	"handlens/inference/ort"
	"handlens/media"
)

// source is where a model can be had from again: to run, and to read its bytes.
type source struct {
	open func(ort.Options) (*ort.Session, error)
	read func() (io.ReadCloser, error)
}

// running is what runs the model, and why, in words for people.
type running struct {
	provider, why string
	cpu           bool
}

const cpuWords = "CPU"

// openDetector opens the model on the processor, which tells what it is and is there at once, and
// then moves it to what was asked for or was proved before.
func openDetector(path string, o Options, from source) (*Detector, error) {
	o.Provider = strings.ToLower(o.Provider)
	t, err := newHistory(from, o)
	if err != nil {
		return nil, err
	}
	v := t.remembered()
	threads := o.Threads
	if threads == 0 {
		threads = v.Threads
	}
	session, err := from.open(ort.Options{Threads: threads})
	if err != nil {
		return nil, err
	}
	d, err := newDetector(path, session, o)
	if err != nil {
		return nil, err
	}
	d.history = t
	d.now.Store(&running{provider: cpuWords, why: t.firstWords(v), cpu: true})
	switch {
	case t.named():
		err = d.insist(o.Provider)
	case v.Provider != "" && v.Provider != "cpu":
		d.resume(v)
	}
	if err != nil {
		d.Close()
		return nil, err
	}
	return d, nil
}

// run runs the model on what is in its input. When a device fails, the processor takes over, and
// the same picture is looked at once more.
func (d *Detector) run(f *media.Frame) error {
	err := d.execute(d.session)
	if now := d.now.Load(); err == nil || now == nil || now.cpu {
		return err
	}
	return d.fallBack(f, err)
}

// fallBack moves the model to the processor after cause. d.mu is held.
func (d *Detector) fallBack(f *media.Frame, cause error) error {
	session, err := d.history.source.open(ort.Options{Threads: d.session.Threads()})
	if err != nil {
		return fmt.Errorf("%w; nor can the CPU take over: %w", cause, err)
	}
	d.forgetBatches()
	failed, now := d.session, d.now.Load()
	d.session = session
	// A driver in trouble may not return from giving back what it holds. Nobody else has this
	// session any more.
	go failed.Close()
	why := fmt.Sprintf("%s: %s failed while it ran (%s)", cpuWords, now.provider,
		shorten(cause.Error(), 200))
	d.now.Store(&running{provider: cpuWords, why: why, cpu: true})
	d.history.failed(why)
	d.tell()
	if err := d.allocate(d.session, 1); err != nil {
		return err
	}
	d.slot.padded = nil
	if err := d.preprocess(f); err != nil {
		return err
	}
	return d.execute(d.session)
}

// replace has another session run the model from the next picture on. It takes the session over.
func (d *Detector) replace(s *ort.Session, now running) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.session == nil {
		s.Close()
		return ErrClosed
	}
	// What preprocessing does not write in each picture, the padding and the nominal size, comes
	// along.
	for i := range s.Inputs() {
		copyTensor(s.Input(i), d.session.Input(i))
	}
	d.forgetBatches()
	d.session.Close()
	d.session = s
	d.now.Store(&now)
	return nil
}

// forgetBatches has batches proved anew, since what runs them changes. d.mu is held.
func (d *Detector) forgetBatches() {
	d.refuseBatches()
	if d.input.alone || d.session.Inputs()[d.input.image].Shape[0] >= 0 {
		return // the model takes one picture at a time, whatever runs it
	}
	for i := range d.verdicts {
		d.verdicts[i].Store(untried)
	}
}

func (d *Detector) tell() {
	if changed := d.history.options.Changed; changed != nil {
		changed(d.Info())
	}
}

// copyTensor copies the elements of one tensor to another of the same type and size.
func copyTensor(dst, src *ort.Tensor) {
	copy(dst.Float32, src.Float32)
	copy(dst.Int64, src.Int64)
	copy(dst.Int32, src.Int32)
	copy(dst.Float16, src.Float16)
	copy(dst.Uint8, src.Uint8)
	copy(dst.Float64, src.Float64)
}

// cloneTensors copies what a session's tensors hold, so that another one can be given it or
// compared with it.
func cloneTensors(n int, of func(int) *ort.Tensor) []ort.Tensor {
	all := make([]ort.Tensor, n)
	for i := range all {
		t := of(i)
		all[i] = ort.Tensor{
			Name: t.Name, Type: t.Type, Shape: append([]int64(nil), t.Shape...),
			Float32: append([]float32(nil), t.Float32...), Int64: append([]int64(nil), t.Int64...),
			Int32:   append([]int32(nil), t.Int32...),
			Float16: append([]uint16(nil), t.Float16...), Uint8: append([]byte(nil), t.Uint8...),
			Float64: append([]float64(nil), t.Float64...),
		}
	}
	return all
}

// shorten bounds what is repeated of other people's words, in bytes.
func shorten(s string, limit int) string {
	if len(s) > limit {
		return strings.ToValidUTF8(s[:limit], "") + "…"
	}
	return s
}
