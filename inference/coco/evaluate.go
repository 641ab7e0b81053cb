package coco

import (
	"cmp"
	"slices"
	"sort"
)

// Score is an average precision or recall, 0..1, or -1 where there is nothing to find.
type Score float64

// Evaluation holds COCO's twelve figures, but AR of one and of ten objects a picture only over all
// sizes as COCO does, and those of each class.
type Evaluation struct {
	AP       Score `json:"AP"` // the mean over IoU 0.50 to 0.95
	AP50     Score `json:"AP50"`
	AP75     Score `json:"AP75"`
	APSmall  Score `json:"AP_small"`
	APMedium Score `json:"AP_medium"`
	APLarge  Score `json:"AP_large"`
	AR1      Score `json:"AR1"` // with the best object of a class in a picture
	AR10     Score `json:"AR10"`
	AR100    Score `json:"AR100"`
	ARSmall  Score `json:"AR_small"`
	ARMedium Score `json:"AR_medium"`
	ARLarge  Score `json:"AR_large"`
	// Classes are those of which there is something to find, in the order of their numbers.
	Classes []Class `json:"classes"`
}

// Class is what is known of one class.
type Class struct {
	ID      int64  `json:"id"`
	Name    string `json:"name"`
	Objects int    `json:"objects"` // that are there, without crowds
	AP      Score  `json:"AP"`
	AP50    Score  `json:"AP50"`
	AR100   Score  `json:"AR100"`
}

// curve is the precision of one class at each recall, by overlap, and the recall reached.
type curve struct {
	precision [overlaps]float64 // the mean over the 101 recalls
	recall    [overlaps]float64
	total     int // objects there
}

type place struct{ image, category int64 }

// Evaluate judges what was found in the pictures of the truth. What was found in other pictures, or
// of other classes, does not count.
func Evaluate(t *Truth, found []Result) Evaluation {
	annotations, results := map[place][]Annotation{}, map[place][]Result{}
	for _, a := range t.Annotations {
		p := place{a.Image, a.Category}
		annotations[p] = append(annotations[p], a)
	}
	for _, r := range found {
		p := place{r.Image, r.Category}
		results[p] = append(results[p], r)
	}
	images := make([]int64, len(t.Images))
	for i, im := range t.Images {
		images[i] = im.ID
	}
	slices.Sort(images)
	categories := slices.SortedFunc(slices.Values(t.Categories), func(a, b Category) int {
		return cmp.Compare(a.ID, b.ID)
	})
	curveOf := func(category int64, s span, limit int) curve {
		var marks []mark
		total := 0
		for _, image := range slices.Compact(images) {
			p := place{image, category}
			m, n := match(annotations[p], results[p], s)
			marks, total = append(marks, m[:min(len(m), limit)]...), total+n
		}
		return draw(marks, total)
	}
	all := func(s span, limit int) []curve {
		var list []curve
		for _, c := range categories {
			list = append(list, curveOf(c.ID, s, limit))
		}
		return list
	}
	whole, small, medium, large := all(spans[0], most), all(spans[1], most), all(spans[2], most),
		all(spans[3], most)
	e := Evaluation{
		AP: precision(whole, 0, overlaps), AP50: precision(whole, 0, 1),
		AP75:    precision(whole, 5, 6),
		APSmall: precision(small, 0, overlaps), APMedium: precision(medium, 0, overlaps),
		APLarge: precision(large, 0, overlaps),
		AR1:     recall(all(spans[0], 1)), AR10: recall(all(spans[0], 10)), AR100: recall(whole),
		ARSmall: recall(small), ARMedium: recall(medium), ARLarge: recall(large),
	}
	for i, c := range categories {
		if one := whole[i : i+1]; one[0].total > 0 {
			e.Classes = append(e.Classes, Class{
				ID: c.ID, Name: c.Name, Objects: one[0].total,
				AP: precision(one, 0, overlaps), AP50: precision(one, 0, 1), AR100: recall(one),
			})
		}
	}
	return e
}

// draw makes a class's curve of the marks of all its pictures.
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

// precision is the mean over the classes that are there and the overlaps from..to.
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
