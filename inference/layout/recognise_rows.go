package layout

import "slices"

// recogniseRows finds finished boxes in forms of their own.
func recogniseRows(in Input, outputs []Tensor, named int) (Layout, bool) {
	if l, ok := recogniseFlat(in, outputs, named); ok {
		return l, true
	}
	return recogniseIndices(in, outputs, named)
}

// rows are finished boxes with more columns than six.
func (s single) rows() (Layout, bool) {
	if s.b == 6+1 && s.more() == 0 {
		if _, ok := s.out.finishedOrder(); ok {
			return rowsOfSeven(s.in, s.out, s.named), true
		}
	}
	if s.b != 7 || s.more() > 0 || !s.out.isConstant(0, 0) {
		return Layout{}, false
	}
	if _, high, ok := s.out.span(1, 7); ok && high == 0 && !s.in.Interleaved {
		return Layout{}, false // nothing tells what they are
	}
	return rowsOfSeven(s.in, s.out, s.named), true
}

// rowsOfSeven tells rows of the picture's number, which is 0, a box, a score and a class apart:
// TensorFlow's EfficientDet, YOLO-NAS and YOLOv7, by which of the last two columns are whole
// numbers.
func rowsOfSeven(in Input, out *Tensor, named int) Layout {
	l := yolov7EndLayout
	switch {
	case in.Interleaved:
		l = efficientDetLayout
		l.numberFromOne(named)
		l.readUnits(out, l.columns)
		return l
	case in.Type == Uint8, out.beyondScores(6), out.areWhole(6) && !out.areWhole(5):
		l = yoloNASFlatLayout
	}
	l.readUnits(out, l.columns)
	l.classes = named
	return l
}

// recogniseFlat finds rows without an axis before them: [N, 7], and [N, 6] of PaddleDetection,
// whose models want the scale of the picture as well.
func recogniseFlat(in Input, outputs []Tensor, named int) (Layout, bool) {
	for i := range outputs {
		o := &outputs[i]
		switch {
		case !o.isFloat():
		case o.shaped(anySize, 7) && len(outputs) == 1:
			l := rowsOfSeven(in, o, named)
			l.boxes = i
			return l, true
		case o.shaped(anySize, 6) && len(outputs) == 1 && !in.hasScale():
			return flatSix(o, named), true
		case len(o.Shape) == 4 && o.shaped(1, 1, anySize, 7):
			l := detectionOutput(named)
			l.boxes = i
			return l, true
		case o.shaped(anySize, 6) && in.hasScale():
			l := paddleStyle(in, o)
			l.boxes, l.classes = i, named
			return l, true
		}
	}
	return Layout{}, false
}

// flatSix is [N, 6] without more: boxes, scores and classes in the order that is seen.
func flatSix(o *Tensor, named int) Layout {
	l := endToEndLayout
	l.head, l.columns, l.classes = listRows, scoreClass, named
	l.readFinished(o, scoreClass)
	if _, ok := o.finishedOrder(); !ok {
		l.warn(
			"what order the columns of its rows have could not be seen, since it found nothing " +
				"in a picture; they are read as two corners, score, class: if boxes are wrong, " +
				"say it in the file NAME.json beside it")
	}
	return l
}

// hasScale tells whether the model wants the scale of its picture.
func (in Input) hasScale() bool {
	for _, e := range in.Extras {
		if e.scale {
			return true
		}
	}
	return false
}

// recogniseIndices finds boxes, scores by class, and indices of those that count.
func recogniseIndices(in Input, outputs []Tensor, named int) (Layout, bool) {
	l := indexLayout
	l.boxes = slices.IndexFunc(outputs, func(o Tensor) bool {
		return o.isFloat() && o.shaped(1, anySize, 4)
	})
	l.labels = slices.IndexFunc(outputs, func(o Tensor) bool {
		return o.isInteger() && (o.shaped(anySize, 3) || o.shaped(1, anySize, 3))
	})
	l.scores = 3 - l.boxes - l.labels // the third one
	if in.Sizes < 0 || len(outputs) != 3 || l.boxes < 0 || l.labels < 0 ||
		!outputs[l.scores].isFloat() || !outputs[l.scores].shaped(1, anySize, anySize) {
		return l, false
	}
	l.classes = named
	if n := outputs[l.scores].Shape[1]; n > 0 && n <= maxClasses {
		l.classes = int(n)
	}
	return l, true
}
