package tape

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"
)

// ErrBehind says, once, that the tape has run over its Reader: some of the stream was left out, and it goes on at a key frame.
var ErrBehind = errors.New("the reader was too slow, a part of the stream was left out")

// maxHeld bounds, in bytes of the stream, how far a Reader may lie behind what the tape itself still keeps.
const maxHeld = 64 << 20

// Reader reads a Tape from some moment on, also while it grows. It belongs to one goroutine.
type Reader struct {
	tape  *Tape
	at    *group // nil before the first item
	index int
	from  time.Duration
	end   time.Duration // no pictures after that; negative for none
	done  bool
}

// Reader returns a Reader that begins at the last key frame at or before from, or at the oldest one there is.
func (t *Tape) Reader(from time.Duration) *Reader {
	t.mu.Lock()
	defer t.mu.Unlock()
	r := &Reader{tape: t, from: from, end: -1}
	r.seek()
	return r
}

// seek finds the group to begin with; the caller holds the tape's lock.
func (r *Reader) seek() {
	r.at, r.index = r.tape.oldest, 0
	for g := r.at; g != nil; g = g.next {
		if len(g.items) > 0 && g.items[0].At <= r.from {
			r.at = g
		}
	}
}

// End has the Reader return io.EOF in place of the first picture after that time, and of all that follows.
func (r *Reader) End(at time.Duration) { r.end = at }

// Next returns the next item. It waits for one until ctx ends or the tape is closed (io.EOF).
func (r *Reader) Next(ctx context.Context) (Item, error) {
	for {
		it, ok, wait, err := r.take()
		if ok || err != nil {
			return it, err
		}
		select {
		case <-wait:
		case <-ctx.Done():
			return Item{}, fmt.Errorf("reading the stream's past: %w", ctx.Err())
		}
	}
}

// take returns the next item when there is one, and else what to wait for.
func (r *Reader) take() (it Item, ok bool, wait <-chan struct{}, err error) {
	t := r.tape
	t.mu.Lock()
	defer t.mu.Unlock()
	if r.done {
		return it, false, nil, io.EOF
	}
	if r.at == nil {
		r.seek()
	}
	if r.at != nil && r.lag() > t.limit+maxHeld {
		r.at, r.index = t.newest, 0
		return it, false, nil, ErrBehind
	}
	for r.at != nil && r.index == len(r.at.items) && r.at.next != nil {
		r.at, r.index = r.at.next, 0
	}
	if r.at == nil || r.index == len(r.at.items) {
		if r.at != nil && r.at.broken && r.at != t.newest && t.newest != nil {
			r.at, r.index = t.newest, 0 // the tape was emptied in between
			return it, false, nil, ErrBehind
		}
		if t.closed || (r.end >= 0 && t.lastAt > r.end) {
			return it, false, nil, io.EOF
		}
		return it, false, t.grown, nil
	}
	it = r.at.items[r.index]
	if r.end >= 0 && !it.Sound && it.At > r.end {
		r.done = true
		return Item{}, false, nil, io.EOF
	}
	r.index++
	return it, true, nil, nil
}

// lag is how many bytes of the stream lie before the Reader; the caller holds the tape's lock.
func (r *Reader) lag() int {
	n := 0
	for g := r.at; g != nil; g = g.next {
		n += g.bytes
	}
	return n
}

// Behind returns how much of the stream the Reader has still before it.
func (r *Reader) Behind() time.Duration {
	t := r.tape
	t.mu.Lock()
	defer t.mu.Unlock()
	if r.at == nil || r.index == 0 {
		return 0
	}
	return max(0, t.lastAt-r.at.items[r.index-1].At)
}
