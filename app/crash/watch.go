package crash

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
)

// watchVariable names the report in the environment of the process that watches. Nobody else sets
// it.
const watchVariable = "HANDLENS_CRASH_REPORT"

// watchable says that this program can be started to watch.
var watchable bool

// Watch is to be called first of all in main. In a process that was started to watch, it does that
// and ends the process.
func Watch() {
	path := os.Getenv(watchVariable)
	if path == "" {
		watchable = true
		return
	}
	// Ctrl-C and the like come to both, and the other one has to end first.
	signal.Ignore(os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	_, _ = io.Copy(io.Discard, os.Stdin) // until the other one has ended, whatever that is
	if text := sentence(path); text != "" {
		fmt.Fprintln(os.Stderr, text)
	}
	os.Exit(0)
}

// sentence says where the report of a crash is; "" when there was none.
func sentence(path string) string {
	f, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer f.Close()
	if !crashed(f) {
		return ""
	}
	return fmt.Sprintf("handlens: it has crashed, which is a fault of the program; the report is "+
		"in %s, and nothing was sent anywhere.", path)
}

// crashed says that there is more in a report than its head and the log.
func crashed(report io.Reader) bool {
	lines := bufio.NewScanner(io.LimitReader(report, maxReport))
	lines.Buffer(nil, maxReport)
	for n := 0; lines.Scan(); n++ {
		if n >= 2 && lines.Text() != "" && !strings.HasPrefix(lines.Text(), logLine) {
			return true
		}
	}
	return false
}

// watcher is the process that watches; nil for none.
type watcher struct {
	alive io.Closer // the end of it that ends with this process
	cmd   *exec.Cmd
}

// watch starts it. Where that fails, only the sentence is missing.
func watch(report string) *watcher {
	program, err := os.Executable()
	if err != nil || !watchable {
		return nil
	}
	cmd := exec.Command(program)
	cmd.Env = append(os.Environ(), watchVariable+"="+report)
	cmd.Stderr = os.Stderr
	alive, err := cmd.StdinPipe()
	if err != nil {
		return nil
	}
	if cmd.Start() != nil {
		return nil
	}
	return &watcher{alive: alive, cmd: cmd}
}

func (w *watcher) end() {
	if w == nil {
		return
	}
	w.alive.Close()
	_ = w.cmd.Wait() // it has nothing to say
}
