package cli

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

const (
	helpWidth  = 96 // columns
	helpColumn = 22 // where the texts of options begin
)

// Help is the command's whole help, wrapped for a terminal.
func (c *Command) Help() string {
	var b strings.Builder
	if len(c.Sub) > 0 {
		c.overview(&b)
	} else {
		row{head: c.usage(), text: c.Summary}.write(&b, utf8.RuneCountInString(c.usage())+4)
		paragraphs(&b, c.About)
	}
	if len(c.Verbs) > 0 {
		b.WriteString("\n")
		for _, v := range c.Verbs {
			head := strings.TrimRight("  "+v.Name+" "+v.Args, " ")
			row{head: head, text: v.Help}.write(&b, helpColumn)
		}
	}
	b.WriteString("\n")
	if len(c.Sub) > 0 {
		b.WriteString("Options of the app:\n")
	}
	for _, f := range c.flags() {
		f.help(&b)
	}
	paragraphs(&b, c.Notes)
	return b.String()
}

// overview lists the app and its subcommands.
func (c *Command) overview(b *strings.Builder) {
	b.WriteString(wrap(c.About, helpWidth, ""))
	b.WriteString("\n\n")
	rows := []row{{head: "  " + c.usage(), text: c.Summary}}
	for _, sub := range c.Sub {
		rows = append(rows, row{head: "  " + sub.usage(), text: sub.Summary})
	}
	column := 0
	for _, r := range rows {
		column = max(column, utf8.RuneCountInString(r.head)+2)
	}
	for _, r := range rows {
		r.write(b, column)
	}
}

// usage is how the command is called.
func (c *Command) usage() string {
	usage := c.path()
	if len(c.New().Flags()) > 0 {
		usage += " [options]"
	}
	if c.Args != "" {
		usage += " " + c.Args
	}
	return usage
}

// flags are the command's options and --help.
func (c *Command) flags() []Flag { return append(c.New().Flags(), helpFlag) }

// help writes the lines of one option.
func (f Flag) help(b *strings.Builder) {
	head := "  --" + f.Name
	if f.Placeholder != "" {
		head += " " + f.Placeholder
	}
	row{head: head, text: f.explained()}.write(b, helpColumn)
	longest := 0
	for _, c := range f.Choices {
		longest = max(longest, len(c.Name))
	}
	for _, c := range f.Choices {
		if c.Help != "" {
			head := strings.Repeat(" ", helpColumn+2) + c.Name
			row{head: head, text: c.Help}.write(b, helpColumn+2+longest+2)
		}
	}
}

// explained is what the option does, and its default.
func (f Flag) explained() string {
	if d := f.defaultText(); d != "" {
		return f.Help + " (default: " + d + ")"
	}
	return f.Help
}

// row is a word or two with an explanation that begins in a column of its own.
type row struct{ head, text string }

// write puts a head that is too long for its column on a line of its own.
func (r row) write(b *strings.Builder, column int) {
	indent := strings.Repeat(" ", column)
	gap := "\n" + indent
	if n := column - utf8.RuneCountInString(r.head); n >= 2 {
		gap = strings.Repeat(" ", n)
	}
	fmt.Fprintf(b, "%s%s%s\n", r.head, gap, wrap(r.text, helpWidth-column, indent))
}

// paragraphs writes each paragraph of a text after an empty line.
func paragraphs(b *strings.Builder, text string) {
	if text == "" {
		return
	}
	for p := range strings.SplitSeq(text, "\n\n") {
		fmt.Fprintf(b, "\n%s\n", wrap(p, helpWidth, ""))
	}
}

// wrap breaks a text into lines of so many columns, and begins all but the first with an indent.
func wrap(text string, width int, indent string) string {
	var b strings.Builder
	used := 0
	for word := range strings.FieldsSeq(text) {
		n := utf8.RuneCountInString(word)
		switch {
		case used == 0:
		case used+1+n > width:
			b.WriteString("\n" + indent)
			used = 0
		default:
			b.WriteByte(' ')
			used++
		}
		b.WriteString(word)
		used += n
	}
	return b.String()
}
