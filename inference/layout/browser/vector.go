package browser

import (
	"encoding/base64"
	"encoding/json"
	"fmt"

	"handlens/inference/layout"
)

// Vector is a test vector: what a model gave out, and what is to be read out of it. Package layout
// and the program in wasm must both pass all of testdata/vectors.json.
type Vector struct {
	Name        string         `json:"name"`
	Description Description    `json:"description"`
	Outputs     []VectorOutput `json:"outputs"`
	Width       int            `json:"width"` // of the frame
	Height      int            `json:"height"`
	Confidence  float32        `json:"confidence"`
	IoU         float32        `json:"iou"`
	// Found are the detections, as on the data channel.
	Found json.RawMessage `json:"found"`
}

// VectorOutput is one output of a run, as ONNX Runtime Web has it but for its data, which are in
// base64.
type VectorOutput struct {
	Type string  `json:"type"`
	Dims []int64 `json:"dims"`
	Data string  `json:"data"`
}

// Decode has the model read the outputs of the vector.
func (v *Vector) Decode(m *Model) (string, error) {
	if err := v.Fill(m.Outputs()); err != nil {
		return "", err
	}
	return m.Decode(v.Width, v.Height, v.Confidence, v.IoU)
}

// Fill puts the outputs of the vector into those of a model.
func (v *Vector) Fill(outputs []Output) error {
	if len(outputs) != len(v.Outputs) {
		return fmt.Errorf("%d outputs, not %d", len(v.Outputs), len(outputs))
	}
	for i, o := range v.Outputs {
		data, err := base64.StdEncoding.DecodeString(o.Data)
		if err != nil {
			return err
		}
		outputs[i].Shape = o.Dims
		room, err := outputs[i].Room(o.Type, len(data))
		if err != nil {
			return err
		}
		copy(room, data)
		outputs[i].Taken()
	}
	return nil
}

// Preparation says how frames are prepared for the model.
func (m *Model) Preparation() layout.Preparation { return m.layout.Preparation() }
