package gallery

import (
	"context"
	"os/exec"
	"path/filepath"
	"syscall"
)

// Reveal selects a file in the Explorer. It does not run on the UI goroutine. The Explorer
// reads its command line by rules of its own, and its exit status says nothing.
func Reveal(ctx context.Context, path string) error {
	cmd := exec.CommandContext(ctx, "explorer.exe")
	cmd.SysProcAttr = &syscall.SysProcAttr{CmdLine: `explorer.exe /select,"` +
		filepath.FromSlash(path) + `"`}
	if err := cmd.Start(); err != nil {
		return err
	}
	_ = cmd.Wait()
	return nil
}
