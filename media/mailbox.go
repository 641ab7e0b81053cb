package media

import (
	"context"
	"sync"
)

// Mailbox hands values from one stage to the next through a single slot: the newest wins, what it
// replaces is released and counted. A slow reader thus makes what it sees older, never the queue
// longer. Any goroutine may use it.
type Mailbox[T any] struct {
	mu      sync.Mutex
	value   T
	full    bool
	closed  bool
	puts    uint64
	drops   uint64
	ready   chan struct{}
	release func(T)
}

// NewMailbox returns an empty mailbox. The release function, when not nil, is called for each value
// that is replaced or left inside at Close; it must not call the mailbox.
func NewMailbox[T any](release func(T)) *Mailbox[T] {
	return &Mailbox[T]{ready: make(chan struct{}, 1), release: release}
}

// Put leaves v in the slot, replacing what was there. The mailbox owns v from here on.
func (m *Mailbox[T]) Put(v T) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.puts++
	if m.closed {
		m.discard(v)
		return
	}
	if m.full {
		m.drops++
		m.discard(m.value)
	}
	m.value, m.full = v, true
	select {
	case m.ready <- struct{}{}:
	default:
	}
}

// Take waits for a value and hands it over. It returns false when ctx ends or the mailbox is
// closed.
func (m *Mailbox[T]) Take(ctx context.Context) (T, bool) {
	for {
		v, ok, closed := m.tryTake()
		if ok {
			return v, true
		}
		if closed {
			return v, false
		}
		select {
		case <-m.ready:
		case <-ctx.Done():
			return v, false
		}
	}
}

// TryTake hands over the value in the slot, if there is one, without waiting.
func (m *Mailbox[T]) TryTake() (T, bool) {
	v, ok, _ := m.tryTake()
	return v, ok
}

// Ready is signalled after a Put, for a reader that waits on several things. A signal may be stale:
// follow it with TryTake. Use either Ready or Take on one mailbox, not both. It is closed by Close.
func (m *Mailbox[T]) Ready() <-chan struct{} { return m.ready }

// Counts returns how many values were put in and how many of them were replaced unread.
func (m *Mailbox[T]) Counts() (puts, drops uint64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.puts, m.drops
}

// Close wakes the readers, releases what is inside and makes every later Put release its value at
// once.
func (m *Mailbox[T]) Close() {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed {
		return
	}
	m.closed = true
	if m.full {
		m.discard(m.value)
		var zero T
		m.value, m.full = zero, false
	}
	close(m.ready)
}

func (m *Mailbox[T]) tryTake() (v T, ok, closed bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.full {
		return v, false, m.closed
	}
	v = m.value
	var zero T
	m.value, m.full = zero, false
	return v, true, m.closed
}

func (m *Mailbox[T]) discard(v T) {
	if m.release != nil {
		m.release(v)
	}
}
