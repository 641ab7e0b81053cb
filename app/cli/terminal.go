package cli

import (
	"bytes"
	"io"
	"os"
	"regexp"
	"unicode/utf8"

	"golang.org/x/term"

	"handlens/media/plaintext"
)

// Terminal is an output that somebody reads on a terminal. Names of files, phones and classes come
// from outside, and a terminal obeys what it is sent: so whatever is no plain text is written as
// an escape that can be read. What does not go to a terminal stays as it is, byte for byte.
type Terminal struct {
	file *os.File
	to   io.Writer // the file, or what a test reads
	held []byte    // the beginning of what may be shown when its end has come
}

// ForReaders returns where what is meant for f is to be written: f itself, or a Terminal.
func ForReaders(f *os.File) io.Writer {
	if to, ok := unread(f); ok {
		return to
	}
	if !IsTerminal(f) {
		return f
	}
	return &Terminal{file: f, to: f}
}

// codeRow is a row of a QR code as package pairing draws it, the one thing with colours.
var codeRow = regexp.MustCompile("^\x1b\\[38;5;16;48;5;231m[ █▀▄]*\x1b\\[0m")

// maxCodeRow is more bytes than a row of a QR code has.
const maxCodeRow = 1024

// Write implements [io.Writer].
func (t *Terminal) Write(b []byte) (int, error) {
	text := append(t.held, b...)
	shown := make([]byte, 0, len(text))
	t.held = nil
	for len(text) > 0 {
		if row := codeRow.Find(text); row != nil {
			shown, text = append(shown, row...), text[len(row):]
			continue
		}
		if !utf8.FullRune(text) || beginsCodeRow(text) {
			t.held = bytes.Clone(text)
			break
		}
		r, n := utf8.DecodeRune(text)
		if r == '\n' || r == '\r' || r == '\t' {
			shown = append(shown, text[0])
		} else {
			shown = plaintext.AppendShown(shown, text[:n])
		}
		text = text[n:]
	}
	if _, err := t.to.Write(shown); err != nil {
		return 0, err
	}
	return len(b), nil
}

// beginsCodeRow says whether a text may become a row of a QR code when more of it comes.
func beginsCodeRow(text []byte) bool {
	const begin = "\x1b[38;5;16;48;5;231m"
	n := min(len(begin), len(text))
	return len(text) < maxCodeRow && string(text[:n]) == begin[:n] &&
		bytes.IndexByte(text, '\n') < 0
}

// IsTerminal reports whether somebody watches what is written.
func IsTerminal(w io.Writer) bool {
	switch w := w.(type) {
	case *Terminal:
		return true
	case *os.File:
		return term.IsTerminal(int(w.Fd()))
	}
	return false
}

// Colours reports whether what is written may have colours: on a terminal that knows them, unless
// the user wants none (no-color.org).
func Colours(w io.Writer) bool {
	if !IsTerminal(w) || os.Getenv("NO_COLOR") != "" || os.Getenv("TERM") == "dumb" {
		return false
	}
	f := fileOf(w)
	return f == nil || takesEscapes(f)
}

// fileOf returns the file that a terminal is; nil for none.
func fileOf(w io.Writer) *os.File {
	switch w := w.(type) {
	case *Terminal:
		return w.file
	case *os.File:
		return w
	}
	return nil
}

// columns is how wide a terminal is; 0 when nobody knows.
func columns(w io.Writer) int {
	file := fileOf(w)
	if file == nil {
		return 0
	}
	n, _, err := term.GetSize(int(file.Fd()))
	if err != nil {
		return 0
	}
	return n
}
