package cli

import (
	"fmt"
	"strings"
)

// bashHead finds the word to complete, the option before it and the subcommand. Bash makes three
// words of "--name=value". Where nothing is offered, readline offers file names, unless _handlens
// says no.
const bashHead = `# Completion of handlens for bash: source <(handlens completion bash)
_handlens() {
	local cur=${COMP_WORDS[COMP_CWORD]} option=${COMP_WORDS[COMP_CWORD-1]} command= words= paths=
	if [[ $cur == = ]]; then
		cur=
	elif [[ $option == = ]]; then
		option=${COMP_WORDS[COMP_CWORD-2]}
	fi
	(( COMP_CWORD > 1 )) && case ${COMP_WORDS[1]} in
	%s) command=${COMP_WORDS[1]} ;;
	esac
	case "$command $option" in
`

const bashTail = `	esac
	COMPREPLY=($(compgen -W "$words" -- "$cur"))
	[[ $paths ]] || compopt +o default 2>/dev/null
}
complete -o default -F _handlens handlens
`

// bashCompletion is the script for bash, 3.2 or newer.
func bashCompletion(app *Command) string {
	var b strings.Builder
	fmt.Fprintf(&b, bashHead, strings.Join(names(app.firstWords()), "|"))
	commands := append([]*Command{app}, app.Sub...)
	for _, c := range commands {
		for _, f := range c.flags() {
			if !f.isSwitch() {
				fmt.Fprintf(&b, "\t\"%s --%s\") %s ;;\n", c.Name, f.Name,
					bashOffer(names(f.Choices), f.Paths))
			}
		}
	}
	b.WriteString("\t*)\n\t\tcase \"$command $COMP_CWORD $cur\" in\n")
	for _, c := range commands {
		var options []string
		for _, f := range c.flags() {
			options = append(options, "--"+f.Name)
		}
		fmt.Fprintf(&b, "\t\t\"%s \"*\" -\"*) %s ;;\n", c.Name, bashOffer(options, NoPaths))
		first := 2
		if c == app {
			first = 1
		}
		if words := names(c.firstWords()); len(words) > 0 {
			fmt.Fprintf(&b, "\t\t\"%s %d \"*) %s ;;\n", c.Name, first, bashOffer(words, NoPaths))
		}
		fmt.Fprintf(&b, "\t\t\"%s \"*) %s ;;\n", c.Name, bashOffer(names(c.ArgChoices), c.ArgPaths))
	}
	b.WriteString("\t\tesac ;;\n")
	b.WriteString(bashTail)
	return b.String()
}

// bashOffer sets what is offered.
func bashOffer(words []string, paths Paths) string {
	offer := "words=" + singleQuoted(strings.Join(words, " "))
	if paths != NoPaths {
		offer += " paths=yes"
	}
	return offer
}
