package ui

import (
	"bytes"
	"fmt"
	"io"
	"log"
	"os"
	"runtime"
	"slices"
	"sync"
)

// quieten keeps the toolkit from writing to the terminal what is no fault: that this desktop has no
// session bus that would tell of a new theme, and no folder for Wayland's socket, and that it read
// its own preferences, of which we use none, while it wrote them. All else that it says goes on to
// standard error.
func quieten() {
	log.SetOutput(&toolkitLog{to: os.Stderr})
	if runtime.GOOS == "linux" && os.Getenv("XDG_RUNTIME_DIR") == "" {
		// Where it is on systems that have one. libwayland, which is asked first, then finds no
		// socket there and says nothing, and X11 is taken.
		os.Setenv("XDG_RUNTIME_DIR", fmt.Sprintf("/run/user/%d", os.Getuid()))
	}
}

// noFaults are the reasons of errors that are none.
var noFaults = [][]byte{
	[]byte("failed to watch theme settings"), []byte("Preferences load error"),
}

// toolkitLog is the writer of package log, of which Fyne writes three lines for an error: the
// reason, the cause and the place.
type toolkitLog struct {
	to      io.Writer
	mu      sync.Mutex
	dropped bool // the last reason was left out
}

// Write takes one line, as package log gives them.
func (l *toolkitLog) Write(line []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	follows := bytes.Contains(line, []byte("  Cause: ")) || bytes.Contains(line, []byte("  At: "))
	if !follows {
		l.dropped = slices.ContainsFunc(noFaults, func(why []byte) bool {
			return bytes.Contains(line, why)
		})
	}
	if l.dropped {
		return len(line), nil
	}
	return l.to.Write(line)
}
