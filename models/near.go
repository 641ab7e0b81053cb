package models

import (
	"fmt"
	"slices"
	"strings"
)

// maxEdits is how far a name may be from what was typed and still be offered instead.
const maxEdits = 3

// unknown says that there is no such model and what may have been meant.
func (s *Store) unknown(name string) error {
	names := s.added()
	for _, e := range s.entries {
		names = append(names, e.Name)
	}
	hint := "`handlens models` lists those there are"
	if near := nearest(name, names); len(near) > 0 {
		hint = "did you mean " + strings.Join(near, " or ") + "?"
	}
	return say(fmt.Sprintf("no model is called %q: %s", shorten(name), hint), ErrUnknown)
}

// nearest returns those of names that contain what was typed or differ from it by a few letters,
// the nearest first.
func nearest(typed string, names []string) []string {
	typed = bare(typed)
	if typed == "" || len(typed) > 64 {
		return nil
	}
	type scored struct {
		name string
		far  int
	}
	var near []scored
	for _, n := range names {
		plain := bare(n)
		far := edits(typed, plain)
		if strings.Contains(plain, typed) || strings.Contains(typed, plain) {
			far = min(far, 1)
		}
		if far <= maxEdits && far < len(typed) {
			near = append(near, scored{n, far})
		}
	}
	slices.SortStableFunc(near, func(a, b scored) int { return a.far - b.far })
	found := make([]string, 0, len(near))
	for _, s := range near {
		found = append(found, s.name)
	}
	return found
}

// bare leaves out what people forget or mistake in names: capitals and what stands between words.
func bare(name string) string {
	return strings.NewReplacer("-", "", "_", "", ".", "", " ", "").Replace(strings.ToLower(name))
}

// edits is the Levenshtein distance: how many letters must be put in, taken out or changed to make
// b of a.
func edits(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}

// shorten keeps an error a line long whatever was typed.
func shorten(s string) string {
	if r := []rune(s); len(r) > 64 {
		return string(r[:64]) + "…"
	}
	return s
}
