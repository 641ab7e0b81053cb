package layout

import (
	"fmt"
	"strings"

	"handlens/inference/coco"
	"handlens/media/plaintext"
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
			return nil, &ClassError{Name: name, Suggestions: plaintext.Suggest(want, labels)}
		}
	}
	return allow, nil
}
