package main

import (
	"bytes"
	"strings"
	"testing"

	"handlens/app/cli"
)

func TestRunStatus(t *testing.T) {
	for _, c := range []struct {
		args   string
		status int
		out    string
		err    string
	}{
		{"--help", cli.Done, "QR code", ""},
		{"help", cli.Done, "QR code", ""},
		{"-h", cli.Done, "QR code", ""},
		{"help detect", cli.Done, "handlens detect [options]", ""},
		{"--version", cli.Done, "FFmpeg", ""},
		{"version", cli.Done, "FFmpeg", ""},
		{"-version", cli.Done, "FFmpeg", ""},
		{"--nonsense", cli.Usage, "", "no option --nonsense"},
		{"--confidance 0.5", cli.Usage, "", "did you mean --confidence?"},
		{"--provider cud", cli.Usage, "", `--provider is auto, tensorrt, cuda,`},
		{"detect --provider nope a.jpg", cli.Usage, "", `not "nope"`},
		{"bench --provider nope", cli.Usage, "", `not "nope"`},
		{"accuracy --provider nope folder", cli.Usage, "", `not "nope"`},
		{"detct a.jpg", cli.Usage, "", `unknown command "detct"; did you mean detect?`},
		{"frobnicate", cli.Usage, "", "the commands are detect, render, report, models,"},
		{
			"--no-window --events /nonexistent/e.jsonl --data-dir " + t.TempDir(), cli.Failed, "",
			"--events cannot write",
		},
	} {
		var out, errs bytes.Buffer
		if got := run(t.Context(), strings.Fields(c.args), &out, &errs); got != c.status {
			t.Errorf("%s: status %d, want %d", c.args, got, c.status)
		}
		if !strings.Contains(out.String(), c.out) || !strings.Contains(errs.String(), c.err) {
			t.Errorf("%s: printed %q and %q", c.args, out.String(), errs.String())
		}
	}
}

// TestEveryOptionIsExplained wants a help of each option, in the help of its command and in the
// completion of every shell.
func TestEveryOptionIsExplained(t *testing.T) {
	scripts := map[string]string{}
	for _, shell := range []string{"bash", "zsh", "fish"} {
		var out, errs bytes.Buffer
		if got := run(t.Context(), []string{"completion", shell}, &out, &errs); got != cli.Done {
			t.Fatalf("completion %s ended with %d: %s", shell, got, errs.String())
		}
		scripts[shell] = out.String()
	}
	var page, errs bytes.Buffer
	if got := run(t.Context(), []string{"man"}, &page, &errs); got != cli.Done {
		t.Fatalf("man ended with %d: %s", got, errs.String())
	}
	all := app()
	for _, c := range append([]*cli.Command{all}, all.Sub...) {
		help := c.Help()
		if c.Summary == "" || !strings.Contains(all.Help(), c.Name) {
			t.Errorf("the command %q is not explained", c.Name)
		}
		for _, f := range c.New().Flags() {
			if _, isSwitch := f.To.(*bool); f.Help == "" || isSwitch != (f.Placeholder == "") {
				t.Errorf("%s --%s has no help, or no placeholder", c.Name, f.Name)
			}
			option := "\n  --" + strings.TrimSpace(f.Name+" "+f.Placeholder)
			if !strings.Contains(help, option+" ") && !strings.Contains(help, option+"\n") {
				t.Errorf("--%s is not in the help of %q:\n%s", f.Name, c.Name, help)
			}
			if form := `\fB` + strings.ReplaceAll("--"+f.Name, "-", `\-`) +
				`\fR`; !strings.Contains(
				page.String(), form) {
				t.Errorf("--%s is not in the manual page", f.Name)
			}
			for shell, form := range map[string]string{
				"bash": "--" + f.Name, "zsh": "--" + f.Name, "fish": " -l " + f.Name + " ",
			} {
				if !strings.Contains(scripts[shell], form) {
					t.Errorf("%s does not complete --%s", shell, f.Name)
				}
			}
			for _, choice := range f.Choices {
				if !strings.Contains(scripts["bash"], choice.Name) {
					t.Errorf("bash does not complete --%s %s", f.Name, choice.Name)
				}
			}
		}
	}
}
