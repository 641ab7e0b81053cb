package gallery

import (
	"context"
	"os/exec"
)

// Reveal selects a file in the Finder. It does not run on the UI goroutine.
func Reveal(ctx context.Context, path string) error {
	return exec.CommandContext(ctx, "open", "-R", path).Run()
}
