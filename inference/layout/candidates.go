package layout

import (
	"cmp"
	"math"
	"slices"

	"handlens/inference"
)

// candidate is one box that a decoder found, before suppression.
type candidate struct {
	box   inference.Box // in pixels of the model's input, before it is turned
	angle float32       // by which it is turned clockwise around its middle, in radians
	score float32
	class int32
	// order is the place in the model's output, so that equal scores are always sorted the same
	// way.
	order int32
}

const (
	// maxCandidates bounds how many boxes of a frame a decoder keeps, the best ones. The time of
	// suppression grows with their number times maxDetections.
	maxCandidates = 3000
	// maxDetections bounds how many detections one frame has, as in all families.
	maxDetections = 300
)

// candidates collects the boxes that pass, the best ones when there are too many. Its memory is
// used again for each frame.
type candidates struct {
	// limit is the least score.
	limit float32
	// allow is by class; nil means all.
	allow []bool
	// allLabels lets one box have several classes.
	allLabels bool
	// renumber maps the model's class numbers to indices of the labels; nil when they are the same.
	renumber []int16
	// activation turns the model's scores into scores of 0..1.
	activation activation
	// list has at most maxCandidates, in no order.
	list []candidate
	// rotated: the boxes are turned by their angles.
	rotated bool
	// top is the greatest score seen, before it is limited to 1.
	top float32
	// rows reads described outputs.
	rows rowReader
	// flipped: a box that passed ended before it began.
	flipped bool
}

// reset prepares for the outputs of another run of the layout.
func (c *candidates) reset(l *Layout) {
	c.list, c.renumber, c.activation, c.top = c.list[:0], l.renumber, l.activation, 0
	c.flipped = false
	c.rotated = l.shapes.angle
}

// allowed tells whether a class is wanted.
func (c *candidates) allowed(class int) bool {
	return c.allow == nil || class < len(c.allow) && c.allow[class]
}

// add takes a box in pixels of the input. Whatever is not a number fails every comparison and thus
// never passes.
func (c *candidates) add(order, class int, score float32, b inference.Box) {
	if c.renumber != nil {
		if class < 0 || class >= len(c.renumber) {
			return
		}
		class = int(c.renumber[class])
	}
	if !(score >= c.limit) || math.IsInf(float64(score), 0) {
		return
	}
	if class < 0 || class >= maxClasses || !c.allowed(class) {
		return
	}
	if !(b.X2 > b.X1 && b.Y2 > b.Y1) {
		c.flipped = c.flipped || b.X2 < b.X1 || b.Y2 < b.Y1
		return
	}
	c.top = max(c.top, score)
	c.list = insert(c.list, candidate{
		box: b, score: min(score, 1), class: int32(class), order: int32(order),
	}, maxCandidates)
}

// activated turns a score of the model into one of 0..1, where scores do not depend on each other.
func (c *candidates) activated(v float32) float32 {
	if c.activation == sigmoid {
		return 1 / (1 + exp(-v))
	}
	return v
}

// chosen sorts the candidates by falling score, and drops, in place, those that suppression or the
// limit on their number takes away. iou, 0..1, is the overlap that suppression allows.
func (c *candidates) chosen(nms bool, iou float32) []candidate {
	list := best(c.list, maxCandidates)
	switch {
	case nms && c.rotated:
		return suppressRotated(list, iou, maxDetections)
	case nms:
		return suppress(list, iou, maxDetections)
	case !c.allLabels:
		return dedupe(list, maxDetections)
	}
	return list[:min(len(list), maxDetections)]
}

// byScore orders candidates by falling score. No two of a frame are equal in all that it compares,
// so that the order never depends on how they were found.
func byScore(a, b candidate) int {
	switch {
	case a.score != b.score:
		return cmp.Compare(b.score, a.score)
	case a.order != b.order:
		return cmp.Compare(a.order, b.order)
	}
	return cmp.Compare(a.class, b.class)
}

// best sorts the candidates by falling score and keeps the first n.
func best(list []candidate, n int) []candidate {
	slices.SortFunc(list, byScore)
	return list[:min(len(list), n)]
}

// insert adds a candidate to a list of at most n, n > 0; when the list is full, the worst one of
// all is dropped. A full list is a heap with its worst candidate first, so that most later ones
// cost one comparison, however many there are.
func insert(list []candidate, c candidate, n int) []candidate {
	if len(list) < n {
		if list = append(list, c); len(list) == n {
			for i := n/2 - 1; i >= 0; i-- {
				sink(list, i)
			}
		}
		return list
	}
	if byScore(c, list[0]) < 0 {
		list[0] = c
		sink(list, 0)
	}
	return list
}

// sink moves the candidate at index i down the heap until none below it is worse.
func sink(heap []candidate, i int) {
	for {
		worst := i
		for child := 2*i + 1; child <= 2*i+2 && child < len(heap); child++ {
			if byScore(heap[child], heap[worst]) > 0 {
				worst = child
			}
		}
		if worst == i {
			return
		}
		heap[i], heap[worst] = heap[worst], heap[i]
		i = worst
	}
}
