package inference

import (
	"encoding/json"
	"math"
	"slices"
	"time"
)

// Message is what goes out for each frame that the model has run on: over the data channel to the
// phone, to the viewer pages, and into events and files. As JSON it is
//
//	{"t":1750000000000,"age":42,"model":"…","detections":[
//	  {"box":[0.1,0.2,0.3,0.4],"label":"person","confidence":0.91,"id":7}]}
//
// Detections of a model with rotated boxes also have "corners", the four corners in order around
// the box, [[x, y], …]; "box" is then the upright rectangle around them. Those of a segmentation
// model have "outline", the edge of the mask as a closed polygon [[x, y], …], and those of a pose
// model "keypoints", [[x, y, score], …] in the model's order. All are in 0..1 of the frame, as the
// box is; corners and keypoints may lie a little outside.
type Message struct {
	// T is the time of the frame in milliseconds: since 1970 by this computer's clock for a camera,
	// since the beginning for a file.
	T int64 `json:"t"`
	// Age is how old the frame was when the message was made, in milliseconds.
	Age int64 `json:"age"`
	// Model is the name of the model that ran.
	Model string `json:"model"`
	// Detections come best first, and are never null in JSON.
	Detections []Detection `json:"detections"`
}

// NewMessage describes what was found in the frame captured at t; now gives its age.
func NewMessage(t, now time.Time, model string, found []Detection) Message {
	if found == nil {
		found = []Detection{}
	}
	return Message{
		T: t.UnixMilli(), Age: max(0, now.Sub(t).Milliseconds()), Model: model,
		Detections: found,
	}
}

// Within returns the message as JSON. When that is longer than limit bytes, shapes are dropped
// until it fits, those of the weakest detections first; boxes and their corners are never dropped,
// so that it can still be longer. It is for channels with a bounded message size.
func (m Message) Within(limit int) ([]byte, error) {
	b, err := json.Marshal(m)
	for n := len(m.Detections); err == nil && len(b) > limit && n > 0; {
		n /= 2
		m.Detections = slices.Clone(m.Detections)
		for i := range m.Detections[n:] {
			m.Detections[n+i].Shape = m.Detections[n+i].Shape.cornersOnly()
		}
		b, err = json.Marshal(m)
	}
	return b, err
}

// detectionJSON is the JSON of a Detection: the box as [x1, y1, x2, y2] in 0..1, the shape in the
// same coordinates.
type detectionJSON struct {
	Box        [4]float64 `json:"box"`
	Label      string     `json:"label"`
	Confidence float64    `json:"confidence"`
	ID         int        `json:"id,omitempty"`

	Corners   [][2]float64 `json:"corners,omitempty"`
	Outline   [][2]float64 `json:"outline,omitempty"`
	Keypoints [][3]float64 `json:"keypoints,omitempty"`
}

// MarshalJSON writes the box with four decimals (a tenth of a pixel in HD) and the scores with
// three; the id only when tracked, corners, outline and keypoints only if there are any.
func (d Detection) MarshalJSON() ([]byte, error) {
	b := d.Box
	out := detectionJSON{
		Box: [4]float64{
			round(b.X1, 1e4), round(b.Y1, 1e4), round(b.X2, 1e4),
			round(b.Y2, 1e4),
		},
		Label:      d.Label,
		Confidence: round(d.Score, 1e3),
		ID:         d.Track,
	}
	if d.Shape != nil {
		out.Corners, out.Outline = inFrame(b, d.Shape.Corners), inFrame(b, d.Shape.Outline)
		for _, k := range d.Shape.Keypoints {
			p := b.Out(k.Point)
			out.Keypoints = append(out.Keypoints,
				[3]float64{round(p.X, 1e4), round(p.Y, 1e4), round(k.Score, 1e3)})
		}
	}
	return json.Marshal(out)
}

// inFrame returns points of a shape in coordinates of the frame, as the message has them.
func inFrame(b Box, points []Point) (list [][2]float64) {
	for _, p := range points {
		p = b.Out(p)
		list = append(list, [2]float64{round(p.X, 1e4), round(p.Y, 1e4)})
	}
	return list
}

func round(v float32, steps float64) float64 { return math.Round(float64(v)*steps) / steps }
