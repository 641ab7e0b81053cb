package cli

import (
	"os/exec"
	"strings"
	"testing"
)

func TestManPage(t *testing.T) {
	app := greeter()
	page := app.manPage()
	for _, want := range []string{
		".TH HANDLENS 1 ", "\n.SH NAME\nhandlens \\- ", "\n.SH OPTIONS\n", "\n.SH COMMANDS\n",
		"\n\\fB\\-\\-help\\fR\nshow this help\n",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("%q is missing in\n%s", want, page)
		}
	}
	for _, sub := range app.Sub {
		if !strings.Contains(page, "\n.SS "+roff(sub.usage())+"\n"+roff(sub.Summary)) {
			t.Errorf("%q is not in\n%s", sub.Name, page)
		}
	}
	if got, want := roff("a-b \\n\n.TH\n'x"), "a\\-b \\en\n\\&.TH\n\\&'x"; got != want {
		t.Errorf("it is %q, want %q", got, want)
	}
	groff, err := exec.LookPath("groff")
	if err != nil {
		t.Skip("there is no groff here that could read the page")
	}
	check := exec.Command(groff, "-man", "-Tutf8", "-Kutf8", "-ww", "-z")
	check.Stdin = strings.NewReader(page)
	if said, err := check.CombinedOutput(); err != nil || len(said) > 0 {
		t.Errorf("groff says %s, %v", said, err)
	}
}
