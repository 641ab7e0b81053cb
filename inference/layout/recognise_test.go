package layout

import (
	"errors"
	"strings"
	"testing"
)

func float(name string, shape ...int64) Tensor {
	return Tensor{Name: name, Type: Float32, Shape: shape}
}

func whole(name string, shape ...int64) Tensor {
	return Tensor{Name: name, Type: Int64, Shape: shape}
}

// nanodetOutputs are those of NanoDet-m for 416 × 416, as its file has them.
var nanodetOutputs = []Tensor{
	float("792", 1, 2704, 80), float("814", 1, 676, 80), float("836", 1, 169, 80),
	float("795", 1, 2704, 32), float("817", 1, 676, 32), float("839", 1, 169, 32),
}

func square(side int) Input { return Input{Width: side, Height: side, Sizes: -1} }

var segmentMetadata = map[string]string{
	"task": "segment", "names": "{0: 'a', 1: 'b'}",
	"description": "Ultralytics YOLO11n-seg model",
}

var recognisedModels = []struct {
	name     string
	in       Input
	metadata map[string]string
	outputs  []Tensor
	head     head
	family   string
	classes  int
}{
	{"YOLOv8", square(640), nil, []Tensor{float("o", 1, 84, 8400)}, channelsFirst, "YOLOv8", 80},
	{"one class", square(640), nil, []Tensor{float("o", 1, 5, 8400)}, channelsFirst, "YOLOv8", 1},
	{"two classes", square(640), nil, []Tensor{float("o", 1, 6, 8400)}, channelsFirst, "YOLOv8", 2},
	{
		"rectangle",
		Input{Width: 640, Height: 384, Sizes: -1},
		nil,
		[]Tensor{float("o", 1, 84, 5040)},
		channelsFirst, "YOLOv8", 80,
	},
	{
		"with four strides", square(640), nil,
		[]Tensor{float("o", 1, 84, 34000)},
		channelsFirst, "YOLOv8",
		80,
	},
	{
		"YOLO11 masks", square(640), segmentMetadata,
		[]Tensor{float("o", 1, 38, 8400), float("p", 1, 32, 160, 160)},
		channelsFirst,
		"YOLO11n-seg", 2,
	},
	{"YOLOX", square(416), nil, []Tensor{float("o", 1, 3549, 85)}, gridOffsets, "YOLOX", 80},
	{
		"YOLOX of one class", square(416), nil,
		[]Tensor{float("o", 1, 3549, 6)},
		gridOffsets, "YOLOX",
		1,
	},
	{"YOLOv5", square(640), nil, []Tensor{float("o", 1, 25200, 85)}, objectness, "YOLOv5", 80},
	{
		"YOLOv10", square(640), nil,
		[]Tensor{float("o", 1, 300, 6)},
		endToEnd, "YOLO end-to-end",
		0,
	},
	{
		"dynamic list", square(640), nil,
		[]Tensor{float("o", -1, -1, 6)},
		endToEnd,
		"YOLO end-to-end", 0,
	},
	{
		"DEIM",
		Input{Width: 416, Height: 416, Sizes: 1},
		nil,
		[]Tensor{whole("l", 1, 300), float("b", 1, 300, 4), float("s", 1, 300)},
		detectionList,
		"DETR", 0,
	},
	{"transposed", square(640), nil, []Tensor{float("o", 1, 8400, 84)}, channelsLast, "YOLOv8", 80},
	{
		"transposed with names", square(640),
		map[string]string{"names": "['a','b']"},
		[]Tensor{float("o", 1, 8400, 6)},
		channelsLast, "YOLOv8", 2,
	},
	{
		"NanoDet-Plus", square(416), nil,
		[]Tensor{float("o", 1, 3598, 112)},
		distribution,
		"NanoDet-Plus", 80,
	},
	{"NanoDet", square(416), nil, nanodetOutputs, featureLevels, "NanoDet", 80},
	{
		"pairs", square(640), nil,
		[]Tensor{float("pred_logits", 1, 300, 80), float("pred_boxes", 1, 300, 4)},
		queries,
		"DETR", 80,
	},
	{
		"plain DETR", square(800), nil,
		[]Tensor{float("logits", 1, 100, 92), float("pred_boxes", 1, 100, 4)},
		queries,
		"DETR", 80,
	},
	{
		"RF-DETR", square(560), nil,
		[]Tensor{float("dets", 1, 300, 4), float("labels", 1, 300, 91)},
		queries, "RF-DETR", 80,
	},
	{"TensorFlow SSD", square(320), nil, []Tensor{
		float("detection_boxes", 1, 100, 4), float("detection_classes", 1, 100),
		float("detection_scores", 1, 100), float("num_detections", 1),
	}, detectionList, "SSD", 80},
	{
		"torchvision", square(320), nil,
		[]Tensor{float("boxes", -1, 4), whole("labels", -1), float("scores", -1)},
		detectionList,
		"torchvision", 80,
	},
	{
		"another order",
		Input{Width: 416, Height: 416, Sizes: 1},
		nil,
		[]Tensor{float("s", -1, 300), float("b", -1, -1, 4), whole("l", -1, -1)},
		detectionList,
		"DETR", 0,
	},
}

func TestRecognise(t *testing.T) {
	for _, c := range recognisedModels {
		l, err := Recognise(c.in, c.outputs, c.metadata, nil)
		if err != nil || l.head != c.head || l.family != c.family || l.classes != c.classes {
			t.Errorf("%s: %+v, %v", c.name, l, err)
		}
	}
}

var sizedInput = Input{Width: 640, Height: 640, Sizes: 1}

var unknownModels = []struct {
	in      Input
	outputs []Tensor
	want    string
}{
	{square(640), nil, "without outputs"},
	{square(640), []Tensor{float("logits", 1, 1000)}, "logits [1,1000] of float32"},
	{
		square(640),
		[]Tensor{float("a", 1, 300, 4), float("b", 1, 200, 80)},
		"a [1,300,4] of float32, b [1,200,80] of float32",
	},
	{square(640), []Tensor{float("o", 2, 84, 8400)}, "[2,84,8400]"},
	{square(640), []Tensor{float("o", 1, 3000, 85)}, "[1,3000,85]"},
	{square(640), []Tensor{{Name: "o", Type: Other, Shape: []int64{1, 84, 8400}}}, "another type"},
	{square(640), []Tensor{float("o", 1, 3, 2)}, "[1,3,2]"},
	{square(640), []Tensor{float("o", 1, 20000, 90000)}, "classes"},
	{
		square(640),
		[]Tensor{
			float("a", 1, 1), float("b", 1, 1), float("c", 1, 1), float("d", 1, 1),
			float("e", 1, 1), float("f", 1, 1), float("g", 1, 1),
		},
		"…",
	},
	{sizedInput, []Tensor{float("b", 1, 300, 4), float("s", 1, 300)}, "b [1,300,4]"},
	{
		sizedInput,
		[]Tensor{whole("l", 1, 300), float("b", 1, 300, 5), float("s", 1, 300)},
		"[1,300,5]",
	},
}

func TestRecogniseRefusesInWords(t *testing.T) {
	for _, c := range unknownModels {
		_, err := Recognise(c.in, c.outputs, nil, nil)
		if !errors.Is(err, ErrUnknown) || !strings.Contains(err.Error(), c.want) ||
			strings.Contains(err.Error(), "\n") {
			t.Errorf("%+v gives %v", c.outputs, err)
		}
	}
}
