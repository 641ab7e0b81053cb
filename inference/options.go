package inference

import "time"

// Options says how a model is opened. The zero value is the default.
type Options struct {
	// Provider names what runs the model, one of "auto", "cpu", "webgpu", "cuda", "tensorrt",
	// "coreml", "directml" and "openvino". "auto" begins with what an earlier [Detector.Prove]
	// found to be best, or else on the processor. A provider that is named is used, or it is an
	// error that says why not: it must be here and give the processor's answers. "" means "cpu".
	Provider string
	// Threads bounds the engine's threads on the processor; 0 takes what an earlier
	// [Detector.Prove] measured, or else leaves room for decoding and painting by a rule of thumb.
	Threads int
	// Verdicts is the JSON file in which [Detector.Prove] keeps what it found, by model, machine
	// and release of ONNX Runtime; "" remembers nothing. A damaged one counts as empty.
	Verdicts string
	// Changed, which may be nil, is told when another provider has taken over, by Prove or after a
	// failure. It may be called from any goroutine, must not wait, and of the Detector may call
	// Info only.
	Changed func(Info)
	// Confidence is the least score that is reported, 0..1; 0 means DefaultConfidence.
	Confidence float32
	// IoU is the overlap, 0..1, above which the weaker of two boxes of one class is dropped; 0
	// means DefaultIoU. Models that need no suppression ignore it.
	IoU float32
	// Classes restricts what is reported to these labels; empty means all.
	Classes []string
	// AllLabels lets one box carry each class that its score suffices for, as the families'
	// evaluations count it. Without it each box has its best class only, since to a person one
	// thing is one thing.
	AllLabels bool
	// Evaluation is for measuring accuracy: AllLabels, and the Confidence and IoU with which the
	// family's authors evaluate, whatever else is said.
	Evaluation bool

	// sidecar is what lies beside the model's file; nil when nothing does.
	sidecar *sidecar
}

// Defaults of the thresholds.
const (
	DefaultConfidence = 0.4
	DefaultIoU        = 0.5
)

// minConfidence is the least threshold: below it there is nothing but the models' noise, thousands
// of boxes of it.
const minConfidence = 0.001

// Timing says where the time of one Detect went.
type Timing struct {
	// Preprocess is from the picture's planes to the model's input, Run is the engine, Decode is
	// from its outputs to detections.
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
	// Why says in one sentence why that runs it, or ""; for example "CPU: WebGPU gave the same
	// answers but was 40 times slower (812 ms against 18 ms)".
	Why string
	// Labels are the class names, by class index. They belong to the Detector and are not to be
	// changed.
	Labels []string
	// InputWidth and InputHeight are the size in pixels that the model sees.
	InputWidth, InputHeight int
	// License is what the model's own metadata says of it; "" when it says nothing.
	License string
	// Version and Data are what the model's own metadata says of how it was made and of what it was
	// trained on; "" when it says nothing.
	Version, Data string
	// Warnings are sentences on what does not fit in the model, though it can be used.
	Warnings []string
}
