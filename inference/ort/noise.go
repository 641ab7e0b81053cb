package ort

import (
	"bufio"
	"io"
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
