package priority

import (
	"syscall"
	"testing"

	"handlens/media/waittest"
)

// nice is the nice value of the calling thread.
func nice(t *testing.T) int {
	t.Helper()
	n, err := syscall.Getpriority(syscall.PRIO_PROCESS, syscall.Gettid())
	if err != nil {
		t.Fatal(err)
	}
	return 20 - n // as the system call has it, which knows no negative results
}

func TestLowIsForOneThreadAlone(t *testing.T) {
	before := nice(t)
	low := make(chan [2]int)
	release := make(chan struct{})
	go Low(func() {
		low <- [2]int{nice(t), syscall.Gettid()}
		<-release
	})
	got := <-low
	if want := min(before+niceness, 19); got[0] != want {
		t.Errorf("the nice value is %d, want %d", got[0], want)
	}
	if n := nice(t); n != before {
		t.Errorf("the nice value here has become %d, it was %d", n, before)
	}
	close(release)
	// Nobody else is ever given that thread.
	waittest.Until(t, "the thread's end", func() bool {
		return syscall.Tgkill(syscall.Getpid(), got[1], 0) != nil
	})
}
