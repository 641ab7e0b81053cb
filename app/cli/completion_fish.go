package cli

import (
	"fmt"
	"strings"
)

// fishCompletion is the script for fish.
func fishCompletion(app *Command) string {
	var b strings.Builder
	b.WriteString("# Completion of handlens for fish: handlens completion fish | source\n" +
		"complete -c handlens -e\ncomplete -c handlens -f\n")
	subs := strings.Join(names(app.firstWords()), " ")
	for _, c := range append([]*Command{app}, app.Sub...) {
		when := "__fish_seen_subcommand_from " + c.Name
		if c == app {
			when = "not __fish_seen_subcommand_from " + subs
		}
		line := func(when, format string, args ...any) {
			fmt.Fprintf(&b, "complete -c handlens -n %s %s\n", fishQuoted(when),
				fmt.Sprintf(format, args...))
		}
		first, rest := when, when
		if len(c.Verbs) > 0 {
			verbs := "__fish_seen_subcommand_from " + strings.Join(names(c.firstWords()), " ")
			first, rest = when+"; and not "+verbs, when+"; and "+verbs
		}
		for _, word := range c.firstWords() {
			line(first, "-a %s -d %s", word.Name, fishQuoted(word.Help))
		}
		if len(c.ArgChoices) > 0 || c.ArgPaths != NoPaths {
			line(rest, "%s", fishOffer(names(c.ArgChoices), c.ArgPaths))
		}
		for _, f := range c.flags() {
			if !f.isSwitch() {
				line(when, "-l %s -r %s", f.Name, fishOffer(names(f.Choices), f.Paths))
			}
			// On a line of its own, or fish would show it beside each value.
			line(when, "-l %s -d %s", f.Name, fishQuoted(f.Help))
		}
	}
	return b.String()
}

// fishOffer says what is offered.
func fishOffer(words []string, paths Paths) string {
	offer := "-f"
	switch paths {
	case Files:
		offer = "-F"
	case Folders:
		offer = "-f -a '(__fish_complete_directories (commandline -ct))'"
	}
	if len(words) > 0 {
		offer += " -a " + fishQuoted(strings.Join(words, " "))
	}
	return offer
}

// fishQuoted makes one word of a text.
func fishQuoted(text string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(text) + "'"
}
