package cli

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// meterClock is a clock for a Meter, and what its terminal is sent.
type meterClock struct {
	at  time.Time
	out bytes.Buffer
}

func newTestMeter(label string) (*Meter, *meterClock) {
	c := &meterClock{at: time.Unix(1000, 0)}
	m := &Meter{to: &c.out, now: func() time.Time { return c.at }}
	m.Begin(label)
	return m, c
}

func (c *meterClock) pass(seconds float64) {
	c.at = c.at.Add(time.Duration(seconds * float64(time.Second)))
}

func (c *meterClock) want(t *testing.T, want string) {
	t.Helper()
	if got := c.out.String(); got != want {
		t.Errorf("it wrote %q, want %q", got, want)
	}
	c.out.Reset()
}

func TestMeter(t *testing.T) {
	m, c := newTestMeter("m")
	for _, done := range []int64{0, 1, 500_000, 500_001, 1_000_000} {
		m.Bytes(done, 1_000_000)
		c.pass(0.5)
	}
	m.End()
	c.want(t, "\rm: 0 B of 1.0 MB, 0 %\rm: 1 B of 1.0 MB, 0 %\rm: 500 kB of 1.0 MB, 50 %"+
		"\rm: 1.0 MB of 1.0 MB, 100 %\r                          \r")
	m, c = newTestMeter("")
	for _, part := range []float64{0, 0.004, 0.5, 0.5, 1} {
		m.Part(part)
		c.pass(0.3)
	}
	m.End()
	m.End()
	c.want(t, "\r  0 %\r 50 %\r100 %\r     \r")
}

func TestMeterSaysHowFastAndHowLong(t *testing.T) {
	m, c := newTestMeter("photos")
	m.Count(0, 100)
	c.want(t, "\rphotos: 0 of 100")
	c.pass(0.1)
	m.Count(1, 100) // a moment ago
	c.want(t, "")
	c.pass(3.9)
	m.Count(10, 100)
	c.want(t, "\rphotos: 10 of 100, 2.5 a second, 0:36 left")
	back := m.Begin("a\x1b[31m film")
	c.pass(4)
	m.Frames(1000, 0.001)
	c.want(t, "\ra\\x1b[31m film: 0 %, frame 1000, 250 a second, 1:06:36 left")
	c.pass(1)
	m.Frames(1001, 0)
	c.want(t, "\ra\\x1b[31m film: frame 1001, 200 a second"+strings.Repeat(" ", 19))
	m.End()
	c.out.Reset()
	back()
	m.Count(45, 100)
	c.want(t, "\rphotos: 45 of 100, 5.0 a second, 0:11 left")
}

// Lines for the same terminal clear the progress, which comes again below them.
func TestMeterMakesWay(t *testing.T) {
	m, c := newTestMeter("")
	lines := m.Above(&Terminal{to: &c.out})
	m.Part(0.5)
	fmt.Fprintln(lines, "found")
	m.Part(0.5)
	fmt.Fprint(lines, "half a line")
	m.Part(0.6)
	fmt.Fprintln(lines, ", and its end")
	m.Part(0.7)
	c.want(t, "\r 50 %\r     \rfound\n\r 50 %\r     \rhalf a line, and its end\n\r 70 %")
	m.columns = 4
	c.pass(1)
	m.Part(1)
	c.want(t, "\r100  ")
	if file := new(bytes.Buffer); m.Above(file) != file {
		t.Error("what goes elsewhere does not go there as it is")
	}
}

// TestMeterIsForTerminals wants silence where nobody watches. The null device is a character
// device, as terminals are.
func TestMeterIsForTerminals(t *testing.T) {
	var out bytes.Buffer
	m := NewMeter(&out, "m")
	m.Part(0.5)
	m.End()
	if out.Len() > 0 || IsTerminal(&out) {
		t.Errorf("a buffer was told %q", out.String())
	}
	for _, path := range []string{os.DevNull, filepath.Join(t.TempDir(), "f")} {
		f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE, 0o644)
		if err != nil {
			t.Fatal(err)
		}
		if IsTerminal(f) {
			t.Errorf("%s is not a terminal", path)
		}
		f.Close()
	}
}
