package inference

import (
	"fmt"
	"strings"

	"handlens/assets"
	"handlens/media/plaintext"
)

// maxClasses bounds what a model may name: the largest public label set (OpenImages) has 601, LVIS
// 1203.
const maxClasses = 10000

// labelsFor returns n labels, n of 0 meaning "as many as are known": the metadata's names, else
// COCO's when the number fits, else "class 7".
func labelsFor(metadata map[string]string, n int) []string {
	labels, err := parseNames(metadata["names"])
	if err != nil || len(labels) == 0 {
		labels = nil
		if coco := assets.CocoLabels(); n == 0 || n == len(coco) {
			labels = coco
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

// selectClasses turns names into a table by class index; nil means all. Case and blanks at the ends
// do not matter.
func selectClasses(labels, names []string) ([]bool, error) {
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
			return nil, &ClassError{Name: name, Near: plaintext.Suggest(want, labels)}
		}
	}
	return allow, nil
}
