package detector

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"

	"handlens/media/atomicfile"
	"handlens/media/inputfile"
)

// tryMarks are files beside the tune cache that say which provider is being tried. A driver that
// crashes takes the program with it; the next start then finds the mark and skips that provider.
type tryMarks struct {
	path  string // of the tune cache; "" for no marks
	where string // the hardware and the engine that a mark is valid for
}

// errCrashed is why a provider is skipped.
var errCrashed = errors.New("is skipped, since the program crashed the last time that it was " +
	"tried; " +
	"ask for it by name to try again")

// set marks a provider until release is called. It fails when the mark of another trial is there.
func (m tryMarks) set(provider string) (release func(), err error) {
	if m.path == "" {
		return func() {}, nil
	}
	if pid, where, ok := readMark(m.file(provider)); ok && where == m.where {
		if pid == os.Getpid() || alive(pid) {
			return nil, errors.New("is being tried by another Handlens at this moment")
		}
		return nil, errCrashed
	}
	return m.setAnyway(provider), nil
}

// setAnyway is set for a provider that was asked for by name.
func (m tryMarks) setAnyway(provider string) (release func()) {
	path := m.file(provider)
	if m.path == "" || os.MkdirAll(filepath.Dir(path), 0o700) != nil {
		return func() {}
	}
	mark := fmt.Appendf(nil, "%d\n%s\n", os.Getpid(), m.where)
	if atomicfile.Replace(path, 0o600, atomicfile.Bytes(mark)) != nil {
		return func() {} // where there is no place for the mark, there is none for results either
	}
	return func() { os.Remove(path) }
}

func (m tryMarks) file(provider string) string { return m.path + "." + provider + ".trying" }

func readMark(path string) (pid int, where string, ok bool) {
	data, err := inputfile.Read(path, 1<<16)
	if err != nil {
		return 0, "", false
	}
	first, rest, _ := strings.Cut(string(data), "\n")
	pid, err = strconv.Atoi(first)
	return pid, strings.TrimSpace(rest), err == nil && pid > 0
}

// alive tells whether a process with that number runs. On systems that do not tell, it counts as
// not running.
func alive(pid int) bool {
	p, err := os.FindProcess(pid)
	if err != nil {
		return false
	}
	defer p.Release()
	if runtime.GOOS == "windows" {
		return true // it could be opened
	}
	return p.Signal(syscall.Signal(0)) == nil
}
