package cli

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// shop is an app with options and arguments of every kind that completion knows.
func shop() *Command {
	app := greeter()
	greet := app.Sub[0]
	greet.New = func() Options { return &shopping{} }
	greet.ArgChoices = Choices("anna", "bert")
	return app
}

// shopping has an option for each kind of value.
type shopping struct{ greeting }

func (s *shopping) Flags() []Flag {
	return append(s.flags(), []Flag{
		{
			Name: "format", To: &s.odd, Placeholder: "F", Help: "it's [a] choice: of \\ two",
			Choices: Choices("text", "csv"),
		},
		{Name: "file", To: &s.odd, Placeholder: "FILE", Help: "a file", Paths: Files},
		{Name: "dir", To: &s.odd, Placeholder: "DIR", Help: "a folder", Paths: Folders},
		{
			Name: "both", To: &s.odd, Placeholder: "NAME|FILE", Help: "a name or a file",
			Choices: Choices("red", "green"), Paths: Files,
		},
	}...)
}

func script(t *testing.T, app *Command, shell string) string {
	t.Helper()
	var out, errs bytes.Buffer
	if got := app.Run(t.Context(), []string{"completion", shell}, &out, &errs); got != Done {
		t.Fatalf("completion %s ended with %d: %s", shell, got, errs.String())
	}
	return out.String()
}

// completed has bash complete the last of some words, as readline splits them.
func completed(t *testing.T, script string, words ...string) []string {
	t.Helper()
	const harness = `source "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _handlens
		printf '%s\n' "${COMPREPLY[@]}"`
	file := filepath.Join(t.TempDir(), "handlens.bash")
	if err := os.WriteFile(file, []byte(script), 0o644); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("bash", append([]string{"-c", harness, file}, words...)...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("bash: %v: %s", err, out)
	}
	return strings.Fields(string(out))
}

func TestBashCompletes(t *testing.T) {
	text := script(t, shop(), "bash")
	for _, c := range []struct{ words, want string }{
		{"handlens g", "greet"},
		{"handlens ", "greet completion"},
		{"handlens --mo", "--model"},
		{"handlens --json gr", ""},
		{"handlens greet h", "hello"},
		{"handlens greet hello ", "anna bert"},
		{"handlens greet hello --for", "--format"},
		{"handlens greet --f", "--format --file"},
		{"handlens greet --format ", "text csv"},
		{"handlens greet --format = c", "csv"},
		{"handlens greet --format =", "text csv"},
		{"handlens greet --runs ", ""},
		{"handlens greet --json --h", "--help"},
		{"handlens greet --both g", "green"},
		{"handlens completion z", "zsh"},
		{"handlens completion zsh ", ""},
	} {
		got := completed(t, text, strings.Split(c.words, " ")...)
		if !slices.Equal(got, strings.Fields(c.want)) {
			t.Errorf("%q is completed with %q, want %q", c.words, got, c.want)
		}
	}
}

// TestCompletionScriptsParse has each shell that is there read its script without running it.
func TestCompletionScriptsParse(t *testing.T) {
	for _, shell := range []string{"bash", "zsh", "fish"} {
		text := script(t, shop(), shell)
		program, err := exec.LookPath(shell)
		if err != nil {
			t.Logf("there is no %s here, so its script is only looked at", shell)
		} else {
			file := filepath.Join(t.TempDir(), "script")
			if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
			if out, err := exec.Command(program, "-n", file).CombinedOutput(); err != nil {
				t.Errorf("%s does not understand its script: %v: %s\n%s", shell, err, out, text)
			}
		}
		for _, word := range []string{"greet", "hello", "anna", "format", "csv", "both", "green"} {
			if !strings.Contains(text, word) {
				t.Errorf("%s: no %q in\n%s", shell, word, text)
			}
		}
	}
}

func TestZshFlag(t *testing.T) {
	s := shopping{}
	for i, want := range map[int]string{
		1: `'--json[as JSON]'`,
		2: `'--runs=[how many]:N: '`,
		4: `'*--words=[some words]:A,B: '`,
		6: `'--format=[it'\''s \[a\] choice\: of \\ two]:F:(text csv)'`,
		7: `'--file=[a file]:FILE:_files'`,
		8: `'--dir=[a folder]:DIR:_files -/'`,
		9: `'--both=[a name or a file]:NAME|FILE:{compadd -- red green; _files}'`,
	} {
		if got := zshFlag(s.Flags()[i]); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestCompletionWrongUsage(t *testing.T) {
	for args, word := range map[string]string{
		"completion":          "which shell?",
		"completion bahs":     "did you mean bash?",
		"completion tcsh":     "did you mean",
		"completion nu":       `there is no "nu"; there are bash, zsh and fish`,
		"completion bash zsh": "one shell at a time",
	} {
		var out, errs bytes.Buffer
		got := shop().Run(t.Context(), strings.Fields(args), &out, &errs)
		if got != Usage || !strings.Contains(errs.String(), word) || out.Len() > 0 {
			t.Errorf("%q ended with %d: %q", args, got, errs.String())
		}
	}
}
