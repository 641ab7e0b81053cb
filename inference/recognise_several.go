package inference

import (
	"strings"

	"handlens/inference/coco"
	"handlens/inference/ort"
)

// isNumbers tells whether an output holds numbers with a fraction, which are read as float32
// whatever their width.
func isNumbers(o ort.Info) bool {
	return o.Type == ort.Float32 || o.Type == ort.Float16 || o.Type == ort.Float64
}

func isWhole(o ort.Info) bool { return o.Type == ort.Int64 || o.Type == ort.Int32 }

// shaped tells whether an output has that shape, or can take it on.
func shaped(o ort.Info, shape ...int64) bool { return is(o, o.Type, shape...) }

// recogniseSeveral tells the layouts with several outputs apart: finished lists, queries, and
// levels of cells.
func recogniseSeveral(in input, outputs []ort.Info, metadata map[string]string) (layout, bool) {
	named, _ := parseNames(metadata["names"])
	if l, ok := recogniseList(in, outputs, len(named)); ok {
		return l, true
	}
	if l, ok := recogniseQueries(in, outputs, len(named)); ok {
		return l, true
	}
	return recogniseLevels(in, outputs)
}

// recogniseList finds labels, boxes and scores of finished detections. Names decide first, since
// TensorFlow's labels are numbers like its scores.
func recogniseList(in input, outputs []ort.Info, named int) (layout, bool) {
	l := tripleLayout
	l.labels, l.boxes, l.scores, l.count = -1, -1, -1, -1
	batched := false
	for i, o := range outputs {
		name := strings.ToLower(o.Name)
		line := shaped(o, anySize) || shaped(o, 1, anySize)
		switch {
		case strings.Contains(name, "raw_"):
		case l.boxes < 0 && isNumbers(o) && (shaped(o, 1, anySize, 4) || shaped(o, anySize, 4)):
			l.boxes, batched = i, len(o.Shape) == 3
		case l.count < 0 && strings.Contains(name, "num"):
			l.count = i
		case l.labels < 0 && line &&
			(isWhole(o) || isNumbers(o) && strings.Contains(name, "class")):
			l.labels = i
		case l.scores < 0 && line && isNumbers(o):
			l.scores = i
		}
	}
	if l.labels < 0 || l.boxes < 0 || l.scores < 0 {
		return l, false
	}
	labels, boxes, scores, count := l.labels, l.boxes, l.scores, l.count
	l.classes = named
	switch {
	case in.sizes >= 0:
	case isNumbers(outputs[labels]) ||
		strings.HasPrefix(strings.ToLower(outputs[boxes].Name), "detection_boxes"):
		l = tensorflowLayout
		l.numberFromOne(named)
	case !batched:
		l = torchvisionLayout
		l.numberFromOne(named)
	default:
		l.measure = pixels
	}
	l.labels, l.boxes, l.scores, l.count = labels, boxes, scores, count
	return l, true
}

// recogniseQueries finds logits [1,Q,C] and boxes [1,Q,4], centre and size in 0..1.
func recogniseQueries(in input, outputs []ort.Info, named int) (layout, bool) {
	l := queriesLayout
	l.boxes, l.scores = -1, -1
	for i, o := range outputs {
		name := strings.ToLower(o.Name)
		switch {
		case !isNumbers(o) || !shaped(o, 1, anySize, anySize):
		case l.boxes < 0 && shaped(o, 1, anySize, 4) && !strings.Contains(name, "logit") &&
			name != "labels":
			l.boxes = i
		case l.scores < 0 && !strings.Contains(name, "hidden"):
			l.scores = i
		}
	}
	// More than two or three outputs are levels of cells, unless what they are is in their names.
	if l.boxes < 0 || l.scores < 0 || len(outputs) > 3 &&
		!strings.Contains(strings.ToLower(outputs[l.scores].Name), "logit") {
		return l, false
	}
	queries, c := outputs[l.boxes].Shape[1], outputs[l.scores].Shape[2]
	if queries != outputs[l.scores].Shape[1] || queries < 0 || c < 1 ||
		queries == int64(cells(in.width, in.height)) {
		return l, false
	}
	l.classes = int(min(c, maxClasses+1))
	l.specialise(outputs, int(queries), named)
	return l, true
}

// specialise tells plain DETR and RF-DETR, which need other pictures, from the rest. Plain DETR has
// 100 queries and one class more, which is the background; RF-DETR calls its outputs dets and
// labels.
func (l *layout) specialise(outputs []ort.Info, queries, named int) {
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
		l.raw, l.classes = l.classes, coco.Classes
	case named > 0 && named < l.classes && l.family == "RF-DETR":
		// A model trained on classes of its own numbers them from 0 and has more scores than names.
		l.raw, l.classes = l.classes, named
	}
}

// recogniseLevels finds NanoDet's outputs: for each stride class scores [1,n,C] and the bins of
// four distances, [1,n,4*bins].
func recogniseLevels(in input, outputs []ort.Info) (layout, bool) {
	l := nanodetLayout
	if len(outputs) != 2*3 {
		return l, false
	}
	for k, stride := range l.steps[:3] {
		n := int64(around(in.width, stride) * around(in.height, stride))
		pair := []int{}
		for i, o := range outputs {
			if isNumbers(o) && shaped(o, 1, n, anySize) && o.Shape[2] > 0 {
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
	l.classes, l.bins = int(min(outputs[first.scores].Shape[2], maxClasses+1)),
		int(min(outputs[first.boxes].Shape[2], 4*maxBins+4))/4
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
func (l *layout) sortLevels(outputs []ort.Info) {
	const usual = 4 * 8
	a, b := outputs[l.levels[0].scores].Shape[2], outputs[l.levels[0].boxes].Shape[2]
	if b == usual || a != usual && b%4 == 0 {
		return
	}
	for k, v := range l.levels[:3] {
		l.levels[k] = level{scores: v.boxes, boxes: v.scores}
	}
}
