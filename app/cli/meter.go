package cli

import (
	"fmt"
	"io"
	"math"
	"strings"
	"unicode/utf8"

	"handlens/media/plaintext"
)

// Meter shows on a terminal how far something is, on one line that is written over and over. It
// belongs to one goroutine at a time.
type Meter struct {
	to      io.Writer // nil for nobody
	label   string
	percent int
	shown   string
}

// NewMeter writes to terminals only: files and pipes want the outcome alone. A label, which may be
// "", says what is going on.
func NewMeter(to io.Writer, label string) *Meter {
	if !IsTerminal(to) {
		to = nil
	}
	return &Meter{to: to, label: label}
}

// Part shows a part of the whole, 0..1.
func (m *Meter) Part(part float64) {
	percent := int(math.Round(100 * part))
	m.show(percent, fmt.Sprintf("%3d %%", percent))
}

// Bytes shows how much of a download has come.
func (m *Meter) Bytes(done, total int64) {
	percent := int(done * 100 / max(total, 1))
	m.show(percent, fmt.Sprintf("%s of %s, %d %%", plaintext.Bytes(done),
		plaintext.Bytes(total), percent))
}

// show writes a text when the percentage has changed.
func (m *Meter) show(percent int, text string) {
	if m.to == nil || m.shown != "" && percent == m.percent {
		return
	}
	if m.percent = percent; m.label != "" {
		text = m.label + ": " + text
	}
	rest := max(0, utf8.RuneCountInString(m.shown)-utf8.RuneCountInString(text))
	m.shown = text
	fmt.Fprintf(m.to, "\r%s%s", text, strings.Repeat(" ", rest))
}

// End clears the line.
func (m *Meter) End() {
	if m.shown != "" {
		fmt.Fprintf(m.to, "\r%s\r", strings.Repeat(" ", utf8.RuneCountInString(m.shown)))
		m.shown = ""
	}
}
