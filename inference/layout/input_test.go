package layout

import (
	"errors"
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
		"bad metadata",
		[]Tensor{float("images", -1, 3, -1, -1)},
		map[string]string{"imgsz": "[-5, 99999999]"},
		Input{Type: Float32, Width: 640, Height: 640, Sizes: -1},
	},
}

func TestRecogniseInput(t *testing.T) {
	for _, c := range knownInputs {
		if got, err := RecogniseInput(c.list, c.metadata); err != nil || got != c.want {
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
	{float("images", 1, 1, 28, 28)},
	{float("images", 4, 3, 640, 640)},
	{{Name: "images", Type: Other, Shape: []int64{1, 3, 640, 640}}},
	{float("images", 1, 3, 640, 640), float("scale_factor", 1, 2)},
	{float("images", 1, 3, 0, 640)},
	{float("images", 1, 3, 1<<40, 640)},
}
