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
	// order is the place in the model's output, so that equal scores are always sorted the same way.
	order int32
}

const (
	// maxCandidates bounds what suppression looks at: the best ones. Its time grows with their number times maxDetections.
	maxCandidates = 3000
	// maxDetections bounds what one picture reports, as all families do.
	maxDetections = 300
	// maxFound bounds what a decoder collects; no detector has as many cells.
	maxFound = 1 << 16
)

// best sorts the candidates by falling score and keeps the first n.
func best(list []candidate, n int) []candidate {
	slices.SortFunc(list, func(a, b candidate) int {
		if c := cmp.Compare(b.score, a.score); c != 0 {
			return c
		}
		return cmp.Compare(a.order, b.order)
	})
	return list[:min(len(list), n)]
}

// suppress keeps, in place, each candidate that no better one of its own class overlaps by more than limit, at most n of them. The list must
// be sorted by falling score. It is the greedy suppression of torchvision's batched_nms.
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

// oneLabel keeps, in place, each candidate whose very box no better one has: models that end in a choice of the best pairs of box and
// class give a thing that looks like two classes twice. The list must be sorted by falling score.
func oneLabel(list []candidate) []candidate {
	kept := list[:0]
	for _, c := range list {
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
