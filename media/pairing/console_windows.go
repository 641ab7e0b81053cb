package pairing

import (
	"os/exec"
	"syscall"
)

// hideConsole keeps a program of the command line from opening a window for a moment.
func hideConsole(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{HideWindow: true} }
