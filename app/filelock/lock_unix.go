//go:build unix

package filelock

import (
	"errors"
	"os"
	"syscall"
)

// Try locks an open file until it is closed. It says false when another program has the lock, and
// does not wait for it.
func Try(f *os.File) (bool, error) {
	err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return false, nil
	}
	return err == nil, err
}
