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
		{"--version", cli.Done, "FFmpeg", ""},
		{"--nonsense", cli.Usage, "", "no option --nonsense"},
		{"--no-window --events /nonexistent/e.jsonl --data-dir " + t.TempDir(), cli.Failed, "", "--events cannot write"},
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
