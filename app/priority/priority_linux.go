package priority

import (
	"runtime"
	"syscall"
)

// niceness is by how much the nice value of threads that may wait is higher: others that want the
// processor get about three times as much of it. With ten, a detector came to a halt beside a
// compiler that kept the machine busy.
const niceness = 5

// Low runs f on a thread of its own with a lower priority. Threads that it starts, those of FFmpeg
// and ONNX Runtime, inherit it. A thread cannot get its priority back, so it ends with the calling
// goroutine, which does nothing else after it.
func Low(f func()) {
	runtime.LockOSThread()
	if syscall.Gettid() == syscall.Getpid() {
		// The process's first thread cannot end. While it is held here, it is not given to the next
		// goroutine.
		done := make(chan struct{})
		go func() {
			defer close(done)
			Low(f)
		}()
		<-done
		runtime.UnlockOSThread()
		return
	}
	// Both are only wishes. The call gives 20 less the nice value.
	if n, err := syscall.Getpriority(syscall.PRIO_PROCESS, 0); err == nil {
		_ = syscall.Setpriority(syscall.PRIO_PROCESS, syscall.Gettid(), 20-n+niceness)
	}
	f()
}
