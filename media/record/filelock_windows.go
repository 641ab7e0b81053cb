package record

import (
	"errors"
	"os"
	"syscall"
)

// errSharing is ERROR_SHARING_VIOLATION.
const errSharing = syscall.Errno(32)

// lockFile opens a file that no one else can open meanwhile, which ends with the process, or fails
// with errLocked.
func lockFile(path string) (f *os.File, sure bool, err error) {
	name, err := syscall.UTF16PtrFromString(path)
	if err != nil {
		return nil, false, err
	}
	h, err := syscall.CreateFile(name, syscall.GENERIC_READ|syscall.GENERIC_WRITE, 0, nil,
		syscall.OPEN_ALWAYS, syscall.FILE_ATTRIBUTE_HIDDEN, 0)
	if errors.Is(err, errSharing) {
		return nil, false, errLocked
	}
	if err != nil {
		return nil, false, &os.PathError{Op: "open", Path: path, Err: err}
	}
	return os.NewFile(uintptr(h), path), true, nil
}

// unlockFile removes the file, which Windows does not while it is open. Whoever locks it in between
// keeps it. A lock of ours is empty: what holds something is somebody else's and stays.
func unlockFile(f *os.File) {
	st, err := f.Stat()
	f.Close()
	if err == nil && st.Size() == 0 {
		os.Remove(f.Name())
	}
}
