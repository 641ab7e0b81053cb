package kittest

import (
	"sync"
	"testing"

	"handlens/media/waittest"
)

// Loop stands in for Fyne's event loop: what is handed to it runs when the test says so, on the
// test's goroutine.
type Loop struct {
	mu    sync.Mutex
	queue []func()
	most  int
}

// Do queues f. It stands in for fyne.Do.
func (l *Loop) Do(f func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.queue = append(l.queue, f)
	l.most = max(l.most, len(l.queue))
}

// Turn runs what is queued and returns how much it was.
func (l *Loop) Turn() int {
	l.mu.Lock()
	queue := l.queue
	l.queue = nil
	l.mu.Unlock()
	for _, f := range queue {
		f()
	}
	return len(queue)
}

// Most is the longest that the queue ever was.
func (l *Loop) Most() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.most
}

// Until turns the loop until the condition holds; what says in words what that is.
func (l *Loop) Until(t *testing.T, what string, holds func() bool) {
	t.Helper()
	waittest.Until(t, what, func() bool {
		if holds() {
			return true
		}
		l.Turn()
		return false
	})
}
