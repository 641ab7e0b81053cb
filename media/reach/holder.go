package reach

import (
	"context"
	"strconv"
	"strings"
)

// Holder is the program that has a port.
type Holder struct {
	// Name is what its file is called.
	Name string
	PID  int
}

// PortHolder says which program listens on a port, by TCP or by UDP; false when the system does not
// tell, as of another user's.
func PortHolder(ctx context.Context, port int) (Holder, bool) {
	ctx, cancel := context.WithTimeout(ctx, lookTime)
	defer cancel()
	return portHolder(ctx, port)
}

// parseLSOF reads what `lsof -Fpc` says of the first program: a line with p and its number, and one
// with c and its name.
func parseLSOF(text string) (h Holder, ok bool) {
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if n, err := strconv.Atoi(strings.TrimPrefix(line, "p")); err == nil && h.PID == 0 {
			h.PID = n
		}
		if name, is := strings.CutPrefix(line, "c"); is && h.Name == "" {
			h.Name = name
		}
	}
	return h, h.PID != 0 && h.Name != ""
}
