package peer

import (
	"context"
	"time"

	"handlens/media"
)

const (
	// idleTick is the time between two looks when nothing is missing.
	idleTick = 100 * time.Millisecond
	// staleRun is how many packets in a row may come from behind before we believe that the phone
	// began to count anew.
	staleRun = 32
	// inbox bounds the packets between the readers and the receiver.
	inbox = 512
)

// payload says what an RTP payload type was agreed to be.
type payload struct {
	codec media.Codec
	// repairs is the payload type that this RTX type repeats; repair says that it is one.
	repairs uint8
	repair  bool
	// sound says that it is Opus.
	sound bool
}

// payloads are the agreed payload types.
type payloads [128]payload

// feedback is what the receiver says to the phone.
type feedback interface {
	// nack asks for packets again; the slice is valid for the call.
	nack(ssrc uint32, seqs []uint16)
	// pli asks for a key frame.
	pli(ssrc uint32)
}

// receiver turns packets into whole pictures. Its goroutine (run) owns everything in it but the
// channels; packets come in by the inbox, pictures go out by the queue, and nothing in between
// waits.
type receiver struct {
	now      func() time.Time
	began    time.Time
	payloads *payloads
	out      *queue
	to       feedback
	clock    *clock
	count    *counters
	pool     *packetPool

	in      chan *packet
	wantKey chan struct{}

	ring    reorder
	asm     assembler
	current *stream
	behind  int // packets from behind in a row
	pace    pace
	asking  []uint16

	// keyAt is where the newest key frame begins in the ring, keyTime its timestamp; none when
	// keyAt < ring.next.
	keyAt   int64
	keyTime uint32
	keySeen time.Time

	// lost: references are missing, nothing is handed out before a key frame. shown: a picture was
	// handed out since the last stale mark.
	lost, shown, asked bool
	lastPLI            time.Time
	// unheard counts the requests since the last packet.
	unheard int

	meter      meter
	jitter     float64 // ticks of 90 kHz
	lastRTP    uint32
	lastCame   time.Time
	hasTransit bool
}

func newReceiver(now func() time.Time, pts *payloads, out *queue, to feedback, ck *clock,
	count *counters, pool *packetPool,
) *receiver {
	return &receiver{
		now: now, began: now(), payloads: pts, out: out, to: to, clock: ck, count: count,
		pool: pool,
		in:   make(chan *packet, inbox), wantKey: make(chan struct{}, 1),
		lost: true, pace: paceFor(0, 0), asking: make([]uint16, 0, nackBatch),
	}
}

// offer hands a packet to the receiver goroutine without waiting. Any goroutine may call it; the
// packet is given away.
func (r *receiver) offer(p *packet) {
	select {
	case r.in <- p:
	default:
		r.count.overrun.Add(1)
		r.pool.put(p)
	}
}

// run is the receiver goroutine.
func (r *receiver) run(ctx context.Context) {
	timer := time.NewTimer(idleTick)
	defer timer.Stop()
	fast := false
	for {
		select {
		case <-ctx.Done():
			return
		case p := <-r.in:
			r.packet(p)
			if !fast && r.busy() {
				fast = true
				timer.Reset(nackTick)
			}
		case <-r.wantKey:
			r.asked = true
			r.tick()
		case <-timer.C:
			r.tick()
			if fast = r.busy(); fast {
				timer.Reset(nackTick)
			} else {
				timer.Reset(idleTick)
			}
		}
	}
}

// busy says that something is to be done in the next moments even if nothing arrives.
func (r *receiver) busy() bool {
	return r.current != nil &&
		(r.ring.missing > 0 || r.lost || r.asked)
}

// packet takes one packet, which it owns.
func (r *receiver) packet(p *packet) {
	now := r.now()
	r.count.packets.Add(1)
	r.count.bytes.Add(uint64(len(p.payload)))
	r.count.bitrate.Store(r.meter.add(now.Sub(r.began), len(p.payload)))
	if !r.belongs(p, now) {
		r.pool.put(p)
		return
	}
	r.unheard = 0
	if !p.repair {
		r.measureJitter(p)
	}
	pos, what, asked := r.ring.put(p, now)
	switch what {
	case ahead:
		r.restart(now)
		pos, _, _ = r.ring.put(p, now)
	case late, duplicate:
		r.notTaken(p, what, now)
		return
	case filled:
		if asked {
			r.count.recovered.Add(1)
		}
	case arrived:
	}
	r.behind = 0
	r.noteKey(p, pos, now)
	if r.ring.missing > maxMissing {
		r.hole(r.ring.jump(r.ring.end, r.discard), now)
	}
	r.drain(now)
}

// notTaken gets rid of a packet that the ring refused. Many from behind in a row are a phone that
// began to count anew.
func (r *receiver) notTaken(p *packet, what arrival, now time.Time) {
	// A repair that comes behind is a repeat too: browsers probe the bandwidth with what they sent
	// before.
	if what == duplicate || p.repair {
		r.count.duplicates.Add(1)
		r.pool.put(p)
		return
	}
	r.count.late.Add(1)
	if r.behind++; r.behind < staleRun {
		r.pool.put(p)
		return
	}
	r.behind = 0
	r.restart(now)
	pos, _, _ := r.ring.put(p, now)
	r.noteKey(p, pos, now)
	r.drain(now)
}

// belongs says whether the packet is of the stream that we follow, which is always the newest one.
func (r *receiver) belongs(p *packet, now time.Time) bool {
	if p.repair {
		return r.current != nil && (p.ssrc == 0 || p.ssrc == r.current.ssrc)
	}
	if p.stream == nil || p.stream == r.current {
		return p.stream != nil
	}
	if r.current != nil && p.stream.order < r.current.order {
		return false
	}
	if r.current != nil {
		r.restart(now)
	}
	r.current, r.hasTransit = p.stream, false
	// The phone begins with a key frame without being asked; we ask soon if it did not.
	r.lastPLI = now.Add(idleTick - keyFramePause)
	return true
}

// restart forgets what is in work because the packets to come have nothing to do with it.
func (r *receiver) restart(now time.Time) {
	r.hole(r.ring.reset(r.discard), now)
	r.keyAt = -1
}

func (r *receiver) discard(p *packet) { r.pool.put(p) }

// measureJitter is RFC 3550 section 6.4.1 and appendix A.8, once for each new timestamp.
func (r *receiver) measureJitter(p *packet) {
	if r.hasTransit && int32(p.timestamp-r.lastRTP) <= 0 {
		return
	}
	if r.hasTransit {
		came := p.received.Sub(r.lastCame).Seconds() * rtpClock
		d := came - float64(int32(p.timestamp-r.lastRTP))
		// A pause of the phone is not jitter.
		if d < rtpClock && d > -rtpClock {
			r.jitter += (max(d, -d) - r.jitter) / 16
			r.count.jitter.Store(int64(r.jitter / rtpClock * float64(time.Second)))
		}
	}
	r.hasTransit, r.lastRTP, r.lastCame = true, p.timestamp, p.received
}

// useCodec says whether the assembler is set to the packet's codec; before the first packet it is
// set.
func (r *receiver) useCodec(p *packet) bool {
	codec := r.payloads[p.pt].codec
	if r.asm.codec == media.CodecUnknown {
		r.asm.codec, r.asm.depacketizer = codec, newDepacketizer(codec)
		r.count.codec.Store(uint32(codec))
	}
	return r.asm.codec == codec
}

// drain hands on all that can be: packets in order, past holes that a whole key frame makes
// unimportant or that are too old to be filled.
func (r *receiver) drain(now time.Time) {
	for {
		for p := r.ring.pop(); p != nil; p = r.ring.pop() {
			r.assemble(p, now)
			r.pool.put(p)
		}
		since, blocked := r.ring.blocked()
		switch {
		case !blocked:
			return
		case r.keyAt > r.ring.next && r.ring.whole(r.keyAt):
			r.leap()
		case now.Sub(since) > r.pace.deadline:
			r.hole(r.ring.skip(), now)
		default:
			return
		}
	}
}

// hole says that packets are lost for good.
func (r *receiver) hole(lost int, now time.Time) {
	r.count.lost.Add(uint64(lost))
	r.abandon()
	r.loseReferences(now)
}

// abandon drops the picture in work.
func (r *receiver) abandon() {
	if p := r.asm.gap(); p != nil {
		r.count.incomplete.Add(1)
		r.out.recycle(p)
	}
}

// assemble takes the next packet in order; it does not keep it.
func (r *receiver) assemble(p *packet, now time.Time) {
	if len(p.payload) == 0 {
		return
	}
	if r.asm.ends(p) {
		// All of it arrived, it just was not marked.
		r.asm.boundary = true
		r.finish(r.asm.finish(), now)
	}
	if !r.useCodec(p) {
		r.abandon()
		r.asm = assembler{boundary: true}
		r.useCodec(p)
		r.loseReferences(now)
	}
	r.finish(r.asm.add(p, r.out.fresh), now)
}

// finish does with the picture what its verdict says.
func (r *receiver) finish(v verdict, now time.Time) {
	switch v {
	case pending:
		return
	case headless:
		r.count.incomplete.Add(1)
		r.loseReferences(now)
		return
	case whole:
		r.deliver(r.asm.take(), now)
		return
	case void:
	case malformed:
		r.count.malformed.Add(1)
		r.loseReferences(now)
	case tooLarge:
		r.count.tooLarge.Add(1)
		r.loseReferences(now)
	}
	if p := r.asm.take(); p != nil {
		r.out.recycle(p)
	}
}

// deliver gives a whole picture to the owner goroutine, when its references are there.
func (r *receiver) deliver(p *picture, now time.Time) {
	if r.lost && !p.key {
		r.count.unreferenced.Add(1)
		r.out.recycle(p)
		r.tryPLI(now)
		return
	}
	key := p.key
	p.captured = r.clock.captured(r.current.ssrc, p.rtp, rtpClock, p.received)
	if dropped := r.out.push(p); dropped > 0 {
		r.count.behind.Add(uint64(dropped))
		r.shown = true
		r.loseReferences(now)
		return
	}
	r.lost, r.shown = false, true
	r.count.frames.Add(1)
	if key {
		r.asked = false
		r.count.keyFrames.Add(1)
	}
}

// tick does what time alone brings.
func (r *receiver) tick() {
	now := r.now()
	r.count.bitrate.Store(r.meter.add(now.Sub(r.began), 0))
	if r.current == nil {
		return
	}
	r.pace = paceFor(time.Duration(r.count.rtt.Load()), time.Duration(r.count.jitter.Load()))
	r.drain(now)
	if r.asking = r.ring.overdue(now, r.pace, r.asking[:0]); len(r.asking) > 0 {
		r.count.nacks.Add(uint64(len(r.asking)))
		r.to.nack(r.current.ssrc, r.asking)
	}
	if r.lost || r.asked || r.ring.worrying() {
		r.tryPLI(now)
	}
}
