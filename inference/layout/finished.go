package layout

// Finished boxes, a row each, whose columns are in an order that only the values of a run tell.

// The orders of six columns; seven begin with the picture's number.
var (
	scoreClass = rowColumns{width: 6, x1: 0, y1: 1, x2: 2, y2: 3, score: 4, class: 5}
	classScore = rowColumns{width: 6, x1: 0, y1: 1, x2: 2, y2: 3, class: 4, score: 5}
	classFirst = rowColumns{width: 6, class: 0, score: 1, x1: 2, y1: 3, x2: 4, y2: 5}
	sixOrders  = []rowColumns{scoreClass, classScore, classFirst}
)

// shifted is the same after another column.
func (c rowColumns) shifted() rowColumns {
	return rowColumns{
		width: c.width + 1, x1: c.x1 + 1, y1: c.y1 + 1, x2: c.x2 + 1, y2: c.y2 + 1,
		score: c.score + 1, class: c.class + 1,
	}
}

// finishedOrder is the order of columns that finished boxes have, by their values; false where
// there are none, or they are something else. Where several fit, it is the first.
func (t *Tensor) finishedOrder() (rowColumns, bool) {
	width, rows := t.columns()
	if rows == 0 {
		return rowColumns{}, false
	}
	for _, order := range sixOrders {
		if width == order.width+1 && t.isConstant(0, 0) {
			order = order.shifted()
		}
		if width == order.width && t.isFinished(order) {
			return order, true
		}
	}
	return rowColumns{}, false
}

// isFinished tells whether all rows can be boxes of that order, and one of them is.
func (t *Tensor) isFinished(at rowColumns) bool {
	low, high, ok := t.column(at.score)
	if !ok || low < 0 || high > scoreLimit || high == 0 || !t.areWhole(at.class) {
		return false
	}
	if low, high, ok = t.column(at.class); !ok || low < -1 || high >= maxClasses {
		return false
	}
	_, rows := t.columns()
	for i := range rows {
		r := t.Float32[i*at.width:][:at.width]
		if r[at.score] > 0 && (r[at.x2] < r[at.x1] || r[at.y2] < r[at.y1]) {
			return false
		}
	}
	return true
}

// readFinished notes what the values of a run show of finished boxes.
func (l *Layout) readFinished(t *Tensor, usual rowColumns) {
	at := usual
	if seen, ok := t.finishedOrder(); ok {
		at = seen
	}
	if at != usual {
		l.head, l.columns = listRows, at
		l.because("column %d of its rows has whole numbers, and column %d scores of 0..1", at.class,
			at.score)
	}
	l.readUnits(t, at)
}

// readUnits notes whether finished boxes are in pixels or shares. Rows in which nothing was found
// say nothing of what others are measured in.
func (l *Layout) readUnits(t *Tensor, at rowColumns) {
	low, high, ok := t.span(min(at.x1, at.y1), max(at.x2, at.y2)+1)
	switch {
	case l.boxUnit != pixels:
	case !ok || high <= 0:
		l.unsure = true
	case high <= shareLimit && low >= 1-shareLimit:
		l.boxUnit = normalised
		l.because("its boxes are shares of the input's sides")
	}
}

// isFinishedRow tells whether an output [1, k] is one finished box, and not the scores of k
// classes.
func (t *Tensor) isFinishedRow() bool {
	at, ok := t.finishedOrder()
	if !ok {
		return false
	}
	// Of the scores of six or seven classes, hardly any are two corners of a box.
	r := t.Float32
	return r[at.x2] > r[at.x1] && r[at.y2] > r[at.y1] && r[at.score] > 0
}

// rowsScale is boxScale, which where need be rows show.
func (l *Layout) rowsScale(v []float32, at rowColumns) (x, y float32) {
	if !l.unsure {
		return l.boxScale()
	}
	some := false
	for ; len(v) >= at.width; v = v[at.width:] {
		for _, place := range [4]float32{v[at.x1], v[at.y1], v[at.x2], v[at.y2]} {
			if place > shareLimit {
				return l.boxScale()
			}
			some = some || place > 0
		}
	}
	if !some {
		return l.boxScale()
	}
	return float32(l.input.Width), float32(l.input.Height)
}
