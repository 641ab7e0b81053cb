package ort

import (
	"os"
	"syscall"
)

// redirect has all that the process writes to standard error go to a file until restore is called.
func redirect(to *os.File) (restore func(), err error) {
	syscall.ForkLock.RLock() // no program is started with the copy
	before, err := syscall.Dup(syscall.Stderr)
	if err == nil {
		syscall.CloseOnExec(before)
	}
	syscall.ForkLock.RUnlock()
	if err != nil {
		return nil, err
	}
	if err := syscall.Dup3(int(to.Fd()), syscall.Stderr, 0); err != nil {
		syscall.Close(before)
		return nil, err
	}
	return func() {
		_ = syscall.Dup3(before, syscall.Stderr, 0) // both are open
		syscall.Close(before)
	}, nil
}
