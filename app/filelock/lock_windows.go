package filelock

import (
	"errors"
	"os"

	"golang.org/x/sys/windows"
)

// Try locks an open file until it is closed. It says false when another program has the lock, and
// does not wait for it. The byte that is locked lies behind all that the file will ever hold, since
// Windows keeps others from reading what is locked.
func Try(f *os.File) (bool, error) {
	const behind = 1 << 30 // the upper half of the offset
	err := windows.LockFileEx(windows.Handle(f.Fd()),
		windows.LOCKFILE_EXCLUSIVE_LOCK|windows.LOCKFILE_FAIL_IMMEDIATELY, 0, 1, 0,
		&windows.Overlapped{OffsetHigh: behind})
	if errors.Is(err, windows.ERROR_LOCK_VIOLATION) {
		return false, nil
	}
	return err == nil, err
}
