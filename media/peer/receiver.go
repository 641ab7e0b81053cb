package peer

import (
	"context"
	"time"

	"handlens/media"
)

const (
	// idleTick is the time between two looks when nothing is missing.
	idleTick = 100 * time.Millisecond
	// maxLateRun is how many late packets in a row mean that the sender restarted its sequence
	// numbers.
	maxLateRun = 32
	// inboxSize bounds the packets between the readers and the receiver.
	inboxSize = 512
)

// payload says what an RTP payload type was agreed to be.
type payload struct {
	codec media.Codec
	// apt is the payload type that this RTX type repeats; repair says that it is one.
	apt uint8
	rtx bool
	// audio says that it is Opus.
	audio bool
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

// receiver turns packets into complete frames. Its goroutine (run) owns everything in it but the
// channels; packets come in by the inbox, frames go out by the queue, and nothing in between
// waits.
type receiver struct {
	now      func() time.Time
	began    time.Time
	payloads *payloads
	out      *queue
	to       feedback
	clock    *phoneClock
	count    *counters
	pool     *packetPool

	in      chan *packet
	wantKey chan struct{}

	ring       reorder
	assembler  assembler
	current    *stream
	streams    []*stream // all that were heard, at most maxTracks
	inspectors map[media.Codec]depacketizer
	lateRun    int // late packets in a row
	timing     nackTiming
	repeats    repeats
	nackBuffer []uint16

	// keyAt is where the newest key frame begins in the ring, keyTime its timestamp; none when
	// keyAt < ring.next.
	keyAt   int64
	keyTime uint32
	keySeen time.Time

	// needKey: references are missing, nothing is handed out before a key frame. delivered: a frame
	// was handed out since the last stale mark.
	needKey, delivered, keyRequested bool
	lastPLI                          time.Time
	// unansweredPLIs counts the requests since the last packet.
	unansweredPLIs int

	meter       meter
	jitter      float64 // ticks of 90 kHz
	lastRTP     uint32
	lastArrival time.Time
	hasArrival  bool
}

func newReceiver(now func() time.Time, pts *payloads, out *queue, to feedback, ck *phoneClock,
	count *counters, pool *packetPool,
) *receiver {
	return &receiver{
		now: now, began: now(), payloads: pts, out: out, to: to, clock: ck, count: count,
		pool: pool,
		in:   make(chan *packet, inboxSize), wantKey: make(chan struct{}, 1),
		inspectors: map[media.Codec]depacketizer{}, needKey: true,
		timing:     nackTimingFor(0, 0, repeats{}),
		nackBuffer: make([]uint16, 0, nackBatch),
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
			r.keyRequested = true
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

// busy says that something will be due soon even if no packet arrives.
func (r *receiver) busy() bool {
	return r.current != nil &&
		(r.ring.missing > 0 || r.needKey || r.keyRequested)
}

// packet takes one packet, which it owns.
func (r *receiver) packet(p *packet) {
	now := r.now()
	if r.count.packets.Add(1) == 1 {
		first := p.received // the packet is used again
		r.count.firstPacket.Store(&first)
	}
	r.count.bytes.Add(uint64(len(p.payload)))
	r.count.bitrate.Store(r.meter.add(now.Sub(r.began), len(p.payload)))
	if !r.belongs(p, now) {
		r.pool.put(p)
		return
	}
	r.unansweredPLIs = 0
	if !p.rtx {
		r.measureJitter(p)
	}
	if !r.ring.started {
		r.ring.begin(p.seq, r.slack(p), now)
	}
	pos, what, asked := r.ring.put(p, now)
	switch what {
	case ahead:
		r.restart(now)
		pos, _, _ = r.ring.put(p, now)
	case late, duplicate:
		if asked {
			r.repeats.extra++
		}
		r.reject(p, what, now)
		return
	case filled:
		if asked {
			r.repeats.needed++
			r.count.recovered.Add(1)
		}
	case arrived:
	}
	r.lateRun = 0
	r.noteKey(p, pos, now)
	if r.ring.missing > maxMissing {
		r.giveUp(r.ring.jump(r.ring.end, r.discard), now)
	}
	r.drain(now)
}

// reject drops a packet that the ring refused. Many late ones in a row mean that the sender
// restarted its sequence numbers.
func (r *receiver) reject(p *packet, what arrival, now time.Time) {
	// A late RTX packet is a repeat, too: browsers probe the bandwidth with what they sent before.
	if what == duplicate || p.rtx {
		r.count.duplicates.Add(1)
		r.pool.put(p)
		return
	}
	r.count.late.Add(1)
	if r.lateRun++; r.lateRun < maxLateRun {
		r.pool.put(p)
		return
	}
	r.lateRun = 0
	r.restart(now)
	pos, _, _ := r.ring.put(p, now)
	r.noteKey(p, pos, now)
	r.drain(now)
}

// belongs says whether the packet is of the stream that we follow.
func (r *receiver) belongs(p *packet, now time.Time) bool {
	if p.rtx {
		return r.current != nil && (p.ssrc == 0 || p.ssrc == r.current.ssrc)
	}
	return p.stream != nil && r.follow(p, now)
}

// restart drops everything in progress: the packets to come have nothing to do with it.
func (r *receiver) restart(now time.Time) {
	r.giveUp(r.ring.reset(r.discard), now)
	r.keyAt = -1
}

func (r *receiver) discard(p *packet) { r.pool.put(p) }

// measureJitter is RFC 3550 section 6.4.1 and appendix A.8, once for each new timestamp.
func (r *receiver) measureJitter(p *packet) {
	if r.hasArrival && int32(p.timestamp-r.lastRTP) <= 0 {
		return
	}
	if r.hasArrival {
		came := p.received.Sub(r.lastArrival).Seconds() * videoClockRate
		d := came - float64(int32(p.timestamp-r.lastRTP))
		// A pause of the phone is not jitter.
		if d < videoClockRate && d > -videoClockRate {
			r.jitter += (max(d, -d) - r.jitter) / 16
			r.count.jitter.Store(int64(r.jitter / videoClockRate * float64(time.Second)))
		}
	}
	r.hasArrival, r.lastRTP, r.lastArrival = true, p.timestamp, p.received
}

// useCodec says whether the assembler is set to the packet's codec; before the first packet it is
// set.
func (r *receiver) useCodec(p *packet) bool {
	codec := r.payloads[p.pt].codec
	if r.assembler.codec == media.CodecUnknown {
		r.assembler.codec, r.assembler.depacketizer = codec, newDepacketizer(codec)
		r.count.codec.Store(uint32(codec))
	}
	return r.assembler.codec == codec
}

// drain hands on all packets that are in order. It skips holes that a complete key frame makes
// unimportant, and those that are too old to be filled.
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
		case r.keyAt > r.ring.next && r.ring.complete(r.keyAt):
			r.skipToKeyframe()
		case now.Sub(since) > r.timing.deadline:
			r.giveUp(r.ring.skip(), now)
		default:
			return
		}
	}
}

// giveUp drops what depends on packets that are lost for good.
func (r *receiver) giveUp(lost int, now time.Time) {
	r.count.lost.Add(uint64(lost))
	r.abandon()
	r.loseReferences(now)
}

// abandon drops the frame in progress.
func (r *receiver) abandon() {
	if p := r.assembler.gap(); p != nil {
		r.count.incomplete.Add(1)
		r.out.recycle(p)
	}
}

// assemble takes the next packet in order; it does not keep it.
func (r *receiver) assemble(p *packet, now time.Time) {
	if len(p.payload) == 0 {
		return
	}
	if r.assembler.ends(p) {
		// All of it arrived, it just was not marked.
		r.assembler.boundary = true
		r.finish(r.assembler.finish(), now)
	}
	if !r.useCodec(p) {
		r.abandon()
		r.assembler = assembler{boundary: true}
		r.useCodec(p)
		r.loseReferences(now)
	}
	r.finish(r.assembler.add(p, r.out.fresh), now)
}

// finish handles a frame that is done, or not, by its outcome.
func (r *receiver) finish(v outcome, now time.Time) {
	switch v {
	case pending:
		return
	case noStart:
		r.count.incomplete.Add(1)
		r.loseReferences(now)
		return
	case complete:
		r.deliver(r.assembler.take(), now)
		return
	case empty:
	case malformed:
		r.count.malformed.Add(1)
		r.loseReferences(now)
	case tooLarge:
		r.count.tooLarge.Add(1)
		r.loseReferences(now)
	}
	if p := r.assembler.take(); p != nil {
		r.out.recycle(p)
	}
}

// deliver gives a complete frame to the owner goroutine, when its references are there.
func (r *receiver) deliver(p *encodedFrame, now time.Time) {
	if r.needKey && !p.key {
		r.count.unreferenced.Add(1)
		r.out.recycle(p)
		r.tryPLI(now)
		return
	}
	key := p.key
	p.captured = r.clock.captured(r.current.ssrc, p.rtp, videoClockRate, p.received)
	v := r.out.push(p)
	if v.full {
		v.dropped++
	}
	r.count.overflow.Add(uint64(v.dropped))
	if v.full {
		r.delivered = true
		r.loseReferences(now)
		return
	}
	r.needKey, r.delivered = false, true
	r.count.frames.Add(1)
	if key {
		r.keyRequested = false
		r.count.keyFrames.Add(1)
	}
	if v.behind {
		r.keyRequested = true
		r.tryPLI(now)
	}
}

// tick does what is due after some time even if no packet arrives.
func (r *receiver) tick() {
	now := r.now()
	r.count.bitrate.Store(r.meter.add(now.Sub(r.began), 0))
	if r.current == nil {
		return
	}
	r.timing = nackTimingFor(time.Duration(r.count.rtt.Load()),
		time.Duration(r.count.jitter.Load()), r.repeats)
	r.drain(now)
	if r.nackBuffer = r.ring.overdue(now, r.timing, r.nackBuffer[:0]); len(r.nackBuffer) > 0 {
		r.count.nacks.Add(uint64(len(r.nackBuffer)))
		r.to.nack(r.current.ssrc, r.nackBuffer)
	}
	if r.needKey || r.keyRequested || r.ring.worrying(now, r.timing) {
		r.tryPLI(now)
	}
}
