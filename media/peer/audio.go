package peer

import (
	"context"
	"time"

	"handlens/media"
)

const (
	// audioInboxSize bounds the packets between the reader and the audio receiver: more than a
	// second of audio.
	audioInboxSize = 64
	// audioQueueSize bounds the packets that wait for the Handler. A Handler that decodes frames is
	// away for some tens of milliseconds.
	audioQueueSize = 64
	// audioWindow is how many places are held open behind a missing packet, a power of two: on
	// the way packets overtake each other by one or two.
	audioWindow = 8
	// audioPatience is how long a missing packet is waited for.
	audioPatience = 60 * time.Millisecond
	// audioLate is how much later than usual audio may come by its timestamps, and soundLateFor how
	// long, before they are taken to have stood still. What a stalled network held back comes all
	// at once, and is not late for long.
	audioLate    = 200 * time.Millisecond
	audioLateFor = 100 * time.Millisecond
	// maxOpusTicks is the longest that one packet may last, 120 ms (RFC 6716 section 3.4).
	maxOpusTicks = media.AudioRate * 120 / 1000
)

// audioPacket is an audio packet on its way to the owner goroutine, which gives it back to the
// pool.
type audioPacket struct {
	packet   *packet
	captured time.Time
}

// audioReceiver puts the packets of the microphone in order. One packet of RTP is one of Opus (RFC
// 7587 section 4.2), so there is nothing to assemble. What is missing is not asked for again:
// browsers offer no NACK for audio, and a decoder conceals 20 ms by itself.
//
// Its goroutine (run) owns everything in it but the channels, and nothing in it waits for the
// Handler.
type audioReceiver struct {
	now   func() time.Time
	clock *phoneClock
	count *counters
	pool  *packetPool

	in  chan *packet
	out chan audioPacket

	// current is the stream that is listened to, always the newest one.
	current *stream
	started bool
	// next is the sequence number to be handed out; held has the packets after it by their sequence
	// numbers, waiting counts them.
	next    uint16
	held    [audioWindow]*packet
	waiting int
	lateRun int // late packets in a row

	// usualAge is how old audio is when it arrives, 0 while not known; lateSince is since when it
	// seems older by soundLate.
	usualAge  time.Duration
	lateSince time.Time
	// stopped: the timestamps stood still, and no report has come since.
	stopped bool
}

func newAudioReceiver(now func() time.Time, ck *phoneClock, count *counters,
	pool *packetPool,
) *audioReceiver {
	return &audioReceiver{
		now: now, clock: ck, count: count, pool: pool, in: make(chan *packet, audioInboxSize),
		out: make(chan audioPacket, audioQueueSize),
	}
}

// offer hands a packet to the audio goroutine without waiting. Any goroutine may call it; the
// packet is given away.
func (e *audioReceiver) offer(p *packet) {
	select {
	case e.in <- p:
	default:
		e.count.overrun.Add(1)
		e.pool.put(p)
	}
}

// run is the audio goroutine.
func (e *audioReceiver) run(ctx context.Context) {
	timer := time.NewTimer(audioPatience)
	defer timer.Stop()
	armed := true
	for {
		select {
		case <-ctx.Done():
			return
		case p := <-e.in:
			e.packet(p)
		case <-timer.C:
			armed = false
			e.tick()
		}
		if e.waiting > 0 && !armed {
			timer.Reset(audioPatience / 4)
			armed = true
		}
	}
}

// packet takes one packet, which it owns.
func (e *audioReceiver) packet(p *packet) {
	switch {
	case p.stream == nil || (e.current != nil && p.stream.order < e.current.order):
		e.drop(p)
		return
	case p.stream != e.current:
		e.restart()
		e.current = p.stream
		e.usualAge, e.lateSince, e.stopped = 0, time.Time{}, false
	}
	if !e.started {
		e.started, e.next = true, p.seq
	}
	ahead := int(int16(p.seq - e.next))
	switch {
	case ahead < 0:
		e.rejectLate(p)
		return
	case ahead >= 2*audioWindow:
		// A pause of the network, or a phone that restarts its sequence numbers: nothing before it
		// is worth waiting for.
		e.count.audioLost.Add(uint64(ahead - e.waiting))
		e.restart()
		e.started, e.next, ahead = true, p.seq, 0
	}
	e.lateRun = 0
	for ; ahead >= audioWindow; ahead-- {
		e.advance()
	}
	at := &e.held[p.seq%audioWindow]
	if *at != nil {
		e.drop(p)
		return
	}
	*at = p
	e.waiting++
	e.drain()
}

// rejectLate drops a packet that comes twice or too late. Many in a row mean that the sender
// restarted its sequence numbers.
func (e *audioReceiver) rejectLate(p *packet) {
	if e.lateRun++; e.lateRun < maxLateRun {
		e.drop(p)
		return
	}
	e.restart()
	e.packet(p)
}

// tick gives up what has been missing for too long.
func (e *audioReceiver) tick() {
	for e.waiting > 0 && e.now().Sub(e.oldest()) >= audioPatience {
		e.advance()
		e.drain()
	}
}

// oldest is when the first of the waiting packets came.
func (e *audioReceiver) oldest() (first time.Time) {
	for _, p := range e.held {
		if p != nil && (first.IsZero() || p.received.Before(first)) {
			first = p.received
		}
	}
	return first
}

// drain hands on what is next without a hole.
func (e *audioReceiver) drain() {
	for e.held[e.next%audioWindow] != nil {
		e.advance()
	}
}

// advance goes on by one packet, which is lost when it is not there.
func (e *audioReceiver) advance() {
	at := &e.held[e.next%audioWindow]
	e.next++
	if *at == nil {
		e.count.audioLost.Add(1)
		return
	}
	p := *at
	*at = nil
	e.waiting--
	e.deliver(p)
}

// restart hands on what waits; the next packet begins again.
func (e *audioReceiver) restart() {
	for range audioWindow {
		if e.waiting == 0 {
			break
		}
		if e.held[e.next%audioWindow] == nil {
			e.next++
		} else {
			e.advance()
		}
	}
	e.started, e.lateRun = false, 0
}

// deliver gives a packet to the owner goroutine. Packets of padding only are passed over.
func (e *audioReceiver) deliver(p *packet) {
	switch {
	case len(p.payload) == 0:
		e.pool.put(p)
		return
	case opusTicks(p.payload) == 0:
		e.count.invalid.Add(1)
		e.pool.put(p)
		return
	}
	h := audioPacket{packet: p, captured: e.captureTime(p)}
	select {
	case e.out <- h:
		e.count.audioPackets.Add(1)
	default:
		e.drop(p)
	}
}

// captureTime returns when a packet was heard; zero when that is not known. Browsers count the
// timestamps of audio on while they send, so that a microphone that was off for a while goes on
// where it stopped, and is as much too old by the last report, until the next one some seconds
// later. In between audio is taken to be as old as usual.
func (e *audioReceiver) captureTime(p *packet) time.Time {
	at := e.clock.captured(e.current.ssrc, p.timestamp, media.AudioRate, p.received)
	if at.IsZero() {
		if e.usualAge == 0 {
			return at
		}
		return p.received.Add(-e.usualAge)
	}
	age := p.received.Sub(at)
	switch {
	case e.usualAge == 0 || e.stopped || age < e.usualAge:
		e.usualAge, e.stopped, e.lateSince = max(age, 1), false, time.Time{}
	case age-e.usualAge < audioLate:
		e.usualAge += (age - e.usualAge) / 64
		e.lateSince = time.Time{}
	case e.lateSince.IsZero():
		e.lateSince = p.received
	case p.received.Sub(e.lateSince) >= audioLateFor:
		e.clock.forget(e.current.ssrc)
		e.stopped, e.lateSince = true, time.Time{}
		return p.received.Add(-e.usualAge)
	}
	return at
}

func (e *audioReceiver) drop(p *packet) {
	e.count.audioDropped.Add(1)
	e.pool.put(p)
}

// opusTicks reads from the first bytes of an Opus packet how long it lasts, in ticks of
// media.SoundRate (RFC 6716 section 3.1); 0 when it cannot be one.
func opusTicks(b []byte) int {
	if len(b) == 0 {
		return 0
	}
	config, frames := int(b[0]>>3), 1
	switch b[0] & 3 {
	case 1:
		if len(b)%2 == 0 {
			return 0 // two frames of the same size
		}
		frames = 2
	case 2:
		if len(b) < 2 {
			return 0
		}
		frames = 2
	case 3:
		if len(b) < 2 {
			return 0
		}
		frames = int(b[1] & 0x3f)
	}
	const millisecond = media.AudioRate / 1000
	var frame int
	switch {
	case config < 12:
		frame = [4]int{10, 20, 40, 60}[config%4] * millisecond
	case config < 16:
		frame = [2]int{10, 20}[config%2] * millisecond
	default:
		frame = 5 * millisecond / 2 << (config % 4)
	}
	if n := frames * frame; n <= maxOpusTicks {
		return n
	}
	return 0
}
