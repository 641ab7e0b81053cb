// Package crash keeps what tells why the program crashed.
//
// While the app runs it has a report open, a file of its own ([Open]), to which the last lines of
// the log go and, when the program crashes, what Go says of that: from a panic as from a fault in
// C. An end without a crash removes the file. So what lies there at the next start, and belongs to
// no program that still runs, is the report of a crash ([Untold]). A second, idle process of the
// program ([Watch]) waits for the end of the first one only to say in the terminal where the report
// is: nothing can be said from a program that has crashed.
//
// Nothing is sent anywhere.
package crash

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"time"

	"handlens/app/filelock"
)

const (
	// Folder, in the data folder, has the reports.
	Folder = "crashes"
	// maxLog bounds the lines of the log in a report, in bytes: what is older is dropped.
	maxLog = 32 << 10
	// maxReports is how many are kept.
	maxReports = 10
	// maxReport bounds what is read of one, in bytes.
	maxReport = 8 << 20
	// logLine is how each line of the log begins, as package slog writes them; all else that stands
	// below the head is a crash.
	logLine = "time="
	// told is the mode of reports that the user has been told of.
	told = 0o400
)

// Report is the one of the running program. Any goroutine may use it, and nil does nothing.
type Report struct {
	path    string
	watcher *watcher

	mu   sync.Mutex
	file *os.File
	head int64
	log  int64
}

// Open opens the report of this program. Its first lines say what program that is.
func Open(dataDir, version string) (*Report, error) {
	dir := filepath.Join(dataDir, Folder)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	now := time.Now()
	name := fmt.Sprintf("%s %d.txt", now.Format("2006-01-02 15.04.05"), os.Getpid())
	// It is appended to, by us and by Go, which has a descriptor of its own for that.
	file, err := os.OpenFile(filepath.Join(dir, name),
		os.O_CREATE|os.O_EXCL|os.O_RDWR|os.O_APPEND, 0o600)
	if err != nil {
		return nil, err
	}
	r := &Report{file: file, path: file.Name()}
	if err := r.begin(head(version, now)); err != nil {
		file.Close()
		os.Remove(r.path)
		return nil, err
	}
	r.watcher = watch(r.path)
	return r, nil
}

func head(version string, now time.Time) string {
	return fmt.Sprintf("Handlens %s, %s, %s/%s, %d processors\nstarted %s\n", version,
		runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU(),
		now.Format(time.RFC3339))
}

func (r *Report) begin(head string) error {
	if _, err := filelock.Try(r.file); err != nil {
		return err
	}
	if _, err := r.file.WriteString(head); err != nil {
		return err
	}
	r.head = int64(len(head))
	return debug.SetCrashOutput(r.file, debug.CrashOptions{})
}

// Write takes a line of the log. It never fails, since the log must go on.
func (r *Report) Write(line []byte) (int, error) {
	if r == nil || !bytes.HasPrefix(line, []byte(logLine)) {
		return len(line), nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.file == nil {
		return len(line), nil
	}
	if r.log+int64(len(line)) > maxLog {
		if r.file.Truncate(r.head) != nil {
			return len(line), nil
		}
		r.log = 0
	}
	r.log += int64(len(line))
	_, _ = r.file.Write(line) // the terminal has it as well
	return len(line), nil
}

// Close removes the report: the program ends as it should.
func (r *Report) Close() {
	if r == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	_ = debug.SetCrashOutput(nil, debug.CrashOptions{}) // it only lets go of the file
	r.file.Close()
	r.file = nil
	_ = os.Remove(r.path) // without a crash in it, the next start removes it
	r.watcher.end()
}

// Untold returns the newest report of a crash that the user has not been told of, and takes note
// that all are told now; "" when there is none. What ended without a crash, by the power for
// example, leaves a file as well, and that is removed. Of reports only the newest are kept.
func Untold(dataDir string) (newest string) {
	paths, err := filepath.Glob(filepath.Join(escaped(dataDir), Folder, "*.txt"))
	if err != nil {
		return ""
	}
	slices.Sort(paths) // by the time in their names
	slices.Reverse(paths)
	kept := 0
	for _, path := range paths {
		state := look(path)
		switch {
		case state == running:
		case state == noCrash || kept == maxReports:
			_ = os.Chmod(path, 0o600) // Windows removes nothing that is read-only
			_ = os.Remove(path)       // the next start tries again
		default:
			kept++
			if state == untold {
				if newest == "" {
					newest = path
				}
				_ = os.Chmod(path, told) // else it is told of again
			}
		}
	}
	return newest
}

// escaped has a path stand for itself in a pattern of Glob.
func escaped(path string) string {
	if runtime.GOOS == "windows" {
		return path // there nothing can be escaped
	}
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(path)
}

// state is what a file among the reports is.
type state int

const (
	running state = iota // its program still runs, or it cannot be read
	noCrash              // its program ended without one
	untold               // a crash that is news
	wasTold              // a crash that is none any more
)

func look(path string) state {
	f, err := os.Open(path)
	if err != nil {
		return running
	}
	defer f.Close()
	if ours, err := filelock.Try(f); err != nil || !ours {
		return running
	}
	info, err := f.Stat()
	switch {
	case err != nil || !info.Mode().IsRegular():
		return running
	case !crashed(f):
		return noCrash
	case info.Mode().Perm()&0o200 == 0:
		return wasTold
	}
	return untold
}
