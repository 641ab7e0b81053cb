package layout

import (
	"strings"
	"testing"
)

// FuzzSidecar reads any file beside a model, and applies what it says to a model of each kind. The
// answer is an error in words, or a layout that can be used.
func FuzzSidecar(f *testing.F) {
	f.Add([]byte(`{"layout": {"family": "yolov5", "labels": ["a"], "nms": false}}`))
	f.Add([]byte(`{"layout": {"input": {"order": "bgr", "mean": [1, 2, 3], "fit": "top-left"}}}`))
	f.Add([]byte(`{"layout": {"family": "nanodet-plus", "scores": "softmax", "title": "\u0000"}}`))
	f.Add([]byte(`{"layout": 7}`))
	f.Add([]byte(`["layout"`))
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := ParseSidecar("x.json", data)
		if err != nil {
			if !strings.Contains(err.Error(), "x.json") {
				t.Fatalf("the error is %q", err)
			}
			return
		}
		for _, c := range recognisedModels {
			l, err := Recognise(c.in, c.outputs, c.metadata, s)
			if err != nil {
				continue
			}
			if l.classes < 0 || l.classes > maxClasses || l.Family() == "" ||
				len(l.Labels()) > maxClasses {
				t.Fatalf("%s: the layout is %+v", c.name, l)
			}
			empty := make(tensors, len(c.outputs))
			for i, e := range c.outputs {
				empty[i] = &Tensor{Name: e.Name, Type: e.Type, Shape: e.Shape}
			}
			_, _ = NewDecoder(l).Decode(empty, l.Place(20, 10), Filter{Confidence: .5}, nil)
		}
	})
}
