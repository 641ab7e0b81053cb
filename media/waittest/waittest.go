// Package waittest has the tests wait for what happens on other goroutines: for a condition, never
// for an amount of time.
package waittest

import (
	"testing"
	"time"
)

const (
	// patience is for a machine that is busy; it measures nothing.
	patience = 2 * time.Minute
	interval = 5 * time.Millisecond
)

// Until waits until the condition holds, and ends the test when it never does. It belongs to the
// test's own goroutine.
func Until(t testing.TB, what string, holds func() bool) {
	t.Helper()
	for limit := time.Now().Add(patience); !holds(); time.Sleep(interval) {
		if time.Now().After(limit) {
			t.Fatalf("waited in vain for this: %s", what)
		}
	}
}

// Receive waits for a value on a channel, and ends the test when none comes.
func Receive[T any](t testing.TB, what string, c <-chan T) T {
	t.Helper()
	select {
	case v := <-c:
		return v
	case <-time.After(patience):
		t.Fatalf("waited in vain for this: %s", what)
		panic("unreachable")
	}
}
