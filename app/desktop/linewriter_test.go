package desktop

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"
)

// patience is how long any one thing may take to happen. It is no measurement.
const patience = 60 * time.Second

// promptly fails the test when f waits for something.
func promptly(t *testing.T, what string, f func()) {
	t.Helper()
	done := make(chan struct{})
	go func() {
		defer close(done)
		f()
	}()
	soon(t, what, done)
}

// soon waits for a channel to be closed, or to give something.
func soon[T any](t *testing.T, what string, c <-chan T) T {
	t.Helper()
	select {
	case v := <-c:
		return v
	case <-time.After(patience):
		t.Fatalf("%s: not within %v", what, patience)
		panic("unreachable")
	}
}

// missed reports missing lines as "2 a, 1 b are missing".
func missed(missing map[string]int) []byte {
	var all []string
	for _, kind := range []string{"", "log", "a", "b"} {
		if n := missing[kind]; n > 0 {
			all = append(all, fmt.Sprintf("%d %s", n, kind))
		}
	}
	return []byte(strings.Join(all, ", ") + " are missing\n")
}

// toPipe returns a lineWriter into a pipe that holds nothing, and the pipe's other end.
func toPipe(t *testing.T) (*lineWriter, *bufio.Scanner) {
	t.Helper()
	reader, writer := io.Pipe()
	t.Cleanup(func() { reader.Close() })
	return newLineWriter(lineOutput{
		open: func() (io.WriteCloser, error) { return writer, nil }, report: missed,
	}), bufio.NewScanner(reader)
}

func nextLine(t *testing.T, lines *bufio.Scanner) string {
	t.Helper()
	promptly(t, "a line", func() {
		if !lines.Scan() {
			t.Errorf("there are no more lines: %v", lines.Err())
		}
	})
	return lines.Text()
}

// TestLinesWaitForTheirReader has a reader that stops, while many lines of one kind come and few of
// another: those few are all there when it goes on, in their order, and each missing line is
// counted.
func TestLinesWaitForTheirReader(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	w, lines := toPipe(t)
	w.put("b", []byte("b begin\n"))
	if got := nextLine(t, lines); got != "b begin" {
		t.Fatalf("the first line is %q", got)
	}
	const many = 10 * maxLines
	promptly(t, "putting lines", func() {
		for i := range many {
			w.put("a", fmt.Appendf(nil, "a %d\n", i))
			if i%(many/8) == 0 {
				w.put("b", fmt.Appendf(nil, "b %d\n", i/(many/8)))
			}
		}
	})
	closed := make(chan error, 1)
	go func() { closed <- w.Close() }()
	var others []string
	read, missing, newest := 0, 0, ""
	for lines.Scan() {
		line := lines.Text()
		var n int
		switch {
		case strings.HasPrefix(line, "a "):
			read++
			newest = line
		case strings.HasPrefix(line, "b "):
			others = append(others, line)
		default:
			if _, err := fmt.Sscanf(line, "%d a are missing", &n); err != nil {
				t.Errorf("among the lines is %q", line)
			}
			missing += n
		}
	}
	if err := soon(t, "the end", closed); err != nil {
		t.Error(err)
	}
	if got := strings.Join(others, ", "); got != "b 0, b 1, b 2, b 3, b 4, b 5, b 6, b 7" {
		t.Errorf("of the few there are %s", got)
	}
	if read+missing != many || read < maxLines || read > maxLines+1 {
		t.Errorf("%d lines and %d missing ones, of %d", read, missing, many)
	}
	if want := fmt.Sprintf("a %d", many-1); newest != want {
		t.Errorf("the last line is %q, want %q", newest, want)
	}
}

// TestSlowReadersAreToldNowAndThen has lines dropped all the time: they are reported once a second.
func TestSlowReadersAreToldNowAndThen(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	opened := make(chan struct{})
	w := newLineWriter(lineOutput{open: func() (io.WriteCloser, error) {
		<-opened // the test takes the lines in the goroutine's place
		return nil, errors.New("the test is over")
	}})
	defer soon(t, "the goroutine's end", w.done)
	defer close(opened)
	now := time.Now()
	w.now = func() time.Time { return now }
	drop := func(n int) {
		for range n {
			w.put("a", []byte("a\n"))
		}
	}
	drop(maxLines + 10)
	if _, missing := w.take(); missing["a"] != 10 {
		t.Errorf("%v are reported of 10", missing)
	}
	drop(10)
	if line, missing := w.take(); line == nil {
		t.Errorf("%v are reported within the same second", missing)
	}
	drop(11)
	now = now.Add(reportEvery)
	if _, missing := w.take(); missing["a"] != 20 {
		t.Errorf("%v are reported of 20", missing)
	}
	if line, missing := w.take(); line == nil {
		t.Errorf("%v are reported twice", missing)
	}
}

// TestQueuesAreBoundedInBytes fills a queue with few large lines.
func TestQueuesAreBoundedInBytes(t *testing.T) {
	var q lineQueue
	dropped := 0
	for i := range uint64(10) {
		dropped += q.push(i, make([]byte, maxLineBytes/4))
	}
	if dropped != 6 || q.lines[0].number != 6 || q.bytes != maxLineBytes {
		t.Errorf("%d are dropped, %d bytes wait", dropped, q.bytes)
	}
	if dropped := q.push(10, make([]byte, 2*maxLineBytes)); dropped != 4 || len(q.lines) != 1 {
		t.Errorf("a line larger than the queue pushes out %d, and %d wait", dropped, len(q.lines))
	}
}

// TestGoneReadersEndTheLines closes the reader's end: that is told once, and nothing waits
// afterwards.
func TestGoneReadersEndTheLines(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	reader.Close()
	told := make(chan error, 10)
	w := newLineWriter(lineOutput{
		open:   func() (io.WriteCloser, error) { return writer, nil },
		failed: func(err error) { told <- err },
	})
	w.put("a", []byte("a\n"))
	if err := soon(t, "the reason", told); !errors.Is(err, syscall.EPIPE) {
		t.Errorf("told is %v", err)
	}
	w.put("a", []byte("a\n"))
	if err := w.Close(); err != nil || len(told) > 0 {
		t.Errorf("closing says %v, and %d more are told", err, len(told))
	}
}

// TestCloseGivesUp closes while nobody reads: it does not wait for ever, and tells.
func TestCloseGivesUp(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	w := newLineWriter(lineOutput{
		open: func() (io.WriteCloser, error) { return writer, nil }, report: missed,
		failed: func(err error) { t.Errorf("told is %v", err) },
	})
	promptly(t, "putting lines", func() {
		for range 3 * maxLines {
			w.put("a", append(make([]byte, 1<<10), '\n'))
		}
	})
	promptly(t, "Close", func() {
		if err := w.Close(); !errors.Is(err, errUnread) {
			t.Errorf("closing says %v", err)
		}
	})
	soon(t, "the goroutine's end", w.done)
}

// TestTerminalLines has what is logged and what is said come out in their order.
func TestTerminalLines(t *testing.T) {
	reader, writer := io.Pipe()
	w := openTerminal(writer)
	c := &console{lines: w}
	c.say("%d phones", 2)
	fmt.Fprintf(w, "a warning\n")
	c.say("bye")
	lines := bufio.NewScanner(reader)
	for _, want := range []string{"2 phones", "a warning", "bye"} {
		if got := nextLine(t, lines); got != want {
			t.Errorf("it says %q, want %q", got, want)
		}
	}
	if err := w.Close(); err != nil {
		t.Error(err)
	}
	report := string(w.output.report(map[string]int{"": 2, "log": 3}))
	want := "handlens: 5 lines are missing here, since nothing read them in time.\n"
	if report != want {
		t.Errorf("missing lines are reported as %q", report)
	}
}
