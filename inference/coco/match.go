package coco

import (
	"cmp"
	"slices"
)

const (
	overlaps = 10  // 0.50, 0.55, … 0.95
	recalls  = 101 // 0, 0.01, … 1
	most     = 100 // results that count for one class in one image
)

// span is a range of areas in square pixels, its ends included.
type span struct{ from, to float64 }

// The sizes of COCO: all, small, medium, large.
var spans = [4]span{{0, 1e10}, {0, 32 * 32}, {32 * 32, 96 * 96}, {96 * 96, 1e10}}

func (s span) holds(area float64) bool { return area >= s.from && area <= s.to }

// mark says for each overlap whether a result is a hit, a miss, or ignored.
type mark struct {
	score       float64
	hit, ignore [overlaps]bool
}

// there is an annotation in one range of areas.
type there struct {
	Annotation
	ignore bool
}

// match assigns the results in an image, of one class, to the objects that they overlap most. It
// also returns how many objects there are to find.
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

// threshold is the IoU of a step: numpy.linspace(0.5, 0.95, 10).
func threshold(step int) float64 { return 0.5 + float64(step)*((0.95-0.5)/(overlaps-1)) }

// choose returns the index of the object that a result belongs to, or -1. Ignored objects come last
// and are taken only if no other fits; a crowd may be taken any number of times.
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
