package layout

import (
	"errors"
	"reflect"
	"strings"
	"testing"
)

var imageSizes = whole("orig_target_sizes", -1, 2)

var knownInputs = []struct {
	name     string
	list     []Tensor
	metadata map[string]string
	want     Input
}{
	{
		"fixed",
		[]Tensor{float("images", 1, 3, 384, 640)},
		nil,
		Input{Type: Float32, Width: 640, Height: 384, Image: 0, Sizes: -1},
	},
	{
		"dynamic batch",
		[]Tensor{float("images", -1, 3, 416, 416), imageSizes},
		nil,
		Input{Type: Float32, Width: 416, Height: 416, Image: 0, Sizes: 1},
	},
	{
		"sizes first",
		[]Tensor{imageSizes, float("images", -1, 3, 416, 416)},
		nil,
		Input{Type: Float32, Width: 416, Height: 416, Image: 1, Sizes: 0},
	},
	{
		"dynamic",
		[]Tensor{float("images", -1, 3, -1, -1)},
		nil,
		Input{Type: Float32, Width: 640, Height: 640, Sizes: -1},
	},
	{
		"dynamic with metadata",
		[]Tensor{float("images", -1, -1, -1, -1)},
		map[string]string{"imgsz": "[320, 512]"},
		Input{Type: Float32, Width: 512, Height: 320, Sizes: -1},
	},
	{
		"without a batch",
		[]Tensor{float("image", 3, 300, 400)},
		nil,
		Input{Type: Float32, Width: 400, Height: 300, Sizes: -1, Single: true},
	},
	{
		"TensorFlow",
		[]Tensor{{Name: "i", Type: Uint8, Shape: []int64{1, -1, -1, 3}}},
		nil,
		Input{Width: 640, Height: 640, Sizes: -1, Type: Uint8, Interleaved: true},
	},
	{
		"halves",
		[]Tensor{{Name: "i", Type: Float16, Shape: []int64{1, 3, 64, 96}}},
		nil,
		Input{Width: 96, Height: 64, Sizes: -1, Type: Float16},
	},
	{
		"one channel",
		[]Tensor{float("images", 1, 1, 64, 96)},
		nil,
		Input{Width: 96, Height: 64, Sizes: -1, Type: Float32, Grey: true},
	},
	{
		"a fixed batch",
		[]Tensor{float("images", 4, 3, 64, 96)},
		nil,
		Input{Width: 96, Height: 64, Sizes: -1, Type: Float32, Batch: 4},
	},
	{
		"PaddlePaddle's inputs, the picture last",
		[]Tensor{
			float("im_shape", 1, 2), float("scale_factor", -1, 2), float("image", -1, 3, 64, 96),
		},
		nil,
		Input{
			Width: 96, Height: 64, Image: 2, Sizes: -1, Type: Float32, Extras: []Extra{
				{Index: 0, Type: Float32, Shape: []int64{1, 2}, Values: []float32{64, 96}},
				{Index: 1, Type: Float32, Shape: []int64{1, 2}, Values: []float32{1}, scale: true},
			},
		},
	},
	{
		"a mask, sizes and a threshold",
		[]Tensor{
			float("pixel_values", -1, 3, 64, 96),
			{Name: "pixel_mask", Type: Int64, Shape: []int64{-1, -1, -1}},
			{Name: "image_shape", Type: Int32, Shape: []int64{1, 2}},
			float("score_threshold", 1),
		},
		nil,
		Input{
			Width: 96, Height: 64, Sizes: 2, Type: Float32, Extras: []Extra{
				{Index: 1, Type: Int64, Shape: []int64{1, 64, 96}, Values: []float32{1}},
				{Index: 3, Type: Float32, Shape: []int64{1}, Values: []float32{0.05}},
			},
		},
	},
	{
		"bad metadata",
		[]Tensor{float("images", -1, 3, -1, -1)},
		map[string]string{"imgsz": "[-5, 99999999]"},
		Input{Type: Float32, Width: 640, Height: 640, Sizes: -1},
	},
}

func TestRecogniseInput(t *testing.T) {
	for _, c := range knownInputs {
		got, err := RecogniseInput(c.list, c.metadata)
		if err == nil && got.Name != strings.ToLower(c.list[got.Image].Name) {
			t.Errorf("%s: the input is called %q", c.name, got.Name)
		}
		got.Name = ""
		for i := range got.Extras {
			got.Extras[i].sides = false
		}
		if err != nil || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %+v, %v", c.name, got, err)
		}
	}
	for _, list := range unknownInputs {
		if _, err := RecogniseInput(list, nil); !errors.Is(err, ErrUnknown) {
			t.Errorf("%+v gives %v", list, err)
		}
	}
}

var unknownInputs = [][]Tensor{
	{},
	{imageSizes},
	{float("images", 1, 640, 640, 4)},
	{float("images", 640, 640)},
	{float("images", 1, 2, 28, 28)},
	{float("images", 0, 3, 640, 640)},
	{float("images", 1, 3, 640, 640), {Name: "input_ids", Type: Int64, Shape: []int64{1, 16}}},
	{{Name: "images", Type: Other, Shape: []int64{1, 3, 640, 640}}},
	{float("images", 1, 3, 640, 640), float("what", 1, 2)},
	{float("images", 1, 3, 0, 640)},
	{float("images", 1, 3, 1<<40, 640)},
}
