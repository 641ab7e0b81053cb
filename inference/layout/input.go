package layout

import (
	"fmt"
	"strings"
)

// Input is where a model takes its frame, and in what form.
type Input struct {
	// Width and Height are in pixels.
	Width, Height int
	// Image and Sizes are the inputs' indices; Sizes, the input for the frame's size, is -1 for
	// models that do not ask for it.
	Image, Sizes int
	// Type is Float32, Float16 or Uint8.
	Type Type
	// Interleaved is [1,height,width,3] instead of [1,3,height,width], and Single either of them
	// without its first axis.
	Interleaved, Single bool
}

// Shape returns the shape of the input tensor for n frames; n is 1 when the input is Single.
func (in Input) Shape(n int) []int64 {
	s := []int64{int64(n), 3, int64(in.Height), int64(in.Width)}
	if in.Interleaved {
		s = []int64{int64(n), int64(in.Height), int64(in.Width), 3}
	}
	if in.Single {
		s = s[1:]
	}
	return s
}

// defaultSide is the input's side, in pixels, for models that take any and do not say what they
// were trained with.
const defaultSide = 640

// maxInput bounds the side of a model's input, in pixels.
const maxInput = 4096

// frameHint says what kinds of inputs are possible.
const frameHint = "Handlens gives one picture as [1,3,height,width] or [1,height,width,3] of " +
	"float32, float16 or uint8, and its size as [1,2] of int64"

// RecogniseInput finds the input for the frame and the one for the frame's size, from the
// descriptions of all inputs and the metadata. Its error is an [Error].
func RecogniseInput(list []Tensor, metadata map[string]string) (Input, error) {
	in := Input{Image: -1, Sizes: -1}
	if err := otherKind(list); err != nil {
		return in, err
	}
	for i := range list {
		t := &list[i]
		switch {
		case in.Image < 0 && in.takesFrame(t, metadata):
			in.Image = i
		case in.Sizes < 0 && t.Type == Int64 && t.shaped(1, 2):
			in.Sizes = i
		default:
			return in, &Error{What: "input " + t.describe(), Hint: frameHint}
		}
	}
	if in.Image < 0 {
		return in, &Error{What: "a model without a picture input", Hint: frameHint}
	}
	if in.Width < 1 || in.Height < 1 || in.Width > maxInput || in.Height > maxInput {
		return in, &Error{
			What: fmt.Sprintf("an input of %d × %d pixels", in.Width, in.Height),
			Hint: fmt.Sprintf("1 to %d are possible", maxInput),
		}
	}
	return in, nil
}

// takesFrame tells whether that input is for the frame, and notes its form.
func (in *Input) takesFrame(t *Tensor, metadata map[string]string) bool {
	shape := t.Shape
	isSingle := len(shape) == 3
	if isSingle {
		shape = append([]int64{1}, shape...)
	}
	known := t.Type == Float32 || t.Type == Float16 || t.Type == Uint8
	if !known || len(shape) != 4 || !fits(shape[0], 1) {
		return false
	}
	const rgb = 3
	switch {
	case shape[1] == rgb || shape[1] < 0 && shape[3] != rgb:
		in.Height, in.Width = sideOr(shape[2], metadata, 0), sideOr(shape[3], metadata, 1)
	case shape[3] == rgb:
		in.Interleaved = true
		in.Height, in.Width = sideOr(shape[1], metadata, 0), sideOr(shape[2], metadata, 1)
	default:
		return false
	}
	in.Type, in.Single = t.Type, isSingle
	return true
}

// sideOr returns an axis' size. For a dynamic one it is what Ultralytics' metadata names, "[height,
// width]", or the default; place is 0 for the height and 1 for the width.
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
