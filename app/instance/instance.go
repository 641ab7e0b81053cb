// Package instance has one window for each data folder: who starts the program a second time gets
// the window that is open already.
//
// The first program takes the folder ([Take]) by a lock on a file in it, which ends with the
// program, and serves a socket beside that. The second one finds the folder taken, asks by the
// socket for what it would have done ([TakeOrAsk]), and ends. Only this user's programs reach the
// socket.
package instance

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"sync"
	"time"

	"handlens/app/filelock"
)

const (
	lockFile   = "window.lock"
	socketFile = "window.sock"
	// maxRequest bounds what is read of a request, in bytes.
	maxRequest = 8 << 10
	// answerWithin is how long one connection may take.
	answerWithin = 2 * time.Second
	// askEvery is how long to wait for a first program that has not come as far as its socket.
	askEvery = 20 * time.Millisecond
)

// Files are the names of what this package leaves in a data folder.
func Files() []string { return []string{lockFile, socketFile} }

// Request is what a second start would have done beside opening a window.
type Request struct {
	// Model is the absolute path of a model that was opened with the program; "" for none.
	Model string `json:"model,omitempty"`
}

// ErrTaken says that another program has a window for the folder.
var ErrTaken = errors.New("another window of Handlens has this data folder")

// Claim is a folder that is taken. Its methods may be called from any goroutine.
type Claim struct {
	lock   *os.File
	socket net.Listener
	served sync.WaitGroup
}

// Take takes a data folder until Close, or until this program ends. It wraps ErrTaken when another
// program has it.
func Take(dir string) (*Claim, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	lock, err := os.OpenFile(filepath.Join(dir, lockFile), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	c := &Claim{lock: lock}
	ours, err := filelock.Try(lock)
	if err == nil && !ours {
		err = ErrTaken
	}
	if err == nil {
		err = c.listen(filepath.Join(dir, socketFile))
	}
	if err != nil {
		lock.Close()
		return nil, fmt.Errorf("taking %s: %w", dir, err)
	}
	return c, nil
}

func (c *Claim) listen(path string) (err error) {
	// Whoever has the lock may remove the socket of a program that crashed.
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if c.socket, err = net.Listen("unix", path); err != nil {
		return err
	}
	if err := os.Chmod(path, 0o600); err != nil {
		c.socket.Close()
		return err
	}
	return nil
}

// Serve has open called, on goroutines of its own, for each request until Close. It does not wait.
func (c *Claim) Serve(open func(Request)) {
	c.served.Go(func() {
		for {
			conn, err := c.socket.Accept()
			if err != nil {
				return // closed; of what else it may be, each later start opens a window of its own
			}
			c.served.Go(func() { answer(conn, open) })
		}
	})
}

// Deaf ends what Serve began: the window is closing, and can be shown no more. Others wait for the
// folder then.
func (c *Claim) Deaf() {
	c.socket.Close() // which removes its file as well
	c.served.Wait()
}

// Close lets others take the folder.
func (c *Claim) Close() {
	c.Deaf()
	c.lock.Close()
}

// answer takes one request, and says that it was taken.
func answer(conn net.Conn, open func(Request)) {
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(answerWithin)); err != nil {
		return
	}
	var r Request
	err := json.NewDecoder(io.LimitReader(conn, maxRequest)).Decode(&r)
	if err != nil || r.Model != "" && !filepath.IsAbs(r.Model) {
		return
	}
	if _, err := conn.Write([]byte{'\n'}); err == nil {
		open(r)
	}
}

// TakeOrAsk takes a data folder, or has the program that took it do what the request says; then
// there is no claim and no error. An error that wraps ErrTaken says that it did not answer; all
// others, that nobody can take this folder, for example because its path is too long. It tries
// until ctx ends, since that program may have started a moment ago, or be about to end.
func TakeOrAsk(ctx context.Context, dir string, r Request) (*Claim, error) {
	for {
		c, err := Take(dir)
		if !errors.Is(err, ErrTaken) {
			return c, err
		}
		if err = ask(ctx, filepath.Join(dir, socketFile), r); err == nil {
			return nil, nil
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("%w, and does not answer: %w", ErrTaken, err)
		case <-time.After(askEvery):
		}
	}
}

func ask(ctx context.Context, path string, r Request) error {
	var d net.Dialer
	conn, err := d.DialContext(ctx, "unix", path)
	if err != nil {
		return err
	}
	defer conn.Close()
	if until, ok := ctx.Deadline(); ok {
		if err := conn.SetDeadline(until); err != nil {
			return err
		}
	}
	if err := json.NewEncoder(conn).Encode(r); err != nil {
		return err
	}
	_, err = io.ReadFull(conn, make([]byte, 1))
	return err
}
