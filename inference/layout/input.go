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
	// Name is that of the image's input.
	Name string
	// Type is Float32, Float16 or Uint8.
	Type Type
	// Interleaved is [1,height,width,3] instead of [1,3,height,width], and Single either of them
	// without its first axis.
	Interleaved, Single bool
	// Grey: there is one channel, of brightness, instead of three of colours.
	Grey bool
	// Batch is how many frames the model always takes: more than 1 for a fixed batch, of which one
	// is used, else 0.
	Batch int
	// Extras are the inputs beside those, which get the same values for each frame.
	Extras []Extra
}

// Extra is an input that says nothing of the frame's content.
type Extra struct {
	Index int
	Type  Type
	Shape []int64
	// Values are repeated until the tensor is full.
	Values []float32

	scale bool // it is that of the picture's sides
	sides bool // it is their lengths
}

// Shape returns the shape of the input tensor for n frames; n is 1 when the input is Single or of a
// fixed Batch.
func (in Input) Shape(n int) []int64 {
	channels := int64(3)
	if in.Grey {
		channels = 1
	}
	n = max(n, in.Batch)
	s := []int64{int64(n), channels, int64(in.Height), int64(in.Width)}
	if in.Interleaved {
		s = []int64{int64(n), int64(in.Height), int64(in.Width), channels}
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
	"float32, float16 or uint8, and its size as [1,2]"

// RecogniseInput finds the input for the frame and the one for the frame's size, from the
// descriptions of all inputs and the metadata. Its error is an [Error].
func RecogniseInput(list []Tensor, metadata map[string]string) (Input, error) {
	in := Input{Image: -1, Sizes: -1}
	if err := otherKind(list); err != nil {
		return in, err
	}
	for i := range list {
		if t := &list[i]; in.Image < 0 && in.takesFrame(t, metadata) {
			in.Image, in.Name = i, strings.ToLower(t.Name)
		}
	}
	for i := range list {
		t := &list[i]
		if i == in.Image {
			continue
		}
		if in.Sizes < 0 && takesSizes(t) {
			in.Sizes = i
			continue
		}
		extra, ok := in.extra(i, t)
		if !ok {
			return in, &Error{What: "input " + t.describe(), Hint: frameHint}
		}
		in.Extras = append(in.Extras, extra)
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

// channelAxis tells which axis of four has the channels: the second or the last one, of three or of
// one. An open axis is taken for the second one.
func channelAxis(shape []int64, of Type) (axis int, ok bool) {
	const rgb, grey = 3, 1
	switch {
	case shape[1] == rgb:
		return 1, true
	case shape[3] == rgb:
		return 3, true
	case of == Float16: // of a picture, which is not converted to grey
	case shape[1] == grey && shape[3] != grey:
		return 1, true
	case shape[3] == grey && shape[1] != grey:
		return 3, true
	}
	return 1, shape[1] < 0
}

// takesFrame tells whether that input is for the frame, and notes its form.
func (in *Input) takesFrame(t *Tensor, metadata map[string]string) bool {
	shape := t.Shape
	isSingle := len(shape) == 3
	if isSingle {
		shape = append([]int64{1}, shape...)
	}
	known := t.Type == Float32 || t.Type == Float16 || t.Type == Uint8
	const maxBatch = 64
	if !known || len(shape) != 4 || shape[0] == 0 || shape[0] > maxBatch {
		return false
	}
	planes, ok := channelAxis(shape, t.Type)
	if !ok {
		return false
	}
	in.Grey = shape[planes] == 1
	in.Interleaved = planes == 3
	height := 2
	if in.Interleaved {
		height = 1
	}
	in.Height = sideOr(shape[height], metadata, 0)
	in.Width = sideOr(shape[height+1], metadata, 1)
	in.Type, in.Single = t.Type, isSingle
	if shape[0] > 1 {
		in.Batch = int(shape[0])
	}
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
