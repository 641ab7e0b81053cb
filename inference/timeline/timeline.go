// Package timeline remembers what was found when: the looks of the detector at one stream, each
// with the time of its picture. Whoever goes back in time (a recording, a replay, a paused view)
// asks it for the boxes of any moment between.
//
// It starts no goroutine. A [Timeline] is safe for concurrent use.
package timeline

import (
	"context"
	"iter"
	"slices"
	"sync"
	"time"

	"handlens/inference"
)

// look is what was found in one picture; it is not changed any more.
type look struct {
	at    time.Duration
	found []inference.Detection
}

// Timeline is what was found when. The zero value is empty and ready. It keeps everything until it
// is told to forget.
type Timeline struct {
	mu    sync.Mutex
	looks []look        // ascending; those before the first are forgotten
	until time.Duration // of the newest look ever
	begun bool          // there was one
	grown chan struct{} // closed at the next Add, while somebody waits
}

// Add appends what was found in the picture of that moment. Times ascend: a look at the newest
// moment replaces that, and one before it is left out. The detections must not be changed any more.
func (t *Timeline) Add(at time.Duration, found []inference.Detection) {
	t.mu.Lock()
	defer t.mu.Unlock()
	n := len(t.looks)
	switch {
	case n > 0 && at == t.looks[n-1].at:
		t.looks[n-1].found = found
	case n > 0 && at < t.looks[n-1].at || t.begun && at < t.until:
		return
	default:
		t.looks = append(t.looks, look{at: at, found: found})
	}
	t.until, t.begun = at, true
	if t.grown != nil {
		close(t.grown)
		t.grown = nil
	}
}

// Until is the time of the newest look: before it and at it, At is final. 0 while there is none.
func (t *Timeline) Until() time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.until
}

// Wait returns when there was a look at that time or after it, or with the error of ctx.
func (t *Timeline) Wait(ctx context.Context, at time.Duration) error {
	for {
		t.mu.Lock()
		if t.begun && t.until >= at {
			t.mu.Unlock()
			return nil
		}
		if t.grown == nil {
			t.grown = make(chan struct{})
		}
		grown := t.grown
		t.mu.Unlock()
		select {
		case <-grown:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// Forget drops the looks before that time, but for the last of them: what was found then says
// something of the moments after it too.
func (t *Timeline) Forget(before time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	n := t.first(before) - 1
	if n <= 0 {
		return
	}
	clear(t.looks[:n]) // the detections can go at once
	t.looks = t.looks[n:]
	if cap(t.looks) > 64 && len(t.looks) < cap(t.looks)/4 {
		t.looks = slices.Clone(t.looks)
	}
}

// first is the place of the first look that is not before that time; the caller holds the lock.
func (t *Timeline) first(at time.Duration) int {
	i, _ := slices.BinarySearchFunc(t.looks, at, func(l look, at time.Duration) int {
		switch {
		case l.at < at:
			return -1
		case l.at > at:
			return 1
		}
		return 0
	})
	return i
}

// Between goes through the looks from the one time, inclusive, to the other, exclusive, as they are
// known when it begins. The detections are shared and must not be changed.
func (t *Timeline) Between(from, to time.Duration) iter.Seq2[time.Duration, []inference.Detection] {
	return func(yield func(time.Duration, []inference.Detection) bool) {
		t.mu.Lock()
		looks := t.looks[t.first(from):max(t.first(from), t.first(to))]
		looks = slices.Clone(looks) // Add and Forget change their own
		t.mu.Unlock()
		for _, l := range looks {
			if !yield(l.at, l.found) {
				return
			}
		}
	}
}

// At returns what is to be drawn over the picture of that moment: the look at it, or what lies
// between the looks before and after. The slice is the caller's.
func (t *Timeline) At(at time.Duration) []inference.Detection {
	t.mu.Lock()
	i := t.first(at)
	var before, after look
	if i < len(t.looks) {
		after = t.looks[i]
	}
	if i > 0 {
		before = t.looks[i-1]
	}
	hasBefore, hasAfter := i > 0, i < len(t.looks)
	t.mu.Unlock()
	switch {
	case hasAfter && after.at == at:
		return slices.Clone(after.found)
	case hasBefore && hasAfter:
		return between(before, after, at)
	case hasBefore && at-before.at <= holdFor:
		return slices.Clone(before.found)
	case hasAfter && after.at-at <= holdFor:
		return slices.Clone(after.found)
	}
	return nil
}
