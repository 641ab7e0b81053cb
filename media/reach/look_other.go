//go:build !linux && !darwin && !windows

package reach

import (
	"context"
	"os/exec"
)

// firewalls are not looked at here.
func firewalls(context.Context, Facts) []Firewall { return nil }

func hide(*exec.Cmd) {}
