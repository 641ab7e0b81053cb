package command

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"handlens/app/cli"
)

// summarise runs the whole command and wants an exit status.
func summarise(t *testing.T, status int, args ...string) (stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	if got := reportCommand.Run(t.Context(), args, &out, &errs); got != status {
		t.Fatalf("report %q ended with %d, want %d; it said\n%s%s", args, got, status, out.String(),
			errs.String())
	}
	return out.String(), errs.String()
}

func TestReportIsWrittenBesideARecording(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	base := recordingFiles(t)
	stdout, stderr := summarise(t, cli.Done, "--language=de", "--with-files", base+".mp4")
	if stdout != base+" report.html\n" || stderr != "" {
		t.Errorf("it says %q and %q", stdout, stderr)
	}
	page, err := os.ReadFile(base + " report.html")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"<td>green", "Objekte im Lauf der Zeit", "data:image/jpeg;base64,", "#t=0.0",
	} {
		if !strings.Contains(string(page), want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	for _, ending := range []string{" report.csv", " report.png"} {
		if st, err := os.Stat(base + ending); err != nil || st.Size() == 0 {
			t.Errorf("%s: %v", ending, err)
		}
	}
	// Nothing is written over.
	if _, stderr := summarise(t, cli.Failed, base+".jsonl"); !strings.Contains(stderr,
		"already exists") {
		t.Errorf("it says %q", stderr)
	}
}

func TestReportWithoutAVideo(t *testing.T) {
	base := recordingFiles(t)
	if err := os.Remove(base + ".mp4"); err != nil {
		t.Fatal(err)
	}
	out := base + " page.html"
	_, stderr := summarise(t, cli.Done, "--out", out, base+".jsonl")
	if !strings.Contains(stderr, "the page has no pictures: ") {
		t.Errorf("it says %q", stderr)
	}
	if page, err := os.ReadFile(out); err != nil || !strings.Contains(string(page), "<svg") {
		t.Errorf("the page has %d bytes, %v", len(page), err)
	}
}

func TestReportSaysWhatIsWrong(t *testing.T) {
	for args, want := range map[string]string{
		"":                   "which recording?",
		"a b":                "one recording at a time",
		"--language=xx a":    "--language",
		"--confidence=2 a":   "--confidence",
		"no-such-file.jsonl": "there is no such file",
	} {
		status := cli.Usage
		if strings.HasPrefix(args, "no") {
			status = cli.Failed
		}
		if _, stderr := summarise(t, status, strings.Fields(args)...); !strings.Contains(stderr,
			want) {
			t.Errorf("%q: it says %q, want %q", args, stderr, want)
		}
	}
}

// Rules are looked for in what was found; what is not one is refused.
func TestReportLooksForRules(t *testing.T) {
	base := recordingFiles(t)
	summarise(t, cli.Done, "--rule", "Leaf: when green", base+".mp4")
	page, err := os.ReadFile(base + " report.html")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(page), `<li class="rule">`) ||
		!strings.Contains(string(page), "<td>Leaf<td>1") {
		t.Error("the page has no moment at which it came true")
	}
	_, stderr := summarise(t, cli.Usage, "--rule", "when", base+".mp4")
	if !strings.Contains(stderr, "missing") {
		t.Errorf("it says %q", stderr)
	}
}
