package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"handlens/media/plaintext"
)

// Command is the app or one of its subcommands: what its help says, which options it has, and what
// it does. The help, the errors and the shell completion are all made from it.
type Command struct {
	// Name is what the user types; the app itself has none.
	Name string
	// Args stands for the arguments in the help, such as "FILE…".
	Args string
	// Summary says in one line what the command does.
	Summary string
	// About and Notes are paragraphs of the help, before and after the options.
	About, Notes string
	// Verbs are what the first argument may be, where it is one of a few words.
	Verbs []Verb
	// Takes says that an argument of a command with subcommands is its own, and no mistyped
	// subcommand; nil for none.
	Takes func(arg string) bool
	// ArgChoices and ArgPaths are what a shell offers for the other arguments.
	ArgChoices []Choice
	ArgPaths   Paths
	// Sub are the subcommands. Only the app itself has some.
	Sub []*Command
	// New returns the options of one invocation, set to their defaults.
	New func() Options
}

// Verb is one of the words that a command takes as its first argument.
type Verb struct{ Name, Args, Help string }

// Options are those of one invocation of a command.
type Options interface {
	// Flags is the table of options. Reading the command line sets the values that it points to.
	Flags() []Flag
	// Check takes the rest of the command line and checks everything. An error means wrong usage.
	Check(args Args) error
	// Run does the work. ErrReported says that the user knows already what failed.
	Run(ctx context.Context, stdout, stderr io.Writer) error
}

// ErrReported is the error of a command that has told the user what failed.
var ErrReported = errors.New("reported already")

// Run does what the arguments say and returns the exit status. What went wrong is one line on
// stderr.
func (c *Command) Run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	if len(c.Sub) > 0 && len(args) > 0 {
		if sub := c.find(args[0]); sub != nil {
			return sub.Run(ctx, args[1:], stdout, stderr)
		}
	}
	o := c.New()
	given, err := Parse(o.Flags(), args)
	if errors.Is(err, ErrHelp) {
		if _, err := io.WriteString(stdout, c.Help()); err != nil {
			return Failed
		}
		return Done
	}
	if err == nil && len(c.Sub) > 0 && len(given.Rest) > 0 &&
		(c.Takes == nil || !c.Takes(given.Rest[0])) {
		err = c.unknown(given.Rest[0])
	}
	if err == nil {
		err = o.Check(given)
	}
	if err != nil {
		fmt.Fprintf(stderr, "%s: %s (%s --help tells more)\n", c.path(),
			plaintext.Shown(err.Error()), c.path())
		return Usage
	}
	if err := o.Run(ctx, stdout, stderr); err != nil {
		if !errors.Is(err, ErrReported) {
			Complain(stderr, c.Name, err)
		}
		return Failed
	}
	return Done
}

// Complain writes one line on stderr for something that failed in a command; "" is the app itself.
// What names have that cannot be shown, among it line breaks, stands there as escapes.
func Complain(stderr io.Writer, command string, err error) {
	fmt.Fprintf(stderr, "%s: %s\n", (&Command{Name: command}).path(), plaintext.Shown(err.Error()))
}

// path is how the command is called.
func (c *Command) path() string {
	if c.Name == "" {
		return "handlens"
	}
	return "handlens " + c.Name
}

func (c *Command) find(name string) *Command {
	for _, sub := range c.Sub {
		if sub.Name == name {
			return sub
		}
	}
	return nil
}

func (c *Command) unknown(name string) error {
	var names []string
	for _, sub := range c.Sub {
		names = append(names, sub.Name)
	}
	if near := plaintext.Suggest(name, names); len(near) > 0 {
		return fmt.Errorf("unknown command %q; did you mean %s?", name, near[0])
	}
	return fmt.Errorf("unknown command %q; the commands are %s", name, join(names, "and"))
}

// CheckVerb takes the first argument of a command with verbs and says what is wrong with it.
func (c *Command) CheckVerb(name string) error {
	var names []string
	for _, v := range c.Verbs {
		if v.Name == name {
			return nil
		}
		names = append(names, v.Name)
	}
	if near := plaintext.Suggest(name, names); len(near) > 0 {
		return fmt.Errorf("there is no %q; did you mean %s?", name, near[0])
	}
	return fmt.Errorf("there is no %q; there are %s", name, join(names, "and"))
}

// join puts commas between words and a conjunction before the last.
func join(words []string, conjunction string) string {
	last := len(words) - 1
	if last < 1 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:last], ", ") + " " + conjunction + " " + words[last]
}
