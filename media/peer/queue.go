package peer

import (
	"sync"
	"time"

	"handlens/media"
)

const (
	// queueDepth is how many frames may wait for the Handler without anything being done about it:
	// a burst after a repaired loss fits, a second of a Handler that is too slow does not.
	queueDepth = 24
	// maxWaiting and maxWaitingBytes bound the frames that wait, with the key frame that they are
	// built on, for one that is asked for and may be long in coming: some programs send one every
	// few seconds whatever they are asked.
	maxWaiting      = 64
	maxWaitingBytes = 16 << 20
)

// encodedFrame is one encoded frame with its own memory, or the mark that the frames after it have
// lost their references.
type encodedFrame struct {
	data     []byte
	codec    media.Codec
	key      bool
	rtp      uint32
	received time.Time
	captured time.Time
	stale    bool
}

func (p *encodedFrame) begin(c media.Codec, rtp uint32) {
	*p = encodedFrame{data: p.data[:0], codec: c, rtp: rtp}
}

// queue hands frames from the receiver goroutine to the owner goroutine. Its memory goes round.
type queue struct {
	mu    sync.Mutex
	items []*encodedFrame
	bytes int // of the items
	free  []*encodedFrame
	ready chan struct{}
}

func newQueue() *queue { return &queue{ready: make(chan struct{}, 1)} }

// fresh returns memory for a frame.
func (q *queue) fresh() *encodedFrame {
	q.mu.Lock()
	defer q.mu.Unlock()
	if n := len(q.free); n > 0 {
		p := q.free[n-1]
		q.free = q.free[:n-1]
		return p
	}
	return new(encodedFrame)
}

// recycle takes memory back.
func (q *queue) recycle(p *encodedFrame) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.keep(p)
}

// keep takes memory back; q.mu is held.
func (q *queue) keep(p *encodedFrame) {
	if len(q.free) < queueDepth+2 {
		q.free = append(q.free, p)
	}
}

// pushed is what became of a frame that was pushed.
type pushed struct {
	// dropped is how many frames were dropped to catch up with a key frame.
	dropped int
	// behind: the Handler is so slow that a key frame is needed to catch up.
	behind bool
	// full: there is no room, and the frame itself was dropped.
	full bool
}

// push appends p. When too many wait, the Handler is too slow: a key frame then takes the place of
// all before it, and is to be asked for until it comes. Nothing that is needed for the newest frame
// is dropped before.
func (q *queue) push(p *encodedFrame) (r pushed) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if r.behind = len(q.items) >= queueDepth; r.behind && p.key {
		r.behind, r.dropped = false, q.clear()
	}
	if len(q.items) >= maxWaiting || q.bytes+len(p.data) > maxWaitingBytes {
		r.full = true
		q.keep(p)
		return r
	}
	q.items = append(q.items, p)
	q.bytes += len(p.data)
	q.signal()
	return r
}

// clear drops everything and returns how many frames that were. q.mu is held.
func (q *queue) clear() (dropped int) {
	for i, p := range q.items {
		if !p.stale {
			dropped++
		}
		q.keep(p)
		q.items[i] = nil
	}
	q.items, q.bytes = q.items[:0], 0
	return dropped
}

// stale appends the mark, once.
func (q *queue) stale(mark *encodedFrame) {
	mark.data, mark.stale = mark.data[:0], true
	q.mu.Lock()
	defer q.mu.Unlock()
	q.items = append(q.items, mark)
	q.signal()
}

// pop returns the oldest frame, or nil.
func (q *queue) pop() *encodedFrame {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.items) == 0 {
		return nil
	}
	p := q.items[0]
	n := copy(q.items, q.items[1:])
	q.items[n] = nil
	q.items = q.items[:n]
	q.bytes -= len(p.data)
	return p
}

func (q *queue) signal() {
	select {
	case q.ready <- struct{}{}:
	default:
	}
}
