//go:build unix

package inputfile

import (
	"errors"
	"net"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

func TestWhatIsNoFileIsRefused(t *testing.T) {
	dir, err := os.MkdirTemp("", "in") // a socket's path must be short
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	pipe, link := filepath.Join(dir, "pipe"), filepath.Join(dir, "link")
	socket := filepath.Join(dir, "socket")
	if err := errors.Join(syscall.Mkfifo(pipe, 0o600), os.Symlink(pipe, link)); err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	refuses(t, pipe, "is a pipe")
	refuses(t, link, "is a pipe")
	refuses(t, socket, "is a socket")
	refuses(t, os.DevNull, "is a device")
}
