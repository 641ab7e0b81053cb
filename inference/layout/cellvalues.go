package layout

import "slices"

// What the values of a run show of a row for each cell: of its box, its scores and what follows.

// values is the output with a row for each cell, whichever way it lies.
func (s *single) values() *Tensor {
	if s.turned == nil {
		s.turned = s.out
		if _, each := gridOf(s.in, s.b); each == 1 || s.b > s.a {
			t := s.out.turned()
			s.turned = &t
		}
	}
	return s.turned
}

// readCells notes what the values of a run show of the boxes and scores of cells: shares for
// pixels, corners for a centre and sides, logits for scores.
func (l *Layout) readCells(t *Tensor) {
	first := 4
	switch l.head {
	case channelsFirst, channelsLast:
	case objectness:
		first++
	default:
		return
	}
	if l.boxUnit == normalised || l.shapes.angle {
		return
	}
	const all = 0.5 // of the input, that the boxes of all cells reach over
	if t.inShares() && t.areSpread(all) {
		l.boxUnit = normalised
		l.because("its boxes are shares of the input's sides")
	}
	if t.areCorners() {
		l.corners = true
		l.because("its boxes are two corners: the second one is never before the first")
	}
	if t.mostlyLogits(4, first+l.classes) {
		l.activation = sigmoid
		l.because("its scores are logits: they are far below 0 where nothing is")
	}
}

// mostlyLogits tells whether the columns from one to before another are below 0 in most rows, as
// class scores before a sigmoid are where nothing is.
func (t *Tensor) mostlyLogits(from, to int) bool {
	const far = -1
	width, rows := t.columns()
	if width < to || to <= from {
		return false
	}
	for k := from; k < to; k++ {
		below := 0
		for i := range rows {
			if t.Float32[i*width+k] < far {
				below++
			}
		}
		if 2*below <= rows {
			return false
		}
	}
	return true
}

// findKeypoints notes that what ends each row are places of keypoints, and says from what that is
// known; "" when it is none. They are in pixels, as no score is: x and y, with or without a score.
func (s *single) findKeypoints() string {
	if s.metadata["task"] != "" || s.more() > 0 {
		return ""
	}
	t := s.values()
	width, _ := t.columns()
	at := t.places(5)
	if len(at) < 4 {
		return ""
	}
	n := len(at) / 2
	for _, values := range []int{2, 3} {
		if at[0]+n*values == width && slices.Equal(at, placesFrom(at[0], n, values)) {
			s.shapes.keypoints, s.shapes.values = n, values
			return "the numbers that end each row reach far beyond scores: they are the places " +
				"of keypoints, in pixels"
		}
	}
	return ""
}

// places are the columns from one on that hold places in pixels.
func (t *Tensor) places(from int) (list []int) {
	const least = 24 // no logarithm of odds is that large
	width, _ := t.columns()
	for k := from; k < width; k++ {
		if _, high, ok := t.column(k); ok && high > least {
			list = append(list, k)
		}
	}
	return list
}

// placesFrom are the columns of x and y of n keypoints of so many numbers each.
func placesFrom(first, n, values int) (list []int) {
	for i := range n {
		list = append(list, first+values*i, first+values*i+1)
	}
	return list
}

// rawBoxes tells whether the boxes of cells are still offsets from those and logarithms, as YOLOX
// exports them: no place in pixels, and not the shares of anything.
func (t *Tensor) rawBoxes(in Input) bool {
	_, high, ok := t.span(0, 2)
	if !ok || high > float32(min(in.Width, in.Height))/2 {
		return false
	}
	return !(t.inShares() && t.areSpread(0.5))
}
