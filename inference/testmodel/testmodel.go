package testmodel

import (
	"fmt"
	"slices"
	"strings"
)

// Score is what a patch that is there gets. One that is not there gets 0.
const Score = 0.98

// Labels are the classes in their order.
var Labels = []string{"red", "green", "blue"}

// Layouts are the names that Build knows, Shaped those of the models that tell more than boxes,
// Rotated those of the models of rotated boxes, and Families those of the less common layouts: the
// last takes its frame as [1,n,n,3] of uint8, and "yolov8-half" as float16. The Halves take and
// give float16 only, as exports for graphics cards do.
var (
	Layouts  = []string{"yolov8", "yolox", "end2end", "deim"}
	Shaped   = []string{"yolov8-seg", "yolov8-pose", "end2end-seg", "end2end-pose"}
	Rotated  = []string{"yolov8-obb", "end2end-obb"}
	Halves   = []string{"yolov8-seg-half", "yolov8-pose-half", "yolov8-obb-half"}
	Families = slices.Concat([]string{"yolov5", "yolov8-rows", "yolov8-half", "detr", "ssd"},
		exported)
)

const (
	// maxSize bounds the input's side in pixels.
	maxSize = 2048
	// threshold is how saturated a pixel must be, 0..1. Below the half, since video coding takes
	// some of the colour away.
	threshold = 0.4
	// rows is the length of the layouts that give a fixed list.
	rows = 300
	// far is a column or row that is never reached.
	far = 1 << 20
)

// Build returns the model in one of the Layouts, or of those that are Shaped, Rotated, Halves,
// Families or Faces, for an input of size × size pixels. The size must be a multiple of 32, from 32
// to 2048.
func Build(layout string, size int) ([]byte, error) {
	if all := slices.Concat(Layouts, Shaped, Rotated, Halves, Families,
		Faces); !slices.Contains(all,
		layout) {
		return nil, fmt.Errorf("layout %q is none of %v", layout, all)
	}
	if size < 32 || size > maxSize || size%32 != 0 {
		return nil, fmt.Errorf("a size of %d is not a multiple of 32 from 32 to %d", size, maxSize)
	}
	return new(graph).build(layout, int64(size), 1), nil
}

// BuildBatch returns the model in the layout yolov8 with a dynamic batch axis: it takes any number
// of frames at once.
func BuildBatch(size int) ([]byte, error) {
	if _, err := Build("yolov8", size); err != nil {
		return nil, err
	}
	return new(graph).build("yolov8", int64(size), -1), nil
}

// Variant is what may be different about a model's file while it detects the same.
type Variant struct {
	// Names are the key and the value under which the metadata names the classes; nil is the form
	// of Ultralytics.
	Names *[2]string
	// IR and Opset are the versions of the file's format and of its operators; 0 is the usual one.
	IR, Opset int64
	// Weights is the file that has the model's numbers, as the model names it; "" is the model's
	// own.
	Weights string
}

// BuildVariant returns a variant of what Build returns, and the content of its file of weights.
func BuildVariant(layout string, size int, v Variant) (model, weights []byte, err error) {
	if _, err := Build(layout, size); err != nil {
		return nil, nil, err
	}
	g := graph{variant: v}
	model = g.build(layout, int64(size), 1)
	return model, g.weights, nil
}

// build makes the model for so many frames; -1, which leaves that open, is for the layouts
// without tables of their own.
func (g *graph) build(layout string, n, batch int64) []byte {
	g.batch = batch
	var task [][2]string
	kind := layout
	if slices.Contains(Halves, layout) {
		kind, g.half = strings.CutSuffix(layout, "-half")
	}
	switch kind {
	case "yolov8":
		g.columnsWith(g.patches(n, false), n, 0, "")
	case "yolox":
		g.grid(g.patches(n, true), n)
	case "end2end":
		g.endToEndWith(g.patches(n, false), 0, "")
	case "yolov8-seg", "yolov8-pose", "end2end-seg", "end2end-pose":
		task = g.shaped(kind, n)
	case "yolov8-obb", "end2end-obb":
		task = g.oriented(kind, n)
	case "scrfd", "yunet", "retinaface":
		g.faces(kind, n)
	case "deim":
		g.detectionList(g.patches(n, false), n)
	default:
		g.family(kind, n)
	}
	names := [2]string{"names", "{0: 'red', 1: 'green', 2: 'blue'}"}
	if g.variant.Names != nil {
		names = *g.variant.Names
	}
	return g.model(append(task, names,
		[2]string{"license", "Apache-2.0"},
		[2]string{"author", "Handlens"},
		[2]string{
			"description",
			"Handlens test model: the box around saturated red, green and blue patches",
		},
		[2]string{"layout", layout},
	)...)
}

// found names the results of the common part, each [1,3] with a value for each colour: the edges in
// pixels and the score. mask is which pixels belong to the patch, [1,3,n,n].
type found struct{ x1, y1, x2, y2, score, mask string }

// patches adds the input and the part that all layouts share.
func (g *graph) patches(n int64, bgr bool) found {
	rgb := g.images(n)
	if bgr {
		rgb = g.node("Gather", []string{rgb, g.indices(2, 1, 0)}, one("axis", 1))
		rgb = g.node("Mul", []string{rgb, g.number(1.0 / 255)})
	}
	return g.patchesIn(rgb, n)
}

// images adds the input for pictures, and returns it as float32.
func (g *graph) images(n int64) string {
	if !g.half {
		g.input("images", typeFloat, g.batch, 3, n, n)
		return "images"
	}
	g.input("images", typeHalf, g.batch, 3, n, n)
	return g.node("Cast", []string{"images"}, one("to", typeFloat))
}

// patchesIn finds the patches in [batch,3,n,n] of red, green and blue, 0..1.
func (g *graph) patchesIn(rgb string, n int64) found {
	next := g.node("Gather", []string{rgb, g.indices(1, 2, 0)}, one("axis", 1))
	last := g.node("Gather", []string{rgb, g.indices(2, 0, 1)}, one("axis", 1))
	margin := g.node("Sub", []string{rgb, g.node("Max", []string{next, last})})
	soft := g.node("AveragePool", []string{margin}, many("kernel_shape", 3, 3),
		many("pads", 1, 1, 1, 1), many("strides", 1, 1))
	mask := g.node("Cast", []string{g.node("Greater", []string{soft, g.number(threshold)})},
		one("to", typeFloat))

	index := make([]float32, n)
	for i := range index {
		index[i] = float32(i)
	}
	columns := g.node("ReduceMax", []string{mask}, many("axes", 2), one("keepdims", 1)) // [1,3,1,n]
	rowsOf := g.node("ReduceMax", []string{mask}, many("axes", 3), one("keepdims", 1))  // [1,3,n,1]
	x := g.constant(typeFloat, floats(index...), 1, 1, 1, n)
	y := g.constant(typeFloat, floats(index...), 1, 1, n, 1)
	f := found{mask: mask}
	f.x1, f.x2 = g.edges(columns, x)
	f.y1, f.y2 = g.edges(rowsOf, y)
	any := g.node("ReduceMax", []string{mask}, many("axes", 2, 3), one("keepdims", 0))
	f.score = g.node("Mul", []string{any, g.number(Score)})
	return f
}

// edges returns the least index where the line is set, and the greatest plus one; far and 0 where
// it is set nowhere.
func (g *graph) edges(line, index string) (low, high string) {
	unset := g.node("Mul", []string{g.node("Sub", []string{g.number(1), line}), g.number(far)})
	low = g.node("ReduceMin", []string{g.node("Add", []string{index, unset})}, many("axes", 2, 3),
		one("keepdims", 0))
	end := g.node("Mul", []string{g.node("Add", []string{index, g.number(1)}), line})
	high = g.node("ReduceMax", []string{end}, many("axes", 2, 3), one("keepdims", 0))
	return low, high
}

// centre returns the middle and the length between two edges.
func (g *graph) centre(low, high string) (middle, length string) {
	middle = g.node("Mul", []string{g.node("Add", []string{low, high}), g.number(0.5)})
	return middle, g.node("Sub", []string{high, low})
}

// stack puts values of [1,3] side by side along a new axis: 1 gives [1,k,3], 2 gives [1,3,k].
func (g *graph) stack(axis int64, values ...string) string {
	var parts []string
	for _, v := range values {
		parts = append(parts, g.node("Unsqueeze", []string{v, g.indices(axis)}))
	}
	return g.node("Concat", parts, one("axis", axis))
}

// oneHot returns [1,3,3]: the scores on the diagonal.
func (g *graph) oneHot(score string) string {
	diagonal := g.constant(typeFloat, floats(1, 0, 0, 0, 1, 0, 0, 0, 1), 1, 3, 3)
	return g.node("Mul", []string{diagonal, g.node("Unsqueeze", []string{score, g.indices(1)})})
}

// pad adds the output: the value with zeros behind it along its axis (of rank many), up to total of
// what are now three.
func (g *graph) pad(name, value string, rank, axis int, total int64) {
	pads := make([]int64, 2*rank)
	pads[rank+axis] = total - 3
	g.named("Pad", g.wide(name), []string{value, g.indices(pads...)})
}

// cells is how many cells of 8, 16 and 32 pixels an input has.
func cells(n int64) int64 { return (n/8)*(n/8) + (n/16)*(n/16) + (n/32)*(n/32) }

// grid is [1, cells, 5+3]: a patch is in the row of its class, which is a cell of 8 pixels in the
// first line.
func (g *graph) grid(f found, n int64) {
	const stride = 8
	cx, w := g.centre(f.x1, f.x2)
	cy, h := g.centre(f.y1, f.y2)
	inCells := func(v string) string { return g.node("Mul", []string{v, g.number(1.0 / stride)}) }
	logSize := func(v string) string {
		return g.node("Log", []string{inCells(g.node("Max", []string{v, g.number(1)}))})
	}
	column := g.constant(typeFloat, floats(0, 1, 2), 1, 3)
	boxes := g.stack(2, g.node("Sub", []string{inCells(cx), column}), inCells(cy), logSize(w),
		logSize(h), f.score)
	// The final score is objectness times class score, so the class score is a plain one.
	ones := g.constant(typeFloat, floats(1, 0, 0, 0, 1, 0, 0, 0, 1), 1, 3, 3)
	out := g.node("Concat", []string{boxes, ones}, one("axis", 2))
	g.pad("output", out, 3, 1, cells(n))
	g.output("output", typeFloat, 1, cells(n), 8)
}

// detectionList is labels, boxes in units of the frame's size that the second input names, and
// scores.
func (g *graph) detectionList(f found, n int64) {
	g.input("orig_target_sizes", typeInt64, 1, 2)
	size := g.node("Mul",
		[]string{
			g.node("Cast", []string{"orig_target_sizes"}, one("to", typeFloat)),
			g.number(1 / float32(n)),
		})
	twice := g.node("Concat", []string{size, size}, one("axis", 1)) // width, height, width, height
	boxes := g.node("Mul",
		[]string{
			g.stack(2, f.x1, f.y1, f.x2, f.y2),
			g.node("Unsqueeze", []string{twice, g.indices(1)}),
		})
	g.pad("labels", g.constant(typeInt64, ints(0, 1, 2), 1, 3), 2, 1, rows)
	g.pad("boxes", boxes, 3, 1, rows)
	g.pad("scores", f.score, 2, 1, rows)
	g.output("labels", typeInt64, 1, rows)
	g.output("boxes", typeFloat, 1, rows, 4)
	g.output("scores", typeFloat, 1, rows)
}
