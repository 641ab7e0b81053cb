package layout

import (
	"errors"
	"fmt"
	"maps"
	"strconv"
	"strings"
	"unicode/utf8"

	"handlens/media/plaintext"
)

var errNames = errors.New("the names are neither a list nor a table")

// maxLabel bounds one label, in bytes.
const maxLabel = 100

// nameKeys are where exporters write class names, the usual place first.
var nameKeys = []string{
	"names", "classes", "class_names", "labels", "id2label", "character", "categories", "Labels",
	"label_names", "classNames", "label_map",
}

// withPlainNames returns the metadata with the names at the usual key, wherever they are.
func withPlainNames(metadata map[string]string) map[string]string {
	for _, key := range nameKeys {
		text := metadata[key]
		if names, err := parseNames(text); err != nil || len(names) == 0 {
			continue
		}
		if key == nameKeys[0] {
			return metadata
		}
		out := maps.Clone(metadata)
		out[nameKeys[0]] = text
		return out
	}
	return metadata
}

// parseNames reads class names from a model's metadata. Ultralytics writes a Python dictionary, {0:
// 'person', 1: "dog's bowl"}; others write JSON, as an object {"0": "person"} or a list ["person",
// "dog"], or plain text with commas or line feeds between the names. The result is indexed by
// class; gaps are named "class 7".
func parseNames(text string) ([]string, error) {
	p := namesParser{rest: text}
	p.space()
	var labels []string
	var err error
	switch {
	case p.take('{'):
		labels, err = p.table()
	case p.take('['):
		labels, err = p.list(']')
	case p.take('('):
		labels, err = p.list(')')
	default:
		return plainNames(text)
	}
	if err != nil {
		return nil, err
	}
	for i, l := range labels {
		if l == "" {
			labels[i] = className(i)
		}
	}
	return labels, nil
}

// plainNames reads names that only commas, semicolons or line feeds part.
func plainNames(text string) ([]string, error) {
	by := "\n"
	if !strings.Contains(strings.TrimSpace(text), by) {
		by = ","
		if !strings.Contains(text, by) {
			by = ";"
		}
	}
	parts := strings.Split(strings.TrimSpace(text), by)
	if len(parts) < 2 || len(parts) > maxClasses {
		return nil, errNames
	}
	for i, name := range parts {
		if parts[i] = clean(strings.TrimSpace(name)); parts[i] == "" || len(name) > maxLabel {
			return nil, errNames
		}
	}
	return parts, nil
}

// namesParser reads from the front of what is left.
type namesParser struct{ rest string }

func (p *namesParser) space() { p.rest = strings.TrimLeft(p.rest, " \t\r\n") }

// take skips blanks and then c, if it is there.
func (p *namesParser) take(c byte) bool {
	p.space()
	if p.rest != "" && p.rest[0] == c {
		p.rest = p.rest[1:]
		return true
	}
	return false
}

func (p *namesParser) table() ([]string, error) {
	var labels []string
	for !p.take('}') {
		i, err := p.key()
		if err != nil {
			return nil, err
		}
		if !p.take(':') {
			return nil, fmt.Errorf("no colon after key %d: %w", i, errNames)
		}
		label, err := p.value()
		if err != nil {
			return nil, err
		}
		for len(labels) <= i {
			labels = append(labels, "")
		}
		labels[i] = label
		if !p.take(',') && !p.ahead('}') {
			return nil, fmt.Errorf("no comma after key %d: %w", i, errNames)
		}
	}
	return labels, nil
}

func (p *namesParser) list(end byte) ([]string, error) {
	var labels []string
	for !p.take(end) {
		if len(labels) == maxClasses {
			return nil, fmt.Errorf("more than %d names", maxClasses)
		}
		label, err := p.value()
		if err != nil {
			return nil, err
		}
		labels = append(labels, label)
		if !p.take(',') && !p.ahead(end) {
			return nil, fmt.Errorf("no comma after name %d: %w", len(labels), errNames)
		}
	}
	return labels, nil
}

func (p *namesParser) ahead(c byte) bool {
	p.space()
	return p.rest != "" && p.rest[0] == c
}

// key reads a class index, bare or quoted.
func (p *namesParser) key() (int, error) {
	p.space()
	var text string
	if p.ahead('\'') || p.ahead('"') {
		var err error
		if text, err = p.quoted(); err != nil {
			return 0, err
		}
	} else {
		n := 0
		for n < len(p.rest) && (p.rest[n] >= '0' && p.rest[n] <= '9' || p.rest[n] == '.') {
			n++
		}
		text, p.rest = p.rest[:n], p.rest[n:]
	}
	text = strings.TrimSuffix(text, ".0") // of a key that went through a table of numbers
	i, err := strconv.Atoi(text)
	if err != nil || i < 0 || i >= maxClasses {
		return 0, fmt.Errorf("key %.20q is not a class index: %w", text, errNames)
	}
	return i, nil
}

// value reads a name: in quotes, as NumPy's np.str_('name'), or a bare word or number.
func (p *namesParser) value() (string, error) {
	p.space()
	for _, wrapped := range []string{"np.str_(", "numpy.str_(", "str("} {
		if rest, ok := strings.CutPrefix(p.rest, wrapped); ok {
			p.rest = rest
			name, err := p.quoted()
			if err == nil && !p.take(')') {
				err = fmt.Errorf("no bracket after a name: %w", errNames)
			}
			return name, err
		}
	}
	if p.rest != "" && p.rest[0] != '\'' && p.rest[0] != '"' {
		n := strings.IndexAny(p.rest, ",]})\n")
		if word := strings.TrimSpace(p.rest[:max(0, n)]); word != "" &&
			!strings.ContainsAny(word, "{}[]():'\"") {
			p.rest = p.rest[n:]
			return clean(word), nil
		}
	}
	return p.quoted()
}

// quoted reads a string in single or double quotes with the escapes that Python's repr and JSON
// share.
func (p *namesParser) quoted() (string, error) {
	p.space()
	if p.rest == "" || p.rest[0] != '\'' && p.rest[0] != '"' {
		return "", fmt.Errorf("a name without quotes: %w", errNames)
	}
	quote := p.rest[0]
	p.rest = p.rest[1:]
	var b strings.Builder
	for p.rest != "" {
		if p.rest[0] == quote {
			p.rest = p.rest[1:]
			return clean(b.String()), nil
		}
		if p.rest[0] == '\\' && len(p.rest) > 1 {
			p.escape(&b)
			continue
		}
		_, n := utf8.DecodeRuneInString(p.rest)
		b.WriteString(p.rest[:n])
		p.rest = p.rest[n:]
	}
	return "", fmt.Errorf("a name without an end: %w", errNames)
}

// escape reads one backslash sequence. An unknown one stands for the letter after the backslash.
func (p *namesParser) escape(b *strings.Builder) {
	c := p.rest[1]
	p.rest = p.rest[2:]
	digits := map[byte]int{'x': 2, 'u': 4, 'U': 8}[c]
	switch {
	case digits > 0 && len(p.rest) >= digits:
		if v, err := strconv.ParseUint(p.rest[:digits], 16, 32); err == nil &&
			utf8.ValidRune(rune(v)) {
			b.WriteRune(rune(v))
			p.rest = p.rest[digits:]
		}
	case c == 'n' || c == 't' || c == 'r':
		b.WriteByte(' ')
	default:
		b.WriteByte(c)
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
