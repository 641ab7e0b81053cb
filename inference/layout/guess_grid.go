package layout

import (
	"cmp"
	"fmt"
	"slices"
)

// A grid that is not decoded is guessed by its shape alone: as many cells as a stride makes of the
// input, and for each anchor a box, an objectness and class scores.

// guessedGrid is an output with the cells of one stride.
type guessedGrid struct {
	name           string
	stride, boxes  int
	width          int // numbers of a box
	turned, spread bool
}

// knownAnchors are those that YOLOv5 has for COCO: what most models begin with.
var knownAnchors = map[int][][2]float32{
	8: {{10, 13}, {16, 30}, {33, 23}}, 16: {{30, 61}, {62, 45}, {59, 119}},
	32: {{116, 90}, {156, 198}, {373, 326}},
}

// asGrid tells whether an output has the cells of a stride: [1, anchors, rows, columns, numbers],
// [1, rows, columns, anchors, numbers], [1, anchors*numbers, rows, columns] or with those last.
func (g *guess) asGrid(t *Tensor) (guessedGrid, bool) {
	s, out := t.Shape, guessedGrid{name: t.Name, boxes: 1}
	if !t.isFloat() || len(s) < 4 || len(s) > 5 || slices.Min(s) < 1 || s[0] != 1 ||
		slices.Max(s) > maxColumns {
		return out, false
	}
	if len(s) == 5 {
		out.width = int(s[4])
		if out.stride = g.strideOf(s[2], s[3]); out.stride > 0 {
			out.boxes, out.spread = int(s[1]), true
			return out, out.width > 5
		}
		out.stride, out.boxes = g.strideOf(s[1], s[2]), int(s[3])
		return out, out.stride > 0 && out.width > 5
	}
	numbers := int(s[1])
	if out.stride = g.strideOf(s[2], s[3]); out.stride > 0 {
		out.turned = true
	} else {
		out.stride, numbers = g.strideOf(s[1], s[2]), int(s[3])
	}
	out.boxes = g.perCell(numbers)
	out.width = numbers / out.boxes
	return out, out.stride > 0 && out.width > 5
}

// strideOf is the cell size of so many rows and columns; 0 for none.
func (g *guess) strideOf(rows, columns int64) int {
	const least, most = 4, 128
	stride := g.in.Width / int(columns)
	if stride < least || stride > most || int(columns)*stride != g.in.Width ||
		int(rows)*stride != g.in.Height {
		return 0
	}
	return stride
}

// perCell guesses how many boxes have those numbers: as names tell, else three where that is whole.
func (g *guess) perCell(numbers int) int {
	switch {
	case g.named > 0 && numbers%(5+g.named) == 0:
		return numbers / (5 + g.named)
	case numbers%3 == 0 && numbers > 15:
		return 3
	}
	return 1
}

// grids guesses outputs that are all grids; false when they are not.
func (g *guess) grids(outputs []Tensor) bool {
	var list []guessedGrid
	for i := range outputs {
		one, ok := g.asGrid(&outputs[i])
		if !ok || len(list) > 0 && one.width != list[0].width ||
			slices.ContainsFunc(list, func(o guessedGrid) bool { return o.stride == one.stride }) {
			return false
		}
		list = append(list, one)
	}
	if len(list) == 0 || list[0].width-5 > maxClasses {
		return false
	}
	slices.SortFunc(list, func(a, b guessedGrid) int { return cmp.Compare(a.stride, b.stride) })
	b := &saidBoxes{Formula: "yolov3"}
	if list[0].spread || list[0].turned && list[0].boxes > 1 {
		b.Formula = "yolov5"
	}
	for _, o := range list {
		g.said.outputs[o.name] = saidOutput{
			Columns: append(formNames(centreForm), "objectness", many("scores", o.width-5)),
			Turned:  o.turned, Stride: o.stride,
		}
		b.Strides = append(b.Strides, o.stride)
		anchors := knownAnchors[o.stride]
		if len(anchors) != o.boxes {
			side := float32(4 * o.stride)
			anchors = slices.Repeat([][2]float32{{side, side}}, o.boxes)
		}
		b.Anchors = append(b.Anchors, anchors)
		g.doubt(fmt.Sprintf("outputs.%s", clean(o.name)),
			"the cells of %d pixels of a grid, and for each so many boxes: %d", o.stride, o.boxes)
	}
	g.said.boxes, g.said.scores = b, "sigmoid"
	g.doubt("boxes.formula", "%s (yolox, yolov3, yolov5, ssd or distances)", b.Formula)
	g.doubt("boxes.anchors", "these; they stand in the configuration of the model's training")
	return true
}
