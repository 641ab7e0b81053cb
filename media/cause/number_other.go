//go:build !windows

package cause

import "syscall"

// ofNumber is for systems whose numbers package syscall does not name.
func ofNumber(syscall.Errno) Code { return Unknown }
