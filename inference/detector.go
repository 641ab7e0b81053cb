package inference

import (
	"errors"
	"time"

	"handlens/media"
)

// Options says how a model is opened. The zero value is the default.
type Options struct {
	// Provider names what runs the model; "" and "cpu" mean the processor.
	Provider string
	// Threads bounds the engine's threads; 0 leaves room for decoding and painting.
	Threads int
	// Confidence is the least score that is reported, 0..1; 0 means DefaultConfidence.
	Confidence float32
	// IoU is the overlap, 0..1, above which the weaker of two boxes of one class is dropped; 0 means DefaultIoU.
	IoU float32
	// Classes restricts what is reported to these labels; empty means all.
	Classes []string
}

// Defaults of the thresholds.
const (
	DefaultConfidence = 0.4
	DefaultIoU        = 0.5
)

// Timing says where the time of one Detect went.
type Timing struct {
	Preprocess, Run, Decode time.Duration
}

// Total is the time of all stages together.
func (t Timing) Total() time.Duration { return t.Preprocess + t.Run + t.Decode }

// Info describes an opened model.
type Info struct {
	// Name is the file's name without its extension.
	Name string
	// Family names the layout that was recognised, for example "YOLOv8".
	Family string
	// Provider names what runs the model, for example "CPU".
	Provider string
	// Labels are the class names, by class index. They belong to the Detector and are not to be changed.
	Labels []string
	// InputWidth and InputHeight are the size in pixels that the model sees.
	InputWidth, InputHeight int
	// License is what the model's own metadata says of it; "" when it says nothing.
	License string
}

// Detector runs one model.
type Detector struct{ info Info }

var errClosed = errors.New("the detector is closed")

// Open loads a model.
func Open(path string, o Options) (*Detector, error) { return nil, errClosed }

// Detect appends what the model finds in f to dst.
func (d *Detector) Detect(f *media.Frame, dst []Detection) ([]Detection, Timing, error) {
	return dst, Timing{}, errClosed
}

// BareRun runs the engine alone on the tensors of the last Detect.
func (d *Detector) BareRun() error { return errClosed }

// Info describes the model.
func (d *Detector) Info() Info { return d.info }

// SetConfidence changes the least score that is reported.
func (d *Detector) SetConfidence(c float32) {}

// SetClasses restricts what is reported to these labels.
func (d *Detector) SetClasses(names []string) error { return nil }

// Close frees the engine's memory.
func (d *Detector) Close() {}
