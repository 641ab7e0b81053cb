//go:build !windows

package record

import (
	"errors"
	"os"
	"syscall"
)

// lockTries bounds how often a lock file may vanish under our hands.
const lockTries = 100

// lockFile makes a file and locks it, which ends with the process, or fails with errHeld. The lock
// is not sure where the file system has none.
func lockFile(path string) (f *os.File, sure bool, err error) {
	for range lockTries {
		if f, err = os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o644); err != nil {
			return nil, false, err
		}
		err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		switch {
		case errors.Is(err, syscall.EWOULDBLOCK):
			f.Close()
			return nil, false, errLocked
		case err != nil:
			return f, false, nil //nolint:nilerr // a file system without locks: sure says so
		}
		// Whoever held it before may have removed it after we opened it: then it is no longer the
		// one that others meet.
		ours, err1 := f.Stat()
		there, err2 := os.Stat(path)
		if err1 == nil && err2 == nil && os.SameFile(ours, there) {
			return f, true, nil
		}
		f.Close()
	}
	return nil, false, errLocked
}

// unlockFile removes the file and then its lock. A lock of ours is empty: what holds something is
// somebody else's and stays.
func unlockFile(f *os.File) {
	if st, err := f.Stat(); err == nil && st.Size() == 0 {
		os.Remove(f.Name())
	}
	f.Close()
}
