package inference

import (
	"cmp"
	"slices"
)

// candidate is one box that a layout's decoder found, before suppression.
type candidate struct {
	box   Box // in the model's input, in its pixels
	score float32
	class int32
	// order is the place in the model's output, so that equal scores are always sorted the same
	// way.
	order int32
}

const (
	// maxCandidates bounds what a decoder keeps of a picture: the best ones. The time of
	// suppression grows with their number times maxDetections.
	maxCandidates = 3000
	// maxDetections bounds what one picture reports, as all families do.
	maxDetections = 300
)

// byScore orders candidates by falling score. No two of a picture are equal in all it looks at, so
// that the order never depends on how they were found.
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
// all is left out. A full list is a heap with its worst candidate first, so that most of what comes
// later costs one comparison, however much comes.
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

// sink moves the candidate at place i down the heap until none below it is worse.
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

// suppress keeps, in place, each candidate that no better one of its own class overlaps by more
// than limit, at most n of them. The list must be sorted by falling score. It is the greedy
// suppression of torchvision's batched_nms.
func suppress(list []candidate, limit float32, n int) []candidate {
	kept := list[:0]
	for _, c := range list {
		if len(kept) == n {
			break
		}
		free := true
		for i := range kept {
			if kept[i].class == c.class && iou(kept[i].box, c.box) > limit {
				free = false
				break
			}
		}
		if free {
			kept = append(kept, c)
		}
	}
	return kept
}

// oneLabel keeps, in place, each candidate whose very box no better one has, at most n of them:
// models that end in a choice of the best pairs of box and class give a thing that looks like two
// classes twice. The list must be sorted by falling score.
func oneLabel(list []candidate, n int) []candidate {
	kept := list[:0]
	for _, c := range list {
		if len(kept) == n {
			break
		}
		if !slices.ContainsFunc(kept, func(k candidate) bool { return k.box == c.box }) {
			kept = append(kept, c)
		}
	}
	return kept
}

// iou is the overlap of two boxes over their union, 0..1; 0 when either is empty or not a number.
func iou(a, b Box) float32 {
	w := min(a.X2, b.X2) - max(a.X1, b.X1)
	h := min(a.Y2, b.Y2) - max(a.Y1, b.Y1)
	if !(w > 0 && h > 0) {
		return 0
	}
	both := w * h
	union := (a.X2-a.X1)*(a.Y2-a.Y1) + (b.X2-b.X1)*(b.Y2-b.Y1) - both
	if !(union > 0) {
		return 0
	}
	return both / union
}
