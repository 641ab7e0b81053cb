package record

import (
	"fmt"
	"path/filepath"
)

// minFree is how many bytes must be left for a recording to begin: about four minutes of 720p.
const minFree = 200 << 20

// Free returns how many bytes the user may still write where dir is, or will be once it is made.
func Free(dir string) (int64, error) {
	for {
		n, err := freeBytes(dir)
		if err == nil {
			return n, nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return 0, explain(dir, err)
		}
		dir = parent
	}
}

// checkSpace refuses to begin where the end is near. Where it is not known how much is left, the
// recording begins.
func checkSpace(dir string) error {
	if n, err := Free(dir); err == nil && n < minFree {
		return fmt.Errorf("no recording can begin in %s: %w but for %d MB; make room or choose "+
			"another folder", dir, ErrFull, n>>20)
	}
	return nil
}
