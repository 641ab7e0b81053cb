package main

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// argsVariable holds the arguments, a line each, with which this test binary is to be the program.
const argsVariable = "HANDLENS_TEST_ARGS"

func init() {
	if args, ok := os.LookupEnv(argsVariable); ok {
		os.Args = append(os.Args[:1], strings.Split(args, "\n")...)
		main()
	}
}

// patience is how long any one thing may take to happen, on a busy machine.
const patience = 60 * time.Second

// soon waits for a channel to be closed.
func soon(t *testing.T, what string, c <-chan struct{}) {
	t.Helper()
	select {
	case <-c:
	case <-time.After(patience):
		t.Fatalf("%s: not within %v", what, patience)
	}
}

// childProgram is the program in a process of its own.
type childProgram struct {
	cmd   *exec.Cmd
	ended chan struct{}
	said  lockedBuffer // on standard error, unless the test has taken that
}

// lockedBuffer is a Buffer that may be read while it is written.
type lockedBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

// startProgram starts the program; the files may be nil.
func startProgram(t *testing.T, stdout, stderr *os.File, args ...string) *childProgram {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	home := t.TempDir()
	c := &childProgram{cmd: exec.Command(exe), ended: make(chan struct{})}
	c.cmd.Env = append(os.Environ(), argsVariable+"="+strings.Join(args, "\n"),
		"HOME="+home, "XDG_CONFIG_HOME="+home, "XDG_CACHE_HOME="+home, "XDG_DATA_HOME="+home)
	c.cmd.Stderr = &c.said
	if stdout != nil {
		c.cmd.Stdout = stdout
	}
	if stderr != nil {
		c.cmd.Stderr = stderr
	}
	if err := c.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(c.ended)
		_ = c.cmd.Wait() // the tests look at the status
	}()
	t.Cleanup(func() {
		_ = c.cmd.Process.Kill() // it may have ended
		<-c.ended
	})
	return c
}

// startQuietly starts the app without a window and with events.
func startQuietly(t *testing.T, events string, stdout, stderr *os.File) *childProgram {
	t.Helper()
	return startProgram(t, stdout, stderr, "--no-window", "--port", "0", "--address", "127.0.0.1",
		"--data-dir", t.TempDir(), "--events", events)
}

// says waits until the program has said that on standard error.
func (c *childProgram) says(t *testing.T, words string) {
	t.Helper()
	c.until(t, words, func() bool { return strings.Contains(c.said.String(), words) })
}

// until waits while the program runs.
func (c *childProgram) until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	deadline := time.After(patience)
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for !ok() {
		select {
		case <-tick.C:
		case <-c.ended:
			t.Fatalf("%s: the program ended (%v) and said\n%s",
				what, c.cmd.ProcessState, c.said.String())
		case <-deadline:
			t.Fatalf("%s: not within %v; the program said\n%s", what, patience, c.said.String())
		}
	}
}

// terminate ends the program as a service manager does, which must work whoever reads or does not.
func (c *childProgram) terminate(t *testing.T) {
	t.Helper()
	if err := c.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	soon(t, "the program's end", c.ended)
	if !c.cmd.ProcessState.Exited() {
		t.Errorf("the program ended with %v and said\n%s", c.cmd.ProcessState, c.said.String())
	}
}

// serves asks for the phone's page, at the address that the program has said.
func (c *childProgram) serves(t *testing.T) {
	t.Helper()
	url := regexp.MustCompile(`https://127\.0\.0\.1:\d+/`).FindString(c.said.String())
	// The certificate is not the subject.
	transport := &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}
	defer transport.CloseIdleConnections()
	response, err := (&http.Client{Transport: transport, Timeout: patience}).Get(url)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if response.StatusCode != http.StatusOK {
		t.Errorf("the page gives %s", response.Status)
	}
}

// goneReader is a pipe that nobody will ever read.
func goneReader(t *testing.T) *os.File {
	t.Helper()
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	reader.Close()
	t.Cleanup(func() { writer.Close() })
	return writer
}

// nextLine reads a line of the program's output.
func nextLine(t *testing.T, from *os.File) string {
	t.Helper()
	if err := from.SetReadDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(from).ReadString('\n')
	if err != nil {
		t.Errorf("there are no more lines: %v", err)
	}
	return line
}

// fill writes to a pipe until it takes no more, as if its reader had stopped.
func fill(t *testing.T, pipe *os.File) {
	t.Helper()
	conn, err := pipe.SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	var full error
	err = conn.Write(func(fd uintptr) bool {
		for full == nil {
			_, full = syscall.Write(int(fd), []byte("\n")) // Go's pipes do not block
		}
		return true
	})
	if err != nil || !errors.Is(full, syscall.EAGAIN) {
		t.Fatal(err, full)
	}
}

func makeFIFO(t *testing.T) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "events")
	if err := syscall.Mkfifo(name, 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// TestStalledEventsDoNotHoldUpTheProgram has a FIFO whose reader does not read: the program starts,
// serves, and ends when it is asked to.
func TestStalledEventsDoNotHoldUpTheProgram(t *testing.T) {
	name := makeFIFO(t)
	reader, err := os.OpenFile(name, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	fill(t, reader)
	c := startQuietly(t, name, nil, nil)
	c.says(t, "is ready") // the model
	c.serves(t)
	c.terminate(t)
	if !strings.Contains(c.said.String(), "the last events were not written") {
		t.Errorf("the program said\n%s", c.said.String())
	}
}

// TestFIFOWithoutAReader has nobody read the events at first: the program starts and says so, and
// keeps the events for the one who comes.
func TestFIFOWithoutAReader(t *testing.T) {
	name := makeFIFO(t)
	c := startQuietly(t, name, nil, nil)
	c.says(t, "is ready")
	c.says(t, "nobody reads the events in "+name)
	reader, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	if got := nextLine(t, reader); !strings.Contains(got, `"listening"`) {
		t.Errorf("the first event is %s", got)
	}
	c.terminate(t)

	reader.Close()
	c = startQuietly(t, name, nil, nil)
	c.says(t, "is ready")
	c.terminate(t)
}

// TestGoneReaderDoesNotEndTheProgram has the events' reader go away, as head does: that is said
// once, and everything else goes on.
func TestGoneReaderDoesNotEndTheProgram(t *testing.T) {
	c := startQuietly(t, "-", goneReader(t), nil)
	c.says(t, "the reader of the events in standard output has gone")
	c.says(t, "is ready")
	c.serves(t)
	c.terminate(t)
	if n := strings.Count(c.said.String(), "reader of the events"); n != 1 {
		t.Errorf("it is said %d times:\n%s", n, c.said.String())
	}
}

// TestFullDiskEndsTheEvents writes them where there is no room.
func TestFullDiskEndsTheEvents(t *testing.T) {
	c := startQuietly(t, "/dev/full", nil, nil)
	c.says(t, "the events cannot be written to /dev/full, so they end: no space left on device")
	c.says(t, "is ready")
	c.serves(t)
	c.terminate(t)
}

// TestTerminalThatIsGoneOrStalled has nobody read standard error.
func TestTerminalThatIsGoneOrStalled(t *testing.T) {
	reader, stalled, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	defer stalled.Close()
	fill(t, stalled)
	for what, stderr := range map[string]*os.File{"gone": goneReader(t), "stalled": stalled} {
		events := filepath.Join(t.TempDir(), "events.jsonl")
		c := startQuietly(t, events, nil, stderr)
		c.until(t, "the model, with a reader that is "+what, func() bool {
			b, err := os.ReadFile(events)
			if err != nil && !errors.Is(err, os.ErrNotExist) {
				t.Fatal(err)
			}
			for line := range bytes.Lines(b) {
				var v struct{ Event, State string }
				if json.Unmarshal(line, &v) == nil && v.Event == "model" && v.State == "ready" {
					return true
				}
			}
			return false
		})
		c.terminate(t)
	}
}

// TestCommandsEndWithTheirReader has a subcommand end quietly when nobody reads its output any
// more.
func TestCommandsEndWithTheirReader(t *testing.T) {
	c := startProgram(t, goneReader(t), nil, "detect", "--format", "jsonl", "--data-dir",
		t.TempDir(), "--model", "starter", "command/testdata/patch.mp4")
	soon(t, "the program's end", c.ended)
	status, ok := c.cmd.ProcessState.Sys().(syscall.WaitStatus)
	if !ok || status.Signal() != syscall.SIGPIPE || c.said.String() != "" {
		t.Errorf("it ended with %v and said %q", c.cmd.ProcessState, c.said.String())
	}
}
