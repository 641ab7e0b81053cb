package kit

import (
	"sync"
)

// UIQueue hands work to the UI goroutine. Fyne's own queue grows without bound, so that a busy
// caller in front of a slow screen would fill the memory: here each piece of work has a key, newer
// work replaces what still waits under the same key, and at most one call of [Do] is under way.
// What waits is thus bounded by the number of keys.
type UIQueue struct {
	do func(func()) // Do, or a test's own loop; it queues and never runs its argument itself

	mu      sync.Mutex
	work    map[string]func()
	order   []string
	started bool
	queued  bool
	closed  bool
}

// NewUIQueue returns a queue that runs its work by do, which is [Do] outside of tests.
func NewUIQueue(do func(func())) *UIQueue { return &UIQueue{do: do, work: make(map[string]func())} }

// Post runs f on the UI goroutine soon, in the order of the keys' first post, and does not wait. It
// returns false, and drops f, once the queue is closed.
func (b *UIQueue) Post(key string, f func()) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return false
	}
	if _, waiting := b.work[key]; !waiting {
		b.order = append(b.order, key)
	}
	b.work[key] = f
	b.wake()
	return true
}

// Start runs on the main goroutine what was posted so far, and lets later work through. Call it
// just before the event loop: until then Fyne would run at once, under our lock, what the main
// goroutine posts.
func (b *UIQueue) Start() {
	b.mu.Lock()
	b.started = true
	b.mu.Unlock()
	b.flush()
}

// wake asks for one flush. It holds the lock meanwhile, so that Close cannot come between: Fyne's
// queue panics after its end.
func (b *UIQueue) wake() {
	if b.started && !b.queued {
		b.queued = true
		b.do(b.flush)
	}
}

// flush runs all that waits; on the UI goroutine.
func (b *UIQueue) flush() {
	b.mu.Lock()
	work, order := b.work, b.order
	b.work, b.order, b.queued = make(map[string]func()), nil, false
	b.mu.Unlock()
	for _, key := range order {
		if b.isClosed() { // the work before may close it
			return
		}
		work[key]()
	}
}

func (b *UIQueue) isClosed() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.closed
}

// Len is how much waits.
func (b *UIQueue) Len() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.order)
}

// Close drops all that waits and all that comes later.
func (b *UIQueue) Close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.closed = true
	clear(b.work)
	b.order = nil
}
