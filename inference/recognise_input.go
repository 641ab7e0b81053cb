package inference

import (
	"fmt"
	"strings"

	"handlens/inference/ort"
	"handlens/inference/resample"
)

// input is where a model takes its picture, and in what form.
type input struct {
	width, height int
	// image and sizes are the inputs' places; sizes is -1 where the model asks for no picture size.
	image, sizes int
	// kind is what its elements are. interleaved is [1,height,width,3] instead of
	// [1,3,height,width], and alone either without its first axis.
	kind               resample.Type
	interleaved, alone bool
}

// shape is the tensor for n pictures.
func (in input) shape(n int) []int64 {
	s := []int64{int64(n), 3, int64(in.height), int64(in.width)}
	if in.interleaved {
		s = []int64{int64(n), int64(in.height), int64(in.width), 3}
	}
	if in.alone {
		s = s[1:]
	}
	return s
}

// defaultSide is the input's side, in pixels, of models that take any and do not say what they were
// trained with.
const defaultSide = 640

// maxInput bounds the side of a model's input, in pixels.
const maxInput = 4096

// pictureHint says what pictures can be given.
const pictureHint = "Handlens gives one picture as [1,3,height,width] or [1,height,width,3] of " +
	"float32, float16 or uint8, and its size as [1,2] of int64"

// recogniseInput finds the picture's input and the one for the picture's size.
func recogniseInput(list []ort.Info, metadata map[string]string) (input, error) {
	in := input{image: -1, sizes: -1}
	for i, e := range list {
		switch {
		case in.image < 0 && in.takePicture(e, metadata):
			in.image = i
		case in.sizes < 0 && is(e, ort.Int64, 1, 2):
			in.sizes = i
		default:
			return in, &LayoutError{What: "input " + describe(e), Hint: pictureHint}
		}
	}
	if in.image < 0 {
		return in, &LayoutError{What: "a model without a picture input", Hint: pictureHint}
	}
	if in.width < 1 || in.height < 1 || in.width > maxInput || in.height > maxInput {
		return in, &LayoutError{
			What: fmt.Sprintf("an input of %d × %d pixels", in.width, in.height),
			Hint: fmt.Sprintf("1 to %d are possible", maxInput),
		}
	}
	return in, nil
}

// pictureTypes are the types of elements that a picture can be given in.
var pictureTypes = map[ort.Type]resample.Type{
	ort.Float32: resample.Float32,
	ort.Float16: resample.Float16, ort.Uint8: resample.Uint8,
}

// takePicture tells whether that input is for the picture, and takes its form in.
func (in *input) takePicture(e ort.Info, metadata map[string]string) bool {
	kind, ok := pictureTypes[e.Type]
	shape := e.Shape
	alone := len(shape) == 3
	if alone {
		shape = append([]int64{1}, shape...)
	}
	if !ok || len(shape) != 4 || !fits(shape[0], 1) {
		return false
	}
	const rgb = 3
	switch {
	case shape[1] == rgb || shape[1] < 0 && shape[3] != rgb:
		in.height, in.width = sideOr(shape[2], metadata, 0), sideOr(shape[3], metadata, 1)
	case shape[3] == rgb:
		in.interleaved = true
		in.height, in.width = sideOr(shape[1], metadata, 0), sideOr(shape[2], metadata, 1)
	default:
		return false
	}
	in.kind, in.alone = kind, alone
	return true
}

// sideOr returns an axis' size, or for a dynamic one what Ultralytics' metadata names, "[height,
// width]", or the default.
func sideOr(axis int64, metadata map[string]string, place int) int {
	if axis >= 0 {
		return int(min(axis, maxInput+1))
	}
	var size [2]int
	text := strings.NewReplacer("[", " ", "]", " ", ",", " ").Replace(metadata["imgsz"])
	if n, _ := fmt.Sscan(text, &size[0], &size[1]); n == 2 && size[place] > 0 &&
		size[place] <= maxInput {
		return size[place]
	}
	return defaultSide
}
