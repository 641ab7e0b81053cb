package session

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"

	"handlens/inference"
)

// Limits of what a phone that detects by itself may say.
const (
	maxResult        = 24 << 10 // bytes of what was found in one frame
	maxResults       = 300      // objects in one frame
	maxLabel         = 80       // characters
	maxClass         = 10_000
	maxTook          = 1e5 // ms for one frame
	maxThreads       = 256
	maxProvider      = 16 // characters
	maxHiddenToPhone = 200
	leastSide        = 1e-4 // of a box, in 0..1 of the frame
	farOutside       = 8    // sides of the frame by which a corner may lie outside
)

// DetectorState is how far the phone's own detector is.
type DetectorState string

// The states of the phone's own detector. A slow one works, but so slowly that the computer does
// better.
const (
	DetectorOff     DetectorState = "off"
	DetectorLoading DetectorState = "loading"
	DetectorReady   DetectorState = "ready"
	DetectorSlow    DetectorState = "slow"
	DetectorFailed  DetectorState = "failed"
)

// DetectorWhy is why the phone's detector has failed or is off.
type DetectorWhy string

// The reasons. DetectorByHand is for one that was switched off at the phone.
const (
	DetectorNoMemory DetectorWhy = "memory"
	DetectorNoEngine DetectorWhy = "engine"
	DetectorNoModel  DetectorWhy = "model"
	DetectorByHand   DetectorWhy = "user"
)

// DetectorMessage says how the phone's own detector is doing. What is 0 or "" is unknown.
type DetectorMessage struct {
	State DetectorState `json:"state"`
	// Model is the model's name, Provider what runs it: "wasm" or "webgpu".
	Model    string `json:"model"`
	Provider string `json:"provider"`
	Threads  int    `json:"threads"`
	// Took is what one frame takes it, in milliseconds, and FPS how many it does in a second.
	Took float64     `json:"took"`
	FPS  float64     `json:"fps"`
	Why  DetectorWhy `json:"why"`
}

// works says whether results are to be expected.
func (m DetectorMessage) works() bool {
	return m.State == DetectorReady || m.State == DetectorSlow
}

// limited brings what is unknown or out of range to nothing.
func (m DetectorMessage) limited() DetectorMessage {
	switch m.State {
	case DetectorLoading, DetectorReady, DetectorSlow, DetectorFailed:
	default:
		m.State = DetectorOff
	}
	switch m.Why {
	case DetectorNoMemory, DetectorNoEngine, DetectorNoModel, DetectorByHand:
	default:
		m.Why = ""
	}
	m.Model, m.Provider = printable(m.Model, maxName), printable(m.Provider, maxProvider)
	m.Took, m.FPS = within(m.Took, maxTook), within(m.FPS, maxFPS)
	m.Threads = int(within(float64(m.Threads), maxThreads))
	return m
}

// DisplayMessage says what is to be seen of the results of a page that detects by itself, on that
// page.
type DisplayMessage struct {
	// Confidence is the least score, 0..1, that is shown. The phone reports from Least on, and of
	// what overlaps more than IoU the stronger one.
	Confidence float64  `json:"confidence"`
	Least      float64  `json:"least"`
	IoU        float64  `json:"iou"`
	Hidden     []string `json:"hidden,omitempty"`
}

func (DisplayMessage) toPhone()  {}
func (DisplayMessage) toViewer() {}

// MarshalJSON adds the type.
func (m DisplayMessage) MarshalJSON() ([]byte, error) {
	type fields DisplayMessage
	return json.Marshal(struct {
		Type string `json:"type"`
		fields
	}{"display", fields(m)})
}

// forPages is what pages that detect are told of the display.
func (d Display) forPages() DisplayMessage {
	m := DisplayMessage{
		Confidence: float64(d.Confidence), Least: MinScore,
		IoU: float64(cmp.Or(d.IoU, inference.DefaultIoU)),
	}
	for label, hidden := range d.Hidden {
		if hidden && len(m.Hidden) < maxHiddenToPhone {
			m.Hidden = append(m.Hidden, printable(label, maxLabel))
		}
	}
	slices.Sort(m.Hidden)
	return m
}

// phoneResult is what the phone itself has found in one frame. It comes on the channel
// `detections`:
//
//	{"t": when the frame was taken, on the page's clock in Unix milliseconds, "took": ms,
//	 "detections": as in inference.Message, each with its class as well}
type phoneResult struct {
	T, Took    float64
	Detections []inference.Detection
}

// decodeResult reads a phoneResult. Whatever the phone says, what is returned is within the limits,
// and its texts can be shown; what makes no sense is left out.
func decodeResult(b []byte) (phoneResult, error) {
	if len(b) > maxResult {
		return phoneResult{}, fmt.Errorf("a result of %d bytes is too long", len(b))
	}
	var m struct {
		T          float64        `json:"t"`
		Took       float64        `json:"took"`
		Detections []foundByPhone `json:"detections"`
	}
	if err := json.Unmarshal(b, &m); err != nil {
		return phoneResult{}, fmt.Errorf("this result cannot be read: %w", err)
	}
	r := phoneResult{T: m.T, Took: within(m.Took, maxTook)}
	for _, f := range m.Detections {
		if d, ok := f.detection(); ok && len(r.Detections) < maxResults {
			r.Detections = append(r.Detections, d)
		}
	}
	return r, nil
}

// foundByPhone is one object as the phone describes it.
type foundByPhone struct {
	Box        []float32   `json:"box"`
	Label      string      `json:"label"`
	Class      int         `json:"class"`
	Confidence float32     `json:"confidence"`
	Corners    [][]float32 `json:"corners"`
	Outline    [][]float32 `json:"outline"`
	Keypoints  [][]float32 `json:"keypoints"`
}

// detection is false for what is none.
func (f foundByPhone) detection() (d inference.Detection, ok bool) {
	label := printable(f.Label, maxLabel)
	if len(f.Box) != 4 || label == "" || !(f.Confidence > 0 && f.Confidence <= 1) ||
		f.Class < 0 || f.Class >= maxClass {
		return d, false
	}
	if len(f.Corners) > 0 {
		b, s, ok := f.rotated()
		return inference.Detection{
			Box: b, Class: f.Class, Label: label, Score: f.Confidence, Shape: s,
		}, ok
	}
	b := inference.Box{
		X1: unit(f.Box[0]), Y1: unit(f.Box[1]), X2: unit(f.Box[2]), Y2: unit(f.Box[3]),
	}
	if !(b.X2-b.X1 >= leastSide && b.Y2-b.Y1 >= leastSide) {
		return d, false
	}
	return inference.Detection{
		Box: b, Class: f.Class, Label: label, Score: f.Confidence, Shape: f.shape(b),
	}, true
}

// rotated is a rotated box by its corners, whatever the phone says of the upright one around them:
// what is blurred is that, and must not be less. It is false for what is no such box.
func (f foundByPhone) rotated() (b inference.Box, s *inference.Shape, ok bool) {
	var corners [4]inference.Point
	if len(f.Corners) != len(corners) {
		return b, nil, false
	}
	for i, p := range f.Corners {
		if len(p) != 2 {
			return b, nil, false
		}
		corners[i] = inference.Point{
			X: clamp(p[0], -farOutside, 1+farOutside),
			Y: clamp(p[1], -farOutside, 1+farOutside),
		}
	}
	return inference.Rotated(corners)
}

// shape is nil where there is none, or none that makes sense.
func (f foundByPhone) shape(b inference.Box) *inference.Shape {
	if len(f.Outline) > inference.MaxOutline || len(f.Keypoints) > inference.MaxKeypoints ||
		len(f.Outline)+len(f.Keypoints) == 0 {
		return nil
	}
	s := new(inference.Shape)
	for _, p := range f.Outline {
		if len(p) != 2 {
			return nil
		}
		s.Outline = append(s.Outline, b.In(inference.Point{X: unit(p[0]), Y: unit(p[1])}))
	}
	for _, p := range f.Keypoints {
		if len(p) != 3 || !(p[2] >= 0 && p[2] <= 1) {
			return nil
		}
		s.Keypoints = append(s.Keypoints, inference.Keypoint{
			// It may lie a little outside.
			Point: b.In(inference.Point{X: clamp(p[0], -1, 2), Y: clamp(p[1], -1, 2)}),
			Score: p[2],
		})
	}
	return s
}

// unit brings a coordinate into the frame.
func unit(v float32) float32 { return clamp(v, 0, 1) }

func clamp(v, least, most float32) float32 { return min(max(v, least), most) }
