package e2e

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	"handlens/inference/testmodel"
)

// process is the running program.
type process struct {
	url string // as in the QR code

	cmd    *exec.Cmd
	stdout *os.File
	stall  sync.Mutex    // while it is held, the events are not read
	done   chan struct{} // closed when the program has ended and all it wrote was read
	stderr bytes.Buffer  // read after done only
	err    error         // as Wait returned it; after done only

	mu     sync.Mutex
	events []event
	more   chan struct{} // closed and replaced with each event
}

// app is the running program as one test sees it: without what happened before the test.
type app struct {
	*process
	from int // in the events
}

// startApp starts the program for one test, with its tiny model, and waits until it listens.
func startApp(t *testing.T, port int, env []string, args ...string) *app {
	t.Helper()
	return newAccount(t.TempDir(), modelFile(t), port, env, args...).app(t)
}

// sharedApp returns the program that tests without a need for their own share. It has no window.
// All phones of earlier tests have left.
func sharedApp(t *testing.T) *app {
	t.Helper()
	if shared.app == nil {
		model, err := writeModel(shared.dir)
		if err != nil {
			t.Fatal(err)
		}
		home := filepath.Join(shared.dir, "home")
		if err := os.Mkdir(home, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
			t.Fatal(err)
		}
		shared.app = newAccount(home, model, 0, nil, "--no-window", "--share").process(t)
	}
	a := &app{shared.app, shared.app.mark()}
	t.Cleanup(func() { a.expectNobody(t) })
	return a
}

// expectNobody waits until all phones of the test have left.
func (a *app) expectNobody(t *testing.T) {
	t.Helper()
	a.mu.Lock()
	events := a.events[a.from:]
	a.mu.Unlock()
	for _, joined := range events {
		if joined.Event == "phone-joined" {
			a.wait(t, "phone-left", func(e event) bool { return e.Session == joined.Session })
		}
	}
}

// newAccount starts the program as a user who has nothing yet, neither settings nor a model, and
// whose folders are in dir.
func newAccount(dir, model string, port int, env []string, args ...string) launch {
	own := append(os.Environ(), "HOME="+dir, "XDG_CONFIG_HOME="+dir, "XDG_CACHE_HOME="+dir,
		"XDG_DATA_HOME="+dir, "DISPLAY=", "WAYLAND_DISPLAY=")
	return launch{
		env: append(own, env...), address: "127.0.0.1",
		args: append([]string{
			"--port", strconv.Itoa(port), "--data-dir", filepath.Join(dir, "data"),
			"--model", model,
		}, args...),
	}
}

// launch says how the program is started.
type launch struct {
	command   string // "" for the app itself
	env, args []string
	dir       string                // the working directory, "" for the test's own
	address   string                // where phones are to come, "" for what the program chooses
	start     func(*exec.Cmd) error // nil for cmd.Start
	powerless bool                  // no model can run here
}

// app starts the program and waits until it listens and its model is ready. It ends with the test.
func (l launch) app(t *testing.T) *app {
	t.Helper()
	a := &app{process: l.process(t)}
	t.Cleanup(func() { a.stop(t) })
	return a
}

// process starts the program and waits until it listens and its model is ready.
func (l launch) process(t *testing.T) *process {
	t.Helper()
	p := &process{done: make(chan struct{}), more: make(chan struct{})}
	args := append([]string{"--events", "-"}, l.args...)
	if l.command != "" {
		args = slices.Insert(args, 0, l.command)
	}
	if l.address != "" {
		args = append(args, "--address", l.address)
	}
	p.cmd = exec.Command(program, args...)
	p.cmd.Env, p.cmd.Dir, p.cmd.Stderr = l.env, l.dir, &p.stderr
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	start := l.start
	if start == nil {
		start = (*exec.Cmd).Start
	}
	if err := start(p.cmd); err != nil {
		t.Fatal(err)
	}
	p.stdout = out.(*os.File)
	go p.read()
	t.Cleanup(func() {
		if p.url == "" { // it never came so far that somebody else ends it
			p.kill()
		}
	})

	listening := p.waitSince(t, 0, "listening", nil)
	u, err := url.Parse(listening.URL)
	if err != nil || u.Fragment == "" || u.Port() == "" {
		t.Fatalf("the address in the event is %q", listening.URL)
	}
	ready := p.waitSince(t, 0, "model", func(e event) bool { return e.State != "loading" })
	if ready.State != "ready" && !l.powerless {
		t.Fatalf("the model is %s: %s", ready.State, ready.Text)
	}
	p.url = listening.URL
	return p
}

// modelFile writes the tiny detector that finds saturated patches, for one test.
func modelFile(t *testing.T) string {
	t.Helper()
	name, err := writeModel(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return name
}

func writeModel(dir string) (string, error) {
	model, err := testmodel.Build("yolov8", 320)
	if err != nil {
		return "", err
	}
	name := filepath.Join(dir, "patches.onnx")
	return name, os.WriteFile(name, model, 0o644)
}

// read takes in the events until the program ends.
func (p *process) read() {
	lines := bufio.NewScanner(p.stdout)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		p.stall.Lock()
		var e event
		if json.Unmarshal(lines.Bytes(), &e) != nil {
			e = event{Event: "no JSON", Text: lines.Text()}
		}
		p.stall.Unlock()
		p.mu.Lock()
		p.events = append(p.events, e)
		close(p.more)
		p.more = make(chan struct{})
		p.mu.Unlock()
	}
	p.err = p.cmd.Wait()
	close(p.done)
}

// mark returns the place in the events that waitSince begins at when only later ones count.
func (p *process) mark() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.events)
}

// wait returns the first event of that name in this test which matches (nil: any), waiting for it
// if need be.
func (a *app) wait(t *testing.T, name string, match func(event) bool) event {
	t.Helper()
	return a.waitSince(t, a.from, name, match)
}

// waitSince does as wait, looking only at what came after the mark.
func (p *process) waitSince(t *testing.T, mark int, name string, match func(event) bool) event {
	t.Helper()
	// Cleanups wait too, when the test's own context is over.
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	for next := mark; ; {
		p.mu.Lock()
		news, more := p.events[next:], p.more
		next = len(p.events)
		p.mu.Unlock()
		for _, e := range news {
			if e.Event == name && (match == nil || match(e)) {
				return e
			}
		}
		select {
		case <-more:
		case <-p.done:
			t.Fatalf("the program ended (%v) before the event %q\n%s", p.err, name,
				p.stderr.String())
		case <-ctx.Done():
			t.Fatalf("the event %q did not come; there were %s", name, p.summary())
		}
	}
}

// summary tells which events came and what the last ones were.
func (p *process) summary() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	count := map[string]int{}
	last := map[string]string{}
	for _, e := range p.events {
		count[e.Event]++
		text, _ := json.Marshal(e) // made of plain fields
		last[e.Event] = string(text)
	}
	var b bytes.Buffer
	for name, n := range count {
		fmt.Fprintf(&b, "\n  %d × %s, the last one %s", n, name, last[name])
	}
	return b.String()
}

// stop ends the program as a person's Ctrl-C does and expects it to end well. Once is enough, more
// do no harm.
func (a *app) stop(t *testing.T) {
	t.Helper()
	select {
	case <-a.done:
		return
	default:
	}
	if err := a.end(); err != nil {
		t.Error(err)
	}
	if t.Failed() {
		t.Logf("the program said:\n%s", a.stderr.String())
	}
}

// end does the work of stop.
func (p *process) end() error {
	err := p.cmd.Process.Signal(syscall.SIGTERM)
	if err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	select {
	case <-p.done:
	case <-time.After(patience):
		// This signal has Go print what each goroutine is doing.
		_ = p.cmd.Process.Signal(syscall.SIGQUIT)
		select {
		case <-p.done:
		case <-time.After(10 * time.Second):
			p.kill()
		}
		return fmt.Errorf("it did not end when asked to\n%s", p.stderr.String())
	}
	if p.err != nil {
		return fmt.Errorf("it did not end well: %w\n%s", p.err, p.stderr.String())
	}
	return nil
}

// kill ends the program without a word, as a power cut does.
func (p *process) kill() {
	_ = p.cmd.Process.Kill() // it may have ended by itself
	<-p.done
}
