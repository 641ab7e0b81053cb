package layout

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"handlens/media/plaintext"
)

var errNames = errors.New("no class names can be made of it")

// maxLabel bounds one label, in bytes.
const maxLabel = 100

// parseNames reads class names in any form in which exporters write them: a list or a table of
// Python or JSON ({0: 'person', 1: "dog's bowl"}, ["person", "dog"], {"person": 0}, [{"id": 0,
// "name": "person"}]), YAML with or without a key "names", TensorFlow's label map, lines, or words
// between commas. The result is indexed by class; gaps are "".
func parseNames(text string) ([]string, error) {
	text = strings.TrimSpace(strings.TrimPrefix(text, "\ufeff"))
	if text == "" {
		return nil, errNames
	}
	if labels, ok := labelMap(text); ok {
		return labels, nil
	}
	if part, ok := yamlNames(text); ok {
		text = part
	}
	l, err := parseLiteral(text)
	switch {
	case err == nil:
		return l.names()
	case strings.ContainsRune("{[(", rune(text[0])):
		return nil, fmt.Errorf("%w: %w", errNames, err)
	case strings.ContainsAny(text, "\n\r"):
		return linesOfNames(text)
	}
	for _, separator := range []string{",", ";", "|"} {
		if strings.Contains(text, separator) {
			return plainNames(strings.Split(text, separator))
		}
	}
	return plainNames([]string{text})
}

// names are the class names in a list or a table.
func (l literal) names() ([]string, error) {
	if l.kind == listLiteral {
		return listedNames(l.items)
	}
	// {"names": […]}, as in the configurations that exporters write
	for _, p := range l.pairs {
		if isNamesKey(p[0].text) && p[1].kind != textLiteral {
			return p[1].names()
		}
	}
	pairs := l.pairs
	if turned(pairs) {
		for i, p := range pairs {
			pairs[i] = [2]literal{p[1], p[0]}
		}
	}
	return numberedNames(pairs)
}

// turned tells whether a table gives a number for each name.
func turned(pairs [][2]literal) bool {
	return len(pairs) > 0 && !slices.ContainsFunc(pairs, func(p [2]literal) bool {
		_, key := p[0].index()
		_, value := p[1].index()
		return key || !value
	})
}

// numberedNames puts each name of a table at its number.
func numberedNames(pairs [][2]literal) ([]string, error) {
	var labels []string
	for _, p := range pairs {
		i, ok := p[0].index()
		if !ok {
			return nil, fmt.Errorf("key %.20q is not a class index: %w", p[0].text, errNames)
		}
		name, err := p[1].name()
		if err != nil {
			return nil, err
		}
		for len(labels) <= i {
			labels = append(labels, "")
		}
		labels[i] = name
	}
	return labels, nil
}

// listedNames reads a list of names, of pairs of number and name, or of tables with both.
func listedNames(items []literal) ([]string, error) {
	if len(items) > maxClasses {
		return nil, fmt.Errorf("more than %d names: %w", maxClasses, errNames)
	}
	var pairs [][2]literal
	var labels []string
	for _, item := range items {
		if len(item.items) == 2 { // (0, 'person')
			if _, ok := item.items[0].index(); ok {
				pairs = append(pairs, [2]literal{item.items[0], item.items[1]})
				continue
			}
		}
		if id, ok := item.field("id", "class_id", "index"); ok {
			pairs = append(pairs, [2]literal{id, item})
			continue
		}
		name, err := item.name()
		if err != nil {
			return nil, err
		}
		labels = append(labels, name)
	}
	switch {
	case len(pairs) == 0:
		return labels, nil
	case len(labels) == 0:
		return numberedNames(pairs)
	}
	return nil, fmt.Errorf("some have numbers and some have not: %w", errNames)
}

// name is the one name in a value: a text, the first of a list of synonyms, or what a table calls
// it.
func (l literal) name() (string, error) {
	switch l.kind {
	case textLiteral:
		return l.text, nil
	case listLiteral:
		if len(l.items) > 0 && l.items[0].kind == textLiteral {
			return l.items[0].text, nil
		}
	case tableLiteral:
		if v, ok := l.field("name", "display_name", "label", "class", "class_name"); ok &&
			v.kind == textLiteral {
			return v.text, nil
		}
	}
	return "", fmt.Errorf("something else than a name: %w", errNames)
}

// field returns what a table has under the first of these keys that it has.
func (l literal) field(keys ...string) (literal, bool) {
	for _, key := range keys {
		for _, p := range l.pairs {
			if strings.EqualFold(p[0].text, key) {
				return p[1], true
			}
		}
	}
	return literal{}, false
}

// plainNames cleans names that stood by themselves, and refuses what is rather prose.
func plainNames(texts []string) ([]string, error) {
	var labels []string
	for _, t := range texts {
		t = strings.Trim(strings.TrimSpace(t), `"'`)
		if len(t) > maxLabel || len(labels) >= maxClasses {
			return nil, fmt.Errorf("too long for a name: %w", errNames)
		}
		labels = append(labels, clean(t))
	}
	for len(labels) > 0 && labels[len(labels)-1] == "" {
		labels = labels[:len(labels)-1]
	}
	if len(labels) == 0 {
		return nil, errNames
	}
	return labels, nil
}

// numberedLine takes "0: person", "0 person" or "0,person" apart.
func numberedLine(line string) (number, name string, ok bool) {
	quote := strings.TrimLeft(line, `"'`)
	rest := strings.TrimLeft(quote, "0123456789")
	number = quote[:len(quote)-len(rest)]
	name = strings.TrimLeft(strings.TrimLeft(rest, `"'`), " \t:,=")
	return number, strings.Trim(name, `"'`), number != "" && name != "" && len(name) < len(rest)
}

// linesOfNames reads a name a line, with or without YAML's dash, or its number before it. Empty
// lines at the end and comments do not count.
func linesOfNames(text string) ([]string, error) {
	var texts []string
	var pairs [][2]literal
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "#") || line == "---" {
			continue
		}
		line = strings.TrimSpace(strings.TrimPrefix(line, "- "))
		texts = append(texts, line)
		if number, name, ok := numberedLine(line); ok {
			pairs = append(pairs, [2]literal{{text: number}, {text: clean(name)}})
		}
	}
	for len(texts) > 0 && texts[len(texts)-1] == "" {
		texts = texts[:len(texts)-1]
	}
	if len(pairs) == len(texts) && len(pairs) > 0 {
		return numberedNames(pairs)
	}
	return plainNames(texts)
}

// yamlNames cuts the class names out of YAML, as data.yaml has them: the rest of the text for a
// list or table in brackets, else the indented lines.
func yamlNames(text string) (string, bool) {
	var lines []string
	begun := false
	for rest := text; rest != ""; {
		line, after, _ := strings.Cut(rest, "\n")
		trimmed := strings.TrimSpace(line)
		key, value, _ := strings.Cut(line, ":")
		value = strings.TrimSpace(value)
		switch {
		case begun && trimmed != "" && !strings.ContainsRune(" \t-#", rune(line[0])):
			rest = "" // the next key
			continue
		case begun && trimmed != "" && trimmed[0] != '#':
			trimmed, _, _ = strings.Cut(trimmed, " #")
			lines = append(lines, trimmed)
		case !begun &&
			slices.Contains([]string{"names", "classes", "class_names", "labels"}, key) &&
			strings.Contains(line, ":"):
			if value != "" && value[0] != '#' {
				if strings.ContainsRune("[{", rune(value[0])) {
					value = strings.TrimSpace(rest[len(key)+1:]) // which may go on for lines
				}
				return value, true
			}
			begun = true
		}
		rest = after
	}
	return strings.Join(lines, "\n") + "\n", len(lines) > 0
}

// labelMap reads TensorFlow's label map: item { id: 1 name: 'person' }. Its numbers begin at 1, and
// so index 0 is a gap.
func labelMap(text string) ([]string, bool) {
	var pairs [][2]literal
	items := strings.Split(text, "item")
	for _, item := range items[1:] {
		item, _, _ = strings.Cut(item, "}")
		open := strings.IndexByte(item, '{')
		if open < 0 || strings.TrimSpace(item[:open]) != "" || len(pairs) == maxClasses {
			continue
		}
		id, name := mapField(item, "id"), mapField(item, "display_name")
		if name == "" {
			name = mapField(item, "name")
		}
		if id == "" || name == "" {
			return nil, false
		}
		pairs = append(pairs, [2]literal{{text: id}, {text: name}})
	}
	labels, err := numberedNames(pairs)
	return labels, err == nil && len(labels) > 0
}

// mapField is the value of a field in an item of a label map; "" for none.
func mapField(item, field string) string {
	for rest := item; ; {
		_, after, found := strings.Cut(rest, field)
		if !found {
			return ""
		}
		before := rest[:len(rest)-len(after)-len(field)]
		rest = after
		after = strings.TrimSpace(after)
		if before == "" || !strings.HasPrefix(after, ":") ||
			!strings.ContainsAny(before[len(before)-1:], " \t\r\n{,;") {
			continue // a part of another word
		}
		p := literalParser{rest: after[1:], room: 1}
		if p.ahead('"') || p.ahead('\'') {
			text, _ := p.quoted() // "" for a name without an end
			return text
		}
		p.space()
		text, _, _ := strings.Cut(p.rest, "\n")
		text, _, _ = strings.Cut(text, " ")
		return clean(text)
	}
}

// clean makes a label that can be shown anywhere: valid, printable, of bounded length.
func clean(s string) string { return Printable(s, maxLabel) }

// Printable drops what cannot be shown of a text from outside, and everything beyond most bytes.
func Printable(s string, most int) string {
	s = plaintext.Printable(s)
	if len(s) > most {
		s = strings.ToValidUTF8(s[:most], "")
	}
	return s
}
