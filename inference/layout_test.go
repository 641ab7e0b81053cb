package inference

import (
	"errors"
	"strings"
	"testing"

	"handlens/inference/ort"
)

func float(name string, shape ...int64) ort.Info {
	return ort.Info{Name: name, Type: ort.Float32, Shape: shape}
}

func whole(name string, shape ...int64) ort.Info {
	return ort.Info{Name: name, Type: ort.Int64, Shape: shape}
}

func TestRecognise(t *testing.T) {
	in := func(side int) input { return input{width: side, height: side, sizes: -1} }
	seg := map[string]string{"task": "segment", "names": "{0: 'a', 1: 'b'}", "description": "Ultralytics YOLO11n-seg model"}
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
		{"rectangle", input{width: 640, height: 384, sizes: -1}, nil, []ort.Info{float("o", 1, 84, 5040)}, columns, "YOLOv8", 80},
		{"with four strides", in(640), nil, []ort.Info{float("o", 1, 84, 34000)}, columns, "YOLOv8", 80},
		{"YOLO11 masks", in(640), seg, []ort.Info{float("o", 1, 38, 8400), float("p", 1, 32, 160, 160)}, columns, "YOLO11n-seg", 2},
		{"YOLOX", in(416), nil, []ort.Info{float("o", 1, 3549, 85)}, grid, "YOLOX", 80},
		{"YOLOX of one class", in(416), nil, []ort.Info{float("o", 1, 3549, 6)}, grid, "YOLOX", 1},
		{"YOLOv5", in(640), nil, []ort.Info{float("o", 1, 25200, 85)}, rows, "YOLOv5", 80},
		{"YOLOv10", in(640), nil, []ort.Info{float("o", 1, 300, 6)}, endToEnd, "YOLO end-to-end", 0},
		{"dynamic list", in(640), nil, []ort.Info{float("o", -1, -1, 6)}, endToEnd, "YOLO end-to-end", 0},
		{"DEIM", input{width: 416, height: 416, sizes: 1}, nil, []ort.Info{whole("l", 1, 300), float("b", 1, 300, 4), float("s", 1, 300)}, triple, "DETR", 0},
		{"another order", input{width: 416, height: 416, sizes: 1}, nil, []ort.Info{float("s", -1, 300), float("b", -1, -1, 4), whole("l", -1, -1)}, triple, "DETR", 0},
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
		{in, []ort.Info{float("a", 1, 300, 4), float("b", 1, 300, 80)}, "a [1,300,4] of float32, b [1,300,80] of float32"},
		{in, []ort.Info{float("o", 2, 84, 8400)}, "[2,84,8400]"},
		{in, []ort.Info{float("o", 1, 3000, 85)}, "[1,3000,85]"},
		{in, []ort.Info{{Name: "o", Type: ort.Other, Shape: []int64{1, 84, 8400}}}, "another type"},
		{in, []ort.Info{float("o", 1, 3, 2)}, "[1,3,2]"},
		{in, []ort.Info{float("o", 1, 20000, 90000)}, "classes"},
		{in, []ort.Info{float("a", 1, 1), float("b", 1, 1), float("c", 1, 1), float("d", 1, 1), float("e", 1, 1), float("f", 1, 1), float("g", 1, 1)}, "…"},
		{sized, []ort.Info{float("b", 1, 300, 4), float("s", 1, 300)}, "b [1,300,4]"},
		{sized, []ort.Info{whole("l", 1, 300), float("b", 1, 300, 5), float("s", 1, 300)}, "[1,300,5]"},
	} {
		_, err := recognise(c.in, c.outputs, nil)
		if !errors.Is(err, ErrUnknownLayout) || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
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
		{"fixed", []ort.Info{float("images", 1, 3, 384, 640)}, nil, input{width: 640, height: 384, image: 0, sizes: -1}},
		{"dynamic batch", []ort.Info{float("images", -1, 3, 416, 416), sizes}, nil, input{width: 416, height: 416, image: 0, sizes: 1}},
		{"sizes first", []ort.Info{sizes, float("images", -1, 3, 416, 416)}, nil, input{width: 416, height: 416, image: 1, sizes: 0}},
		{"dynamic", []ort.Info{float("images", -1, 3, -1, -1)}, nil, input{width: 640, height: 640, sizes: -1}},
		{"dynamic with metadata", []ort.Info{float("images", -1, -1, -1, -1)}, map[string]string{"imgsz": "[320, 512]"}, input{width: 512, height: 320, sizes: -1}},
		{"bad metadata", []ort.Info{float("images", -1, 3, -1, -1)}, map[string]string{"imgsz": "[-5, 99999999]"}, input{width: 640, height: 640, sizes: -1}},
	} {
		if got, err := recogniseInput(c.list, c.metadata); err != nil || got != c.want {
			t.Errorf("%s: %+v, %v", c.name, got, err)
		}
	}
	for _, list := range [][]ort.Info{
		{},
		{sizes},
		{float("images", 1, 640, 640, 3)},
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
