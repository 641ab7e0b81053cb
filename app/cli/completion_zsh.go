package cli

import (
	"fmt"
	"strings"
)

// zshTail calls the function of the subcommand, and works both when the script is sourced and when
// it lies as _handlens in $fpath.
const zshTail = `
_handlens() {
	if (( CURRENT > 2 && $+functions[_handlens_$words[2]] )); then
		local command=$words[2]
		shift words
		(( CURRENT-- ))
		_handlens_$command
		return
	fi
	_handlens_
}

if [[ $funcstack[1] == _handlens ]]; then
	_handlens "$@"
else
	compdef _handlens handlens
fi
`

// zshCompletion is the script for zsh, with a function for the app and one for each subcommand.
func zshCompletion(app *Command) string {
	var b strings.Builder
	b.WriteString("#compdef handlens\n" +
		"# Completion of handlens for zsh: source <(handlens completion zsh)\n")
	for _, c := range append([]*Command{app}, app.Sub...) {
		fmt.Fprintf(&b, "\n_handlens_%s() {\n\t_arguments -S", c.Name)
		for _, f := range c.flags() {
			fmt.Fprintf(&b, " \\\n\t\t%s", zshFlag(f))
		}
		if first := c.firstWords(); len(first) > 0 {
			fmt.Fprintf(&b, " \\\n\t\t%s", singleQuoted("1:word:(("+zshChoices(first)+"))"))
		}
		if len(c.ArgChoices) > 0 || c.ArgPaths != NoPaths {
			action := zshAction(names(c.ArgChoices), c.ArgPaths)
			fmt.Fprintf(&b, " \\\n\t\t%s", singleQuoted("*:argument:"+action))
		}
		b.WriteString("\n}\n")
	}
	b.WriteString(zshTail)
	return b.String()
}

// zshFlag is an option as _arguments wants it.
func zshFlag(f Flag) string {
	help := strings.NewReplacer(`\`, `\\`, `[`, `\[`, `]`, `\]`, `:`, `\:`).Replace(f.Help)
	if f.isSwitch() {
		return singleQuoted(fmt.Sprintf("--%s[%s]", f.Name, help))
	}
	star := ""
	if f.repeats() {
		star = "*"
	}
	return singleQuoted(fmt.Sprintf("%s--%s=[%s]:%s:%s", star, f.Name, help, f.Placeholder,
		zshAction(names(f.Choices), f.Paths)))
}

// zshAction says what is offered.
func zshAction(words []string, paths Paths) string {
	files := map[Paths]string{NoPaths: "", Files: "_files", Folders: "_files -/"}[paths]
	switch {
	case len(words) == 0 && files == "":
		return " " // the placeholder is shown, nothing is offered
	case len(words) == 0:
		return files
	case files == "":
		return "(" + strings.Join(words, " ") + ")"
	}
	return "{compadd -- " + strings.Join(words, " ") + "; " + files + "}"
}

// zshChoices are words with their descriptions.
func zshChoices(choices []Choice) string {
	var all []string
	for _, c := range choices {
		var help strings.Builder
		for _, r := range c.Help {
			if strings.ContainsRune(" \t:;,()[]{}<>|&~'\"`$*?#!\\=^", r) {
				help.WriteByte('\\')
			}
			help.WriteRune(r)
		}
		all = append(all, c.Name+`\:`+help.String())
	}
	return strings.Join(all, " ")
}
