package layout

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"handlens/inference/coco"
	"handlens/media/plaintext"
)

// maxClasses bounds what a model may name: the largest public label set (OpenImages) has 601, LVIS
// 1203.
const maxClasses = 10000

// The keys of a model's metadata under which besides "names" what lies beside its file is kept.
const (
	besideKey  = "handlens.names beside"
	besideFrom = "handlens.names from"
)

// WithNamesBeside returns the metadata with class names from elsewhere, as the text of a file; from
// says where that is. They count where the model itself names nothing.
func WithNamesBeside(metadata map[string]string, from, text string) map[string]string {
	out := make(map[string]string, len(metadata)+2)
	maps.Copy(out, metadata)
	out[besideKey], out[besideFrom] = text, Printable(from, maxLabel)
	return out
}

// namesKeys are where exporters keep class names, in the order in which they are believed, in lower
// case and without signs between words.
var namesKeys = []string{
	"names", "classnames", "classes", "classlabels", "labels", "id2label", "labelnames",
	"character", "characters", "categories", "category", "labelmap", "classmap", "classlist",
	"labellist", "label2id", "nameslist", "thingclasses", "class", "label",
}

var keySigns = strings.NewReplacer("_", "", "-", "", " ", "", ".", "")

func plainKey(key string) string { return keySigns.Replace(strings.ToLower(key)) }

func isNamesKey(key string) bool { return slices.Contains(namesKeys, plainKey(key)) }

// foundNames are class names with the place where they stood, in words.
type foundNames struct {
	labels []string
	from   string
	beside bool // in a file beside the model
}

// findNames returns all class names that the metadata has, the most credible ones first, and what
// was found under "names" but could not be read.
func findNames(metadata map[string]string) (all []foundNames, unread string) {
	keys := slices.Sorted(maps.Keys(metadata))
	add := func(labels []string, where, key string) {
		all = append(all, foundNames{
			labels: labels, from: fmt.Sprintf("its metadata %s %q", where, clean(key)),
		})
	}
	for _, wanted := range namesKeys {
		for _, key := range keys {
			if plainKey(key) != wanted {
				continue
			}
			labels, err := parseNames(metadata[key])
			if err == nil && len(labels) > 0 && (wanted == "names" || named(labels)) {
				add(labels, "under", key)
			} else if err != nil && wanted == "names" {
				unread = clean(metadata[key])
			}
		}
	}
	for _, key := range keys {
		if labels := namesWithin(key, metadata[key]); labels != nil {
			add(labels, "within", key)
		}
	}
	if labels, err := parseNames(metadata[besideKey]); err == nil && len(labels) > 0 {
		all = append(all, foundNames{labels, metadata[besideFrom], true})
	}
	return all, unread
}

// namesWithin reads the class names in a configuration that is in the metadata as a whole, as
// {"id2label": {"0": "person"}}; nil for none.
func namesWithin(key, text string) []string {
	if isNamesKey(key) || key == besideKey || !strings.HasPrefix(strings.TrimSpace(text), "{") ||
		len(text) > MaxSidecar {
		return nil
	}
	table, err := parseLiteral(text)
	if err != nil {
		return nil
	}
	for _, p := range table.pairs {
		if !isNamesKey(p[0].text) || p[1].kind == textLiteral {
			continue
		}
		if labels, err := p[1].names(); err == nil && named(labels) {
			return labels
		}
	}
	return nil
}

// named tells whether these are names, and not only the numbers of classes or a setting.
func named(labels []string) bool {
	return slices.ContainsFunc(labels, func(l string) bool {
		_, number := literal{text: l}.index()
		return !number && !slices.Contains([]string{"", "true", "false", "none", "null"},
			strings.ToLower(l))
	})
}

// withFoundNames returns the metadata with the class names under "names", as a list in JSON,
// wherever they stood and in whatever form.
func withFoundNames(metadata map[string]string) (map[string]string, error) {
	all, _ := findNames(metadata)
	if len(all) == 0 {
		return metadata, nil
	}
	return replaceNames(metadata, all[0].labels)
}

func replaceNames(metadata map[string]string, labels []string) (map[string]string, error) {
	text, err := json.Marshal(labels)
	if err != nil {
		return nil, err
	}
	out := make(map[string]string, len(metadata)+1)
	maps.Copy(out, metadata)
	out["names"] = string(text)
	return out, nil
}

// label gives the layout its class names, with a reason or a warning where they are not what the
// model itself says of each of its classes.
func (l *Layout) label(metadata map[string]string, s *Sidecar) {
	all, unread := findNames(metadata)
	if s != nil && len(s.Labels) > 0 {
		all, unread = []foundNames{{labels: s.Labels, from: "the labels in " + s.file}}, ""
	}
	if unread != "" {
		l.warn("the names in its metadata cannot be read: %s", unread)
	}
	chosen, fits := choose(all, l.classes)
	if l.unnamed && !fits {
		return // they have the family's, or numbers
	}
	switch {
	case fits:
		l.because("the class names are from %s", chosen.from)
	case len(all) > 0 && !chosen.beside:
		l.warn("the model has %d names and %d class scores: classes without a name get a number, "+
			"and names without a score are left out", len(chosen.labels), l.classes)
	case len(all) > 0:
		l.warn("%s has %d names, and the model %d classes: it is not used", chosen.from,
			len(chosen.labels), l.classes)
		chosen = foundNames{}
	}
	l.classNames = filled(chosen.labels, l.classes)
	if len(chosen.labels) == 0 {
		l.labelUnnamed()
	}
}

// labelUnnamed says what the classes of a model are called that has no names.
func (l *Layout) labelUnnamed() {
	switch {
	case l.classes == 0 || l.head == detectionList && l.classes == coco.Classes:
		l.classNames = coco.Labels()
		l.warn("the model says neither how many classes it has nor their names: COCO's names are " +
			"taken; if it has others, write them into a file labels.txt beside it, one a line")
	case l.classes == coco.Classes:
		l.classNames = coco.Labels()
		l.because("the model names no class, and it has %d as COCO has: COCO's names are taken",
			coco.Classes)
	default:
		l.warn(
			"the model does not name its classes, so they get numbers: write their names into a "+
				"file labels.txt beside it, one a line (%d)", l.classes)
	}
}

// choose returns the first names whose number is that of the classes, else the first ones and
// false. 0 classes are as many as there are names.
func choose(all []foundNames, classes int) (foundNames, bool) {
	for _, found := range all {
		if labels, ok := fitted(found.labels, classes); ok {
			found.labels = labels
			return found, true
		}
	}
	if len(all) == 0 {
		return foundNames{}, false
	}
	return all[0], false
}

// fitted returns the names without one for the background, at either end, where that makes their
// number right; false where nothing does.
func fitted(labels []string, classes int) ([]string, bool) {
	n := len(labels)
	switch {
	case n == classes || classes == 0:
		return labels, true
	case n != classes+1:
		return nil, false
	case labels[0] == "" || isBackground(labels[0]):
		return labels[1:], true
	case isBackground(labels[n-1]):
		return labels[:n-1], true
	}
	return nil, false
}

func isBackground(label string) bool {
	switch strings.ToLower(strings.Trim(label, "_ <>[]")) {
	case "background", "bg", "n/a", "no object", "no-object":
		return true
	}
	return false
}

// filled returns n labels, or as many as there are names for 0: "class 7" for those without one.
func filled(labels []string, n int) []string {
	if n == 0 {
		n = len(labels)
	}
	out := make([]string, n)
	copy(out, labels)
	for i := range out {
		if out[i] == "" {
			out[i] = className(i)
		}
	}
	return out
}

func className(i int) string { return fmt.Sprintf("class %d", i) }

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
