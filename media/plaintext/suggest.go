package plaintext

import (
	"slices"
	"strings"
)

const (
	// maxTyped bounds the text that names are suggested for, in characters, and with it the work.
	maxTyped = 64
	// maxSuggestions is how many names are suggested at most.
	maxSuggestions = 3
	// minContained is how long a name must be, in characters, to be found inside another one.
	minContained = 3
)

// Suggest returns up to three of the names that contain what was typed, are contained in it, or
// differ from it by two letters (three in a long word). The nearest comes first. Capitals and what
// stands between words do not count.
func Suggest(typed string, names []string) []string {
	want := bare(typed)
	if len(want) == 0 || len(want) > maxTyped {
		return nil
	}
	type match struct {
		name  string
		edits int
	}
	maxEdits := min(max(2, len(want)/4), 3)
	var found []match
	for _, name := range names {
		have := bare(name)
		if len(have) > 2*maxTyped {
			continue
		}
		edits := distance(want, have)
		if contains(have, want) || contains(want, have) {
			edits = min(edits, 1)
		}
		if edits <= maxEdits && edits < len(want) {
			found = append(found, match{name, edits})
		}
	}
	slices.SortStableFunc(found, func(a, b match) int { return a.edits - b.edits })
	var best []string
	for _, m := range found[:min(len(found), maxSuggestions)] {
		best = append(best, m.name)
	}
	return best
}

// bare leaves out what people forget or mistake in names: capitals and what stands between words.
func bare(name string) []rune {
	return []rune(strings.NewReplacer("-", "", "_", "", ".", "", " ", "").Replace(
		strings.ToLower(name)))
}

func contains(text, part []rune) bool {
	return len(part) >= minContained && strings.Contains(string(text), string(part))
}

// distance is the Levenshtein distance: how many letters must be inserted, deleted or replaced to
// turn one word into the other.
func distance(a, b []rune) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i, r := range a {
		diagonal := row[0]
		row[0] = i + 1
		for j, q := range b {
			cost := diagonal
			if r != q {
				cost = 1 + min(diagonal, row[j], row[j+1])
			}
			diagonal, row[j+1] = row[j+1], cost
		}
	}
	return row[len(b)]
}
