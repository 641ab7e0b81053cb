package coco

import (
	"cmp"
	"slices"
	"sort"
)

// Score is an average precision or recall, 0..1, or -1 when there is nothing to find.
type Score float64

// Evaluation holds COCO's twelve figures and those of each class. As in COCO, AR1 and AR10 are over
// all sizes only.
type Evaluation struct {
	AP       Score `json:"AP"` // the mean over IoU 0.50 to 0.95
	AP50     Score `json:"AP50"`
	AP75     Score `json:"AP75"`
	APSmall  Score `json:"AP_small"`
	APMedium Score `json:"AP_medium"`
	APLarge  Score `json:"AP_large"`
	AR1      Score `json:"AR1"` // with the best object of a class in an image
	AR10     Score `json:"AR10"`
	AR100    Score `json:"AR100"`
	ARSmall  Score `json:"AR_small"`
	ARMedium Score `json:"AR_medium"`
	ARLarge  Score `json:"AR_large"`
	// Classes are those with something to find, ordered by their numbers.
	Classes []Class `json:"classes"`
}

// Class holds the figures of one class.
type Class struct {
	ID      int64  `json:"id"`
	Name    string `json:"name"`
	Objects int    `json:"objects"` // in the ground truth, without crowds
	AP      Score  `json:"AP"`
	AP50    Score  `json:"AP50"`
	AR100   Score  `json:"AR100"`
}

// curve is the precision of one class, by overlap, and the recall reached.
type curve struct {
	precision [overlaps]float64 // the mean over the 101 recalls
	recall    [overlaps]float64
	total     int // objects in the ground truth
}

type place struct{ image, category int64 }

// Evaluate compares what was found with the truth. Results in images or of classes that the truth
// does not have are ignored.
func Evaluate(t *Truth, found []Result) Evaluation {
	v := newEvaluator(t, found)
	whole, small, medium, large := v.curves(spans[0], most), v.curves(spans[1], most),
		v.curves(spans[2], most), v.curves(spans[3], most)
	e := Evaluation{
		AP: precision(whole, 0, overlaps), AP50: precision(whole, 0, 1),
		AP75:    precision(whole, 5, 6),
		APSmall: precision(small, 0, overlaps), APMedium: precision(medium, 0, overlaps),
		APLarge: precision(large, 0, overlaps),
		AR1:     recall(v.curves(spans[0], 1)), AR10: recall(v.curves(spans[0], 10)),
		AR100:   recall(whole),
		ARSmall: recall(small), ARMedium: recall(medium), ARLarge: recall(large),
	}
	for i, c := range v.categories {
		if one := whole[i : i+1]; one[0].total > 0 {
			e.Classes = append(e.Classes, Class{
				ID: c.ID, Name: c.Name, Objects: one[0].total,
				AP: precision(one, 0, overlaps), AP50: precision(one, 0, 1), AR100: recall(one),
			})
		}
	}
	return e
}

// evaluator holds the truth and the results by image and category.
type evaluator struct {
	annotations map[place][]Annotation
	results     map[place][]Result
	images      []int64    // ascending
	categories  []Category // ordered by their numbers
}

func newEvaluator(t *Truth, found []Result) *evaluator {
	v := &evaluator{annotations: map[place][]Annotation{}, results: map[place][]Result{}}
	for _, a := range t.Annotations {
		p := place{a.Image, a.Category}
		v.annotations[p] = append(v.annotations[p], a)
	}
	for _, r := range found {
		p := place{r.Image, r.Category}
		v.results[p] = append(v.results[p], r)
	}
	for _, im := range t.Images {
		v.images = append(v.images, im.ID)
	}
	slices.Sort(v.images)
	v.images = slices.Compact(v.images)
	v.categories = slices.SortedFunc(slices.Values(t.Categories), func(a, b Category) int {
		return cmp.Compare(a.ID, b.ID)
	})
	return v
}

// curves returns the curve of each category for objects of a range of areas, with at most limit
// results per image.
func (v *evaluator) curves(s span, limit int) []curve {
	var list []curve
	for _, c := range v.categories {
		var marks []mark
		total := 0
		for _, image := range v.images {
			p := place{image, c.ID}
			m, n := match(v.annotations[p], v.results[p], s)
			marks, total = append(marks, m[:min(len(m), limit)]...), total+n
		}
		list = append(list, draw(marks, total))
	}
	return list
}

// draw makes a class's curve from the marks of all images.
func draw(marks []mark, total int) curve {
	c := curve{total: total}
	if total == 0 {
		return c
	}
	slices.SortStableFunc(marks, func(a, b mark) int { return cmp.Compare(b.score, a.score) })
	for step := range overlaps {
		hits, misses := 0, 0
		var reached, exact []float64
		for _, m := range marks {
			if m.ignore[step] {
				continue
			}
			if m.hit[step] {
				hits++
			} else {
				misses++
			}
			reached = append(reached, float64(hits)/float64(total))
			exact = append(exact, float64(hits)/float64(hits+misses))
		}
		for i := len(exact) - 2; i >= 0; i-- {
			exact[i] = max(exact[i], exact[i+1])
		}
		for p := range recalls {
			if i := sort.SearchFloat64s(reached, float64(p)*0.01); i < len(exact) {
				c.precision[step] += exact[i]
			}
		}
		c.precision[step] /= recalls
		c.recall[step] = float64(hits) / float64(total)
	}
	return c
}

// precision is the mean over the classes with objects and the overlaps from..to.
func precision(list []curve, from, to int) Score {
	return mean(list, from, to, func(c curve, step int) float64 { return c.precision[step] })
}

func recall(list []curve) Score {
	return mean(list, 0, overlaps, func(c curve, step int) float64 { return c.recall[step] })
}

func mean(list []curve, from, to int, of func(curve, int) float64) Score {
	sum, n := 0.0, 0
	for _, c := range list {
		for step := from; step < to && c.total > 0; step++ {
			sum, n = sum+of(c, step), n+1
		}
	}
	if n == 0 {
		return -1
	}
	return Score(sum / float64(n))
}
