package layout

import (
	"fmt"
	"slices"
	"strings"

	"handlens/inference/coco"
)

// maxClasses bounds what a model may name: the largest public label set (OpenImages) has 601, LVIS
// 1203.
const maxClasses = 10000

// labelsFor returns n labels: the metadata's names, or else COCO's when the number fits, and "class
// 7" for classes without a name. n = 0 means as many as there are names.
func labelsFor(metadata map[string]string, n int) []string {
	labels, err := parseNames(metadata["names"])
	if err != nil || len(labels) == 0 {
		labels = nil
		if n == 0 || n == coco.Classes {
			labels = coco.Labels()
		}
	}
	if n == 0 {
		n = len(labels)
	}
	for i := len(labels); i < n; i++ {
		labels = append(labels, className(i))
	}
	return labels[:n]
}

func className(i int) string { return fmt.Sprintf("class %d", i) }

// nameWarnings says that the number of names is not that of the class scores.
func nameWarnings(metadata map[string]string, classes int) []string {
	named, err := parseNames(metadata["names"])
	if err != nil || len(named) == 0 || classes == 0 || len(named) == classes {
		return nil
	}
	return []string{fmt.Sprintf(
		"the model has %d names and %d class scores: classes without a name get a number, and "+
			"names without a score are left out", len(named), classes)}
}

// SelectClasses turns names into a table by class index, as [Filter] takes it; nil means all. Case
// and blanks at the ends do not matter. A name that is not among the labels is a [ClassError].
func SelectClasses(labels, names []string) ([]bool, error) {
	if len(names) == 0 {
		return nil, nil
	}
	allow := make([]bool, len(labels))
	for _, name := range names {
		want := strings.ToLower(strings.TrimSpace(name))
		found := false
		for i, l := range labels {
			if strings.ToLower(l) == want {
				allow[i], found = true, true
			}
		}
		if !found {
			return nil, &ClassError{Name: name, Suggestions: suggest(labels, want)}
		}
	}
	return allow, nil
}

// suggest returns up to three labels that contain the word, are contained in it, or are at most two
// typing errors away.
func suggest(labels []string, want string) []string {
	type match struct {
		label    string
		distance int
	}
	var list []match
	for _, l := range labels {
		low := strings.ToLower(l)
		d := distance(low, want)
		if len(want) > 2 &&
			(strings.Contains(low, want) || len(low) > 2 && strings.Contains(want, low)) {
			d = min(d, 1)
		}
		if d <= 2 && d < len(want) {
			list = append(list, match{l, d})
		}
	}
	slices.SortStableFunc(list, func(a, b match) int { return a.distance - b.distance })
	var out []string
	for _, m := range list[:min(len(list), 3)] {
		out = append(out, m.label)
	}
	return out
}

// distance is the number of letters to insert, delete or replace between two words (Levenshtein); 3
// stands for all that is more than 2 when their lengths alone show it.
func distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	// Words of very different length are not alike; this also bounds the work for a long argument.
	if d := len(x) - len(y); d > 2 || d < -2 {
		return 3
	}
	row := make([]int, len(y)+1)
	for j := range row {
		row[j] = j
	}
	for i, r := range x {
		diagonal := row[0]
		row[0] = i + 1
		for j, q := range y {
			cost := diagonal
			if r != q {
				cost = 1 + min(diagonal, row[j], row[j+1])
			}
			diagonal, row[j+1] = row[j+1], cost
		}
	}
	return row[len(y)]
}
