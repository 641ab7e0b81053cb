//go:build !windows

package pairing

import "os/exec"

func hideConsole(*exec.Cmd) {}
