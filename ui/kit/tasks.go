package kit

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
)

// Tasks runs work beside the UI goroutine and brings its results back by the queue. All of it ends
// with the window: the context is cancelled, and Wait returns when the last task did.
type Tasks struct {
	Queue *UIQueue

	ctx     context.Context
	cancel  context.CancelFunc
	running sync.WaitGroup
	serial  atomic.Uint64
	busy    map[string]bool // what Once runs now; it belongs to the UI goroutine
}

// NewTasks returns a Tasks that runs nothing yet.
func NewTasks(queue *UIQueue) *Tasks {
	t := &Tasks{Queue: queue, busy: make(map[string]bool)}
	t.ctx, t.cancel = context.WithCancel(context.Background())
	return t
}

// Context ends at Cancel.
func (t *Tasks) Context() context.Context { return t.ctx }

// Go runs f on a goroutine of its own.
func (t *Tasks) Go(f func()) { t.running.Go(f) }

// Once runs f on a goroutine of its own, unless a task of the same name is still running. It is
// called on the UI goroutine.
func (t *Tasks) Once(name string, f func()) {
	if t.busy[name] {
		return
	}
	t.busy[name] = true
	t.Go(func() {
		f()
		t.Queue.Post("done "+name, func() { delete(t.busy, name) })
	})
}

// Busy says whether Once runs anything; on the UI goroutine.
func (t *Tasks) Busy() bool { return len(t.busy) > 0 }

// Key makes a key of the queue that nobody else has.
func (t *Tasks) Key(what string) string { return fmt.Sprint(what, " ", t.serial.Add(1)) }

// Cancel ends the context.
func (t *Tasks) Cancel() { t.cancel() }

// Wait returns when all tasks have ended.
func (t *Tasks) Wait() { t.running.Wait() }
