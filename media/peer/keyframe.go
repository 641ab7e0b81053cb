package peer

import "time"

const (
	// minKeyframeInterval is the least time between two requests for a key frame: an encoder needs
	// about a round trip and one interval. Where packets are lost, a request may be, too, so that
	// one that got no answer in that time is made again. (Browsers ignore what comes within 300 ms
	// of a request that they heard.)
	minKeyframeInterval, maxKeyframeInterval = 150 * time.Millisecond, 300 * time.Millisecond
	// After silentPLIs requests into silence, a phone that sends nothing is asked only at this
	// pause.
	silentPLIs     = 6
	silentInterval = 2 * time.Second
	// keyframePatience is how long an arriving key frame keeps us from asking for another one.
	keyframePatience = time.Second
	// startSlack is how many packets that were lost or overtaken at the very beginning are asked
	// for: as many as one question can name (RFC 4585 section 6.2.1).
	startSlack = 17
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
	if _, key := r.assembler.inspect(p.payload); !key {
		return
	}
	width, height := r.assembler.size(p.payload)
	r.current.pixels = width * height
	known := r.keyAt >= r.ring.next
	if newer := int32(p.timestamp - r.keyTime); known &&
		(newer < 0 || (newer == 0 && pos > r.keyAt)) {
		return
	}
	r.keyAt, r.keyTime, r.keySeen = pos, p.timestamp, now
}

// slack is how many packets may have been sent before the first one that came: none if a key frame
// begins with it, else some of the key frame that every phone begins with. They are asked for; what
// was never sent holds nothing up, since that key frame needs nothing of what is before.
func (r *receiver) slack(p *packet) int64 {
	if len(p.payload) > 0 && r.useCodec(p) {
		if _, key := r.assembler.inspect(p.payload); key {
			return 0
		}
	}
	return startSlack
}

// skipToKeyframe goes on at the key frame, which needs nothing of what is before.
func (r *receiver) skipToKeyframe() {
	lost := r.ring.jump(r.keyAt, func(p *packet) {
		if p.marker {
			r.count.unreferenced.Add(1)
		}
		r.pool.put(p)
	})
	r.count.lost.Add(uint64(lost))
	r.abandon()
	r.assembler.boundary = true
}

// loseReferences: nothing more before a key frame, which is asked for.
func (r *receiver) loseReferences(now time.Time) {
	r.needKey = true
	if r.delivered {
		r.delivered = false
		r.out.stale(r.out.fresh())
	}
	r.tryPLI(now)
}

// keyPause is the time between two requests for a key frame.
func (r *receiver) keyPause() time.Duration {
	rtt := time.Duration(r.count.rtt.Load())
	return min(max(rtt+minKeyframeInterval/2, minKeyframeInterval), maxKeyframeInterval)
}

// tryPLI asks for a key frame, unless we did just now or one is arriving.
func (r *receiver) tryPLI(now time.Time) {
	pause := r.keyPause()
	if r.unansweredPLIs >= silentPLIs {
		pause = silentInterval
	}
	if r.current == nil || now.Sub(r.lastPLI) < pause {
		return
	}
	coming := r.keyAt >= r.ring.next ||
		(r.assembler.frame != nil && r.assembler.frame.rtp == r.keyTime)
	if !r.keyRequested && coming && now.Sub(r.keySeen) < keyframePatience {
		return
	}
	r.lastPLI, r.keyRequested = now, false
	r.unansweredPLIs++
	r.count.plis.Add(1)
	r.to.pli(r.current.ssrc)
}
