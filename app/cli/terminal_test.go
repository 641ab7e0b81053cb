package cli

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"handlens/media/pairing"
)

// throughTerminal is what a terminal is sent for a text that is written in pieces of that size.
func throughTerminal(t *testing.T, text string, size int) string {
	t.Helper()
	var out bytes.Buffer
	w := &Terminal{to: &out}
	for rest := text; rest != ""; {
		piece := rest[:min(size, len(rest))]
		if n, err := io.WriteString(w, piece); n != len(piece) || err != nil {
			t.Fatal(n, err)
		}
		rest = rest[len(piece):]
	}
	return out.String()
}

func TestTerminalShowsNamesAsText(t *testing.T) {
	qr, err := pairing.QRText("https://192.168.1.2:8443/#K7QX9M2T4HRA", true)
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{
		"a\x1b]0;title\x07b\n":     `a\x1b]0;title\x07b` + "\n",
		"\x1b[38;5;16;1mx\n":       `\x1b[38;5;16;1mx` + "\n",
		"photo\xff\xc3.jpg\t1\r\n": `photo\xff\xc3.jpg` + "\t1\r\n",
		"c1 \u009b2J, bidi \u202e": `c1 \u009b2J, bidi \u202e`,
		"größer × 日本 👩‍🚀":          "größer × 日本 👩‍🚀",
		qr + "x":                   qr + "x",
	} {
		for _, size := range []int{1, 7, 1 << 20} {
			if got := throughTerminal(t, text, size); got != want {
				t.Errorf("%q in pieces of %d is %q, want %q", text, size, got, want)
			}
		}
	}
}

// What is no terminal gets every byte as it is, for programs.
func TestForReadersLeavesFilesAlone(t *testing.T) {
	t.Setenv("NO_COLOR", "")
	path := filepath.Join(t.TempDir(), "f")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	w := ForReaders(f)
	if _, err := io.WriteString(w, "\x1b\xff"); err != nil || Colours(w) || columns(w) != 0 {
		t.Error(err, Colours(w), columns(w))
	}
	f.Close()
	if got, err := os.ReadFile(path); err != nil || string(got) != "\x1b\xff" {
		t.Errorf("%q, %v", got, err)
	}
}

func TestColours(t *testing.T) {
	for _, c := range []struct {
		noColor, term string
		want          bool
	}{{"", "xterm", true}, {"1", "xterm", false}, {"", "dumb", false}} {
		t.Setenv("NO_COLOR", c.noColor)
		t.Setenv("TERM", c.term)
		if got := Colours(&Terminal{}); got != c.want {
			t.Errorf("with %+v it is %v", c, got)
		}
	}
	if Colours(new(strings.Builder)) {
		t.Error("what is no terminal gets colours")
	}
}
