package cli

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"sync"
	"sync/atomic"
	"syscall"

	"golang.org/x/sys/windows"
)

// The program is one for windows, so that a double-click opens no console. Started at a prompt, it
// goes to the console of the prompt. The shell does not wait for it: handlens.com, beside it and
// found first, does.

var (
	kernel32              = windows.NewLazySystemDLL("kernel32.dll")
	attachConsole         = kernel32.NewProc("AttachConsole")
	setConsoleCtrlHandler = kernel32.NewProc("SetConsoleCtrlHandler")
	console               atomic.Pointer[chan os.Signal] // for whom the console's signals are
	attached              bool
)

// OpenConsole has the program write to the console of the one that started it, if there is one. It
// is to be called before anything is written.
func OpenConsole() {
	const parent = ^uintptr(0)
	if ok, _, _ := attachConsole.Call(parent); ok == 0 {
		return // from the desktop, or a program for the console, which has one
	}
	attached = true
	os.Stdin = consoleFile(os.Stdin, windows.STD_INPUT_HANDLE, "CONIN$")
	os.Stdout = consoleFile(os.Stdout, windows.STD_OUTPUT_HANDLE, "CONOUT$")
	os.Stderr = consoleFile(os.Stderr, windows.STD_ERROR_HANDLE, "CONOUT$")
}

// consoleFile returns the file that standard input or output is now. What was given to the program,
// a pipe or a file, stays; Go looks what it is only when it makes the os.File.
func consoleFile(was *os.File, which uint32, device string) *os.File {
	h, err := windows.GetStdHandle(which)
	if err != nil || !usable(h) {
		name, _ := windows.UTF16PtrFromString(device)
		h, err = windows.CreateFile(name, windows.GENERIC_READ|windows.GENERIC_WRITE,
			windows.FILE_SHARE_READ|windows.FILE_SHARE_WRITE, nil, windows.OPEN_EXISTING, 0, 0)
		if err != nil {
			return was
		}
		_ = windows.SetStdHandle(which, h) // for C, and for what Go says of a crash
	}
	return os.NewFile(uintptr(h), was.Name())
}

// usable says that there is something behind a handle.
func usable(h windows.Handle) bool {
	if h == 0 || h == windows.InvalidHandle {
		return false
	}
	_, err := windows.GetFileType(h)
	return err == nil
}

// notifyConsole has a channel told of Ctrl-C and of the console's end. To attach to a console takes
// back what Go has arranged for that.
func notifyConsole(signals chan os.Signal) {
	if !attached {
		return
	}
	console.Store(&signals)
	// Ctrl-C is not to be ignored, as in a background job
	_, _, _ = setConsoleCtrlHandler.Call(0, 0)
	_, _, _ = setConsoleCtrlHandler.Call(syscall.NewCallback(consoleEvent), 1)
}

// consoleEvent is called by Windows on a thread of its own. The first event asks the program to
// end; the next one does what it does by default.
func consoleEvent(event uint32) uintptr {
	signals := console.Swap(nil)
	if signals == nil {
		return 0
	}
	switch event {
	case windows.CTRL_C_EVENT, windows.CTRL_BREAK_EVENT:
		*signals <- os.Interrupt
		return 1
	}
	*signals <- syscall.SIGTERM
	select {} // when this returns Windows ends the program; it does that in five seconds anyway
}

// takesEscapes says whether a terminal understands escape sequences, after asking it to.
func takesEscapes(f *os.File) bool {
	var mode uint32
	h := windows.Handle(f.Fd())
	if windows.GetConsoleMode(h, &mode) != nil {
		return true // a terminal of another kind, as that of a Unix shell
	}
	return mode&windows.ENABLE_VIRTUAL_TERMINAL_PROCESSING != 0 ||
		windows.SetConsoleMode(h, mode|windows.ENABLE_VIRTUAL_TERMINAL_PROCESSING) == nil
}

// unheard keeps the end of what is written to standard error where there is none.
var unheard lastWords

type lastWords struct {
	mu   sync.Mutex
	text []byte
}

// Write implements [io.Writer].
func (l *lastWords) Write(b []byte) (int, error) {
	const most = 2 << 10
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.text = append(l.text, b...); len(l.text) > most {
		l.text = bytes.Clone(l.text[len(l.text)-most:])
	}
	return len(b), nil
}

// TellFailure shows in a box why a program that was started by a double-click has ended.
func TellFailure(status int) {
	unheard.mu.Lock()
	text := bytes.ToValidUTF8(bytes.TrimSpace(unheard.text), nil)
	unheard.mu.Unlock()
	if status == Done || len(text) == 0 {
		return
	}
	words, err := windows.UTF16PtrFromString(string(text))
	if err != nil {
		return
	}
	title, _ := windows.UTF16PtrFromString(fmt.Sprint("Handlens ", Version))
	_, _ = windows.MessageBox(0, words, title, windows.MB_ICONERROR|windows.MB_SETFOREGROUND)
}

// unread says that nobody can read what is written to f, and what to write to instead.
func unread(f *os.File) (io.Writer, bool) {
	if f != os.Stderr || usable(windows.Handle(f.Fd())) {
		return nil, false
	}
	return &unheard, true
}
