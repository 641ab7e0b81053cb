package alert

import (
	"context"
	"os/exec"
	"syscall"
)

// shell runs a line as it stands, without a window.
func shell(ctx context.Context, line string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "cmd.exe")
	cmd.SysProcAttr = &syscall.SysProcAttr{
		CmdLine:    `cmd.exe /S /C "` + line + `"`,
		HideWindow: true,
	}
	return cmd
}
