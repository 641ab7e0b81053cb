package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
)

// CompletionCommand returns the command that prints shell completion for an app and its
// subcommands.
func CompletionCommand(app *Command) *Command {
	c := &Command{
		Name: "completion", Args: "SHELL",
		Summary: "print a script with which a shell completes commands",
		Verbs: []Verb{
			{"bash", "", "in ~/.bashrc: source <(handlens completion bash)"},
			{"zsh", "", "in ~/.zshrc, after compinit: source <(handlens completion zsh)"},
			{"fish", "", "in ~/.config/fish/config.fish: handlens completion fish | source"},
		},
	}
	c.New = func() Options { return &completion{app: app, self: c} }
	return c
}

// completion is one invocation of the command.
type completion struct {
	app, self *Command
	shell     string
}

func (c *completion) Flags() []Flag { return nil }

func (c *completion) Check(args Args) error {
	switch len(args.Rest) {
	case 0:
		return errors.New("which shell? Name bash, zsh or fish")
	case 1:
		c.shell = args.Rest[0]
		return c.self.CheckVerb(c.shell)
	}
	return fmt.Errorf("one shell at a time: %s is one more", args.Rest[1])
}

func (c *completion) Run(_ context.Context, stdout, _ io.Writer) error {
	script := map[string]func(*Command) string{
		"bash": bashCompletion, "zsh": zshCompletion, "fish": fishCompletion,
	}[c.shell]
	_, err := io.WriteString(stdout, script(c.app))
	return err
}

// names are those of choices.
func names(choices []Choice) []string {
	var all []string
	for _, c := range choices {
		all = append(all, c.Name)
	}
	return all
}

// firstWords are the verbs of a command, or the subcommands of the app.
func (c *Command) firstWords() []Choice {
	var all []Choice
	for _, v := range c.Verbs {
		all = append(all, Choice{v.Name, v.Help})
	}
	for _, sub := range c.Sub {
		all = append(all, Choice{sub.Name, sub.Summary})
	}
	return all
}

// repeats says whether an option may be given more than once.
func (f Flag) repeats() bool {
	switch f.To.(type) {
	case *[]string, func(string) error:
		return true
	}
	return false
}

// singleQuoted makes one word of a text, as POSIX shells read it.
func singleQuoted(text string) string {
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}
