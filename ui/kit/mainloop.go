package kit

import (
	"bytes"
	"runtime"

	"fyne.io/fyne/v2"
)

// Do queues f for the UI goroutine, as [fyne.Do] does while the event loop runs. Once that has
// ended, which it does by itself at SIGTERM, f is dropped: fyne.Do would then run it at once, here,
// on the caller's goroutine and under the caller's locks.
func Do(f func()) {
	defer func() {
		// Fyne sends on a channel that it closes when its loop ends, so that whoever comes at that
		// moment panics. Nothing of f runs in here, so it is no other panic.
		_ = recover()
	}()
	fyne.Do(func() {
		if onMain() {
			f()
		}
	})
}

// onMain says whether it is called on the main goroutine, which is the UI's: Fyne locks it to the
// main thread.
func onMain() bool {
	var head [len("goroutine 1 ")]byte
	return bytes.Equal(head[:runtime.Stack(head[:], false)], []byte("goroutine 1 "))
}
