package recording

import (
	"runtime"
	"syscall"
)

// politeness is the nice value of threads that make films: others that want the processor get about three times as much of it.
const politeness = 5

// lowerPriority has the calling goroutine run on a thread of its own with a lower priority. Threads that it starts, those of FFmpeg, inherit it. A thread
// cannot get its priority back, so it ends with the goroutine, which must not unlock it.
func lowerPriority() {
	runtime.LockOSThread()
	_ = syscall.Setpriority(syscall.PRIO_PROCESS, syscall.Gettid(), politeness) // only a wish
}
