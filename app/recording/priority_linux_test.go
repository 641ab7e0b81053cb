package recording

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"handlens/inference/overlay"
	"handlens/media/waittest"
)

// lowPriorityThreads counts this process's threads with a lower priority than its first one's.
func lowPriorityThreads(t *testing.T) int {
	t.Helper()
	first, err := syscall.Getpriority(syscall.PRIO_PROCESS, syscall.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	usual := 20 - first // as the system call has it, which knows no negative results
	tasks, err := filepath.Glob("/proc/self/task/*/stat")
	if err != nil || len(tasks) == 0 {
		t.Fatalf("the threads cannot be seen: %v", err)
	}
	n := 0
	for _, path := range tasks {
		text, err := os.ReadFile(path)
		if err != nil {
			continue // it has just ended
		}
		// The nice value is the 19th field; the second one, a name in brackets, may have spaces.
		fields := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
		if nice, _ := strconv.Atoi(fields[16]); nice > usual {
			n++
		}
	}
	return n
}

func TestRecordingsAreMadeAtALowerPriority(t *testing.T) {
	c := makeClip(t, 320, 180, 30)
	p := newPhone(t)
	p.past = true
	p.send(c, 0, 30)
	most := 0
	path, err := SaveReplay(t.Context(), p.source(),
		p.options(Options{Dir: t.TempDir(), Style: func(time.Duration) Style {
			most = max(most, lowPriorityThreads(t))
			return Style{View: overlay.View{Boxes: true}}
		}}), time.Second, nil)
	if err != nil || path == "" {
		t.Fatal(err)
	}
	if most == 0 {
		t.Error("no thread has a lower priority")
	}
	waittest.Until(t, "the end of the threads with a lower priority", func() bool {
		return lowPriorityThreads(t) == 0
	})
}
