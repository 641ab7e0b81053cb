package instance

import (
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func within(t *testing.T, d time.Duration) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), d)
	t.Cleanup(cancel)
	return ctx
}

func take(t *testing.T, dir string) *Claim {
	t.Helper()
	c, err := Take(dir)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// asks wants the program that has the folder to take the request.
func asks(ctx context.Context, dir string, r Request) error {
	c, err := TakeOrAsk(ctx, dir, r)
	if c != nil {
		c.Close()
		return errors.New("the folder was not taken")
	}
	return err
}

// A second start is refused the folder, hands over its model, and gets the folder once the first
// one has gone.
func TestTheSecondStartAsksTheFirst(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	first := take(t, dir)
	if _, err := Take(dir); !errors.Is(err, ErrTaken) {
		t.Fatalf("the second start is told %v", err)
	}
	other := take(t, t.TempDir()) // of another folder
	other.Close()

	asked := make(chan Request, 1)
	model := filepath.Join(t.TempDir(), "m.onnx")
	// It asks before the first one serves, as two starts at once do.
	done := make(chan error, 1)
	go func() { done <- asks(within(t, time.Minute), dir, Request{Model: model}) }()
	first.Serve(func(r Request) { asked <- r })
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if r := <-asked; r.Model != model {
		t.Errorf("the first one is asked for %+v", r)
	}
	// While its window closes, the next start waits for the folder.
	first.Deaf()
	err := asks(within(t, 50*time.Millisecond), dir, Request{})
	if !errors.Is(err, ErrTaken) {
		t.Errorf("of one that is closing it is told %v", err)
	}
	next := make(chan *Claim, 1)
	go func() {
		c, err := TakeOrAsk(within(t, time.Minute), dir, Request{})
		if err != nil {
			t.Error(err)
		}
		next <- c
	}()
	first.Close()
	(<-next).Close()
}

// What is left of a program that crashed is in nobody's way.
func TestTheSocketOfACrash(t *testing.T) {
	dir := t.TempDir()
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: filepath.Join(dir, socketFile)})
	if err != nil {
		t.Fatal(err)
	}
	l.SetUnlinkOnClose(false)
	l.Close()
	if err := asks(within(t, 50*time.Millisecond), dir, Request{}); err == nil {
		t.Error("nobody answers, and it is no error")
	}
	c := take(t, dir)
	defer c.Close()
	if info, err := os.Stat(filepath.Join(dir, socketFile)); err != nil ||
		info.Mode().Perm()&0o077 != 0 {
		t.Errorf("others may use the socket: %v, %v", info, err)
	}
}

// TestNonsense sends what is no request.
func TestNonsense(t *testing.T) {
	dir := t.TempDir()
	c := take(t, dir)
	defer c.Close()
	asked := make(chan Request, 8)
	c.Serve(func(r Request) { asked <- r })
	for _, text := range []string{
		"GET / HTTP/1.0\r\n\r\n", `{"model":"relative.onnx"}`, `{"model":7}`,
		`{"model":"/` + strings.Repeat("a", 2*maxRequest) + `"}`,
	} {
		conn, err := net.Dial("unix", filepath.Join(dir, socketFile))
		if err != nil {
			t.Fatal(err)
		}
		_, _ = conn.Write([]byte(text)) // it may be closed before the end
		if n, err := conn.Read(make([]byte, 1)); n > 0 || err == nil {
			t.Errorf("%.30q is answered", text)
		}
		conn.Close()
	}
	if err := asks(within(t, time.Minute), dir, Request{}); err != nil {
		t.Fatal(err)
	}
	if r := <-asked; r != (Request{}) || len(asked) > 0 {
		t.Errorf("it was asked for %+v and %d more", r, len(asked))
	}
}
