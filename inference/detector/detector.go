package detector

import (
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"handlens/inference"
	"handlens/inference/layout"
	"handlens/inference/resample"
	"handlens/media"
)

// Detector runs one model. Any goroutine may call any method.
type Detector struct {
	info      Info
	layout    *layout.Layout
	input     layout.Input
	iou       float32
	allLabels bool
	tuner     *tuner

	// confidence holds a float32's bits and allow a table by class: both may change while a frame
	// is worked on.
	confidence atomic.Uint32
	allow      atomic.Pointer[[]bool]
	odd        atomic.Pointer[string] // what Check says, "" for nothing; nil before

	mu      sync.Mutex // guards what follows: one frame at a time
	session engine
	outputs sessionOutputs     // of session
	execute func(engine) error // runs it; tests replace it by a device that gets lost
	plans   plans
	slot    slot
	colours resample.Tensor // of a frame, where the model takes its brightness only
	decoder *layout.Decoder
	batches [maxBatch + 1]*batch // by their number of frames

	// batchStates say for each number of frames whether one run for all of them is faster.
	batchStates [maxBatch + 1]atomic.Uint32
}

// Detect appends what the model finds in f to dst, best first, and says how long each stage took.
// The frame is borrowed for the call. In the steady state (frames of one size, room in dst) it does
// not allocate. It fails with [ErrClosed], or when the frame is broken or the engine fails.
func (d *Detector) Detect(f *media.Frame,
	dst []inference.Detection,
) ([]inference.Detection, Timing, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.detect(f, dst)
}

// detect is Detect with the lock held.
func (d *Detector) detect(f *media.Frame,
	dst []inference.Detection,
) ([]inference.Detection, Timing, error) {
	var timing Timing
	if d.session == nil {
		return dst, timing, ErrClosed
	}
	began := time.Now()
	if err := d.preprocess(f); err != nil {
		return dst, timing, fmt.Errorf("prepare a picture for %s: %w", d.info.Name, err)
	}
	prepared := time.Now()
	if err := d.run(f); err != nil {
		return dst, timing, err
	}
	ran := time.Now()
	dst, err := d.read(&d.outputs, d.slot.where, d.Confidence(), dst)
	timing = Timing{
		Preprocess: prepared.Sub(began), Run: ran.Sub(prepared),
		Decode: time.Since(ran),
	}
	if err != nil {
		return dst, timing, fmt.Errorf("read the results of %s: %w", d.info.Name, err)
	}
	return dst, timing, nil
}

// read appends the detections in the outputs that have at least that score; where says how the
// frame lay in the input.
func (d *Detector) read(out layout.Outputs, where layout.Transform, confidence float32,
	dst []inference.Detection,
) ([]inference.Detection, error) {
	f := layout.Filter{Confidence: confidence, IoU: d.iou, AllLabels: d.allLabels}
	if p := d.allow.Load(); p != nil {
		f.Allow = *p
	}
	return d.decoder.Decode(out, where, f, dst)
}

// use makes a session the one that runs. d.mu is held, unless nobody else has the Detector yet.
func (d *Detector) use(s engine) {
	d.session, d.outputs = s, sessionOutputs{session: s, batch: d.input.Batch}
}

// BareRun runs the engine alone on the tensors of the last Detect, to measure what Detect costs
// beyond that.
func (d *Detector) BareRun() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.session == nil {
		return ErrClosed
	}
	return d.session.Run()
}

// Info describes the model, and what runs it at this moment.
func (d *Detector) Info() Info {
	info := d.info
	if now := d.tuner.active.Load(); now != nil {
		info.Provider, info.Why = now.provider, now.why
	}
	info.Server = d.tuner.serverInfo()
	if odd := d.odd.Load(); odd != nil && *odd != "" {
		info.Warnings = append(slices.Clip(info.Warnings), "on a drawn picture "+d.misread(*odd))
	}
	return info
}

// Threads returns how many threads the engine uses; 0 after Close. It waits for a Detect that runs.
func (d *Detector) Threads() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.session == nil {
		return 0
	}
	return d.session.Threads()
}

// SetConfidence changes the least score that is reported, from the next frame on. It does not wait
// for the one being worked on. A value outside 0.001..1 is moved to the nearer end; one that is not
// a number is ignored.
func (d *Detector) SetConfidence(c float32) {
	if c != c {
		return
	}
	d.confidence.Store(math.Float32bits(min(max(c, minConfidence), 1)))
}

// Confidence returns the least score that is reported, 0.001..1.
func (d *Detector) Confidence() float32 { return math.Float32frombits(d.confidence.Load()) }

// SetClasses restricts what is reported to these labels, from the next frame on; none means all. A
// name that the model does not have is a [layout.ClassError], and nothing changes then.
func (d *Detector) SetClasses(names []string) error {
	allow, err := layout.SelectClasses(d.info.Labels, names)
	if err != nil {
		return err
	}
	if allow == nil {
		d.allow.Store(nil)
	} else {
		d.allow.Store(&allow)
	}
	return nil
}

// Close waits for a Detect that runs and frees the engine's memory. Later calls of Detect fail with
// [ErrClosed]. It may be called more than once.
func (d *Detector) Close() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.refuseBatches()
	if d.session != nil {
		d.session.Close()
		d.session = nil
	}
	d.plans.close()
}

// modelName is a file's name without its extension.
func modelName(file string) string { return strings.TrimSuffix(file, filepath.Ext(file)) }
