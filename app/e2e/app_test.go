package e2e

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	"handlens/inference/testmodel"
)

// patience is how long any one thing may take to happen. It is no measurement: on a quiet machine
// each takes a second at most.
const patience = 90 * time.Second

// program is the built program's path.
var program string

// programVariable names a program that is built already.
const programVariable = "HANDLENS_TEST_PROGRAM"

func TestMain(m *testing.M) {
	os.Exit(func() int {
		dir, err := os.MkdirTemp("", "handlens-e2e-")
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		defer os.RemoveAll(dir)
		if program = os.Getenv(programVariable); program != "" {
			return m.Run()
		}
		program = filepath.Join(dir, "handlens")
		build := exec.Command("go", "build", "-o", program, "handlens/app")
		build.Stdout, build.Stderr = os.Stderr, os.Stderr
		if err := build.Run(); err != nil {
			fmt.Fprintln(os.Stderr, "build the program:", err)
			return 1
		}
		return m.Run()
	}())
}

// detection is as in the events and on the data channel.
type detection struct {
	Box        [4]float64 `json:"box"`
	Label      string     `json:"label"`
	Confidence float64    `json:"confidence"`
}

// event is one line of --events, with the fields that tests look at.
type event struct {
	Event      string      `json:"event"`
	Session    string      `json:"session"`
	URL        string      `json:"url"`
	Port       int         `json:"port"`
	Name       string      `json:"name"`
	Reason     string      `json:"reason"`
	Codec      string      `json:"codec"`
	Width      int         `json:"width"`
	Height     int         `json:"height"`
	T          int64       `json:"t"`
	Age        float64     `json:"age"`
	Model      string      `json:"model"`
	State      string      `json:"state"`
	Text       string      `json:"text"`
	Annotated  string      `json:"annotated"`
	Film       string      `json:"film"`
	Clean      string      `json:"clean"` // of a snapshot or a recording
	Data       string      `json:"data"`
	Count      int         `json:"count"`
	Detections []detection `json:"detections"`
}

// app is the running program.
type app struct {
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

// startApp starts the program with its tiny model and waits until it listens.
func startApp(t *testing.T, port int, env []string, args ...string) *app {
	t.Helper()
	dir := t.TempDir()
	// Nothing of this machine's user: neither settings nor a model.
	own := append(os.Environ(), "HOME="+dir, "XDG_CONFIG_HOME="+dir, "XDG_CACHE_HOME="+dir,
		"XDG_DATA_HOME="+dir,
		"DISPLAY=", "WAYLAND_DISPLAY=")
	return launch{
		env: append(own, env...), address: "127.0.0.1",
		args: append([]string{
			"--port", strconv.Itoa(port), "--data-dir",
			filepath.Join(dir, "data"), "--model", modelFile(t),
		}, args...),
	}.app(t)
}

// launch says how the program is started.
type launch struct {
	env, args []string
	dir       string                // the working directory, "" for the test's own
	address   string                // where phones are to come, "" for what the program chooses
	start     func(*exec.Cmd) error // nil for cmd.Start
}

// app starts the program and waits until it listens and its model is ready.
func (l launch) app(t *testing.T) *app {
	t.Helper()
	a := &app{done: make(chan struct{}), more: make(chan struct{})}
	args := append([]string{"--events", "-"}, l.args...)
	if l.address != "" {
		args = append(args, "--address", l.address)
	}
	a.cmd = exec.Command(program, args...)
	a.cmd.Env, a.cmd.Dir, a.cmd.Stderr = l.env, l.dir, &a.stderr
	out, err := a.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	start := l.start
	if start == nil {
		start = (*exec.Cmd).Start
	}
	if err := start(a.cmd); err != nil {
		t.Fatal(err)
	}
	a.stdout = out.(*os.File)
	go a.read()
	t.Cleanup(func() { a.stop(t) })

	listening := a.wait(t, "listening", nil)
	u, err := url.Parse(listening.URL)
	if err != nil || u.Fragment == "" || u.Port() == "" {
		t.Fatalf("the address in the event is %q", listening.URL)
	}
	a.url = listening.URL
	ready := a.wait(t, "model", func(e event) bool { return e.State != "loading" })
	if ready.State != "ready" {
		t.Fatalf("the model is %s: %s", ready.State, ready.Text)
	}
	return a
}

// modelFile writes the tiny detector that finds saturated patches.
func modelFile(t *testing.T) string {
	t.Helper()
	model, err := testmodel.Build("yolov8", 320)
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "patches.onnx")
	if err := os.WriteFile(name, model, 0o644); err != nil {
		t.Fatal(err)
	}
	return name
}

// read takes in the events until the program ends.
func (a *app) read() {
	lines := bufio.NewScanner(a.stdout)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		a.stall.Lock()
		var e event
		if json.Unmarshal(lines.Bytes(), &e) != nil {
			e = event{Event: "no JSON", Text: lines.Text()}
		}
		a.stall.Unlock()
		a.mu.Lock()
		a.events = append(a.events, e)
		close(a.more)
		a.more = make(chan struct{})
		a.mu.Unlock()
	}
	a.err = a.cmd.Wait()
	close(a.done)
}

// mark returns the place in the events that since begins at when only later ones count.
func (a *app) mark() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.events)
}

// wait returns the first event of that name which matches (nil: any), waiting for it if need be.
func (a *app) wait(t *testing.T, name string, match func(event) bool) event {
	t.Helper()
	return a.waitSince(t, 0, name, match)
}

// waitSince does as wait, looking only at what came after the mark.
func (a *app) waitSince(t *testing.T, mark int, name string, match func(event) bool) event {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for next := mark; ; {
		a.mu.Lock()
		news, more := a.events[next:], a.more
		next = len(a.events)
		a.mu.Unlock()
		for _, e := range news {
			if e.Event == name && (match == nil || match(e)) {
				return e
			}
		}
		select {
		case <-more:
		case <-a.done:
			t.Fatalf("the program ended (%v) before the event %q\n%s", a.err, name,
				a.stderr.String())
		case <-ctx.Done():
			t.Fatalf("the event %q did not come; there were %s", name, a.summary())
		}
	}
}

// summary tells which events came and what the last ones were.
func (a *app) summary() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	count := map[string]int{}
	last := map[string]string{}
	for _, e := range a.events {
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
	if err := a.cmd.Process.Signal(syscall.SIGTERM); err != nil &&
		!errors.Is(err, os.ErrProcessDone) {
		t.Error(err)
	}
	select {
	case <-a.done:
		if a.err != nil {
			t.Errorf("the program did not end well: %v\n%s", a.err, a.stderr.String())
		}
	case <-time.After(patience):
		a.kill()
		t.Errorf("the program did not end when asked to\n%s", a.stderr.String())
	}
	if t.Failed() {
		t.Logf("the program said:\n%s", a.stderr.String())
	}
}

// kill ends the program without a word, as a power cut does.
func (a *app) kill() {
	_ = a.cmd.Process.Kill() // it may have ended by itself
	<-a.done
}
