//go:build unix

package e2e

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/png"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestMain's process may have been started in the background by a shell that ignores SIGINT there,
// which children inherit; they do not while it is caught here.
func init() { signal.Notify(make(chan os.Signal, 1), os.Interrupt) }

// command is a run of the program that ends with the test, for a user who has nothing yet.
func command(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	dir := t.TempDir()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Env = append(os.Environ(), "HOME="+dir, "XDG_CONFIG_HOME="+dir, "XDG_CACHE_HOME="+dir,
		"XDG_DATA_HOME="+dir, "DISPLAY=", "WAYLAND_DISPLAY=")
	return cmd
}

// refusedAs wants the program to fail with one line that names the file and has that word.
func refusedAs(t *testing.T, cmd *exec.Cmd, path, word string) {
	t.Helper()
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	err := cmd.Run()
	said := stderr.String()
	if cmd.ProcessState.ExitCode() != 1 || strings.Count(said, "\n") != 1 ||
		!strings.Contains(said, filepath.Base(path)) || !strings.Contains(said, word) {
		t.Errorf("%q ended with %v and said %q, want a line with %q and %q",
			cmd.Args[1:], err, said, path, word)
	}
}

// Each of these waited for ever for somebody to write to the pipe.
func TestPipesAreRefusedAtOnce(t *testing.T) {
	dir := t.TempDir()
	pipe := func(name string) string {
		path := filepath.Join(dir, name)
		if err := syscall.Mkfifo(path, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	file := func(name, content string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	model := modelFile(t)
	data, err := os.ReadFile(model)
	if err != nil {
		t.Fatal(err)
	}
	picture, video, onnx := pipe("a.jpg"), pipe("a.mp4"), pipe("a.onnx")
	table, lines, certificate := pipe("a.json"), pipe("b.jsonl"), pipe("a.pem")
	said, clean := pipe("c.json"), pipe("d.clean.mkv")
	whole := file("d.jsonl", `{"handlens":1,"labels":["red"],"canvas":[64,48],"film":"d.mp4"}`+"\n")
	ordinary := file("b.pem", "")
	for _, c := range []struct {
		path string
		args []string
	}{
		{picture, []string{"detect", picture}},
		{video, []string{"detect", "--out", dir, video}},
		{onnx, []string{"detect", "--model", onnx, ordinary}},
		{said, []string{"detect", "--model", file("c.onnx", string(data)), ordinary}},
		{table, []string{"accuracy", "--annotations", table, dir}},
		{onnx, []string{"bench", "--model", onnx}},
		{video, []string{"bench", "--runs", "1", "--model", model, "--source", video}},
		{onnx, []string{"models", "add", onnx}},
		{onnx, []string{"models", "info", onnx}},
		{lines, []string{"render", "--format", "csv", lines}},
		{clean, []string{"render", whole}},
		{certificate, []string{
			"--no-window", "--port", "0", "--tls-cert", certificate, "--tls-key", ordinary,
		}},
	} {
		refusedAs(t, command(t, c.args...), c.path, "is a pipe")
	}
	// Process substitution and what is piped into the program are pipes as well.
	piped := command(t, "detect", "/dev/stdin")
	piped.Stdin = strings.NewReader("\xff\xd8\xff")
	refusedAs(t, piped, "/dev/stdin", "save what comes out of it to a file")
}

func TestWhatIsNoFileIsRefused(t *testing.T) {
	socketDir, err := os.MkdirTemp("", "h") // a socket's path must be short
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(socketDir)
	socket := filepath.Join(socketDir, "a.png")
	l, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	refusedAs(t, command(t, "detect", socket), socket, "is a socket")
	refusedAs(t, command(t, "detect", "/dev/zero"), "/dev/zero", "is a device")
	dir := t.TempDir()
	refusedAs(t, command(t, "bench", "--source", dir), dir, "is a folder")
}

// manyPictures is a folder that takes longer to look through than anybody waits.
func manyPictures(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	first := filepath.Join(dir, "0.png")
	f, err := os.Create(first)
	if err != nil {
		t.Fatal(err)
	}
	err = png.Encode(f, image.NewGray(image.Rect(0, 0, 64, 64)))
	if err := errors.Join(err, f.Close()); err != nil {
		t.Fatal(err)
	}
	for i := range 20_000 {
		name := fmt.Sprintf("%d.png", i+1)
		if err := os.Link(first, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestASignalCutsACommandShort(t *testing.T) {
	model, pictures := modelFile(t), manyPictures(t)
	for s, want := range map[syscall.Signal]struct {
		status int
		word   string
	}{syscall.SIGINT: {130, "interrupted"}, syscall.SIGTERM: {143, "terminated"}} {
		cmd := command(t, "detect", "--format", "jsonl", "--model", model, pictures)
		var stderr bytes.Buffer
		cmd.Stderr = &stderr
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		lines := 0
		for scanner := bufio.NewScanner(out); scanner.Scan(); lines++ {
			if lines == 0 {
				if err := cmd.Process.Signal(s); err != nil {
					t.Error(err)
				}
			}
		}
		err = cmd.Wait()
		said := "handlens detect: stopped: " + want.word + "\n"
		if cmd.ProcessState.ExitCode() != want.status || stderr.String() != said {
			t.Errorf("%v: it ended with %v and said %q, want status %d and %q",
				s, err, stderr.String(), want.status, said)
		}
		if lines > 15_000 {
			t.Errorf("%v: it went on for %d pictures", s, lines)
		}
	}
}

// The first signal only asks. A program that cannot hear it, because it is blocked, is ended by the
// second.
func TestTheSecondSignalEndsWhatIsBlocked(t *testing.T) {
	model, pictures := modelFile(t), manyPictures(t)
	const tries = 10
	for range tries {
		if blockedAndKilled(t, model, pictures) {
			return
		}
	}
	t.Errorf("in %d tries the program was never blocked when the signal came", tries)
}

// blockedAndKilled interrupts a program whose output nobody takes until it ends, and says whether
// that took more than one signal.
func blockedAndKilled(t *testing.T, model, pictures string) bool {
	t.Helper()
	full, writer := fullPipe(t)
	defer full.Close()
	cmd := command(t, "detect", "--format", "jsonl", "--model", model, "no such file.png", pictures)
	cmd.Stdout = writer
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	writer.Close()
	if !bufio.NewScanner(stderr).Scan() {
		t.Fatal("it did not say that a file is missing, which comes before the first line that " +
			"nobody takes")
	}
	done := make(chan struct{})
	go func() {
		_ = cmd.Wait() // how it ended is in its state
		close(done)
	}()
	again := time.NewTicker(50 * time.Millisecond)
	defer again.Stop()
	for {
		_ = cmd.Process.Signal(os.Interrupt) // it may have ended
		select {
		case <-done:
			state, ok := cmd.ProcessState.Sys().(syscall.WaitStatus)
			killed := state.Signaled() && state.Signal() == syscall.SIGINT
			if !ok || !killed && state.ExitStatus() != 130 {
				t.Fatalf("it ended with %v", cmd.ProcessState)
			}
			return killed
		case <-again.C:
		}
	}
}

// fullPipe returns both ends of a pipe that takes nothing more.
func fullPipe(t *testing.T) (reader, writer *os.File) {
	t.Helper()
	name := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(name, 0o600); err != nil {
		t.Fatal(err)
	}
	var ends [2]*os.File
	for i, flag := range []int{os.O_RDWR, os.O_WRONLY} {
		f, err := os.OpenFile(name, flag, 0)
		if err != nil {
			t.Fatal(err)
		}
		ends[i] = f
	}
	filler, err := syscall.Open(name, syscall.O_WRONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer syscall.Close(filler)
	for _, size := range []int{4096, 1} {
		for err = nil; err == nil; {
			_, err = syscall.Write(filler, make([]byte, size))
		}
		if !errors.Is(err, syscall.EAGAIN) {
			t.Fatal(err)
		}
	}
	return ends[0], ends[1]
}

// The app runs until it is stopped, so that being stopped is no failure.
func TestTheAppEndsWellOnCtrlC(t *testing.T) {
	a := startApp(t, 0, nil, "--no-window")
	if err := a.cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	select {
	case <-a.done:
	case <-time.After(patience):
		a.kill()
		t.Fatal("it did not end")
	}
	if a.err != nil {
		t.Errorf("it ended with %v\n%s", a.err, a.stderr.String())
	}
}
