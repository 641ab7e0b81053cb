package layout

import (
	"slices"

	"handlens/inference"
)

// suppress keeps, in place, each candidate that no better one of its own class overlaps by more
// than limit (IoU, 0..1), at most n of them. The list must be sorted by falling score. It is the
// greedy suppression of torchvision's batched_nms.
func suppress(list []candidate, limit float32, n int) []candidate {
	kept := list[:0]
	for _, c := range list {
		if len(kept) == n {
			break
		}
		free := true
		for i := range kept {
			if kept[i].class == c.class && inference.IoU(kept[i].box, c.box) > limit {
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

// dedupe keeps, in place, each candidate whose exact box no better one has, at most n of them:
// models that end by choosing the best pairs of box and class report an object that looks like two
// classes twice. The list must be sorted by falling score.
func dedupe(list []candidate, n int) []candidate {
	kept := list[:0]
	for _, c := range list {
		if len(kept) == n {
			break
		}
		if !slices.ContainsFunc(kept, func(k candidate) bool {
			return k.box == c.box && k.angle == c.angle
		}) {
			kept = append(kept, c)
		}
	}
	return kept
}
