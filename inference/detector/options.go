package detector

import (
	"fmt"
	"time"

	"handlens/inference"
)

// Options says how a model is opened. The zero value is the default.
type Options struct {
	// Provider names what runs the model, one of "auto", "cpu", "webgpu", "cuda", "tensorrt",
	// "coreml", "directml" and "openvino". "auto" begins with what an earlier [Detector.Tune] found
	// to be best, or else on the processor. A provider that is named is used, or Open fails and
	// says why not: it must be available and give the processor's answers. "" means "cpu".
	Provider string
	// ServerCA is a file with the authority of a server's certificate, in PEM; "" is the system's.
	ServerCA string
	// ServerFiles is the folder with the files that say what a model on a server does not say about
	// itself; "" for none.
	ServerFiles string
	// Labels are the class names, by class index, of a model that does not name them itself and of
	// which they are known from elsewhere.
	Labels []string
	// Threads bounds the engine's threads on the processor; 0 takes what an earlier [Detector.Tune]
	// measured, or else leaves room for decoding and painting by a rule of thumb.
	Threads int
	// TuneCache is the path of the JSON file in which [Detector.Tune] keeps its results, by model,
	// hardware and release of ONNX Runtime; "" remembers nothing. A damaged file counts as empty.
	TuneCache string
	// Checks is the path of the JSON file in which [Detector.Check] keeps its outcomes; "" keeps
	// nothing. A damaged file counts as empty.
	Checks string
	// Changed, which may be nil, is called when another provider has taken over, through Tune or
	// after a failure. It may be called from any goroutine, must not wait, and may call no method
	// of the Detector but Info.
	Changed func(Info)
	// Confidence is the least score that is reported, 0..1; 0 means [inference.DefaultConfidence].
	Confidence float32
	// IoU is the overlap, 0..1, above which the weaker of two boxes of one class is suppressed; 0
	// means [inference.DefaultIoU]. Models that need no suppression ignore it.
	IoU float32
	// Classes restricts what is reported to these labels; empty means all.
	Classes []string
	// AllLabels lets one box have each class whose score suffices, as the families' evaluations
	// count it. Without it each box has its best class only, since to a person one thing is one
	// thing.
	AllLabels bool
	// Evaluation is for measuring accuracy: AllLabels, and the Confidence and IoU with which the
	// family's authors evaluate, instead of those above.
	Evaluation bool
}

// check refuses thresholds that have no meaning.
func (o Options) check() error {
	if !(o.Confidence >= 0 && o.Confidence <= 1) {
		return fmt.Errorf("a confidence of %v is outside 0..1", o.Confidence)
	}
	if !(o.IoU >= 0 && o.IoU <= 1) {
		return fmt.Errorf("an overlap of %v is outside 0..1", o.IoU)
	}
	return nil
}

// withDefaults fills in the thresholds that are not set.
func (o Options) withDefaults() Options {
	if o.Confidence == 0 {
		o.Confidence = inference.DefaultConfidence
	}
	if o.IoU == 0 {
		o.IoU = inference.DefaultIoU
	}
	return o
}

// minConfidence is the least threshold: below it there is nothing but the models' noise, thousands
// of boxes of it.
const minConfidence = 0.001

// Timing says where the time of one Detect went.
type Timing struct {
	// Preprocess is from the frame's planes to the model's input, Run is the engine, Decode is from
	// its outputs to detections.
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
	// Why says in one sentence why that one runs it, or ""; for example "CPU: WebGPU gave the same
	// answers but was 40 times slower (812 ms against 18 ms)".
	Why string
	// Labels are the class names, by class index. They belong to the Detector and must not be
	// changed.
	Labels []string
	// InputWidth and InputHeight are the size in pixels at which the model sees a frame.
	InputWidth, InputHeight int
	// License is what the model's own metadata says about it, or "".
	License string
	// Version and Data are what the model's own metadata says about how it was made and what it was
	// trained on, or "".
	Version, Data string
	// Server is nil for a model that runs on this computer. Fault is why a server that was asked
	// for does not run it, or nil.
	Server *ServerInfo
	Fault  error
	// Warnings are sentences about what does not match in the model, though it can be used; with
	// what [Detector.Check] found, once it was called.
	Warnings []string
}
