package peer

import (
	"context"
	"time"

	"handlens/media"
)

const (
	// soundInbox bounds the packets between the reader and the ear: more than a second of sound.
	soundInbox = 64
	// soundQueue bounds the packets that wait for the Handler. A Handler that decodes pictures is
	// away for some tens of milliseconds.
	soundQueue = 64
	// soundWindow is how many places the ear holds open behind a missing packet, a power of two: on
	// the way packets overtake each other by one or two.
	soundWindow = 8
	// soundPatience is how long a missing packet is waited for.
	soundPatience = 60 * time.Millisecond
	// soundLate is how much later than usual sound may come by its timestamps, and soundLateFor how
	// long, before they are taken to have stood still. What a stalled network held back comes all
	// at once, and is not late for long.
	soundLate    = 200 * time.Millisecond
	soundLateFor = 100 * time.Millisecond
	// maxOpusTicks is the longest that one packet may last, 120 ms (RFC 6716 section 3.4).
	maxOpusTicks = media.SoundRate * 120 / 1000
)

// heard is a packet of sound on its way to the owner goroutine, which gives it back to the pool.
type heard struct {
	p        *packet
	captured time.Time
}

// ear puts the packets of the microphone in order. One packet of RTP is one of Opus (RFC 7587
// section 4.2), so there is nothing to assemble. What is missing is not asked for again: browsers
// offer no NACK for sound, and a decoder conceals 20 ms by itself.
//
// Its goroutine (run) owns everything in it but the channels, and nothing in it waits for the
// Handler.
type ear struct {
	now   func() time.Time
	clock *clock
	count *counters
	pool  *packetPool

	in  chan *packet
	out chan heard

	// current is the stream that is listened to, always the newest one.
	current *stream
	started bool
	// next is the sequence number to be handed out; held has the packets after it by their sequence
	// numbers, waiting counts them.
	next    uint16
	held    [soundWindow]*packet
	waiting int
	behind  int // packets from behind in a row

	// usual is how old sound is when it arrives, 0 while not known; lateSince is since when it
	// seems older by soundLate.
	usual     time.Duration
	lateSince time.Time
	// stopped: the timestamps stood still, and no report has come since.
	stopped bool
}

func newEar(now func() time.Time, ck *clock, count *counters, pool *packetPool) *ear {
	return &ear{
		now: now, clock: ck, count: count, pool: pool, in: make(chan *packet, soundInbox),
		out: make(chan heard, soundQueue),
	}
}

// offer hands a packet to the ear without waiting. Any goroutine may call it; the packet is given
// away.
func (e *ear) offer(p *packet) {
	select {
	case e.in <- p:
	default:
		e.count.overrun.Add(1)
		e.pool.put(p)
	}
}

// run is the goroutine of the ear.
func (e *ear) run(ctx context.Context) {
	timer := time.NewTimer(soundPatience)
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
			timer.Reset(soundPatience / 4)
			armed = true
		}
	}
}

// packet takes one packet, which it owns.
func (e *ear) packet(p *packet) {
	switch {
	case p.stream == nil || (e.current != nil && p.stream.order < e.current.order):
		e.drop(p)
		return
	case p.stream != e.current:
		e.restart()
		e.current = p.stream
		e.usual, e.lateSince, e.stopped = 0, time.Time{}, false
	}
	if !e.started {
		e.started, e.next = true, p.seq
	}
	ahead := int(int16(p.seq - e.next))
	switch {
	case ahead < 0:
		e.fromBehind(p)
		return
	case ahead >= 2*soundWindow:
		// A pause of the network, or a phone that counts anew: nothing before it is worth waiting
		// for.
		e.count.soundLost.Add(uint64(ahead - e.waiting))
		e.restart()
		e.started, e.next, ahead = true, p.seq, 0
	}
	e.behind = 0
	for ; ahead >= soundWindow; ahead-- {
		e.step()
	}
	at := &e.held[p.seq%soundWindow]
	if *at != nil {
		e.drop(p)
		return
	}
	*at = p
	e.waiting++
	e.drain()
}

// fromBehind gets rid of what comes twice or too late. Many in a row are a phone that began to
// count anew.
func (e *ear) fromBehind(p *packet) {
	if e.behind++; e.behind < staleRun {
		e.drop(p)
		return
	}
	e.restart()
	e.packet(p)
}

// tick gives up what has been missing for too long.
func (e *ear) tick() {
	for e.waiting > 0 && e.now().Sub(e.oldest()) >= soundPatience {
		e.step()
		e.drain()
	}
}

// oldest is when the first of the waiting packets came.
func (e *ear) oldest() (first time.Time) {
	for _, p := range e.held {
		if p != nil && (first.IsZero() || p.received.Before(first)) {
			first = p.received
		}
	}
	return first
}

// drain hands on what is next without a hole.
func (e *ear) drain() {
	for e.held[e.next%soundWindow] != nil {
		e.step()
	}
}

// step goes on by one packet, which is lost when it is not there.
func (e *ear) step() {
	at := &e.held[e.next%soundWindow]
	e.next++
	if *at == nil {
		e.count.soundLost.Add(1)
		return
	}
	p := *at
	*at = nil
	e.waiting--
	e.say(p)
}

// restart hands on what waits; the next packet begins anew.
func (e *ear) restart() {
	for range soundWindow {
		if e.waiting == 0 {
			break
		}
		if e.held[e.next%soundWindow] == nil {
			e.next++
		} else {
			e.step()
		}
	}
	e.started, e.behind = false, 0
}

// say gives a packet to the owner goroutine. Packets of padding only are passed over.
func (e *ear) say(p *packet) {
	switch {
	case len(p.payload) == 0:
		e.pool.put(p)
		return
	case opusTicks(p.payload) == 0:
		e.count.invalid.Add(1)
		e.pool.put(p)
		return
	}
	h := heard{p: p, captured: e.stamp(p)}
	select {
	case e.out <- h:
		e.count.sounds.Add(1)
	default:
		e.drop(p)
	}
}

// stamp returns when a packet was heard; zero when that is not known. Browsers count the timestamps
// of sound on while they send, so that a microphone that was off for a while goes on where it
// stopped, and is as much too old by the last report, until the next one some seconds later. In
// between sound is taken to be as old as usual.
func (e *ear) stamp(p *packet) time.Time {
	at := e.clock.captured(e.current.ssrc, p.timestamp, media.SoundRate, p.received)
	if at.IsZero() {
		if e.usual == 0 {
			return at
		}
		return p.received.Add(-e.usual)
	}
	age := p.received.Sub(at)
	switch {
	case e.usual == 0 || e.stopped || age < e.usual:
		e.usual, e.stopped, e.lateSince = max(age, 1), false, time.Time{}
	case age-e.usual < soundLate:
		e.usual += (age - e.usual) / 64
		e.lateSince = time.Time{}
	case e.lateSince.IsZero():
		e.lateSince = p.received
	case p.received.Sub(e.lateSince) >= soundLateFor:
		e.clock.forget(e.current.ssrc)
		e.stopped, e.lateSince = true, time.Time{}
		return p.received.Add(-e.usual)
	}
	return at
}

func (e *ear) drop(p *packet) {
	e.count.soundDropped.Add(1)
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
	const millisecond = media.SoundRate / 1000
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
