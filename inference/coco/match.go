package coco

import (
	"cmp"
	"slices"
)

const (
	overlaps = 10  // 0.50, 0.55, … 0.95
	recalls  = 101 // 0, 0.01, … 1
	most     = 100 // objects that count of one class in one picture
)

// span is a range of areas in square pixels, its ends included.
type span struct{ from, to float64 }

// The sizes of COCO: all, small, medium, large.
var spans = [4]span{{0, 1e10}, {0, 32 * 32}, {32 * 32, 96 * 96}, {96 * 96, 1e10}}

func (s span) holds(area float64) bool { return area >= s.from && area <= s.to }

// mark is what became of a found object: whether it hits, or misses, or neither, for each overlap.
type mark struct {
	score       float64
	hit, ignore [overlaps]bool
}

// there is an annotation as one range of areas sees it.
type there struct {
	Annotation
	ignore bool
}

// match gives each of what was found in a picture, of one class, the object that it overlaps most.
// It returns also how many objects there are to find.
func match(annotations []Annotation, found []Result, s span) (marks []mark, total int) {
	list := make([]there, len(annotations))
	for i, a := range annotations {
		list[i] = there{a, a.Crowd != 0 || !s.holds(a.Area)}
		if !list[i].ignore {
			total++
		}
	}
	slices.SortStableFunc(list, func(a, b there) int { return number(a.ignore) - number(b.ignore) })
	found = slices.Clone(found)
	slices.SortStableFunc(found, func(a, b Result) int { return cmp.Compare(b.Score, a.Score) })
	found = found[:min(len(found), most)]
	marks = make([]mark, len(found))
	for step := range overlaps {
		taken := make([]bool, len(list))
		for i, r := range found {
			m := &marks[i]
			m.score = r.Score
			at := choose(list, taken, r.Box, threshold(step))
			switch {
			case at >= 0:
				taken[at] = true
				m.hit[step], m.ignore[step] = true, list[at].ignore
			default:
				m.ignore[step] = !s.holds(r.Box.area())
			}
		}
	}
	return marks, total
}

// threshold is numpy.linspace(0.5, 0.95, 10).
func threshold(step int) float64 { return 0.5 + float64(step)*((0.95-0.5)/(overlaps-1)) }

// choose returns the object that a found box belongs to, or -1. Those to ignore come last and are
// taken only where no other suits; a crowd may be taken again and again.
func choose(list []there, taken []bool, box Box, limit float64) int {
	best, at := min(limit, 1-1e-10), -1
	for i, g := range list {
		if taken[i] && g.Crowd == 0 {
			continue
		}
		if at >= 0 && !list[at].ignore && g.ignore {
			break
		}
		if o := overlap(box, g.Box, g.Crowd != 0); o >= best {
			best, at = o, i
		}
	}
	return at
}

func number(b bool) int {
	if b {
		return 1
	}
	return 0
}
