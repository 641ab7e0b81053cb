package inference

import (
	"encoding/json"
	"math"
	"slices"
	"time"
)

// Message is what goes out for each picture that was looked at: over the data channel to the phone,
// to the viewer pages, and into events and files. It is JSON as in
//
//	{"t":1750000000000,"age":42,"model":"…","detections":[{"box":[0.1,0.2,0.3,0.4],"label":"person","confidence":0.91,"id":7}]}
//
// What a segmentation or pose model found has also "outline", the silhouette as a closed polygon
// [[x, y], …], and "keypoints", [[x, y, score], …] in the model's order; both in 0..1 of the
// picture, as the box is, key points also a little outside.
type Message struct {
	// T is the time of the picture in milliseconds: since 1970 on this machine's clock for a
	// camera, since the beginning for a file.
	T int64 `json:"t"`
	// Age is how old the picture was when the message was made, in milliseconds.
	Age int64 `json:"age"`
	// Model is the name of the model that looked.
	Model string `json:"model"`
	// Detections come best first, and are never null in JSON.
	Detections []Detection `json:"detections"`
}

// NewMessage describes what was found in the picture that was taken at t, as of now.
func NewMessage(t, now time.Time, model string, found []Detection) Message {
	if found == nil {
		found = []Detection{}
	}
	return Message{
		T: t.UnixMilli(), Age: max(0, now.Sub(t).Milliseconds()), Model: model,
		Detections: found,
	}
}

// Within is the message as JSON of no more than limit bytes where giving up shapes achieves that,
// the weakest ones first: for channels that a message must not fill. Boxes are never given up.
func (m Message) Within(limit int) ([]byte, error) {
	b, err := json.Marshal(m)
	for n := len(m.Detections); err == nil && len(b) > limit && n > 0; {
		n /= 2
		m.Detections = slices.Clone(m.Detections)
		for i := range m.Detections[n:] {
			m.Detections[n+i].Shape = nil
		}
		b, err = json.Marshal(m)
	}
	return b, err
}

// detectionJSON is a Detection as others see it: the box as [x1, y1, x2, y2] in 0..1, the shape in
// the same coordinates.
type detectionJSON struct {
	Box        [4]float64 `json:"box"`
	Label      string     `json:"label"`
	Confidence float64    `json:"confidence"`
	ID         int        `json:"id,omitempty"`

	Outline   [][2]float64 `json:"outline,omitempty"`
	Keypoints [][3]float64 `json:"keypoints,omitempty"`
}

// MarshalJSON writes the box to four places (a hundredth of a pixel at HD) and the scores to three;
// the id only when tracked, outline and key points only where there are any.
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
		out.Outline, out.Keypoints = d.Shape.inPicture(b)
	}
	return json.Marshal(out)
}

// inPicture is the shape as the message has it.
func (s *Shape) inPicture(b Box) (outline [][2]float64, keypoints [][3]float64) {
	for _, p := range s.Outline {
		p = b.Out(p)
		outline = append(outline, [2]float64{round(p.X, 1e4), round(p.Y, 1e4)})
	}
	for _, k := range s.Keypoints {
		p := b.Out(k.Point)
		keypoints = append(keypoints,
			[3]float64{round(p.X, 1e4), round(p.Y, 1e4), round(k.Score, 1e3)})
	}
	return outline, keypoints
}

func round(v float32, steps float64) float64 { return math.Round(float64(v)*steps) / steps }
