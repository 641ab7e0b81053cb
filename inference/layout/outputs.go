package layout

import (
	"strings"

	"handlens/inference/coco"
)

// recogniseSeveral tells the layouts with several outputs apart: finished lists, queries, and
// feature levels.
func recogniseSeveral(in Input, outputs []Tensor, metadata map[string]string) (Layout, bool) {
	named, _ := parseNames(metadata["names"])
	if l, ok := recogniseList(in, outputs, len(named)); ok {
		return l, true
	}
	if l, ok := recogniseQueries(in, outputs, len(named)); ok {
		return l, true
	}
	return recogniseLevels(in, outputs)
}

// listOutputs holds the indices of the outputs of finished detections; -1 is none.
type listOutputs struct{ labels, boxes, scores, count int }

// recogniseList finds labels, boxes and scores of finished detections.
func recogniseList(in Input, outputs []Tensor, named int) (Layout, bool) {
	at, ok := findList(outputs)
	if !ok {
		return Layout{}, false
	}
	boxes := &outputs[at.boxes]
	l := detrListLayout
	l.classes = named
	switch {
	case in.Sizes >= 0:
	case outputs[at.labels].isFloat() ||
		strings.HasPrefix(strings.ToLower(boxes.Name), "detection_boxes"):
		l = tensorflowLayout
		l.numberFromOne(named)
	case len(boxes.Shape) != 3:
		l = torchvisionLayout
		l.numberFromOne(named)
	default:
		l.boxUnit = pixels
	}
	l.labels, l.boxes, l.scores, l.count = at.labels, at.boxes, at.scores, at.count
	return l, true
}

// findList finds the outputs of finished detections; false when labels, boxes or scores are
// missing.
func findList(outputs []Tensor) (listOutputs, bool) {
	at := listOutputs{-1, -1, -1, -1}
	for i := range outputs {
		o := &outputs[i]
		name := strings.ToLower(o.Name)
		switch {
		case strings.Contains(name, "raw_"):
		case at.boxes < 0 && o.isBoxList():
			at.boxes = i
		case at.count < 0 && strings.Contains(name, "num"):
			at.count = i
		case at.labels < 0 && o.isLabelList(name):
			at.labels = i
		case at.scores < 0 && o.isVector() && o.isFloat():
			at.scores = i
		}
	}
	return at, at.labels >= 0 && at.boxes >= 0 && at.scores >= 0
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

// recogniseQueries finds logits [1,Q,C] and boxes [1,Q,4], centre and size in 0..1.
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
	queries, classes := outputs[l.boxes].Shape[1], outputs[l.scores].Shape[2]
	if queries != outputs[l.scores].Shape[1] || queries < 0 || classes < 1 ||
		queries == int64(cells(in.Width, in.Height)) {
		return l, false
	}
	l.classes = int(min(classes, maxClasses+1))
	l.specialise(outputs, int(queries), named)
	return l, true
}

// findQueries returns the indices of the outputs with the logits and the boxes; false when either
// is missing.
func findQueries(outputs []Tensor) (scores, boxes int, ok bool) {
	scores, boxes = -1, -1
	for i := range outputs {
		o := &outputs[i]
		name := strings.ToLower(o.Name)
		switch {
		case !o.isFloat() || !o.shaped(1, anySize, anySize):
		case boxes < 0 && o.shaped(1, anySize, 4) && !strings.Contains(name, "logit") &&
			name != "labels":
			boxes = i
		case scores < 0 && !strings.Contains(name, "hidden"):
			scores = i
		}
	}
	return scores, boxes, scores >= 0 && boxes >= 0
}

// specialise tells plain DETR and RF-DETR, which prepare their frames in another way, from the
// rest. Plain DETR has 100 queries and one class more, which is the background; RF-DETR calls its
// outputs dets and labels.
func (l *Layout) specialise(outputs []Tensor, queries, named int) {
	const plainQueries = 100
	switch {
	case l.classes == coco.Numbers+1 || queries == plainQueries && l.classes > 1 &&
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
