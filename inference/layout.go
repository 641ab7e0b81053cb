package inference

import (
	"fmt"
	"slices"
	"strings"

	"handlens/assets"
	"handlens/inference/ort"
)

// head says how a model's outputs hold the boxes.
type head uint8

const (
	// columns is [1, 4+C, N]: a column for each cell with centre, size and a score for each class
	// (YOLOv8, YOLO11).
	columns head = iota
	// grid is [1, N, 5+C]: a row for each cell with the offset in the cell, log sizes, objectness
	// and class scores (YOLOX).
	grid
	// rows is the same with centre and size in pixels (YOLOv5, and YOLOX exported with its
	// decoding).
	rows
	// endToEnd is [1, N, 6]: two corners, score and class (YOLOv10, YOLO26).
	endToEnd
	// triple is a finished list: labels [1, N], boxes [1, N, 4], scores [1, N] (RT-DETR, D-FINE,
	// DEIM, SSD, torchvision).
	triple
	// plain is rows without objectness, [1, N, 4+C] (YOLOv8, transposed).
	plain
	// queries is logits [1, Q, C] and boxes [1, Q, 4] (DETR, RF-DETR, RT-DETR without its last
	// step).
	queries
	// levels is for each stride class scores [1, n, C] and distances as distributions, [1, n,
	// 4*bins] (NanoDet).
	levels
	// distribution is both in one row, [1, N, C+4*bins] (NanoDet-Plus).
	distribution
)

// layout describes, as data, how one model family wants its pictures and gives its boxes.
type layout struct {
	family string
	head   head
	fit    fit
	// bgr: the first plane is blue. unit: samples are 0..1, else 0..255.
	bgr, unit bool
	// mean and std, where they are set, are taken off the samples and then divide them, by plane of
	// the tensor.
	mean, std [3]float32
	// black: what surrounds a letterboxed picture is black, else the usual grey.
	black bool
	// antialias: the family's own pipeline resizes with Pillow or torchvision, which smooth; the
	// others with OpenCV, which does not.
	antialias bool
	// nms: overlapping boxes of one object have to be thinned out.
	nms bool
	// classes is the number of class scores; 0 where the outputs do not tell.
	classes int
	// labels, boxes and scores are the outputs' places; the layouts with one output use boxes.
	// count is how many detections there are, where that is told.
	labels, boxes, scores, count int
	counted                      bool
	// activation, measure and yx say how the numbers are to be read; yx: y comes before x.
	activation activation
	measure    boxUnit
	yx         bool
	// renumber makes the model's numbers of classes into indices of the labels, where they differ;
	// -1 is none. raw is then the number of scores.
	renumber []int16
	raw      int
	// steps are the strides, levels their outputs, bins the length of a distribution and middle
	// where in its cell a distance begins.
	steps  [4]int
	levels [4]level
	bins   int
	middle float32
	// extras are what there is behind the class scores.
	extras extras
}

// understood is the hint of every layout error.
const understood = "Handlens reads [1,4+C,N] (YOLOv8, YOLO11), [1,N,5+C] (YOLOX, YOLOv5), " +
	"[1,N,6] (YOLOv10, YOLO26), " +
	"labels, boxes, scores (RT-DETR, D-FINE, DEIM, SSD), logits and boxes (DETR, RF-DETR) and " +
	"NanoDet's distributions"

// anySize stands for an axis of any size where a shape is asked for.
const anySize = -1

// is tells whether an input or output has that type and shape, or can take it on.
func is(e ort.Info, t ort.Type, shape ...int64) bool {
	return e.Type == t &&
		slices.EqualFunc(e.Shape, shape, func(have, want int64) bool {
			return want == anySize || fits(have, want)
		})
}

// fits tells whether an axis has that size or takes any.
func fits(axis, want int64) bool { return axis == want || axis < 0 }

// recognise finds the layout from the outputs' names, types and shapes (true ones where a run has
// told them) and the metadata.
func recognise(in input, outputs []ort.Info, metadata map[string]string) (layout, error) {
	if len(outputs) == 0 {
		return layout{}, &LayoutError{What: "a model without outputs", Hint: understood}
	}
	first := outputs[0]
	e := findExtras(outputs, metadata)
	if in.sizes >= 0 || len(outputs) > 1 && e.masks == 0 {
		l, ok := recogniseSeveral(in, outputs, metadata)
		l.counted = l.head == triple && l.count >= 0
		return checked(l, ok, outputs)
	}
	if len(first.Shape) != 3 || !isNumbers(first) || !fits(first.Shape[0], 1) {
		return layout{}, unknown(outputs)
	}
	l, ok := recogniseOne(in, first.Shape[1], first.Shape[2], e, metadata)
	return checked(l, ok, outputs)
}

// checked refuses what was not recognised or has too many classes.
func checked(l layout, ok bool, outputs []ort.Info) (layout, error) {
	if !ok {
		return layout{}, unknown(outputs)
	}
	if l.classes > maxClasses {
		return layout{},
			&LayoutError{
				What: fmt.Sprintf("a model of %d classes", l.classes),
				Hint: fmt.Sprintf("%d are possible", maxClasses),
			}
	}
	return l, nil
}

// recogniseOne tells the layouts with one output [1, a, b] apart. The number of cells, which
// follows from the input's size, tells YOLOX from YOLOv5 and both from a short list of finished
// boxes. The extras end each column or row.
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
	case a == n && more == 0 && b > 4 && isPlain(int(b), len(named)):
		l := plainLayout
		l.family = familyName(metadata, l.family)
		l.classes = int(b - 4)
		return l, true
	case a == nanodetCells(in) && more == 0 && b > nanodetBins:
		l := nanodetPlusLayout
		l.bins = nanodetBins / 4
		l.classes = int(b - nanodetBins)
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

// isPlain tells whether rows of that width have class scores and no objectness: where there are
// names they decide, else the width that COCO's 80 classes give.
func isPlain(width, named int) bool {
	if named > 0 {
		return width == 4+named
	}
	return width == 4+len(assets.CocoLabels())
}

// nanodetBins is the width of NanoDet-Plus' four distributions in all its published models (reg_max
// of 7).
const nanodetBins = 4 * 8

// nanodetCells counts the cells of NanoDet-Plus.
func nanodetCells(in input) int64 {
	n := 0
	for _, s := range nanodetPlusLayout.steps {
		n += around(in.width, s) * around(in.height, s)
	}
	return int64(n)
}

// classesOf is how many of the rows behind the box are class scores: those that have names, where
// the task has rows that nothing else explains.
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

// familyName takes the precise name from Ultralytics' description, "Ultralytics YOLO26n model
// trained on …".
func familyName(metadata map[string]string, general string) string {
	words := strings.Fields(metadata["description"])
	if len(words) > 1 && words[0] == "Ultralytics" &&
		strings.HasPrefix(strings.ToUpper(words[1]), "YOLO") {
		return clean(words[1])
	}
	return general
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
