package inference

import (
	"fmt"
	"slices"
	"strings"

	"handlens/inference/ort"
)

// head says how a model's outputs hold the boxes.
type head uint8

const (
	// columns is [1, 4+C, N]: a column for each cell with centre, size and a score for each class (YOLOv8, YOLO11).
	columns head = iota
	// grid is [1, N, 5+C]: a row for each cell with the offset in the cell, log sizes, objectness and class scores (YOLOX).
	grid
	// rows is the same with centre and size in pixels (YOLOv5, and YOLOX exported with its decoding).
	rows
	// endToEnd is [1, N, 6]: two corners, score and class (YOLOv10, YOLO26).
	endToEnd
	// triple is three outputs: labels [1, N], boxes [1, N, 4] in pixels of the size that the second input names, scores [1, N] (RT-DETR,
	// D-FINE, DEIM).
	triple
)

// layout describes, as data, how one model family wants its pictures and gives its boxes.
type layout struct {
	family string
	head   head
	fit    fit
	// bgr: the first plane is blue. unit: samples are 0..1, else 0..255.
	bgr, unit bool
	// antialias: the family's own pipeline resizes with Pillow or torchvision, which smooth; the others with OpenCV, which does not.
	antialias bool
	// nms: overlapping boxes of one object have to be thinned out.
	nms bool
	// classes is the number of class scores; 0 where the outputs do not tell.
	classes int
	// labels, boxes and scores are the outputs' places; the layouts with one output use boxes.
	labels, boxes, scores int
	// extras are what there is behind the class scores.
	extras extras
}

// The families as they are; recognise fills in what depends on the model.
var (
	yolov8Layout   = layout{family: "YOLOv8", head: columns, fit: centred, unit: true, nms: true}
	yoloxLayout    = layout{family: "YOLOX", head: grid, fit: topLeft, bgr: true, nms: true}
	yolov5Layout   = layout{family: "YOLOv5", head: rows, fit: centred, unit: true, nms: true}
	endToEndLayout = layout{family: "YOLO end-to-end", head: endToEnd, fit: centred, unit: true}
	tripleLayout   = layout{family: "DETR", head: triple, fit: stretch, unit: true, antialias: true}
)

// understood is the hint of every layout error.
const understood = "Handlens reads [1,4+C,N] (YOLOv8, YOLO11), [1,N,5+C] (YOLOX, YOLOv5), [1,N,6] (YOLOv10, YOLO26) " +
	"and labels, boxes, scores (RT-DETR, D-FINE, DEIM)"

// input is where a model takes its picture.
type input struct {
	width, height int
	// image and sizes are the inputs' places; sizes is -1 where the model asks for no picture size.
	image, sizes int
}

// defaultSide is the input's side, in pixels, of models that take any and do not say what they were trained with.
const defaultSide = 640

// maxInput bounds the side of a model's input, in pixels.
const maxInput = 4096

// recogniseInput finds the picture's input, [1, 3, height, width] of float32, and the one for the picture's size.
func recogniseInput(list []ort.Info, metadata map[string]string) (input, error) {
	in := input{image: -1, sizes: -1}
	for i, e := range list {
		switch {
		case in.image < 0 && is(e, ort.Float32, 1, 3, anySize, anySize):
			in.image = i
			in.height, in.width = sideOr(e.Shape[2], metadata, 0), sideOr(e.Shape[3], metadata, 1)
		case in.sizes < 0 && is(e, ort.Int64, 1, 2):
			in.sizes = i
		default:
			return in, &LayoutError{
				What: "input " + describe(e),
				Hint: "Handlens gives one picture as [1,3,height,width] of float32, and its size as [1,2] of int64",
			}
		}
	}
	if in.image < 0 {
		return in, &LayoutError{What: "a model without a picture input", Hint: "Handlens gives [1,3,height,width] of float32"}
	}
	if in.width < 1 || in.height < 1 || in.width > maxInput || in.height > maxInput {
		return in, &LayoutError{
			What: fmt.Sprintf("an input of %d × %d pixels", in.width, in.height),
			Hint: fmt.Sprintf("1 to %d are possible", maxInput),
		}
	}
	return in, nil
}

// anySize stands for an axis of any size where a shape is asked for.
const anySize = -1

// is tells whether an input or output has that type and shape, or can take it on.
func is(e ort.Info, t ort.Type, shape ...int64) bool {
	return e.Type == t && slices.EqualFunc(e.Shape, shape, func(have, want int64) bool { return want == anySize || fits(have, want) })
}

// fits tells whether an axis has that size or takes any.
func fits(axis, want int64) bool { return axis == want || axis < 0 }

// sideOr returns an axis' size, or for a dynamic one what Ultralytics' metadata names, "[height, width]", or the default.
func sideOr(axis int64, metadata map[string]string, place int) int {
	if axis >= 0 {
		return int(min(axis, maxInput+1))
	}
	var size [2]int
	text := strings.NewReplacer("[", " ", "]", " ", ",", " ").Replace(metadata["imgsz"])
	if n, _ := fmt.Sscan(text, &size[0], &size[1]); n == 2 && size[place] > 0 && size[place] <= maxInput {
		return size[place]
	}
	return defaultSide
}

// recognise finds the layout from the outputs' names, types and shapes (true ones where a run has told them) and the metadata.
func recognise(in input, outputs []ort.Info, metadata map[string]string) (layout, error) {
	if in.sizes >= 0 || len(outputs) == 3 && looksTriple(outputs) {
		return recogniseTriple(outputs, metadata)
	}
	if len(outputs) == 0 {
		return layout{}, &LayoutError{What: "a model without outputs", Hint: understood}
	}
	first := outputs[0]
	e := findExtras(outputs, metadata)
	if len(outputs) > 1 && e.masks == 0 || len(first.Shape) != 3 || first.Type != ort.Float32 || !fits(first.Shape[0], 1) {
		return layout{}, unknown(outputs)
	}
	l, ok := recogniseOne(in, first.Shape[1], first.Shape[2], e, metadata)
	if !ok {
		return layout{}, unknown(outputs)
	}
	if l.classes > maxClasses {
		return layout{}, &LayoutError{What: fmt.Sprintf("a model of %d classes", l.classes), Hint: fmt.Sprintf("%d are possible", maxClasses)}
	}
	return l, nil
}

// recogniseOne tells the layouts with one output [1, a, b] apart. The number of cells, which follows from the input's size, tells YOLOX from
// YOLOv5 and both from a short list of finished boxes. The extras end each column or row.
func recogniseOne(in input, a, b int64, e extras, metadata map[string]string) (layout, bool) {
	n, more := int64(cells(in.width, in.height)), int64(e.size())
	named, _ := parseNames(metadata["names"])
	switch {
	case b == 6+more && a != n && a != 3*n && a != b:
		l := endToEndLayout
		l.extras = e
		l.family = familyName(metadata, l.family)
		l.classes = len(named)
		return l, true
	case a == n && b > 5 && more == 0:
		l := yoloxLayout
		l.classes = int(b - 5)
		return l, true
	case a == 3*n && b > 5+more:
		l := yolov5Layout
		l.extras = e
		l.family = familyName(metadata, l.family)
		l.classes = int(b - 5 - more)
		return l, true
	case a > 4+more && b > a:
		l := yolov8Layout
		l.extras = e
		l.family = familyName(metadata, l.family)
		l.classes = classesOf(int(a-4-more), len(named), metadata["task"])
		return l, true
	}
	return layout{}, false
}

// classesOf is how many of the rows behind the box are class scores: those that have names, where the task has rows that nothing else explains.
func classesOf(rows, named int, task string) int {
	if (task == "segment" || task == "pose") && named > 0 {
		return min(rows, named)
	}
	return rows
}

// strides are the cell sizes, in pixels, of all the families that have cells.
var strides = [...]int{8, 16, 32}

// cells counts the cells of all strides.
func cells(width, height int) int {
	n := 0
	for _, s := range strides {
		n += (width / s) * (height / s)
	}
	return n
}

// familyName takes the precise name from Ultralytics' description, "Ultralytics YOLO26n model trained on …".
func familyName(metadata map[string]string, general string) string {
	words := strings.Fields(metadata["description"])
	if len(words) > 1 && words[0] == "Ultralytics" && strings.HasPrefix(strings.ToUpper(words[1]), "YOLO") {
		return clean(words[1])
	}
	return general
}

func looksTriple(outputs []ort.Info) bool {
	for _, o := range outputs {
		if o.Type == ort.Int64 || o.Type == ort.Int32 {
			return true
		}
	}
	return false
}

func recogniseTriple(outputs []ort.Info, metadata map[string]string) (layout, error) {
	l := tripleLayout
	l.labels, l.boxes, l.scores = -1, -1, -1
	for i, o := range outputs {
		switch {
		case l.labels < 0 && (is(o, ort.Int64, 1, anySize) || is(o, ort.Int32, 1, anySize)):
			l.labels = i
		case l.boxes < 0 && is(o, ort.Float32, 1, anySize, 4):
			l.boxes = i
		case l.scores < 0 && is(o, ort.Float32, 1, anySize):
			l.scores = i
		default:
			return layout{}, unknown(outputs)
		}
	}
	if l.labels < 0 || l.boxes < 0 || l.scores < 0 {
		return layout{}, unknown(outputs)
	}
	named, _ := parseNames(metadata["names"])
	l.classes = len(named)
	return l, nil
}

func unknown(outputs []ort.Info) error {
	const enough = 6
	var parts []string
	for _, o := range outputs[:min(len(outputs), enough)] {
		parts = append(parts, describe(o))
	}
	if len(outputs) > enough {
		parts = append(parts, "…")
	}
	what := "output "
	if len(outputs) > 1 {
		what = "outputs "
	}
	return &LayoutError{What: what + strings.Join(parts, ", "), Hint: understood}
}

// describe names an input or output with its shape, as in `output0 [1,84,8400] of float32`.
func describe(e ort.Info) string {
	var dims []string
	for _, d := range e.Shape {
		if d < 0 {
			dims = append(dims, "?")
			continue
		}
		dims = append(dims, fmt.Sprint(d))
	}
	return fmt.Sprintf("%s [%s] of %s", clean(e.Name), strings.Join(dims, ","), e.Type)
}
