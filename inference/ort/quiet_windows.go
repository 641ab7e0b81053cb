package ort

import (
	"errors"
	"os"

	"golang.org/x/sys/windows"
)

// The engine writes by the C library of Windows, which has numbers of its own for files; Go's
// handles stay as they are.
var (
	crt       = windows.NewLazySystemDLL("ucrtbase.dll")
	crtOpen   = crt.NewProc("_open_osfhandle")
	crtDup    = crt.NewProc("_dup")
	crtDup2   = crt.NewProc("_dup2")
	crtClose  = crt.NewProc("_close")
	crtHandle = crt.NewProc("_get_osfhandle")
)

// stderrNumber is that of standard error in C.
const stderrNumber = 2

var errNotKept = errors.New("standard error cannot be kept")

// redirect has all that C writes to standard error go to a file until restore is called.
func redirect(to *os.File) (restore func(), err error) {
	if err := crtDup2.Find(); err != nil {
		return nil, err
	}
	// -1: no such file; -2: a program without a console, of which nobody reads what it says
	if handle, _, _ := crtHandle.Call(stderrNumber); int32(handle) < 0 {
		return nil, errNotKept
	}
	self := windows.CurrentProcess()
	var copied windows.Handle // the C library closes what it is given
	if err := windows.DuplicateHandle(self, windows.Handle(to.Fd()), self, &copied, 0, false,
		windows.DUPLICATE_SAME_ACCESS); err != nil {
		return nil, err
	}
	file, _, _ := crtOpen.Call(uintptr(copied), 0)
	if int32(file) < 0 {
		_ = windows.CloseHandle(copied)
		return nil, errNotKept
	}
	defer func() { _, _, _ = crtClose.Call(file) }()
	before, _, _ := crtDup.Call(stderrNumber)
	if int32(before) < 0 {
		return nil, errNotKept
	}
	if failed, _, _ := crtDup2.Call(file, stderrNumber); int32(failed) != 0 {
		_, _, _ = crtClose.Call(before)
		return nil, errNotKept
	}
	return func() {
		_, _, _ = crtDup2.Call(before, stderrNumber) // both are open
		_, _, _ = crtClose.Call(before)
	}, nil
}
