package cli

import (
	"context"
	"fmt"
	"io"
	"strings"
)

// ManCommand returns the command that prints the manual page of an app and its subcommands.
func ManCommand(app *Command) *Command {
	c := &Command{
		Name:    "man",
		Summary: "print the manual page, for man(1)",
		Notes: "`handlens man | man -l -` shows it; `handlens man > " +
			"~/.local/share/man/man1/handlens.1` has man(1) find it.",
	}
	c.New = func() Options { return &manual{app} }
	return c
}

// manual is one invocation of the command.
type manual struct{ app *Command }

func (m *manual) Flags() []Flag { return nil }

func (m *manual) Check(args Args) error {
	if len(args.Rest) > 0 {
		return fmt.Errorf("it takes nothing, not %q", args.Rest[0])
	}
	return nil
}

func (m *manual) Run(_ context.Context, stdout, _ io.Writer) error {
	_, err := io.WriteString(stdout, m.app.manPage())
	return err
}

// manPage is the whole manual in the language of man(7).
func (c *Command) manPage() string {
	var p manPage
	p.line(`.TH HANDLENS 1 "" "Handlens" "User Commands"`)
	p.section("NAME")
	p.text("handlens - " + strings.TrimPrefix(strings.TrimSuffix(c.About, "."), "Handlens "))
	p.section("SYNOPSIS")
	for i, sub := range append([]*Command{c}, c.Sub...) {
		if i > 0 {
			p.line(".br")
		}
		p.synopsis(sub)
	}
	p.section("DESCRIPTION")
	p.text(c.Summary + ".")
	p.paragraphs(c.Notes)
	p.section("OPTIONS")
	p.flags(c)
	p.section("COMMANDS")
	for _, sub := range c.Sub {
		p.line(".SS " + roff(sub.usage()))
		p.text(sub.Summary + ".")
		p.paragraphs(sub.About)
		for _, v := range sub.Verbs {
			p.tagged("\\fB"+roff(v.Name)+"\\fR "+roff(v.Args), v.Help)
		}
		p.flags(sub)
		p.paragraphs(sub.Notes)
	}
	p.section("ENVIRONMENT")
	p.tagged("\\fBNO_COLOR\\fR", "When it is set, nothing in the terminal has colours.")
	return p.String()
}

// manPage is a manual page as it is written.
type manPage struct{ strings.Builder }

// line writes a line of the language itself.
func (p *manPage) line(text string) { p.WriteString(text + "\n") }

func (p *manPage) section(name string) { p.line(".SH " + name) }

// text writes words, which are filled.
func (p *manPage) text(text string) { p.line(roff(wrap(text, helpWidth, ""))) }

func (p *manPage) paragraphs(text string) {
	for part := range strings.SplitSeq(text, "\n\n") {
		if strings.TrimSpace(part) != "" {
			p.line(".PP")
			p.text(part)
		}
	}
}

// synopsis writes how a command is called.
func (p *manPage) synopsis(c *Command) {
	usage, _ := strings.CutPrefix(c.usage(), c.path())
	p.line("\\fB" + roff(c.path()) + "\\fR" + roff(usage))
}

// tagged writes what something is called, in the language itself, and what that means.
func (p *manPage) tagged(tag, text string) {
	p.line(".TP")
	p.line(strings.TrimRight(tag, " "))
	p.text(text)
}

func (p *manPage) flags(c *Command) {
	for _, f := range c.flags() {
		tag := "\\fB" + roff("--"+f.Name) + "\\fR"
		if f.Placeholder != "" {
			tag += " \\fI" + roff(f.Placeholder) + "\\fR"
		}
		p.tagged(tag, f.explained())
		for _, choice := range f.Choices {
			if choice.Help != "" {
				p.line(".RS")
				p.tagged("\\fB"+roff(choice.Name)+"\\fR", choice.Help)
				p.line(".RE")
			}
		}
	}
}

// roff makes a text of man(7) of any text: no line of it is a request, hyphens can be copied, and a
// backslash is one.
func roff(text string) string {
	text = strings.NewReplacer(`\`, `\e`, "-", `\-`).Replace(text)
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if strings.HasPrefix(line, ".") || strings.HasPrefix(line, "'") {
			lines[i] = `\&` + line
		}
	}
	return strings.Join(lines, "\n")
}
