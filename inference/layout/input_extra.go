package layout

import "strings"

// isText tells whether an input is for the words of a text.
func isText(t *Tensor) bool {
	name := strings.ToLower(t.Name)
	for _, word := range []string{"input_ids", "token", "attention_mask", "text", "prompt"} {
		if strings.Contains(name, word) {
			return true
		}
	}
	return false
}

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

// extra says what another input gets; false when nobody knows.
func (in *Input) extra(index int, t *Tensor) (Extra, bool) {
	e := Extra{Index: index, Type: t.Type}
	if t.Type != Float32 && t.Type != Int64 && t.Type != Int32 {
		return e, false
	}
	scalar := len(t.Shape) == 0 || t.shaped(1) || t.shaped(1, 1)
	switch {
	case t.shaped(1, 2) && t.hasName("scale"): // PaddlePaddle: of the sides, by the preparation
		e.Shape, e.Values, e.scale = []int64{1, 2}, []float32{1}, true
	case t.shaped(1, 2) && t.hasName("im_shape"): // and their lengths after it
		e.Shape, e.Values = []int64{1, 2}, []float32{float32(in.Height), float32(in.Width)}
	case t.hasName("mask") && (len(t.Shape) == 3 || len(t.Shape) == 4): // no part is padding
		e.Shape, e.Values = sized(t.Shape, in.Height, in.Width), []float32{1}
	case scalar && t.hasName("iou", "nms_thr"):
		e.Shape, e.Values = ones(t.Shape), []float32{0.6}
	case scalar && t.hasName("score", "conf", "threshold"):
		e.Shape, e.Values = ones(t.Shape), []float32{0.05}
	case scalar && t.hasName("max_", "topk", "top_k", "keep"):
		e.Shape, e.Values = ones(t.Shape), []float32{maxDetections}
	default:
		return e, false
	}
	return e, true
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
