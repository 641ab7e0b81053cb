package inference

import (
	"errors"
	"strings"
	"testing"

	"handlens/inference/ort"
	"handlens/inference/resample"
)

func float(name string, shape ...int64) ort.Info {
	return ort.Info{Name: name, Type: ort.Float32, Shape: shape}
}

func whole(name string, shape ...int64) ort.Info {
	return ort.Info{Name: name, Type: ort.Int64, Shape: shape}
}

// nanodetOutputs are those of NanoDet-m for 416 × 416, as its file has them.
var nanodetOutputs = []ort.Info{
	float("792", 1, 2704, 80), float("814", 1, 676, 80), float("836", 1, 169, 80),
	float("795", 1, 2704, 32), float("817", 1, 676, 32), float("839", 1, 169, 32),
}

func TestRecognise(t *testing.T) {
	in := func(side int) input { return input{width: side, height: side, sizes: -1} }
	seg := map[string]string{
		"task": "segment", "names": "{0: 'a', 1: 'b'}",
		"description": "Ultralytics YOLO11n-seg model",
	}
	for _, c := range []struct {
		name     string
		in       input
		metadata map[string]string
		outputs  []ort.Info
		head     head
		family   string
		classes  int
	}{
		{"YOLOv8", in(640), nil, []ort.Info{float("o", 1, 84, 8400)}, columns, "YOLOv8", 80},
		{"one class", in(640), nil, []ort.Info{float("o", 1, 5, 8400)}, columns, "YOLOv8", 1},
		{"two classes", in(640), nil, []ort.Info{float("o", 1, 6, 8400)}, columns, "YOLOv8", 2},
		{
			"rectangle",
			input{width: 640, height: 384, sizes: -1},
			nil,
			[]ort.Info{float("o", 1, 84, 5040)},
			columns, "YOLOv8", 80,
		},
		{
			"with four strides", in(640), nil,
			[]ort.Info{float("o", 1, 84, 34000)},
			columns, "YOLOv8",
			80,
		},
		{
			"YOLO11 masks", in(640), seg,
			[]ort.Info{float("o", 1, 38, 8400), float("p", 1, 32, 160, 160)},
			columns,
			"YOLO11n-seg", 2,
		},
		{"YOLOX", in(416), nil, []ort.Info{float("o", 1, 3549, 85)}, grid, "YOLOX", 80},
		{"YOLOX of one class", in(416), nil, []ort.Info{float("o", 1, 3549, 6)}, grid, "YOLOX", 1},
		{"YOLOv5", in(640), nil, []ort.Info{float("o", 1, 25200, 85)}, rows, "YOLOv5", 80},
		{
			"YOLOv10", in(640), nil,
			[]ort.Info{float("o", 1, 300, 6)},
			endToEnd, "YOLO end-to-end",
			0,
		},
		{
			"dynamic list", in(640), nil,
			[]ort.Info{float("o", -1, -1, 6)},
			endToEnd,
			"YOLO end-to-end", 0,
		},
		{
			"DEIM",
			input{width: 416, height: 416, sizes: 1},
			nil,
			[]ort.Info{whole("l", 1, 300), float("b", 1, 300, 4), float("s", 1, 300)},
			triple,
			"DETR", 0,
		},
		{"transposed", in(640), nil, []ort.Info{float("o", 1, 8400, 84)}, plain, "YOLOv8", 80},
		{
			"transposed with names", in(640),
			map[string]string{"names": "['a','b']"},
			[]ort.Info{float("o", 1, 8400, 6)},
			plain, "YOLOv8", 2,
		},
		{
			"NanoDet-Plus", in(416), nil,
			[]ort.Info{float("o", 1, 3598, 112)},
			distribution,
			"NanoDet-Plus", 80,
		},
		{"NanoDet", in(416), nil, nanodetOutputs, levels, "NanoDet", 80},
		{
			"pairs", in(640), nil,
			[]ort.Info{float("pred_logits", 1, 300, 80), float("pred_boxes", 1, 300, 4)},
			queries,
			"DETR", 80,
		},
		{
			"plain DETR", in(800), nil,
			[]ort.Info{float("logits", 1, 100, 92), float("pred_boxes", 1, 100, 4)},
			queries,
			"DETR", 80,
		},
		{
			"RF-DETR", in(560), nil,
			[]ort.Info{float("dets", 1, 300, 4), float("labels", 1, 300, 91)},
			queries, "RF-DETR", 80,
		},
		{"TensorFlow SSD", in(320), nil, []ort.Info{
			float("detection_boxes", 1, 100, 4), float("detection_classes", 1, 100),
			float("detection_scores", 1, 100), float("num_detections", 1),
		}, triple, "SSD", 80},
		{
			"torchvision", in(320), nil,
			[]ort.Info{float("boxes", -1, 4), whole("labels", -1), float("scores", -1)},
			triple,
			"torchvision", 80,
		},
		{
			"another order",
			input{width: 416, height: 416, sizes: 1},
			nil,
			[]ort.Info{float("s", -1, 300), float("b", -1, -1, 4), whole("l", -1, -1)},
			triple,
			"DETR", 0,
		},
	} {
		l, err := recognise(c.in, c.outputs, c.metadata)
		if err != nil || l.head != c.head || l.family != c.family || l.classes != c.classes {
			t.Errorf("%s: %+v, %v", c.name, l, err)
		}
	}
}

func TestRecogniseRefusesInWords(t *testing.T) {
	in := input{width: 640, height: 640, sizes: -1}
	sized := in
	sized.sizes = 1
	for _, c := range []struct {
		in      input
		outputs []ort.Info
		want    string
	}{
		{in, nil, "without outputs"},
		{in, []ort.Info{float("logits", 1, 1000)}, "logits [1,1000] of float32"},
		{
			in,
			[]ort.Info{float("a", 1, 300, 4), float("b", 1, 200, 80)},
			"a [1,300,4] of float32, b [1,200,80] of float32",
		},
		{in, []ort.Info{float("o", 2, 84, 8400)}, "[2,84,8400]"},
		{in, []ort.Info{float("o", 1, 3000, 85)}, "[1,3000,85]"},
		{in, []ort.Info{{Name: "o", Type: ort.Other, Shape: []int64{1, 84, 8400}}}, "another type"},
		{in, []ort.Info{float("o", 1, 3, 2)}, "[1,3,2]"},
		{in, []ort.Info{float("o", 1, 20000, 90000)}, "classes"},
		{
			in,
			[]ort.Info{
				float("a", 1, 1), float("b", 1, 1), float("c", 1, 1), float("d", 1, 1),
				float("e", 1, 1), float("f", 1, 1), float("g", 1, 1),
			},
			"…",
		},
		{sized, []ort.Info{float("b", 1, 300, 4), float("s", 1, 300)}, "b [1,300,4]"},
		{
			sized,
			[]ort.Info{whole("l", 1, 300), float("b", 1, 300, 5), float("s", 1, 300)},
			"[1,300,5]",
		},
	} {
		_, err := recognise(c.in, c.outputs, nil)
		if !errors.Is(err, ErrUnknownLayout) || !strings.Contains(err.Error(), c.want) ||
			strings.Contains(err.Error(), "\n") {
			t.Errorf("%+v gives %v", c.outputs, err)
		}
	}
}

func TestRecogniseInput(t *testing.T) {
	sizes := whole("orig_target_sizes", -1, 2)
	for _, c := range []struct {
		name     string
		list     []ort.Info
		metadata map[string]string
		want     input
	}{
		{
			"fixed",
			[]ort.Info{float("images", 1, 3, 384, 640)},
			nil,
			input{width: 640, height: 384, image: 0, sizes: -1},
		},
		{
			"dynamic batch",
			[]ort.Info{float("images", -1, 3, 416, 416), sizes},
			nil,
			input{width: 416, height: 416, image: 0, sizes: 1},
		},
		{
			"sizes first",
			[]ort.Info{sizes, float("images", -1, 3, 416, 416)},
			nil,
			input{width: 416, height: 416, image: 1, sizes: 0},
		},
		{
			"dynamic",
			[]ort.Info{float("images", -1, 3, -1, -1)},
			nil,
			input{width: 640, height: 640, sizes: -1},
		},
		{
			"dynamic with metadata",
			[]ort.Info{float("images", -1, -1, -1, -1)},
			map[string]string{"imgsz": "[320, 512]"},
			input{width: 512, height: 320, sizes: -1},
		},
		{
			"without a batch",
			[]ort.Info{float("image", 3, 300, 400)},
			nil,
			input{width: 400, height: 300, sizes: -1, alone: true},
		},
		{
			"TensorFlow",
			[]ort.Info{{Name: "i", Type: ort.Uint8, Shape: []int64{1, -1, -1, 3}}},
			nil,
			input{width: 640, height: 640, sizes: -1, kind: resample.Uint8, interleaved: true},
		},
		{
			"halves",
			[]ort.Info{{Name: "i", Type: ort.Float16, Shape: []int64{1, 3, 64, 96}}},
			nil,
			input{width: 96, height: 64, sizes: -1, kind: resample.Float16},
		},
		{
			"bad metadata",
			[]ort.Info{float("images", -1, 3, -1, -1)},
			map[string]string{"imgsz": "[-5, 99999999]"},
			input{width: 640, height: 640, sizes: -1},
		},
	} {
		if got, err := recogniseInput(c.list, c.metadata); err != nil || got != c.want {
			t.Errorf("%s: %+v, %v", c.name, got, err)
		}
	}
	for _, list := range [][]ort.Info{
		{},
		{sizes},
		{float("images", 1, 640, 640, 4)},
		{float("images", 640, 640)},
		{float("images", 1, 1, 28, 28)},
		{float("images", 4, 3, 640, 640)},
		{{Name: "images", Type: ort.Other, Shape: []int64{1, 3, 640, 640}}},
		{float("images", 1, 3, 640, 640), float("scale_factor", 1, 2)},
		{float("images", 1, 3, 0, 640)},
		{float("images", 1, 3, 1<<40, 640)},
	} {
		if _, err := recogniseInput(list, nil); !errors.Is(err, ErrUnknownLayout) {
			t.Errorf("%+v gives %v", list, err)
		}
	}
}
