package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"unicode/utf8"
)

// greeting is one invocation of a command for tests.
type greeting struct {
	sample
	files []string
}

func (g *greeting) Flags() []Flag { return g.flags() }

func (g *greeting) Check(args Args) error {
	if g.files = args.Rest; g.runs < 0 {
		return errors.New("--runs is negative")
	}
	return nil
}

func (g *greeting) Run(_ context.Context, stdout, _ io.Writer) error {
	switch g.name {
	case "broken":
		return errors.New("it is broken")
	case "told":
		return ErrReported
	}
	_, err := fmt.Fprintf(stdout, "%d %s\n", g.runs, strings.Join(g.files, " "))
	return err
}

func newGreeting() Options { return &greeting{sample: sample{runs: 3}} }

// greeter is an app with a subcommand.
func greeter() *Command {
	app := &Command{
		Summary: "greet nobody", About: "A program that greets.",
		Notes: "Notes of the app.", New: newGreeting,
	}
	app.Sub = []*Command{
		{
			Name: "greet", Args: "FILE…", Summary: "greet somebody",
			About: strings.Repeat("It greets again and again. ", 20),
			Verbs: []Verb{{"hello", "NAME", "say hello"}, {"bye", "", "say goodbye"}},
			Notes: "First.\n\nSecond.", New: newGreeting, ArgPaths: Files,
		},
		CompletionCommand(app),
	}
	return app
}

func TestCommandRun(t *testing.T) {
	for _, c := range []struct {
		args   string
		status int
		out    string
		err    string
	}{
		{"greet a --runs 2 b", Done, "2 a b\n", ""},
		{"greet", Done, "3 \n", ""},
		{"--runs 4", Done, "4 \n", ""},
		{"greet --model broken", Failed, "", "handlens greet: it is broken\n"},
		{"--model broken", Failed, "", "handlens: it is broken\n"},
		{"greet --model told", Failed, "", ""},
		{
			"greet --runs=-1", Usage, "",
			"handlens greet: --runs is negative (handlens greet --help tells more)\n",
		},
		{
			"greet --wrods x", Usage, "", "handlens greet: there is no option --wrods; did you " +
				"mean --words? (handlens greet --help tells more)\n",
		},
		{
			"gret", Usage, "",
			"handlens: unknown command \"gret\"; did you mean greet? " +
				"(handlens --help tells more)\n",
		},
		{
			"--json frobnicate", Usage, "", "handlens: unknown command \"frobnicate\"; the " +
				"commands are greet and completion (handlens --help tells more)\n",
		},
	} {
		var out, errs bytes.Buffer
		if got := greeter().Run(t.Context(), strings.Fields(c.args), &out, &errs); got != c.status {
			t.Errorf("%s: status %d, want %d", c.args, got, c.status)
		}
		if out.String() != c.out || errs.String() != c.err {
			t.Errorf("%s: printed %q and %q", c.args, out.String(), errs.String())
		}
	}
}

func TestHelp(t *testing.T) {
	app := greeter()
	for args, words := range map[string][]string{
		"--help": {
			"A program that greets.\n\n  handlens [options]              greet nobody\n",
			"  handlens greet [options] FILE…  greet somebody\n",
			"  handlens completion SHELL       print a script", "\nNotes of the app.\n",
		},
		"greet --help": {
			"handlens greet [options] FILE…    greet somebody\n\nIt greets again",
			"\n  hello NAME          say hello\n  bye                 say goodbye\n\n",
			"\n  --runs N            how many (default: 3)\n",
			"\n  --help              show this help\n\nFirst.\n\nSecond.\n",
		},
	} {
		var out, errs bytes.Buffer
		if got := app.Run(t.Context(), strings.Fields(args), &out, &errs); got != Done {
			t.Errorf("%s ended with %d", args, got)
		}
		for _, w := range words {
			if !strings.Contains(out.String(), w) {
				t.Errorf("%s: no %q in\n%s", args, w, out.String())
			}
		}
		for line := range strings.Lines(out.String()) {
			if n := utf8.RuneCountInString(line); n > helpWidth+1 {
				t.Errorf("%s: a line has %d columns: %s", args, n, line)
			}
		}
	}
}

func TestHelpOfAFlag(t *testing.T) {
	value := "text"
	for want, f := range map[string]Flag{
		"  --a-very-long-option VALUE\n                      what it does\n": {
			Name: "a-very-long-option", To: new(string), Placeholder: "VALUE", Help: "what it does",
		},
		"  --format FORMAT     what to write (default: text)\n" +
			"                        text  for people\n                        csv   a table\n": {
			Name: "format", To: &value, Placeholder: "FORMAT", Help: "what to write",
			Choices: []Choice{{"text", "for people"}, {"csv", "a table"}},
		},
	} {
		var b strings.Builder
		if f.help(&b); b.String() != want {
			t.Errorf("got\n%s\nwant\n%s", b.String(), want)
		}
	}
}
