package layout

import (
	"errors"
	"testing"
)

// fuzzSides are sizes of axes that mean something to one layout or another.
var fuzzSides = []int64{
	-1, 0, 1, 2, 3, 4, 5, 6, 7, 32, 38, 57, 80, 84, 85, 91, 92, 100, 112, 169,
	300, 416, 640, 676, 2704, 3549, 3598, 8400, 25200, 1 << 40,
}

// fuzzEntries makes inputs or outputs of bytes: how many axes and which type, the name, and each
// axis.
func fuzzEntries(data []byte) []Tensor {
	names := []string{
		"images", "dets", "labels", "scores", "pred_boxes", "logits",
		"num_detections", "detection_classes", "raw_detection_boxes", "",
	}
	var list []Tensor
	for len(data) >= 2 && len(list) < 8 {
		e := Tensor{Type: Type(data[0] % 8), Name: names[int(data[1])%len(names)]}
		axes := int(data[0]/8) % 6
		data = data[2:]
		for ; axes > 0 && len(data) > 0; axes-- {
			e.Shape = append(e.Shape, fuzzSides[int(data[0])%len(fuzzSides)])
			data = data[1:]
		}
		list = append(list, e)
	}
	return list
}

// FuzzRecognise gives inputs, outputs and metadata of any kind. The answer is an error that says
// so, or a layout that can be used: the decoder then takes empty outputs without harm.
func FuzzRecognise(f *testing.F) {
	f.Add([]byte{33, 0, 2, 4, 21, 21}, []byte{25, 1, 2, 13, 27}, "{0: 'a'}", "pose", "[17, 3]")
	f.Add([]byte{33, 0, 2, 4, 21, 21}, []byte{25, 1, 2, 20, 5, 25, 2, 2, 20, 15}, "", "", "")
	f.Add([]byte{33, 0, 2, 21, 21, 4}, []byte{9, 3, 0, 25, 4, 0, 5, 11, 2, 0}, "['x', 'y']",
		"segment", "")
	f.Fuzz(func(t *testing.T, inputs, outs []byte, names, task, points string) {
		metadata := map[string]string{
			"names": names, "task": task, "kpt_shape": points,
			"imgsz": points,
		}
		in, err := RecogniseInput(fuzzEntries(inputs), metadata)
		if err != nil {
			if !errors.Is(err, ErrUnknown) {
				t.Fatal(err)
			}
			return
		}
		list := fuzzEntries(outs)
		l, err := Recognise(in, list, metadata, nil)
		if err != nil {
			if !errors.Is(err, ErrUnknown) {
				t.Fatal(err)
			}
			return
		}
		if l.classes < 0 || l.classes > maxClasses || l.family == "" {
			t.Fatalf("the layout is %+v", l)
		}
		empty := make(tensors, len(list))
		for i, e := range list {
			empty[i] = &Tensor{Name: e.Name, Type: e.Type, Shape: e.Shape}
		}
		_, _ = NewDecoder(l).Decode(empty, l.Place(20, 10), Filter{Confidence: .5}, nil)
	})
}
