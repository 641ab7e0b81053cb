//go:build !windows

package models

import (
	"errors"
	"syscall"
)

// isDiskFull says whether a write failed for want of room, on the disk or in the user's quota.
func isDiskFull(err error) bool {
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT)
}
