package layout

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
)

// write formats the sidecar: a line for each part and each output.
func (s *said) write() []byte {
	var b bytes.Buffer
	b.WriteString("{\"layout\": {")
	sep := "\n  "
	line := func(key string, value any) {
		fmt.Fprintf(&b, "%s%s: %s", sep, compact(key), compact(value))
		sep = ",\n  "
	}
	if s.title != "" {
		line("title", s.title)
	}
	line("input", s.input)
	if len(s.inputs) > 0 {
		line("inputs", s.inputs)
	}
	if len(s.outputs) > 0 {
		s.writeOutputs(&b, sep)
	}
	if s.boxes != nil {
		line("boxes", s.boxes)
	}
	if s.scores != "" {
		line("scores", s.scores)
	}
	if s.numbering != nil {
		line("numbering", s.numbering)
	}
	if s.nms != nil {
		line("nms", *s.nms)
	}
	if s.labels != nil {
		line("labels", s.labels)
	}
	b.WriteString("\n}}\n")
	return b.Bytes()
}

// writeOutputs writes a line for each output, in the order of their names.
func (s *said) writeOutputs(b *bytes.Buffer, sep string) {
	fmt.Fprintf(b, "%s\"outputs\": {", sep)
	type entry struct {
		name string
		said saidOutput
	}
	var all []entry
	for name, o := range s.outputs {
		if o.Columns == nil {
			o.Columns = []string{}
		}
		all = append(all, entry{name, o})
	}
	slices.SortFunc(all, func(a, b entry) int { return cmp.Compare(a.name, b.name) })
	for i, e := range all {
		if i > 0 {
			b.WriteString(",")
		}
		fmt.Fprintf(b, "\n    %s: %s", compact(e.name), compact(e.said))
	}
	b.WriteString("\n  }")
}

// compact is a value as JSON in one line, with spaces after commas and colons.
func compact(v any) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if e.Encode(v) != nil {
		return "null" // never: nothing in it can fail
	}
	var out bytes.Buffer
	text, quoted := bytes.TrimSpace(b.Bytes()), false
	for i, c := range text {
		out.WriteByte(c)
		switch {
		case c == '"' && !escaped(text, i):
			quoted = !quoted
		case !quoted && (c == ',' || c == ':'):
			out.WriteByte(' ')
		}
	}
	return out.String()
}

// escaped tells whether an odd number of backslashes stands before place i.
func escaped(text []byte, i int) bool {
	n := 0
	for ; i > n && text[i-n-1] == '\\'; n++ {
	}
	return n%2 == 1
}
