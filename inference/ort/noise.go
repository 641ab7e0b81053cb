//go:build linux || windows

package ort

import (
	"bufio"
	"io"
	"os"
	"slices"
	"strings"
	"sync"
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
	defer os.Remove(kept.Name()) // on Windows an open file stays until here
	defer kept.Close()
	os.Remove(kept.Name()) // elsewhere nothing is left of it even if f crashes
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
