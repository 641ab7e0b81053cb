package peer

import (
	"sync"
	"time"

	"handlens/media"
)

// queueDepth bounds the frames that wait for the Handler: a burst after a repaired loss fits, a
// second of a Handler that is too slow does not.
const queueDepth = 24

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
	if len(q.free) < queueDepth+2 {
		q.free = append(q.free, p)
	}
}

// push appends p. When the queue is full, the Handler is too slow: everything that waits is
// dropped, p too, and push returns how many frames that were. The owner of the stream then asks
// for a key frame and says stale.
func (q *queue) push(p *encodedFrame) (dropped int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.items) < queueDepth {
		q.items = append(q.items, p)
		q.signal()
		return 0
	}
	for i, old := range append(q.items, p) {
		if !old.stale {
			dropped++
		}
		q.free = append(q.free, old)
		if i < len(q.items) {
			q.items[i] = nil
		}
	}
	q.free = q.free[:min(len(q.free), queueDepth+2)]
	q.items = q.items[:0]
	return dropped
}

// stale appends the mark, once.
func (q *queue) stale(mark *encodedFrame) {
	mark.stale = true
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
	return p
}

func (q *queue) signal() {
	select {
	case q.ready <- struct{}{}:
	default:
	}
}
