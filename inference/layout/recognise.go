package layout

import (
	"fmt"
	"strings"

	"handlens/inference/coco"
)

// understood is the hint of every error about outputs.
const understood = "no family that is known has that"

// Recognise finds the layout of a model whose input is in. The outputs are those of a run on zeros:
// their true shapes where that has told them, else the declared ones, and the elements as far as
// there are any. The sidecar, which may be nil, overrides what is recognised.
//
// An error about the outputs is an [Error]; the others say what is wrong in the sidecar.
func Recognise(in Input, outputs []Tensor, metadata map[string]string, s *Sidecar) (*Layout,
	error,
) {
	given := metadata
	metadata, err := s.withNames(given)
	if err != nil {
		return nil, err
	}
	var l Layout
	switch {
	case s != nil && len(s.Outputs) > 0:
		names, _ := parseNames(metadata["names"])
		l, err = s.spell(in, outputs, len(names))
	case s != nil && s.Family != "":
		l, err = s.recogniseAs(in, outputs, metadata)
	default:
		l, err = recogniseOutputs(in, outputs, metadata)
	}
	if err != nil {
		return nil, err
	}
	l.input = in
	if err := s.apply(&l); err != nil {
		return nil, err
	}
	if l.head == gridOffsets && decodedInside(&l, in, &outputs[l.boxes]) {
		l.head = objectness
	}
	l.label(given, s)
	names, _ := parseNames(metadata["names"])
	if w := l.angleWarning(len(names)); w != "" && metadata["task"] == "" {
		l.warn("%s", w)
	}
	return &l, nil
}

// recogniseOutputs finds the layout from the outputs' names, types, shapes and values and the
// metadata.
func recogniseOutputs(in Input, outputs []Tensor, metadata map[string]string) (Layout, error) {
	if len(outputs) == 0 {
		return Layout{}, &Error{What: "a model without outputs", Hint: understood}
	}
	outputs = squeezed(outputs)
	if l, err := recogniseFaces(in, outputs); err != nil || l.classes > 0 {
		return l, err
	}
	if l, ok := recogniseMaps(in, outputs); ok {
		return checked(l, true, outputs)
	}
	if err := notADetector(outputs, metadata); err != nil {
		return Layout{}, err
	}
	names, _ := parseNames(metadata["names"])
	if l, ok := recogniseRows(in, outputs, len(names)); ok {
		return checked(l, true, outputs)
	}
	at, alone := mainOutput(in, outputs)
	shapes := findShapeData(outputs, metadata)
	if in.Sizes >= 0 || len(outputs) > 1 && shapes.masks == 0 && !alone {
		l, ok := recogniseSeveral(in, outputs, metadata)
		l.counted = l.head == detectionList && l.count >= 0
		return checked(l, ok, outputs)
	}
	return recogniseSingle(in, outputs, at, shapes, metadata)
}

// recogniseSingle finds the layout of a model with one output that counts.
func recogniseSingle(in Input, outputs []Tensor, at int, shapes shapeData,
	metadata map[string]string,
) (Layout, error) {
	out := &outputs[at]
	if len(out.Shape) != 3 || !out.isFloat() || !fits(out.Shape[0], 1) {
		return Layout{}, unknown(outputs)
	}
	names, _ := parseNames(metadata["names"])
	s := single{
		in: in, a: out.Shape[1], b: out.Shape[2], shapes: shapes, named: len(names),
		metadata: metadata, out: out,
	}
	why := s.findAngle(out)
	if why == "" {
		why = s.findKeypoints()
	}
	l, ok := s.recognise()
	l.boxes = at
	if ok && why != "" {
		l.because("%s", why)
	}
	if ok {
		l.readCells(s.values())
	}
	if ok && l.head == channelsFirst && l.activation == none {
		if k := out.everywhere(l.classes); k >= 0 {
			return Layout{}, notScores(out, k)
		}
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
	what := "output "
	if len(outputs) > 1 {
		what = "outputs "
	}
	return &Error{What: what + list(outputs), Hint: understood}
}

// single is a model with one output [1, a, b] beside the masks' prototypes.
type single struct {
	in       Input
	a, b     int64
	shapes   shapeData // what ends each column or row
	named    int       // classes that have a name
	metadata map[string]string
	out      *Tensor // with its values, if there are any
	turned   *Tensor // see values
}

// recognise tells the layouts with one output apart, the most specific ones first. The number of
// cells, which follows from the input's size, tells YOLOX from YOLOv5 and both from a short list of
// finished boxes; what numbers leave open, the values of a run tell.
func (s single) recognise() (Layout, bool) {
	for _, recognise := range []func() (Layout, bool){
		s.nanodetPlus, s.perCell, s.channelsFirst, s.endToEnd, s.rows, s.queryRows, s.columns,
	} {
		if l, ok := recognise(); ok {
			return l, true
		}
	}
	return Layout{}, false
}

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

// endToEnd is a short list of finished boxes: it has not the length of any grid.
func (s single) endToEnd() (Layout, bool) {
	l := s.ultralytics(endToEndLayout, s.named)
	if s.b != 6+s.more() || s.a == s.b {
		return l, false
	}
	if s.more() > 0 {
		return l, true
	}
	if _, ok := s.out.finishedOrder(); !ok { // a transformer of two classes has as many columns
		if q, ok := s.queryRows(); ok && !s.out.areWhole(5) {
			return q, true
		}
	}
	l.readFinished(s.out, scoreClass)
	return l, true
}

func (s single) nanodetPlus() (Layout, bool) {
	l := nanodetPlusLayout
	l.bins, l.classes = nanodetBins/4, int(s.b-nanodetBins)
	if s.a != nanodetCells(s.in) || s.more() != 0 || l.classes < 1 {
		return l, false
	}
	low, high, ok := s.out.span(0, l.classes) // a YOLO of four strides has its boxes there
	return l, !ok || low >= -scoreLimit && high <= scoreLimit
}

// perCell has a row for each cell, or three.
func (s single) perCell() (Layout, bool) {
	strides, each := gridOf(s.in, s.a)
	_, across := gridOf(s.in, s.b)
	switch {
	case each == 0 || across == 1 && strides != yoloStrides: // they are columns, by chance as many
		return Layout{}, false
	case each == 3:
		return s.yolov5()
	case s.shapes.angle && s.b > 5:
		return s.ultralytics(yolov8RowsLayout, int(s.b-5)), true
	case s.more() > 0 && s.b > 4+s.more():
		return s.ultralytics(yolov8RowsLayout, int(s.b-4-s.more())), true
	case s.b < 5:
		return Layout{}, false
	case s.areClassRows():
		return s.ultralytics(yolov8RowsLayout, int(s.b-4)), true
	case s.b == 5:
		return s.ultralytics(yolov8RowsLayout, 1), true
	}
	return s.yolox(strides), true
}

// areClassRows tells whether the rows of cells are a box and the scores of as many classes as have
// names, or of COCO's where nothing shows an objectness or offsets.
func (s single) areClassRows() bool {
	if s.named > 0 {
		return s.b == 4+int64(s.named)
	}
	return s.b == 4+coco.Classes && !s.out.rawBoxes(s.in) && s.out.objectness(4) != itIs
}

// yolox tells the families of [1, cells, 5+C] apart, by the values of a run.
func (s single) yolox(strides [4]int) Layout {
	l := yoloxLayout
	l.classes, l.strides = int(s.b-5), strides
	if s.out.isConstant(4, 1) {
		l = yolov6Layout
		l.classes = int(s.b - 5)
		l.because("its objectness is 1 everywhere, as YOLOv6 writes it")
		return l
	}
	if !decodedInside(&l, s.in, s.out) {
		return l
	}
	l.head = objectness
	l.because("its boxes are in pixels already")
	if s.named > 0 {
		return l
	}
	switch s.out.objectness(4) {
	case itIsNot:
		l = s.ultralytics(yolov8RowsLayout, int(s.b-4))
		l.because("column 4 is a class score and no objectness: it does not go with the others")
	case unknowable:
		l.warnings = append(l.warnings,
			"it may be YOLOX, with an objectness in column 4, or YOLOv8 "+
				"with one class more and rows for columns; it is read as YOLOX: if boxes are "+
				"wrong, "+
				`say {"layout": {"family": "yolov8"}} in the file NAME.json beside it`)
	}
	return l
}

// yolov5 has three rows for each cell, with an objectness; YOLOv5-face also has the places of five
// landmarks before its class.
func (s single) yolov5() (Layout, bool) {
	classes := s.b - 5 - s.more()
	l := s.ultralytics(yolov5Layout, int(classes))
	const landmarks = 5
	if classes == 2*landmarks+1 && s.named != int(classes) && s.more() == 0 {
		if _, high, ok := s.out.span(5, 5+2*landmarks); ok && high > shareLimit {
			l = yolov5FaceLayout
			l.because("the ten numbers after the objectness are places in pixels: landmarks")
			return l, true
		}
	}
	return l, classes > 0
}

// channelsFirst has a column for each cell.
func (s single) channelsFirst() (Layout, bool) {
	_, each := gridOf(s.in, s.b)
	l, ok := s.columns()
	return l, ok && each == 1 || s.a > 4 && each == 1 && s.a-4-s.more() > 0 && s.asColumns(&l)
}

// columns is the same where the cells are not those of any grid that is known.
func (s single) columns() (Layout, bool) {
	var l Layout
	ok := s.asColumns(&l)
	return l, ok && s.b > s.a && (s.named > 0 || s.out.inPixels())
}

func (s single) asColumns(l *Layout) bool {
	rows := s.a - 4 - s.more()
	*l = s.ultralytics(yolov8Layout, classesOf(int(rows), s.named, s.metadata["task"]))
	return rows > 0
}

// queryRows is [1, Q, 4+C] of a transformer, as Ultralytics exports RT-DETR: few rows, and boxes in
// shares.
func (s single) queryRows() (Layout, bool) {
	const most = 1000
	classes := s.b - 4
	if s.a > most || s.more() > 0 || classes < 1 || !s.out.inShares() ||
		s.named > 0 && classes != int64(s.named) || s.named == 0 && !s.out.areQueries() {
		return Layout{}, false
	}
	l := s.ultralytics(queryRowsLayout, int(classes))
	l.because("its %d boxes are shares of the input's sides", s.a)
	return l, true
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

// decodedInside tells whether a YOLOX model decodes its boxes itself, which its shapes do not show:
// the last cell's centre is then a place in pixels, near the lower right corner, and else an offset
// within the cell.
func decodedInside(l *Layout, in Input, out *Tensor) bool {
	v := out.Float32
	step := 5 + l.classes
	if len(v) < step {
		return false
	}
	last := v[len(v)-step:]
	if last[0] > float32(in.Width)/2 && last[1] > float32(in.Height)/2 {
		return true
	}
	// The logarithm of a size is never as large as a size in pixels.
	const most = 16
	_, high, ok := out.span(2, 4)
	return ok && high > most
}
