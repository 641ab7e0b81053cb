package layout

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

var errLiteral = errors.New("neither a list nor a table")

// maxDepth bounds how deep lists and tables lie in each other.
const maxDepth = 6

// literal is a value as Python's repr, JSON or YAML's flow style write it: a text, a list, or a
// table.
type literal struct {
	kind  literalKind
	text  string       // of textLiteral; "" for None and null
	items []literal    // of a list
	pairs [][2]literal // of a table: keys and values
}

type literalKind uint8

const (
	textLiteral literalKind = iota
	listLiteral
	tableLiteral
)

// literalParser reads from the front of what is left. room is how many more values it reads.
type literalParser struct {
	rest string
	room int
}

// parseLiteral reads the list or table at the beginning of a text. What follows it is ignored.
func parseLiteral(text string) (literal, error) {
	p := literalParser{rest: text, room: 4 * maxClasses}
	l, err := p.value(maxDepth)
	if err == nil && l.kind == textLiteral {
		err = errLiteral
	}
	return l, err
}

func (p *literalParser) space() { p.rest = strings.TrimLeft(p.rest, " \t\r\n") }

// take skips blanks and then c, if it is there.
func (p *literalParser) take(c byte) bool {
	if !p.ahead(c) {
		return false
	}
	p.rest = p.rest[1:]
	return true
}

func (p *literalParser) ahead(c byte) bool {
	p.space()
	return p.rest != "" && p.rest[0] == c
}

func (p *literalParser) value(depth int) (literal, error) {
	if p.room--; p.room < 0 || depth == 0 {
		return literal{}, fmt.Errorf("too long: %w", errLiteral)
	}
	switch {
	case p.take('{'):
		return p.table(depth)
	case p.take('['):
		return p.list(']', depth)
	case p.take('('):
		return p.list(')', depth)
	case p.ahead('\''), p.ahead('"'):
		text, err := p.quoted()
		return literal{text: text}, err
	}
	return p.word(depth)
}

// table reads a table after its brace.
func (p *literalParser) table(depth int) (literal, error) {
	l := literal{kind: tableLiteral}
	for !p.take('}') {
		key, err := p.value(depth - 1)
		if err != nil {
			return l, err
		}
		if !p.take(':') {
			return l, fmt.Errorf("no colon after key %.20q: %w", key.text, errLiteral)
		}
		value, err := p.value(depth - 1)
		if err != nil {
			return l, err
		}
		l.pairs = append(l.pairs, [2]literal{key, value})
		if !p.take(',') && !p.ahead('}') {
			return l, fmt.Errorf("no comma after key %.20q: %w", key.text, errLiteral)
		}
	}
	return l, nil
}

// list reads a list after its bracket, up to the one that ends it.
func (p *literalParser) list(end byte, depth int) (literal, error) {
	l := literal{kind: listLiteral}
	for !p.take(end) {
		item, err := p.value(depth - 1)
		if err != nil {
			return l, err
		}
		l.items = append(l.items, item)
		if !p.take(',') && !p.ahead(end) {
			return l, fmt.Errorf("no comma after entry %d: %w", len(l.items), errLiteral)
		}
	}
	return l, nil
}

// word reads what has no quotes: a number, None, YAML's plain words, or a name before more: np.str_
// ('a'), OrderedDict([…]) and array([…], dtype=object) stand for the first thing in the brackets,
// b'a' and dtype='a' for the text.
func (p *literalParser) word(depth int) (literal, error) {
	end := strings.IndexAny(p.rest, ",:()[]{}'\"\n")
	if end < 0 {
		end = len(p.rest)
	}
	word := strings.TrimSpace(p.rest[:end])
	p.rest = p.rest[end:]
	if word == "" || strings.ContainsAny(word, "<>") {
		return literal{}, fmt.Errorf("a value is missing: %w", errLiteral)
	}
	p.space()
	next := byte(0)
	if p.rest != "" {
		next = p.rest[0]
	}
	switch next {
	case '(':
		return p.called(word, depth)
	case '\'', '"':
		if len(word) == 1 || strings.HasSuffix(word, "=") {
			text, err := p.quoted()
			return literal{text: text}, err
		}
		fallthrough
	case '[', '{':
		return literal{}, fmt.Errorf("%.20q before a bracket: %w", word, errLiteral)
	}
	if word == "None" || word == "null" || word == "~" {
		word = ""
	}
	return literal{text: clean(word)}, nil
}

// called reads what is in the brackets after a name.
func (p *literalParser) called(name string, depth int) (literal, error) {
	p.take('(')
	l, err := p.list(')', depth)
	if err != nil || len(l.items) == 0 || !isCallee(name) {
		return literal{}, fmt.Errorf("nothing in %.20q(): %w", name, errLiteral)
	}
	return l.items[0], nil
}

// isCallee tells whether a word can be the name of a function or type.
func isCallee(word string) bool {
	return strings.Trim(strings.ToLower(word), "abcdefghijklmnopqrstuvwxyz0123456789_.") == ""
}

// quoted reads a string in single or double quotes with the escapes that Python's repr and JSON
// share.
func (p *literalParser) quoted() (string, error) {
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
	return "", fmt.Errorf("a name without an end: %w", errLiteral)
}

// escape reads one backslash sequence. An unknown one stands for the letter after the backslash.
func (p *literalParser) escape(b *strings.Builder) {
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

// index reads a text as a class number: 3, "3" or 3.0.
func (l literal) index() (int, bool) {
	v, err := strconv.ParseFloat(l.text, 64)
	if l.kind != textLiteral || err != nil || !(v >= 0 && v < maxClasses) || v != float64(int(v)) {
		return 0, false
	}
	return int(v), true
}
