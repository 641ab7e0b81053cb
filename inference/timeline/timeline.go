// Package timeline remembers what was found when: the detection passes over one stream, each with
// the time of its frame. Whatever goes back in time (a recording, a replay, a paused view) asks it
// for the boxes of any moment in between.
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

// pass is what was found in one frame. It does not change any more.
type pass struct {
	at    time.Duration
	found []inference.Detection
}

// Timeline holds detection passes by time. The zero value is empty and ready to use. It keeps
// everything until Forget is called.
type Timeline struct {
	mu      sync.Mutex
	passes  []pass        // ascending; those before the first are forgotten
	until   time.Duration // of the newest pass ever
	started bool          // there was a pass
	grown   chan struct{} // closed at the next Add, while somebody waits
}

// Add appends what was found in the frame of that moment. Times ascend: a pass at the newest time
// replaces the one there, and an earlier one is ignored. The detections must not be changed any
// more.
func (t *Timeline) Add(at time.Duration, found []inference.Detection) {
	t.mu.Lock()
	defer t.mu.Unlock()
	n := len(t.passes)
	switch {
	case n > 0 && at == t.passes[n-1].at:
		t.passes[n-1].found = found
	case n > 0 && at < t.passes[n-1].at || t.started && at < t.until:
		return
	default:
		t.passes = append(t.passes, pass{at: at, found: found})
	}
	t.until, t.started = at, true
	if t.grown != nil {
		close(t.grown)
		t.grown = nil
	}
}

// Until returns the time of the newest pass, 0 while there is none. Up to and including that time,
// the answers of At are final.
func (t *Timeline) Until() time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.until
}

// Wait returns when there has been a pass at that time or later, or with the error of ctx.
func (t *Timeline) Wait(ctx context.Context, at time.Duration) error {
	for {
		t.mu.Lock()
		if t.started && t.until >= at {
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

// Forget drops the passes before that time except for the last of them, which is needed for the
// moments after it.
func (t *Timeline) Forget(before time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	n := t.first(before) - 1
	if n <= 0 {
		return
	}
	clear(t.passes[:n]) // the detections can go at once
	t.passes = t.passes[n:]
	if cap(t.passes) > 64 && len(t.passes) < cap(t.passes)/4 {
		t.passes = slices.Clone(t.passes)
	}
}

// first is the index of the first pass that is not before that time. t.mu is held.
func (t *Timeline) first(at time.Duration) int {
	i, _ := slices.BinarySearchFunc(t.passes, at, func(p pass, at time.Duration) int {
		switch {
		case p.at < at:
			return -1
		case p.at > at:
			return 1
		}
		return 0
	})
	return i
}

// Between iterates over the passes from one time, inclusive, to another, exclusive, as they are
// known when it starts. The detections are shared and must not be changed.
func (t *Timeline) Between(from, to time.Duration) iter.Seq2[time.Duration, []inference.Detection] {
	return func(yield func(time.Duration, []inference.Detection) bool) {
		t.mu.Lock()
		passes := t.passes[t.first(from):max(t.first(from), t.first(to))]
		passes = slices.Clone(passes) // Add and Forget change their own
		t.mu.Unlock()
		for _, p := range passes {
			if !yield(p.at, p.found) {
				return
			}
		}
	}
}

// At returns what is to be drawn over the frame of that moment: what the pass at that time found,
// or else an interpolation between the passes before and after. The slice belongs to the caller.
func (t *Timeline) At(at time.Duration) []inference.Detection {
	t.mu.Lock()
	i := t.first(at)
	var before, after pass
	if i < len(t.passes) {
		after = t.passes[i]
	}
	if i > 0 {
		before = t.passes[i-1]
	}
	hasBefore, hasAfter := i > 0, i < len(t.passes)
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
