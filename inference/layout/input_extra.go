package layout

import "strings"

// hasName tells whether the input's name has one of these words in it.
func (t *Tensor) hasName(words ...string) bool {
	name := strings.ToLower(t.Name)
	for _, w := range words {
		if strings.Contains(name, w) {
			return true
		}
	}
	return false
}

// takesSizes tells whether an input is for the size of the frame, in which boxes then come.
func takesSizes(t *Tensor) bool {
	if !t.shaped(1, 2) || t.hasName("scale") {
		return false
	}
	return t.Type == Int64 || (t.Type == Int32 || t.Type == Float32) &&
		t.hasName("size", "image_shape", "orig", "target")
}

// settings are inputs of one number, by words of their names, and what they get.
var settings = []struct {
	words []string
	value float32
}{
	{[]string{"iou", "nms_thr"}, 0.6},
	{[]string{"score", "conf", "threshold"}, 0.05},
	{[]string{"max_", "topk", "top_k", "keep"}, maxDetections},
}

// extra says what another input gets; false when nobody knows.
func (in *Input) extra(index int, t *Tensor) (Extra, bool) {
	e := Extra{Index: index, Type: t.Type}
	switch {
	case t.Type != Float32 && !t.isInteger():
		return e, false
	case t.shaped(1, 2) && t.hasName("scale"): // PaddlePaddle: of the sides, by the preparation
		e.Shape, e.Values, e.scale = []int64{1, 2}, []float32{1}, true
		return e, true
	case t.shaped(1, 2) && t.hasName("im_shape"): // and their lengths after it
		e.Shape, e.Values = []int64{1, 2}, []float32{float32(in.Height), float32(in.Width)}
		e.sides = true
		return e, true
	case t.hasName("mask") && (len(t.Shape) == 3 || len(t.Shape) == 4): // no part is padding
		e.Shape, e.Values = sized(t.Shape, in.Height, in.Width), []float32{1}
		return e, true
	}
	if len(t.Shape) > 0 && !t.shaped(1) && !t.shaped(1, 1) {
		return e, false
	}
	for _, s := range settings {
		if t.hasName(s.words...) {
			e.Shape, e.Values = ones(t.Shape), []float32{s.value}
			return e, true
		}
	}
	return e, false
}

// sized is a shape of one picture whose last two axes, where they are open, are the picture's.
func sized(shape []int64, height, width int) []int64 {
	s := ones(shape)
	for i, side := range []int{height, width} {
		if k := len(s) - 2 + i; shape[k] < 0 {
			s[k] = int64(side)
		}
	}
	return s
}

// ones is a shape with 1 for what is open.
func ones(shape []int64) []int64 {
	s := make([]int64, len(shape))
	for i, axis := range shape {
		s[i] = max(1, axis)
	}
	return s
}
