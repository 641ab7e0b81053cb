package layout

import (
	"fmt"
	"slices"
	"strings"

	"handlens/inference/coco"
)

// What tells the less common finished lists and pairs apart.

// asCustomVision makes the layout that of Azure Custom Vision's compact [S1]. Where its metadata
// says nothing, planes are in blue, green, red of 0..255, as in its own examples.
func (l *Layout) asCustomVision(metadata map[string]string, named int) {
	format, span := metadata["Image.BitmapPixelFormat"], metadata["Image.NominalPixelRange"]
	*l = customVisionLayout
	l.bgr = format == "" || strings.HasPrefix(strings.ToLower(format), "bgr")
	l.unit = strings.Contains(span, "0_1")
	l.classes, l.unnamed = named, named == 0
	l.because("its outputs or its metadata are those of Custom Vision")
}

// asFloatList makes the layout that of a list whose labels have fractions, as TensorFlow's combined
// suppression writes it.
func (l *Layout) asFloatList(in Input, named int) {
	l.classes, l.boxUnit, l.unsure, l.yx = named, pixels, true, in.Interleaved
	l.unit = !in.Interleaved
	first := "x"
	if l.yx {
		first = "y"
	}
	l.warnings = append(l.warnings,
		fmt.Sprintf("it does not say in what order its coordinates are, "+
			"nor from where its classes count; they are read as %s first and from 0: if boxes or "+
			"labels "+
			`are wrong, say it in the file NAME.json beside it, under {"layout": {…}}`, first))
}

// withoutBackground takes the name of a background away that stands before those of the classes,
// for a layout whose classes count from 1.
func (l *Layout) withoutBackground(names []string) {
	if len(names) < 2 || l.renumber == nil || l.rawClasses > 0 || !isBackgroundName(names[0]) {
		return
	}
	l.classes, l.classNames, l.unnamed = len(names)-1, names[1:], true
	l.renumber = fromOne(l.classes)
	l.because("the first of its names is that of the background, whose number is 0")
}

// isBackgroundName tells whether that is what trainers call what is nothing.
func isBackgroundName(name string) bool {
	switch strings.ToLower(strings.Trim(name, "_ <>")) {
	case "background", "bg", "no object", "n/a":
		return true
	}
	return false
}

// countSeen has classes count as a run shows it: from 1, or by COCO's own numbers, where it gave a
// number that there is not otherwise, and from 0 where it gave a 0, which is the background else.
func (l *Layout) countSeen(outputs []Tensor, named int) {
	low, top := seenLabels(&outputs[l.labels], &outputs[l.scores])
	if l.renumber != nil {
		if low == 0 && !l.unnamed {
			l.classes, l.renumber = named, nil
			l.because("a run gave class 0, so that they count from 0")
		}
		return
	}
	switch {
	case named > 0 && top == named:
		l.classes, l.renumber = named, fromOne(named)
		l.because("a run gave class %d of %d, so that they count from 1", top, named)
	case named == 0 && !l.unnamed && top >= coco.Classes && top < coco.Numbers:
		l.classes, l.renumber = coco.Classes, cocoClasses()
		l.because("a run gave class %d, so that the numbers are COCO's own", top)
	case l.unsure && named > 0 && low != 0 && l.count < 0 && !outputs[l.labels].isFloat():
		l.warn("it does not say from where its classes count, and a run gave neither class 0 nor "+
			"class %d: they are taken to count from 0; if labels are wrong by one, "+
			`say it in the file NAME.json beside it`, named)
	}
}

// seenLabels are the least class that a run gave with any score, and the greatest that it gave with
// some; -1 is none.
func seenLabels(labels, scores *Tensor) (low, top int) {
	low, top = -1, -1
	for i, score := range scores.Float32 {
		if !(score > 0) || i >= len(labels.Int64)+len(labels.Int32)+len(labels.Float32) {
			continue
		}
		class := classAt(labels, i)
		if low < 0 || class >= 0 && class < low {
			low = class
		}
		if score > hardly {
			top = max(top, class)
		}
	}
	return low, top
}

// centreSeen has the boxes of a list of no family be centre and sides where a run gave one that
// ends before it begins.
func (l *Layout) centreSeen(outputs []Tensor) {
	boxes := &outputs[l.boxes]
	width, rows := boxes.columns()
	if !l.unsure || width != 4 || rows != len(outputs[l.scores].Float32) {
		return
	}
	for i, score := range outputs[l.scores].Float32 {
		b := boxes.Float32[4*i:][:4]
		if score > hardly && (b[2] < b[0] || b[3] < b[1]) {
			l.centred = true
			l.because(
				"a box would end before it begins if its numbers were two corners: they are " +
					"its centre and its sides")
			return
		}
	}
}

// asTensorFlow makes the layout that of TensorFlow's Object Detection API, which gives beside the
// list the scores of all classes, with the background's.
func (l *Layout) asTensorFlow(outputs []Tensor, named int) {
	*l = tensorflowLayout
	l.numberFromOne(named)
	for i := range outputs {
		o := &outputs[i]
		if len(o.Shape) != 3 || !o.hasName("multiclass_scores", "raw_detection_scores") {
			continue
		}
		if n := int(min(o.Shape[2], maxClasses)) - 1; named == 0 && n > 0 && n != coco.Numbers-1 {
			l.numberContiguously(n)
			l.because("its output %s has scores of %d classes and the background", clean(o.Name), n)
		}
		return
	}
}

// clearer puts the scores and boxes of two outputs [1, N, 4] in order, where no name tells which is
// which, by their values.
func clearer(outputs []Tensor, scores, boxes int) (int, int) {
	s, b := &outputs[scores], &outputs[boxes]
	if !s.shaped(1, anySize, 4) || isNamed(s.Name) || isNamed(b.Name) {
		return scores, boxes
	}
	if s.likeBoxes() > b.likeBoxes() {
		return boxes, scores
	}
	return scores, boxes
}

// isNamed tells whether the name of an output says what it is.
func isNamed(name string) bool {
	name = strings.ToLower(name)
	return slices.ContainsFunc([]string{
		"box", "score", "logit", "prob", "conf", "cls", "class",
		"dets", "label", "loc",
	}, func(word string) bool { return strings.Contains(name, word) })
}

// likeBoxes is the share of rows that can be boxes: none of the four numbers is far below 0, and
// the last two are above it. It is 0 without values.
func (t *Tensor) likeBoxes() float32 {
	width, rows := t.columns()
	if width < 4 {
		return 0
	}
	n := 0
	for i := range rows {
		r := t.Float32[i*width:][:4]
		if slices.Min(r) > -1 && r[2] > hardly/5 && r[3] > hardly/5 {
			n++
		}
	}
	return float32(n) / float32(rows)
}

// areOffsets tells whether the boxes of so many cells or priors are still offsets from those: none
// is far from any other, which boxes all over a picture are, or sides are negative.
func (t *Tensor) areOffsets() bool {
	const near = 0.3
	low, high, ok := t.span(0, 2)
	if !ok || t.areSpread(near) {
		return false
	}
	side, _, _ := t.span(2, 4)
	return high <= shareLimit && low >= -shareLimit || side < 0 && !t.areCorners()
}

// areSpread tells whether the first two columns reach over so much or more.
func (t *Tensor) areSpread(much float32) bool {
	for k := range 2 {
		low, high, ok := t.column(k)
		if ok && high-low >= much {
			return true
		}
	}
	return false
}

// turned is an output [1, C, N] as [1, N, C].
func (t *Tensor) turned() Tensor {
	out := *t
	out.Shape = []int64{t.Shape[0], t.Shape[2], t.Shape[1]}
	a, b := int(t.Shape[1]), int(t.Shape[2])
	if len(t.Float32) != a*b {
		return out
	}
	out.Float32 = make([]float32, a*b)
	for i := range a {
		for k := range b {
			out.Float32[k*a+i] = t.Float32[i*b+k]
		}
	}
	return out
}

// detectionOutput is the layout of the last layer of Caffe's SSD.
func detectionOutput(named int) Layout {
	l := detectionOutputLayout
	l.numberFromOne(named)
	l.warnings = append(l.warnings,
		"it does not say how pictures are prepared, nor what its classes "+
			"are: they are taken for blue, green, red of 0..255 and, unless they have names, for "+
			"COCO's "+
			"own numbers; the file NAME.json beside it can say otherwise")
	return l
}

// paddleStyle is how PaddleDetection's models with finished rows want their pictures: by what they
// ask beside them, and how large they are.
func paddleStyle(in Input, rows *Tensor) Layout {
	const detrRows = 300
	l := paddleLayout
	taken, other := "PP-YOLOE+ wants them (0..1)", "it may want them less ImageNet's means"
	switch {
	case in.hasSides() && rows.Shape[0] == detrRows:
		l.family = "RT-DETR"
		l.because("it always gives %d rows and wants the lengths of the sides, as RT-DETR",
			detrRows)
		return l
	case in.hasSides():
		l.mean, l.std = imageNetMean, imageNetStd
		l.because("it wants the lengths of the sides, as PaddleDetection's YOLOv3 and PP-YOLO, " +
			"which " +
			"have ImageNet's means")
		return l
	case in.Width == in.Height && (in.Width == 320 || in.Width == 416):
		l.family, l.mean, l.std = "PicoDet", imageNetMean, imageNetStd
		l.because("its input is as large as PicoDet's, which has ImageNet's means")
		taken, other = "PicoDet wants them (less ImageNet's means)", "it may want them plain (0..1)"
	}
	l.warnings = append(l.warnings, "it does not say how pictures are prepared; they are as "+taken+
		": if boxes are wrong or few, "+other+"; say it in the file NAME.json beside it, under "+
		`{"layout": {"input": {"range": 1, "mean": [0.485,0.456,0.406], "std": [0.229,0.224,0.225]}}}`)
	return l
}

// hasSides tells whether the model wants the lengths of its picture's sides.
func (in Input) hasSides() bool {
	return slices.ContainsFunc(in.Extras, func(e Extra) bool { return e.sides })
}

// hasCentreness finds a third output beside several class scores and boxes, one number for each
// row, which says how far in the middle of its box a cell is: such boxes are not decoded.
func hasCentreness(outputs []Tensor, scores *Tensor) bool {
	return scores.Shape[2] > 1 && slices.ContainsFunc(outputs, func(o Tensor) bool {
		return len(o.Shape) == 3 && o.isFloat() && o.Shape[1] == scores.Shape[1] && o.Shape[2] == 1
	})
}

// isTurned tells whether scores are [1, C, N] for n boxes.
func (t *Tensor) isTurned(n int64) bool {
	return t.Shape[1] != n && t.Shape[2] == n && t.Shape[1] > 0
}

// inPixels tells whether the columns of an output [1, 4+C, N] can be boxes in pixels with scores
// behind them; true without values.
func (t *Tensor) inPixels() bool {
	if len(t.Float32) == 0 {
		return true
	}
	if len(t.Shape) != 3 {
		return false
	}
	n := int(t.Shape[2])
	return n > 0 && len(t.Float32) > 4*n && slices.Max(t.Float32[:2*n]) > shareLimit &&
		slices.Max(t.Float32[4*n:]) <= scoreLimit
}

// areQueries tells whether rows can be boxes with scores behind them: boxes of several sizes,
// scores of 0..1, and most of those next to nothing.
func (t *Tensor) areQueries() bool {
	width, rows := t.columns()
	if width < 5 {
		return false
	}
	low, high, _ := t.span(2, 4)
	least, most, _ := t.span(4, width)
	sure := 0
	for i := range rows {
		if slices.Max(t.Float32[i*width+4:][:width-4]) > some {
			sure++
		}
	}
	return high-low >= hardly && least >= 0 && most <= scoreLimit && sure <= rows/2
}

// ultraFacePriors counts the priors of UltraFace
// (Linzaer/Ultra-Light-Fast-Generic-Face-Detector-1MB).
func ultraFacePriors(in Input) int {
	n := 0
	for i, each := range []int{3, 2, 2, 3} {
		stride := 8 << i
		n += each * cellsAlong(in.Width, stride) * cellsAlong(in.Height, stride)
	}
	return n
}
