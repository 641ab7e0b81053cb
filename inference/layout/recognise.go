package layout

import (
	"fmt"
	"strings"

	"handlens/inference/coco"
)

// understood is the hint of every error about outputs.
const understood = "Handlens reads [1,4+C,N] (YOLOv8, YOLO11; with an angle for rotated boxes), " +
	"[1,N,5+C] (YOLOX, YOLOv5), " +
	"[1,N,6] (YOLOv10, YOLO26), " +
	"labels, boxes, scores (RT-DETR, D-FINE, DEIM, SSD), logits and boxes (DETR, RF-DETR) and " +
	"NanoDet's distributions"

// Recognise finds the layout of a model whose input is in. The outputs are those of a run on zeros:
// their true shapes where that has told them, else the declared ones, and the elements as far as
// there are any. The sidecar, which may be nil, overrides what is recognised.
//
// An error about the outputs is an [Error]; the others say what is wrong in the sidecar.
func Recognise(in Input, outputs []Tensor, metadata map[string]string, s *Sidecar) (*Layout,
	error,
) {
	metadata, err := s.withNames(metadata)
	if err != nil {
		return nil, err
	}
	var l Layout
	if s != nil && s.Family != "" {
		l, err = s.recogniseAs(in, outputs, metadata)
	} else {
		l, err = recogniseOutputs(in, outputs, metadata)
	}
	if err != nil {
		return nil, err
	}
	l.input = in
	l.because("its outputs are those of %s", l.family)
	if err := s.apply(&l); err != nil {
		return nil, err
	}
	if l.head == gridOffsets && decodedInside(&l, &outputs[l.boxes]) {
		l.head = objectness
	}
	l.classNames = labelsFor(metadata, l.classes)
	l.warnings = nameWarnings(metadata, l.classes)
	named, _ := parseNames(metadata["names"])
	if w := l.angleWarning(len(named)); w != "" && metadata["task"] == "" {
		l.warnings = append(l.warnings, w)
	}
	return &l, nil
}

// recogniseOutputs finds the layout from the outputs' names, types and shapes and the metadata.
func recogniseOutputs(in Input, outputs []Tensor, metadata map[string]string) (Layout, error) {
	if len(outputs) == 0 {
		return Layout{}, &Error{What: "a model without outputs", Hint: understood}
	}
	first := outputs[0]
	shapes := findShapeData(outputs, metadata)
	if in.Sizes >= 0 || len(outputs) > 1 && shapes.masks == 0 {
		l, ok := recogniseSeveral(in, outputs, metadata)
		l.counted = l.head == detectionList && l.count >= 0
		return checked(l, ok, outputs)
	}
	if len(first.Shape) != 3 || !first.isFloat() || !fits(first.Shape[0], 1) {
		return Layout{}, unknown(outputs)
	}
	named, _ := parseNames(metadata["names"])
	s := single{
		in: in, a: first.Shape[1], b: first.Shape[2], shapes: shapes, named: len(named),
		metadata: metadata,
	}
	why := s.findAngle(&first)
	l, ok := s.recognise()
	if ok && why != "" {
		l.because("%s", why)
	}
	return checked(l, ok, outputs)
}

// checked refuses what was not recognised or has too many classes.
func checked(l Layout, ok bool, outputs []Tensor) (Layout, error) {
	if !ok {
		return Layout{}, unknown(outputs)
	}
	if l.classes > maxClasses {
		return Layout{}, &Error{
			What: fmt.Sprintf("a model of %d classes", l.classes),
			Hint: fmt.Sprintf("%d are possible", maxClasses),
		}
	}
	return l, nil
}

// unknown is the error for outputs of no known layout.
func unknown(outputs []Tensor) error {
	const enough = 6
	var parts []string
	for _, o := range outputs[:min(len(outputs), enough)] {
		parts = append(parts, o.describe())
	}
	if len(outputs) > enough {
		parts = append(parts, "…")
	}
	what := "output "
	if len(outputs) > 1 {
		what = "outputs "
	}
	return &Error{What: what + strings.Join(parts, ", "), Hint: understood}
}

// single is a model with one output [1, a, b] beside the masks' prototypes.
type single struct {
	in       Input
	a, b     int64
	shapes   shapeData // what ends each column or row
	named    int       // classes that have a name
	metadata map[string]string
}

// recognise tells the layouts with one output apart, the most specific ones first. The number of
// cells, which follows from the input's size, tells YOLOX from YOLOv5 and both from a short list of
// finished boxes.
func (s single) recognise() (Layout, bool) {
	for _, recognise := range []func() (Layout, bool){
		s.endToEnd, s.channelsLast, s.nanodetPlus, s.yolox, s.yolov5, s.channelsFirst,
	} {
		if l, ok := recognise(); ok {
			return l, true
		}
	}
	return Layout{}, false
}

// cells is the number of cells of the YOLO families.
func (s single) cells() int64 { return int64(cells(s.in.Width, s.in.Height)) }

// more is how many numbers follow the class scores.
func (s single) more() int64 { return int64(s.shapes.size()) }

// ultralytics fills in what Ultralytics' models have in common.
func (s single) ultralytics(l Layout, classes int) Layout {
	if s.shapes.angle {
		l = rotatedLayout(l)
	}
	l.shapes, l.classes = s.shapes, classes
	l.family = familyName(s.metadata, l.family)
	return l
}

func (s single) endToEnd() (Layout, bool) {
	n := s.cells()
	ok := s.b == 6+s.more() && s.a != n && s.a != 3*n && s.a != s.b
	return s.ultralytics(endToEndLayout, s.named), ok
}

// channelsLast has class scores and no objectness. Where there are names they decide that, else the
// width that COCO's 80 classes give.
func (s single) channelsLast() (Layout, bool) {
	classes := s.named
	if classes == 0 {
		classes = coco.Classes
	}
	ok := s.a == s.cells() && (s.more() == 0 || s.shapes.angle) && s.b == 4+int64(classes)+s.more()
	return s.ultralytics(yolov8RowsLayout, classes), ok
}

func (s single) nanodetPlus() (Layout, bool) {
	l := nanodetPlusLayout
	l.bins, l.classes = nanodetBins/4, int(s.b-nanodetBins)
	return l, s.a == nanodetCells(s.in) && s.more() == 0 && s.b > nanodetBins
}

func (s single) yolox() (Layout, bool) {
	l := yoloxLayout
	l.classes = int(s.b - 5)
	return l, s.a == s.cells() && s.b > 5 && s.more() == 0
}

func (s single) yolov5() (Layout, bool) {
	classes := s.b - 5 - s.more()
	return s.ultralytics(yolov5Layout, int(classes)), s.a == 3*s.cells() && classes > 0
}

func (s single) channelsFirst() (Layout, bool) {
	rows := s.a - 4 - s.more()
	classes := classesOf(int(rows), s.named, s.metadata["task"])
	return s.ultralytics(yolov8Layout, classes), rows > 0 && s.b > s.a
}

// classesOf is how many of the rows behind the box are class scores: those that have names, for the
// tasks that add rows which nothing else explains.
func classesOf(rows, named int, task string) int {
	if (task == "segment" || task == "pose") && named > 0 {
		return min(rows, named)
	}
	return rows
}

// familyName takes the exact name from Ultralytics' description, "Ultralytics YOLO26n model trained
// on …".
func familyName(metadata map[string]string, general string) string {
	words := strings.Fields(metadata["description"])
	if len(words) > 1 && words[0] == "Ultralytics" &&
		strings.HasPrefix(strings.ToUpper(words[1]), "YOLO") {
		return clean(words[1])
	}
	return general
}

// nanodetBins is the width of NanoDet-Plus' four distributions in all its published models (reg_max
// of 7).
const nanodetBins = 4 * 8

// nanodetCells counts the cells of NanoDet-Plus.
func nanodetCells(in Input) int64 {
	n := 0
	for _, s := range nanodetPlusLayout.strides {
		n += cellsAlong(in.Width, s) * cellsAlong(in.Height, s)
	}
	return int64(n)
}

// cellsAlong is how many cells of that stride a side has, of which the last one may stick out.
func cellsAlong(side, stride int) int { return (side + stride - 1) / stride }

// yoloStrides are the cell sizes, in pixels, of the YOLO families.
var yoloStrides = [...]int{8, 16, 32}

// cells counts the cells of all YOLO strides.
func cells(width, height int) int {
	n := 0
	for _, s := range yoloStrides {
		n += (width / s) * (height / s)
	}
	return n
}

// decodedInside tells whether a YOLOX model decodes its boxes itself, which its shapes do not show:
// the last cell's centre is then a place in pixels, near the lower right corner, and else an offset
// within the cell.
func decodedInside(l *Layout, out *Tensor) bool {
	v := out.Float32
	step := 5 + l.classes
	if len(v) < step {
		return false
	}
	last := v[len(v)-step:]
	return last[0] > float32(l.input.Width)/2 && last[1] > float32(l.input.Height)/2
}
