package ort

import (
	"bufio"
	"io"
	"os"
	"slices"
	"strings"
	"sync"
	"syscall"
)

// noise is how lines begin that WebGPU (Dawn) and the drivers below it write to standard error
// while they look for a graphics card, although all is well: what is wrong comes as an error.
var noise = []string{
	"Warning: ", "WARNING: ", " - While ", "    at ", "error: XDG_RUNTIME_DIR ", "MESA", "libEGL",
}

var quiet sync.Mutex // held while standard error is another file

// quietly calls f and keeps that noise from standard error. All other lines of that time come after
// it.
func quietly(f func() error) error {
	quiet.Lock()
	defer quiet.Unlock()
	kept, err := os.CreateTemp("", "handlens-")
	if err != nil {
		return f()
	}
	defer kept.Close()
	os.Remove(kept.Name())
	restore, err := redirect(kept)
	if err != nil {
		return f()
	}
	err = f()
	restore()
	if _, seek := kept.Seek(0, io.SeekStart); seek == nil {
		passOn(kept, os.Stderr)
	}
	return err
}

// redirect has all that the process writes to standard error go to a file until restore is called.
func redirect(to *os.File) (restore func(), err error) {
	syscall.ForkLock.RLock() // no program is started with the copy
	before, err := syscall.Dup(syscall.Stderr)
	if err == nil {
		syscall.CloseOnExec(before)
	}
	syscall.ForkLock.RUnlock()
	if err != nil {
		return nil, err
	}
	if err := syscall.Dup3(int(to.Fd()), syscall.Stderr, 0); err != nil {
		syscall.Close(before)
		return nil, err
	}
	return func() {
		_ = syscall.Dup3(before, syscall.Stderr, 0) // both are open
		syscall.Close(before)
	}, nil
}

// passOn writes the lines that are no noise. An empty line belongs to the noise before it.
func passOn(from io.Reader, to io.Writer) {
	lines := bufio.NewScanner(from)
	dropped := false
	for lines.Scan() {
		line := lines.Text()
		if dropped && line == "" {
			continue
		}
		dropped = slices.ContainsFunc(noise, func(p string) bool {
			return strings.HasPrefix(line, p)
		})
		if !dropped {
			_, _ = io.WriteString(to, line+"\n") // nothing could tell of it
		}
	}
}
