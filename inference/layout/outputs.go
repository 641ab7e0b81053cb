package layout

import (
	"strings"

	"handlens/inference/coco"
)

// recogniseSeveral tells the layouts with several outputs apart: finished lists, queries, pairs of
// scores and boxes, and feature levels.
func recogniseSeveral(in Input, outputs []Tensor, metadata map[string]string) (Layout, bool) {
	names, _ := parseNames(metadata["names"])
	named := len(names)
	if l, ok := recogniseList(in, outputs, metadata, named); ok {
		return l, true
	}
	if l, ok := recogniseScoredList(outputs, named); ok {
		return l, true
	}
	if l, ok := recogniseQueries(in, outputs, named); ok {
		return l, true
	}
	if l, ok := recognisePicoDet(in, outputs); ok {
		return l, true
	}
	return recogniseLevels(in, outputs)
}

// recogniseList finds labels, boxes and scores of finished detections.
func recogniseList(in Input, outputs []Tensor, metadata map[string]string, named int) (Layout,
	bool,
) {
	at, ok := findList(outputs)
	if !ok {
		return Layout{}, false
	}
	l := listLayout(in, outputs, at, metadata, named)
	l.labels, l.boxes, l.scores, l.count = at.labels, at.boxes, at.scores, at.count
	l.countSeen(outputs, named)
	l.centreSeen(outputs)
	return l, true
}

// listLayout tells the families of finished lists apart.
func listLayout(in Input, outputs []Tensor, at listOutputs, metadata map[string]string, named int,
) Layout {
	boxes := &outputs[at.boxes]
	name := strings.ToLower(boxes.Name)
	names, _ := parseNames(metadata["names"])
	l := detrListLayout
	l.classes = named
	switch {
	case in.Sizes >= 0:
		return l
	case strings.HasPrefix(name, "detection_boxes"),
		strings.HasPrefix(strings.ToLower(outputs[at.labels].Name), "detection_classes"):
		l.asTensorFlow(outputs, named)
	case metadata["Image.BitmapPixelFormat"] != "", strings.HasPrefix(name, "detected_boxes"):
		l.asCustomVision(metadata, named)
	case strings.HasPrefix(name, "pred_boxes"):
		l = detectron2Layout
		l.classes = named
		l.because("its boxes are called pred_boxes, as Detectron2's")
	case outputs[at.labels].isFloat() && in.Interleaved && in.Type == Uint8:
		l.asTensorFlow(outputs, named)
		l.because("it takes rows of colours in bytes and gives labels with fractions, as models " +
			"of TensorFlow's Object Detection API do")
	case outputs[at.labels].isFloat():
		l.asFloatList(in, named)
	case in.Single && isNumber(name) && in.Name == "image":
		l = benchmarkLayout
		l.numberContiguously(named)
		l.because("it takes a picture without a batch, and its outputs have numbers for names: " +
			"a detector of the ONNX zoo, with means of 0..255 in blue, green, red")
	case name == "bboxes":
		l = zooSSDLayout
		l.numberContiguously(named)
		l.because("its boxes are called bboxes, as those of the ONNX zoo's SSD")
	case len(boxes.Shape) != 3:
		l = torchvisionLayout
		l.numberFromOne(named)
	default:
		l.boxUnit, l.unsure = pixels, true
	}
	l.withoutBackground(names)
	return l
}

// isNumber tells whether a name is one that an exporter has counted up.
func isNumber(name string) bool {
	return name != "" && strings.Trim(name, "0123456789") == ""
}

// recogniseScoredList finds boxes with their scores, [1,N,5], beside labels [1,N]: what mmdeploy
// makes of mmdetection's models. How those prepare their pictures it does not say: RTMDet's way is
// taken, which is said.
func recogniseScoredList(outputs []Tensor, named int) (Layout, bool) {
	l := mmdetLayout
	l.boxes, l.labels = -1, -1
	for i := range outputs {
		switch o := &outputs[i]; {
		case o.isFloat() && (o.shaped(1, anySize, 5) || o.shaped(anySize, 5)):
			l.boxes = i
		case o.isVector() && (o.isInteger() || o.isFloat() && (o.hasName("label", "class") ||
			o.areLabels())):
			l.labels = i
		case o.isVector(): // scores of their own, so that the five are something else
			return l, false
		}
	}
	l.classes = named
	l.warnings = append(l.warnings,
		"it does not say how pictures are prepared; they are as RTMDet "+
			"wants them (blue first, less the means of ImageNet, in the top left corner): if "+
			"boxes are "+
			`wrong, say it in the file NAME.json beside it, under {"layout": {"input": {…}}}`)
	return l, l.boxes >= 0 && l.labels >= 0
}

// isBoxList tells whether these can be the boxes of finished detections, with or without a first
// axis of 1.
func (t *Tensor) isBoxList() bool {
	return t.isFloat() && (t.shaped(1, anySize, 4) || t.shaped(anySize, 4))
}

// isLabelList tells whether these can be the classes of finished detections. Of numbers with a
// fraction the name, in lower case, decides, since TensorFlow's labels are of the same type as its
// scores.
func (t *Tensor) isLabelList(name string) bool {
	return t.isVector() && (t.isInteger() || t.isFloat() && strings.Contains(name, "class"))
}

// isVector tells whether there is one number for each detection.
func (t *Tensor) isVector() bool { return t.shaped(anySize) || t.shaped(1, anySize) }

// recogniseQueries finds class scores [1,N,C] and boxes [1,N,4]: of a transformer's queries, or of
// the cells or priors of a detector that has not suppressed its duplicates.
func recogniseQueries(in Input, outputs []Tensor, named int) (Layout, bool) {
	l := queriesLayout
	var ok bool
	if l.scores, l.boxes, ok = findQueries(outputs); !ok {
		return l, false
	}
	// More than two or three outputs are feature levels, unless the name says what they are.
	if len(outputs) > 3 && !strings.Contains(strings.ToLower(outputs[l.scores].Name), "logit") {
		return l, false
	}
	l.scores, l.boxes = clearer(outputs, l.scores, l.boxes)
	boxes, scores := &outputs[l.boxes], &outputs[l.scores]
	queries := boxes.Shape[1]
	if l.transposed = scores.isTurned(queries); l.transposed {
		turned := scores.turned()
		scores = &turned
	}
	classes := scores.Shape[2]
	if queries != scores.Shape[1] || queries < 0 || classes < 1 || hasCentreness(outputs, scores) {
		return l, false
	}
	l.classes = int(min(classes, maxClasses+1))
	if _, each := gridOf(in, queries); each != 0 || scores.sumToOne() || queries > maxQueries {
		return l.pair(in, scores, boxes, named), !boxes.areOffsets()
	}
	l.readValues(scores, boxes)
	l.specialise(outputs, int(queries), named)
	return l, true
}

// readValues notes what the values of a run show of a transformer's scores and boxes.
func (l *Layout) readValues(scores, boxes *Tensor) {
	low, high, ok := scores.span(0, l.classes)
	nothing := low == 0 && high == 0 && !nameSaysScores(scores.Name)
	if ok && low >= 0 && high <= scoreLimit && !nothing {
		l.activation = none
		l.because("its scores are 0..1 already")
	}
	if boxes.areCorners() {
		l.corners = true
		l.because("its boxes are two corners: the second one is never before the first")
	}
}

// maxQueries bounds those of transformers; what has more rows are cells or priors.
const maxQueries = 1000

// nameSaysScores tells scores of 0..1 from logits by the output's name.
func nameSaysScores(name string) bool {
	name = strings.ToLower(name)
	return strings.Contains(name, "score") || strings.Contains(name, "prob")
}

// pair is the layout of class scores and boxes for each cell or prior: what the values of a run
// show.
func (l Layout) pair(in Input, scores, boxes *Tensor, named int) Layout {
	p := pairLayout
	p.scores, p.boxes, p.classes, p.transposed = l.scores, l.boxes, l.classes, l.transposed
	if boxes.inShares() {
		p.boxUnit = normalised
		p.because("its boxes are shares of the input's sides")
	}
	p.corners = boxes.areCorners()
	if p.corners {
		p.because("its boxes are two corners: the second one is never before the first")
	}
	if low, high, ok := scores.span(0, p.classes); ok && (low < 0 || high > scoreLimit) {
		p.activation = sigmoid
		p.because("its scores are logits: they go from %.3g to %.3g", low, high)
	}
	if scores.sumToOne() {
		p.background(scores, boxes, in)
		return p
	}
	// DAMO-YOLO takes its picture in 0..255, YOLO-NAS in 0..1; the order of their outputs is the
	// other way round.
	told := isNamed(scores.Name) && isNamed(boxes.Name) // by more than their order
	p.unit = p.boxes < p.scores || told
	switch {
	case p.transposed:
		p.family, p.fit, p.unit = "PP-YOLOE", Stretch, true
	case p.boxUnit == normalised:
		p.family, p.fit = "YOLOv4", Stretch
	case p.unit:
		p.family, p.fit = "YOLO-NAS", Centred
		if p.scores < p.boxes {
			p.warn("it does not say how pictures are prepared; they are in 0..1, red first: if " +
				"boxes " +
				"are wrong, say it in the file NAME.json beside it, under " +
				`{"layout": {"input": {…}}}`)
		}
	default:
		p.family, p.fit = "DAMO-YOLO", TopLeft
	}
	if named == 0 && p.classes != coco.Classes {
		p.warnings = append(p.warnings,
			"it may be "+p.family+", whose pictures are prepared in its "+
				`own way; if boxes are wrong, say it in the file NAME.json beside it, under {"layout": `+
				`{"input": {…}}}`)
	}
	return p
}

// background takes away the column of the background of scores that sum to one: the one that
// dominates where nothing is.
func (l *Layout) background(scores, boxes *Tensor, in Input) {
	l.family, l.fit, l.boxUnit = "SSD", Stretch, normalised
	l.mean, l.std = [3]float32{127, 127, 127}, [3]float32{128, 128, 128}
	if !boxes.inShares() {
		l.boxUnit = pixels
	}
	l.classes--
	first, last := mean(scores, 0), mean(scores, l.classes)
	where := "last"
	if first >= last {
		l.first, where = 1, "first"
	}
	l.because("its scores sum to one, and the %s of them, which is high where nothing is, is the "+
		"background", where)
	if l.classes == 1 && int64(ultraFacePriors(in)) == scores.Shape[1] {
		l.family, l.classNames, l.unnamed = "UltraFace", []string{"face"}, true
	}
}

// mean is that of a column.
func mean(t *Tensor, k int) float32 {
	width, rows := t.columns()
	sum := float32(0)
	for i := range rows {
		sum += t.Float32[i*width+k]
	}
	return sum / float32(max(1, rows))
}

// findQueries returns the indices of the outputs with the class scores and the boxes; false when
// either is missing.
func findQueries(outputs []Tensor) (scores, boxes int, ok bool) {
	scores, boxes = -1, -1
	for i := range outputs {
		o := &outputs[i]
		name := strings.ToLower(o.Name)
		switch {
		case !o.isFloat() || !o.shaped(1, anySize, anySize):
		case boxes < 0 && o.shaped(1, anySize, 4) && !strings.Contains(name, "logit") &&
			name != "labels" && !nameSaysScores(name) && !o.areLogits():
			boxes = i
		case scores < 0 && !strings.Contains(name, "hidden"):
			scores = i
		}
	}
	return scores, boxes, scores >= 0 && boxes >= 0
}

// areLogits tells whether values are all far below 0, as class scores before a sigmoid are where
// nothing is, and boxes never.
func (t *Tensor) areLogits() bool {
	low, high, ok := t.span(0, 4)
	return ok && high < 0 && low < -1
}

// specialise tells plain DETR and RF-DETR, which prepare their frames in another way, from the
// rest. Plain DETR has 100 queries and one class more, which is the background; RF-DETR calls its
// outputs dets and labels.
func (l *Layout) specialise(outputs []Tensor, queries, named int) {
	const plainQueries = 100
	switch {
	case l.activation == none:
	case l.classes == coco.Numbers+1 || outputs[l.scores].lastDominates() ||
		queries == plainQueries && l.classes > 1 &&
			l.classes != coco.Classes && l.classes != coco.Numbers:
		l.activation = softmax
		l.classes--
		l.mean, l.std = imageNetMean, imageNetStd
	case strings.EqualFold(outputs[l.boxes].Name, "dets") || l.classes == coco.Numbers:
		l.family = "RF-DETR"
		l.mean, l.std = imageNetMean, imageNetStd
	}
	switch {
	case l.classes == coco.Numbers && named != coco.Numbers:
		l.renumber = cocoClasses()
		l.rawClasses, l.classes = l.classes, coco.Classes
	case named > 0 && named < l.classes && l.family == "RF-DETR":
		// A model fine-tuned on other classes numbers them from 0 and has more scores than names.
		l.rawClasses, l.classes = l.classes, named
	}
}

// recogniseLevels finds NanoDet's outputs: for each stride class scores [1,n,C] and the bins of
// four distances, [1,n,4*bins].
func recogniseLevels(in Input, outputs []Tensor) (Layout, bool) {
	l := nanodetLayout
	if len(outputs) != 2*3 {
		return l, false
	}
	for k, stride := range l.strides[:3] {
		n := int64(cellsAlong(in.Width, stride) * cellsAlong(in.Height, stride))
		pair := []int{}
		for i := range outputs {
			o := &outputs[i]
			if o.isFloat() && o.shaped(1, n, anySize) && o.Shape[2] > 0 {
				pair = append(pair, i)
			}
		}
		if len(pair) != 2 {
			return l, false
		}
		l.levels[k] = level{scores: pair[0], boxes: pair[1]}
	}
	l.sortLevels(outputs)
	first := l.levels[0]
	l.classes = int(min(outputs[first.scores].Shape[2], maxClasses+1))
	l.bins = int(min(outputs[first.boxes].Shape[2], 4*maxBins+4)) / 4
	for _, v := range l.levels[:3] {
		if int64(l.classes) != outputs[v.scores].Shape[2] ||
			int64(4*l.bins) != outputs[v.boxes].Shape[2] {
			return l, false
		}
	}
	return l, l.bins > 1 && l.bins <= maxBins
}

// sortLevels puts the scores first in each pair. The bins are usually 4 × 8; if both could be,
// their order in the file decides.
func (l *Layout) sortLevels(outputs []Tensor) {
	const usual = 4 * 8
	a, b := outputs[l.levels[0].scores].Shape[2], outputs[l.levels[0].boxes].Shape[2]
	if b == usual || a != usual && b%4 == 0 {
		return
	}
	for k, v := range l.levels[:3] {
		l.levels[k] = level{scores: v.boxes, boxes: v.scores}
	}
}
