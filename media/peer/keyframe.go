package peer

import "time"

const (
	// keyFramePause is the least time between two requests for a key frame: an encoder needs about
	// a round trip and one interval.
	keyFramePause = 300 * time.Millisecond
	// After silentPLIs requests into silence, a phone that sends nothing is asked only at this
	// pause.
	silentPLIs  = 6
	silentPause = 2 * time.Second
	// keyFramePatience is how long an arriving key frame keeps us from asking for another one.
	keyFramePatience = time.Second
)

// requestKey asks for a key frame as soon as the pause allows. Any goroutine may call it.
func (r *receiver) requestKey() {
	select {
	case r.wantKey <- struct{}{}:
	default:
	}
}

// noteKey remembers where the newest key frame begins.
func (r *receiver) noteKey(p *packet, pos int64, now time.Time) {
	if len(p.payload) == 0 || !r.useCodec(p) {
		return
	}
	if _, key := r.asm.inspect(p.payload); !key {
		return
	}
	known := r.keyAt >= r.ring.next
	if newer := int32(p.timestamp - r.keyTime); known &&
		(newer < 0 || (newer == 0 && pos > r.keyAt)) {
		return
	}
	r.keyAt, r.keyTime, r.keySeen = pos, p.timestamp, now
}

// leap goes on at the key frame, which needs nothing of what is before.
func (r *receiver) leap() {
	lost := r.ring.jump(r.keyAt, func(p *packet) {
		if p.marker {
			r.count.unreferenced.Add(1)
		}
		r.pool.put(p)
	})
	r.count.lost.Add(uint64(lost))
	r.abandon()
	r.asm.boundary = true
}

// loseReferences: nothing more before a key frame, which is asked for.
func (r *receiver) loseReferences(now time.Time) {
	r.lost = true
	if r.shown {
		r.shown = false
		r.out.stale(r.out.fresh())
	}
	r.tryPLI(now)
}

// tryPLI asks for a key frame, unless we did just now or one is arriving.
func (r *receiver) tryPLI(now time.Time) {
	pause := keyFramePause
	if r.unheard >= silentPLIs {
		pause = silentPause
	}
	if r.current == nil || now.Sub(r.lastPLI) < pause {
		return
	}
	coming := r.keyAt >= r.ring.next || (r.asm.pic != nil && r.asm.pic.rtp == r.keyTime)
	if !r.asked && coming && now.Sub(r.keySeen) < keyFramePatience {
		return
	}
	r.lastPLI, r.asked = now, false
	r.unheard++
	r.count.plis.Add(1)
	r.to.pli(r.current.ssrc)
}
