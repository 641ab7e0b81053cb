package cli

import (
	"fmt"
	"io"
	"math"
	"strings"
	"time"
	"unicode/utf8"

	"handlens/media/plaintext"
)

const (
	// meterEvery is how often the line is written at most, and remainingAfter how long something
	// has to last before it is worth saying how long it will.
	meterEvery, remainingAfter = 200 * time.Millisecond, 2 * time.Second
	// maxLabel bounds a label in columns.
	maxLabel = 40
)

// Meter shows on a terminal how far something is, on one line that is written over and over. It
// belongs to one goroutine at a time.
type Meter struct {
	to      io.Writer // nil for nobody
	label   string
	now     func() time.Time
	columns int // of the terminal; 0 for any number
	began   time.Time
	written time.Time
	last    string // what it said last, apart from the time that remains
	shown   string
	inLine  bool // what is written above the line has not ended its own yet
}

// NewMeter writes to terminals only: files and pipes want the outcome alone. A label, which may be
// "", says what is going on.
func NewMeter(to io.Writer, label string) *Meter {
	m := &Meter{to: to, now: time.Now}
	if !IsTerminal(to) {
		m.to = nil
	}
	m.columns = columns(to)
	m.Begin(label)
	return m
}

// Begin says what is going on from now on, and counts the time anew, until back is called: then
// what was going on before goes on.
func (m *Meter) Begin(label string) (back func()) {
	before, since := m.label, m.began
	if label = plaintext.Shown(label); utf8.RuneCountInString(label) > maxLabel {
		label = "…" + string([]rune(label)[utf8.RuneCountInString(label)-maxLabel+1:])
	}
	m.label, m.began = label, m.now()
	return func() { m.label, m.began = before, since }
}

// Part shows a part of the whole, 0..1.
func (m *Meter) Part(part float64) {
	m.show(fmt.Sprintf("%3.0f %%", 100*part), part)
}

// Bytes shows how much of a download has come.
func (m *Meter) Bytes(done, total int64) {
	part := float64(done) / float64(max(total, 1))
	m.show(fmt.Sprintf("%s of %s, %.0f %%", plaintext.Bytes(done), plaintext.Bytes(total),
		math.Floor(100*part)), part)
}

// Count shows how many of so many things are done, and how many a second.
func (m *Meter) Count(done, total int) {
	m.show(fmt.Sprintf("%d of %d%s", done, total, m.rate(done)),
		float64(done)/float64(max(total, 1)))
}

// Frames shows how many frames of a video are done, how many a second, and how far that is: a part
// of the whole, 0..1; or 0 when nobody knows.
func (m *Meter) Frames(done int, part float64) {
	text := fmt.Sprintf("frame %d%s", done, m.rate(done))
	if part > 0 {
		text = fmt.Sprintf("%.0f %%, %s", 100*min(part, 1), text)
	}
	m.show(text, part)
}

// rate is how many a second, once that can be told.
func (m *Meter) rate(done int) string {
	passed := m.now().Sub(m.began)
	if m.to == nil || done < 1 || passed < remainingAfter/2 {
		return ""
	}
	rate, places := float64(done)/passed.Seconds(), 1
	if rate < 1 {
		places = 2
	} else if rate >= 100 {
		places = 0
	}
	return fmt.Sprintf(", %.*f a second", places, rate)
}

// show writes a text, and how long the rest will take. It is quiet when there is nothing new, and
// when it wrote a moment ago.
func (m *Meter) show(text string, part float64) {
	now := m.now()
	if m.to == nil || m.inLine || text == m.last || m.shown != "" && part < 1 &&
		now.Sub(m.written) < meterEvery {
		return
	}
	m.last, m.written = text, now
	if passed := now.Sub(m.began); passed >= remainingAfter && part > 0 && part < 1 {
		text += ", " + remaining(passed.Seconds()*(1-part)/part) + " left"
	}
	if m.label != "" {
		text = m.label + ": " + text
	}
	if n := m.columns; n > 0 && utf8.RuneCountInString(text) >= n { // it would take two lines
		text = string([]rune(text)[:n-1])
	}
	rest := max(0, utf8.RuneCountInString(m.shown)-utf8.RuneCountInString(text))
	m.shown = text
	fmt.Fprintf(m.to, "\r%s%s", text, strings.Repeat(" ", rest))
}

// remaining writes so many seconds as a clock does.
func remaining(seconds float64) string {
	s := int64(min(math.Ceil(seconds), 1e6))
	if s < 3600 {
		return fmt.Sprintf("%d:%02d", s/60, s%60)
	}
	return fmt.Sprintf("%d:%02d:%02d", s/3600, s/60%60, s%60)
}

// End clears the line.
func (m *Meter) End() {
	if m.shown != "" {
		fmt.Fprintf(m.to, "\r%s\r", strings.Repeat(" ", utf8.RuneCountInString(m.shown)))
		m.shown, m.last = "", ""
	}
}

// Above returns a writer for what else may go to the terminal: there it clears the line first,
// which comes again with the next progress.
func (m *Meter) Above(w io.Writer) io.Writer {
	if m.to == nil || !IsTerminal(w) {
		return w
	}
	return above{m, w}
}

type above struct {
	meter *Meter
	to    io.Writer
}

func (a above) Write(b []byte) (int, error) {
	a.meter.End()
	a.meter.inLine = len(b) > 0 && b[len(b)-1] != '\n'
	return a.to.Write(b)
}
