package cli

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"handlens/media/plaintext"
)

// Flag is one option of a command: "--name value", "--name=value" or, for a switch, "--name".
type Flag struct {
	Name string
	// To is where the value goes: *string, *int, *float64, *bool (a switch), *[]string (values with
	// commas between them, or the option again), or func(string) error for anything else. What is
	// there before is the default.
	To any
	// Placeholder stands for the value in the help. A switch has none.
	Placeholder string
	// Help says in half a sentence what the option does.
	Help string
	// Default is what the help says of the default instead of the value itself.
	Default string
	// Choices are values that a shell offers. Those with a help of their own are listed in the
	// command's help as well.
	Choices []Choice
	// Paths says which files a shell offers.
	Paths Paths
}

// Choice is a value that an option or an argument may have.
type Choice struct{ Name, Help string }

// Paths says which files a shell offers for an option or an argument.
type Paths int

// The kinds of Paths.
const (
	NoPaths Paths = iota
	Files
	Folders
)

// Choices makes choices of bare names.
func Choices(names ...string) []Choice {
	all := make([]Choice, len(names))
	for i, name := range names {
		all[i].Name = name
	}
	return all
}

// CheckChoice wants the value of an option to be one of its choices.
func CheckChoice(flag, value string, choices []Choice) error {
	var names []string
	for _, c := range choices {
		if c.Name == value {
			return nil
		}
		names = append(names, c.Name)
	}
	return fmt.Errorf("--%s is %s, not %q", flag, join(names, "or"), value)
}

// helpFlag stands in the help and the completion of every command. Parse knows it by itself.
var helpFlag = Flag{Name: "help", Help: "show this help", To: new(bool)}

// ErrHelp says that --help was asked for.
var ErrHelp = errors.New("help was asked for")

// Args is what a command line has beside the values of its options.
type Args struct {
	// Rest are the arguments that are no options.
	Rest []string
	// Given are the names of the options on the command line.
	Given map[string]bool
}

// Parse reads long options and other arguments in any order. What follows "--" is no option,
// whatever it looks like. Errors are sentences; ErrHelp says that --help was asked for.
func Parse(flags []Flag, args []string) (Args, error) {
	got := Args{Given: map[string]bool{}}
	for len(args) > 0 {
		arg := args[0]
		args = args[1:]
		if arg == "--" {
			got.Rest = append(got.Rest, args...)
			break
		}
		if len(arg) < 2 || arg[0] != '-' {
			got.Rest = append(got.Rest, arg)
			continue
		}
		name, value, hasValue := strings.Cut(strings.TrimPrefix(arg[1:], "-"), "=")
		f, err := lookup(flags, name)
		if err != nil {
			return got, err
		}
		if f.isSwitch() && !hasValue {
			value, hasValue = "true", true
		}
		if !hasValue {
			if len(args) == 0 {
				return got, fmt.Errorf("--%s needs a value", name)
			}
			value, args = args[0], args[1:]
		}
		if err := f.set(value); err != nil {
			return got, fmt.Errorf("--%s %q: %w", name, value, err)
		}
		got.Given[name] = true
	}
	return got, nil
}

// lookup finds an option by its name, or says which one may have been meant.
func lookup(flags []Flag, name string) (Flag, error) {
	var names []string
	for _, f := range flags {
		if f.Name == name {
			return f, nil
		}
		names = append(names, f.Name)
	}
	if name == helpFlag.Name || name == "h" {
		return Flag{}, ErrHelp
	}
	if near := plaintext.Suggest(name, names); len(near) > 0 {
		return Flag{}, fmt.Errorf("there is no option --%s; did you mean --%s?", name, near[0])
	}
	return Flag{}, fmt.Errorf("there is no option --%s", name)
}

func (f Flag) isSwitch() bool {
	_, is := f.To.(*bool)
	return is
}

// set reads a value. The error completes the sentence `--name "value": …`.
func (f Flag) set(value string) (err error) {
	switch to := f.To.(type) {
	case *string:
		*to = value
	case *bool:
		if *to, err = strconv.ParseBool(value); err != nil {
			return errors.New("is neither true nor false")
		}
	case *int:
		n, err := strconv.ParseInt(value, 0, strconv.IntSize)
		if err != nil {
			return numberError(err, "is not a whole number")
		}
		*to = int(n)
	case *float64:
		if *to, err = strconv.ParseFloat(value, 64); err != nil {
			return numberError(err, "is not a number")
		}
	case *[]string:
		for word := range strings.SplitSeq(value, ",") {
			if word = strings.TrimSpace(word); word != "" {
				*to = append(*to, word)
			}
		}
	case func(string) error:
		return to(value)
	default:
		panic(fmt.Sprintf("option --%s goes to a %T", f.Name, f.To))
	}
	return nil
}

func numberError(err error, otherwise string) error {
	if errors.Is(err, strconv.ErrRange) {
		return errors.New("is too large a number")
	}
	return errors.New(otherwise)
}

// defaultText is what the help says of the default, "" for nothing.
func (f Flag) defaultText() string {
	if f.Default != "" {
		return f.Default
	}
	switch to := f.To.(type) {
	case *string:
		return *to
	case *int:
		if *to != 0 {
			return strconv.Itoa(*to)
		}
	case *float64:
		if *to != 0 {
			return strconv.FormatFloat(*to, 'g', -1, 64)
		}
	}
	return ""
}
