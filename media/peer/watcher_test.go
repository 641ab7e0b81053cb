package peer

import (
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"handlens/media"
)

// watcher is a Handler that checks everything that the contract promises.
type watcher struct {
	t        *testing.T
	busy     atomic.Bool // a method runs: they must not overlap
	frames   atomic.Int32
	stales   atomic.Int32
	last     uint32
	whole    bool // references are there
	closed   bool
	codec    atomic.Uint32
	captured atomic.Int32
	slow     func()
	listen   func(media.Audio)
	look     func(media.Packet)
	reached  func() // called when the phone has reached us

	mu       sync.Mutex
	states   []State
	reasons  []media.Reason
	messages [][]byte
	results  [][]byte
}

func (w *watcher) enter() func() {
	if w.busy.Swap(true) {
		w.t.Error("two methods of the handler run at once")
	}
	if w.closed {
		w.t.Error("a call after Closed")
	}
	return func() { w.busy.Store(false) }
}

func (w *watcher) Packet(p media.Packet) {
	defer w.enter()()
	number, ok := checkFrame(p.Codec, p.Data, p.Key)
	switch {
	case !ok:
		w.t.Errorf("picture after %d: damaged (%d bytes, key %v)", w.last, len(p.Data), p.Key)
	case !p.Key && !w.whole:
		w.t.Errorf("picture %d is no key frame after Stale", number)
	case !p.Key && number != w.last+1:
		w.t.Errorf("picture %d refers to %d, but %d came last", number, number-1, w.last)
	}
	if p.Received.IsZero() || time.Since(p.Received) > patience {
		w.t.Errorf("picture %d was received at %v", number, p.Received)
	}
	if !p.Captured.IsZero() {
		w.captured.Add(1)
		if p.Captured.After(p.Received) || p.Received.Sub(p.Captured) > maxFrameAge {
			w.t.Errorf("picture %d: captured %v before it was received", number,
				p.Received.Sub(p.Captured))
		}
	}
	if w.look != nil {
		w.look(p)
	}
	w.last, w.whole = number, true
	w.codec.Store(uint32(p.Codec))
	w.frames.Add(1)
	if w.slow != nil {
		w.slow()
	}
}

func (w *watcher) Stale() {
	defer w.enter()()
	if !w.whole {
		w.t.Error("Stale twice, or before the first picture")
	}
	w.whole = false
	w.stales.Add(1)
}

func (w *watcher) Audio(s media.Audio) {
	defer w.enter()()
	if w.listen != nil {
		w.listen(s)
	}
}

func (w *watcher) Control(m []byte) {
	defer w.enter()()
	w.mu.Lock()
	defer w.mu.Unlock()
	w.messages = append(w.messages, m)
}

func (w *watcher) Detections(m []byte) {
	defer w.enter()()
	w.mu.Lock()
	defer w.mu.Unlock()
	w.results = append(w.results, m)
}

func (w *watcher) State(s State, reason media.Reason) {
	defer w.enter()()
	if reason.Code == media.PhoneReached && w.reached != nil {
		w.reached()
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.states, w.reasons = append(w.states, s), append(w.reasons, reason)
	w.closed = s == Closed
	if reason.Code == media.NoReason {
		w.t.Errorf("state %v has no reason", s)
	}
}

func (w *watcher) seen(s State) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Contains(w.states, s)
}

// heard returns how many messages were handed on.
func (w *watcher) heard() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.messages)
}
