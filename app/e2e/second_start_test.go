//go:build unix

package e2e

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// focused is the process whose window has the focus.
func (s screen) focused(t *testing.T) int {
	t.Helper()
	pid, _ := strconv.Atoi(strings.TrimSpace(
		s.xdotool(t, "getwindowfocus", "getwindowpid"))) // 0 while none has it
	return pid
}

func (s screen) waitFocus(t *testing.T, p *process) {
	t.Helper()
	for deadline := time.Now().Add(patience); s.focused(t) != p.cmd.Process.Pid; {
		if time.Now().After(deadline) {
			t.Fatalf("the window of process %d is not in front, but that of %d",
				p.cmd.Process.Pid, s.focused(t))
		}
	}
}

// TestSecondStart double-clicks a model while the app runs behind another window: the app's window
// comes to the front, asks about the model, and has it as its detector after a yes. Nothing is said
// in the terminal, though there is neither a session bus nor a folder for its sockets.
func TestSecondStart(t *testing.T) {
	s := startScreen(t)
	env := []string{
		"DISPLAY=" + s.display, "LIBGL_ALWAYS_SOFTWARE=1", "XDG_RUNTIME_DIR=",
		"DBUS_SESSION_BUS_ADDRESS=",
	}
	home, model := t.TempDir(), modelFile(t)
	first := newAccount(home, model, 0, env).app(t)
	s.waitFocus(t, first.process)
	other := startApp(t, 0, env) // of another data folder
	s.waitFocus(t, other.process)

	mine := filepath.Join(t.TempDir(), "mine.onnx")
	if data, err := os.ReadFile(model); err != nil {
		t.Fatal(err)
	} else if err := os.WriteFile(mine, data, 0o600); err != nil {
		t.Fatal(err)
	}
	second := command(t, "--data-dir", filepath.Join(home, "data"), filepath.Base(mine))
	second.Env, second.Dir = append(second.Env, env...), filepath.Dir(mine)
	var said bytes.Buffer
	second.Stdout, second.Stderr = &said, &said
	if err := second.Run(); err != nil || said.Len() > 0 {
		t.Fatalf("the second start ended with %v and said %q", err, said.String())
	}
	s.waitFocus(t, first.process)
	// The button that adds the model has the focus once it is known that it can be used.
	deadline := time.Now().Add(patience)
	for used := false; !used; {
		if time.Now().After(deadline) {
			s.until(t, landscape) // keeps a picture of the screen
		}
		s.xdotool(t, "key", "space")
		used = strings.Contains(first.summary(), `"model":"mine"`)
	}
	first.wait(t, "model", func(e event) bool { return e.State == "ready" && e.Model == "mine" })
	first.stop(t)
	if first.stderr.Len() > 0 {
		t.Errorf("it said\n%s", first.stderr.String())
	}
}
