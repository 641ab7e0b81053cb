package inference

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"handlens/inference/ort"
	"handlens/media"
	"handlens/media/inputfile"
)

// Detector runs one model. Any goroutine may call any method.
type Detector struct {
	info    Info
	input   input
	layout  layout
	iou     float32
	history *history
	now     atomic.Pointer[running]

	// confidence holds a float32's bits and allow a table by class: both may change while a picture
	// is worked on.
	confidence atomic.Uint32
	allow      atomic.Pointer[[]bool]

	mu      sync.Mutex // guards what follows: one picture at a time
	session *ort.Session
	execute func(*ort.Session) error // runs it; tests put a device in its place that gets lost
	plans   plans
	slot    slot
	sieve   sieve
	batches [maxBatch + 1]*batch // by their number of pictures

	// verdicts say of each number of pictures whether one run of so many gains.
	verdicts [maxBatch + 1]atomic.Uint32
}

// Open loads the model in a file, recognises its layout and warms it up, so that the first picture
// is as fast as the later ones. What is wrong with a model is said in one sentence: errors match
// ErrLibrary, ErrModel, ErrUnknownLayout, ErrUnknownClass or ErrProvider.
//
// What a file cannot say of itself is read from NAME.json beside NAME.onnx, under "layout", and
// goes over what was recognised.
func Open(path string, o Options) (*Detector, error) {
	var err error
	if o.sidecar, err = readSidecar(path); err != nil {
		return nil, err
	}
	return openDetector(path, o, source{
		open: func(e ort.Options) (*ort.Session, error) { return ort.Open(path, e) },
		read: func() (io.ReadCloser, error) { return inputfile.Open(path) },
	})
}

// OpenBytes is Open for a model in memory; the name stands for a file name. The data is kept, to be
// opened anew on another provider.
func OpenBytes(name string, data []byte, o Options) (*Detector, error) {
	return openDetector(name, o, source{
		open: func(e ort.Options) (*ort.Session, error) { return ort.OpenBytes(name, data, e) },
		read: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(data)), nil },
	})
}

// newDetector takes the session over; it is closed when something does not fit.
func newDetector(path string, session *ort.Session, o Options) (*Detector, error) {
	d := &Detector{session: session, execute: (*ort.Session).Run}
	if err := d.open(path, o); err != nil {
		d.Close()
		return nil, err
	}
	return d, nil
}

func (d *Detector) open(path string, o Options) error {
	if !(o.Confidence >= 0 && o.Confidence <= 1) {
		return fmt.Errorf("a confidence of %v is outside 0..1", o.Confidence)
	}
	if !(o.IoU >= 0 && o.IoU <= 1) {
		return fmt.Errorf("an overlap of %v is outside 0..1", o.IoU)
	}
	file := filepath.Base(path)
	metadata := d.session.Metadata()
	var err error
	if d.input, err = recogniseInput(d.session.Inputs(), metadata); err != nil {
		return fmt.Errorf("model %s: %w", file, err)
	}
	if o.sidecar == nil {
		if o.sidecar, err = carried(metadata); err != nil {
			return fmt.Errorf("model %s: %w", file, err)
		}
	}
	if err = o.sidecar.names(metadata); err != nil {
		return fmt.Errorf("model %s: %w", file, err)
	}
	if err = d.allocate(d.session, 1); err != nil {
		return err
	}
	if d.layout, err = o.sidecar.recognise(d.input, d.trueOutputs(), metadata); err != nil {
		return fmt.Errorf("model %s: %w", file, err)
	}
	if err = o.sidecar.apply(d.input, &d.layout); err != nil {
		return fmt.Errorf("model %s: %w", file, err)
	}
	if d.layout.head == grid && d.decodedInside() {
		d.layout.head = rows
	}
	if d.input.alone || d.session.Inputs()[d.input.image].Shape[0] >= 0 {
		d.refuseBatches()
	}
	if o.Evaluation {
		o = o.evaluating(d.layout.family)
	}
	d.iou = o.IoU
	d.sieve.allLabels = o.AllLabels
	if d.iou == 0 {
		d.iou = DefaultIoU
	}
	d.info = Info{
		Name:        strings.TrimSuffix(file, filepath.Ext(file)),
		Family:      d.layout.family,
		Provider:    d.session.Provider(),
		Labels:      labelsFor(metadata, d.layout.classes),
		InputWidth:  d.input.width,
		InputHeight: d.input.height,
		License:     clean(metadata["license"]),
		Version:     clean(metadata["version"]),
		Data:        printable(metadata["data"], maxStatement),
		Warnings:    nameWarnings(metadata, d.layout),
	}
	if o.Confidence == 0 {
		o.Confidence = DefaultConfidence
	}
	d.SetConfidence(o.Confidence)
	return d.SetClasses(o.Classes)
}

// allocate makes the input tensors for n pictures, which also runs the model for the first time.
func (d *Detector) allocate(session *ort.Session, n int) error {
	shapes := make([][]int64, len(session.Inputs()))
	shapes[d.input.image] = d.input.shape(n)
	if d.input.sizes >= 0 {
		shapes[d.input.sizes] = []int64{int64(n), 2}
	}
	if err := session.Allocate(shapes...); err != nil {
		return err
	}
	if d.input.sizes >= 0 {
		sizes := session.Input(d.input.sizes).Int64
		for i := range sizes {
			sizes[i] = nominalSide
		}
	}
	return nil
}

// trueOutputs describes the outputs as the warm-up run left them. Where it found nothing, the
// declared shape says more.
func (d *Detector) trueOutputs() []ort.Info {
	list := slices.Clone(d.session.Outputs())
	for i := range list {
		t := d.session.Output(i)
		list[i].Type = t.Type
		if !slices.Contains(t.Shape, 0) && len(t.Shape) > 0 {
			list[i].Shape = t.Shape
		}
	}
	return list
}

// decodedInside tells whether a YOLOX model decodes its boxes itself, which its shapes do not show:
// the last cell's centre is then a place in pixels, near the lower right corner, and else an offset
// within the cell.
func (d *Detector) decodedInside() bool {
	v := d.session.Output(d.layout.boxes).Float32
	step := 5 + d.layout.classes
	if len(v) < step {
		return false
	}
	last := v[len(v)-step:]
	return last[0] > float32(d.input.width)/2 && last[1] > float32(d.input.height)/2
}

// Detect appends what the model finds in f to dst, best first, and says how long each stage took.
// The frame is borrowed. In the steady state (same size of picture, room in dst) it hardly
// allocates.
func (d *Detector) Detect(f *media.Frame, dst []Detection) ([]Detection, Timing, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.detect(f, dst)
}

// detect is Detect with the lock held.
func (d *Detector) detect(f *media.Frame, dst []Detection) ([]Detection, Timing, error) {
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
	dst, err := d.collect(dst)
	timing = Timing{
		Preprocess: prepared.Sub(began), Run: ran.Sub(prepared),
		Decode: time.Since(ran),
	}
	if err != nil {
		return dst, timing, fmt.Errorf("read the results of %s: %w", d.info.Name, err)
	}
	return dst, timing, nil
}

// preprocess fills the model's input from the picture.
func (d *Detector) preprocess(f *media.Frame) error {
	return d.fill(f, inputOf(d.session.Input(d.input.image), 0, 1), &d.slot)
}

// collect turns the outputs into detections in the picture's coordinates.
func (d *Detector) collect(dst []Detection) ([]Detection, error) {
	return d.read(d.session, d.slot.where, d.Confidence(), dst)
}

// read turns the outputs of a picture that lies there in the input into detections of at least that
// score.
func (d *Detector) read(out outputs, where Transform, limit float32, dst []Detection) ([]Detection,
	error,
) {
	d.sieve.limit = limit
	d.sieve.allow = nil
	if p := d.allow.Load(); p != nil {
		d.sieve.allow = *p
	}
	if err := d.layout.decode(d.input, out, &d.sieve); err != nil {
		return dst, err
	}
	return finish(&d.sieve, d.layout.nms, d.iou, where, d.info.Labels, dst), nil
}

// finish sorts, thins out, places and names what the sieve holds, and has the shapes of what is
// left made.
func finish(s *sieve, nms bool, limit float32, where Transform, labels []string,
	dst []Detection,
) []Detection {
	list := best(s.list, maxCandidates)
	switch {
	case nms:
		list = suppress(list, limit, maxDetections)
	case !s.allLabels:
		list = oneLabel(list, maxDetections)
	default:
		list = list[:min(len(list), maxDetections)]
	}
	for _, c := range list {
		box, ok := clip(where.Inverse(c.box))
		if !ok {
			continue
		}
		label := ""
		if int(c.class) < len(labels) {
			label = labels[c.class]
		} else {
			label = className(int(c.class))
		}
		dst = append(dst,
			Detection{
				Box: box, Class: int(c.class), Label: label, Score: c.score,
				Shape: s.shaper.shape(c, where, box),
			})
	}
	return dst
}

// BareRun runs the engine alone on the tensors of the last Detect: what Detect costs more than that
// is ours.
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
	if now := d.now.Load(); now != nil {
		info.Provider, info.Why = now.provider, now.why
	}
	return info
}

// Threads returns how many threads the engine uses.
func (d *Detector) Threads() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.session == nil {
		return 0
	}
	return d.session.Threads()
}

// SetConfidence changes the least score that is reported, from the next picture on. It does not
// wait for the one being worked on. Values outside 0.001..1 become the nearest.
func (d *Detector) SetConfidence(c float32) {
	if c != c {
		return
	}
	d.confidence.Store(math.Float32bits(min(max(c, minConfidence), 1)))
}

// Confidence returns the least score that is reported.
func (d *Detector) Confidence() float32 { return math.Float32frombits(d.confidence.Load()) }

// SetClasses restricts what is reported to these labels, from the next picture on; none means all.
// A name that the model does not have is a [ClassError], and nothing changes then.
func (d *Detector) SetClasses(names []string) error {
	allow, err := selectClasses(d.info.Labels, names)
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

// Close waits for a Detect that runs and frees the engine's memory. Later calls of Detect fail. It
// may be called more than once.
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
