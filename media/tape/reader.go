package tape

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"
)

// ErrBehind says, once, that the tape has run over its Reader: some of the stream was left out, and
// it goes on at a key frame.
var ErrBehind = errors.New("the reader was too slow, a part of the stream was left out")

// Reader reads a Tape from some moment on, also while it grows. It belongs to one goroutine, except
// for End and Behind.
type Reader struct {
	tape  *Tape
	at    *group // nil before the first item
	index int
	from  time.Duration
	end   time.Duration // no pictures after that; negative for none
}

// Reader returns a Reader that begins at the last key frame at or before from, or at the oldest one
// there is.
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
		if g.items[0].At <= r.from {
			r.at = g
		}
	}
}

// End has the Reader return io.EOF in place of the first picture after that time, or as soon as the
// tape has come that far. Any goroutine may call it.
func (r *Reader) End(at time.Duration) {
	t := r.tape
	t.mu.Lock()
	defer t.mu.Unlock()
	r.end = max(0, at)
	t.tell()
}

// Next returns the next item. It waits for one until ctx ends, or returns io.EOF at the end: of the
// tape once it is closed, or that of End.
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
	if r.at == nil {
		r.seek()
	}
	if r.at != nil && r.at.cut {
		for r.at.cut && r.at.next != nil {
			r.at = r.at.next
		}
		if r.at.cut {
			r.at = t.oldest // nil where everything was dropped: the next key frame begins it
		}
		r.index = 0
		return it, false, nil, ErrBehind
	}
	for r.at != nil && r.index >= len(r.at.items) && r.at.next != nil {
		r.at, r.index = r.at.next, 0
	}
	if r.at == nil || r.index >= len(r.at.items) {
		return it, false, t.grown, r.over()
	}
	it = r.at.items[r.index]
	if r.end >= 0 && !it.Audio && it.At > r.end {
		return Item{}, false, nil, io.EOF
	}
	r.index++
	return it, true, nil, nil
}

// over returns io.EOF when nothing can come any more; the caller holds the tape's lock.
func (r *Reader) over() error {
	if r.tape.closed || (r.end >= 0 && r.tape.lastAt >= r.end) {
		return io.EOF
	}
	return nil
}

// Behind returns how much of the stream the Reader has still before it. Any goroutine may call it.
func (r *Reader) Behind() time.Duration {
	t := r.tape
	t.mu.Lock()
	defer t.mu.Unlock()
	if r.at == nil || len(r.at.items) == 0 {
		return 0
	}
	return max(0, t.lastAt-r.at.items[max(0, min(r.index, len(r.at.items))-1)].At)
}
