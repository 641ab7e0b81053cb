package peer

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/sdp/v3"
	"github.com/pion/webrtc/v4"

	"handlens/media"
)

const (
	// connectTimeout is how long a phone may take to reach us after the answer.
	connectTimeout = 30 * time.Second
	// reconnectTimeout is how long a phone that fell silent may take to come back: from one room
	// to another, or past a computer's short sleep.
	reconnectTimeout = 60 * time.Second
	// The clock is probed at each of the first beats, then at every fifth.
	tickInterval  = time.Second
	eagerTicks    = 8
	ticksPerProbe = 5
)

// Conn is one phone's connection. Its methods may be called from any goroutine.
type Conn struct {
	negotiation
	handler Handler
	now     func() time.Time
	id      string
	answer  string

	done chan struct{}
	wg   sync.WaitGroup // both receivers and the readers

	reading sync.Mutex
	ended   bool // no reader may begin any more
	tracks  int

	receiver *receiver
	audio    *audioReceiver
	frames   *queue
	clock    *phoneClock
	count    counters
	channels channels
	pair     candidatePair
	messages chan []byte
	results  chan []byte // what the phone found
	states   chan webrtc.PeerConnectionState

	state  atomic.Uint32
	reason atomic.Pointer[media.Reason]
}

// newConn makes a connection that does nothing yet.
func newConn(h *Host, o *offer, handler Handler) (*Conn, error) {
	c := &Conn{
		handler: handler, now: h.now, id: newID(),
		done: make(chan struct{}), frames: newQueue(), clock: &phoneClock{now: h.now},
		messages: make(chan []byte, controlQueue), results: make(chan []byte, resultQueue),
		states: make(chan webrtc.PeerConnectionState, 16),
	}
	c.channels.patience = newPatience()
	if err := c.negotiation.init(h, o); err != nil {
		return nil, err
	}
	c.receiver = newReceiver(h.now, &o.payloads, c.frames, c, c.clock, &c.count, &h.pool)
	c.audio = newAudioReceiver(h.now, c.clock, &c.count, &h.pool)
	api, err := h.newAPI(&tap{
		now: h.now, payloads: &o.payloads, rtxStreams: o.rtxStreams, receiver: c.receiver,
		audio: c.audio,
		clock: c.clock, pool: &h.pool, count: &c.count,
	}, c.servers, c.remotes.admit)
	if err != nil {
		return nil, err
	}
	config := webrtc.Configuration{ICEServers: pionServers(h.cfg.ICEServers)}
	if c.pc, err = api.NewPeerConnection(config); err != nil {
		return nil, fmt.Errorf("making a connection: %w", err)
	}
	c.pc.OnConnectionStateChange(func(s webrtc.PeerConnectionState) {
		select {
		case c.states <- s:
		case <-c.ctx.Done():
		}
	})
	c.pc.OnTrack(func(track *webrtc.TrackRemote, r *webrtc.RTPReceiver) { c.read(track, r) })
	c.pc.OnDataChannel(func(d *webrtc.DataChannel) {
		if !c.accept(d) {
			c.end(media.Reason{Code: media.TooManyChannels})
		}
	})
	return c, nil
}

// negotiate answers the offer.
func (c *Conn) negotiate(ctx context.Context) error {
	text, err := c.ice.offer.text()
	if err != nil {
		return fmt.Errorf("%w: %w", ErrBadOffer, err)
	}
	local, err := c.describe(ctx, text)
	if err != nil {
		return c.refusal(ctx, ErrBadOffer, err)
	}
	for _, m := range local.MediaDescriptions {
		mid, _ := m.Attribute(sdp.AttrKeyMID)
		if mid != c.ice.offer.video || m.MediaName.Port.Value == 0 {
			continue
		}
		askForStart(m, &c.ice.offer.payloads)
		answer, err := local.Marshal()
		if err != nil {
			return fmt.Errorf("writing our answer: %w", err)
		}
		c.answer = string(answer)
		return nil
	}
	// pion names only the sections that it accepts.
	return fmt.Errorf("%w: we share no form of its video codecs", ErrNoVideo)
}

// start starts the goroutines.
func (c *Conn) start() {
	c.wg.Go(func() { c.receiver.run(c.ctx) })
	c.wg.Go(func() { c.audio.run(c.ctx) })
	go c.runOwner()
}

// abort undoes a connection that was never started.
func (c *Conn) abort() {
	c.shutDown()
	close(c.done)
}

// shutDown ends all goroutines but the owner.
func (c *Conn) shutDown() {
	c.cancel()
	if err := c.pc.GracefulClose(); err != nil {
		c.host.log.Debug("closing a connection", "error", err)
	}
	c.reading.Lock()
	c.ended = true
	c.reading.Unlock()
	c.wg.Wait()
}

// runOwner is the owner goroutine: all calls of the Handler are made here.
func (c *Conn) runOwner() {
	defer close(c.done)
	c.handler.State(Connecting, media.Reason{Code: media.AwaitingPhone})
	deadline := time.NewTimer(c.host.connectTimeout)
	defer deadline.Stop()
	ticker := time.NewTicker(tickInterval)
	defer ticker.Stop()
	for beats := 0; c.ctx.Err() == nil; {
		select {
		case <-c.ctx.Done():
		case s := <-c.states:
			c.followState(s, deadline)
		case <-c.frames.ready:
			c.deliverFrames()
		case h := <-c.audio.out:
			c.deliverAudio(h)
		case m := <-c.messages:
			c.handler.Control(m)
		case m := <-c.results:
			c.handler.Detections(m)
		case <-ticker.C:
			beats++
			c.tick(beats)
		case <-deadline.C:
			c.end(c.timeoutReason())
		}
	}
	c.shutDown()
	c.host.forget(c)
	c.state.Store(uint32(Closed))
	c.handler.State(Closed, *c.reason.Load())
}

// followState follows pion's state.
func (c *Conn) followState(s webrtc.PeerConnectionState, deadline *time.Timer) {
	was := State(c.state.Load())
	to := func(next State, reason media.Reason) {
		if was != next {
			c.state.Store(uint32(next))
			c.handler.State(next, reason)
		}
	}
	switch s {
	case webrtc.PeerConnectionStateConnected:
		deadline.Stop()
		c.pollPair() // the Handler may ask which way it is
		if was == Disconnected {
			to(Connected, media.Reason{Code: media.PhoneBack})
		} else {
			to(Connected, media.Reason{Code: media.PhoneReached})
		}
	case webrtc.PeerConnectionStateDisconnected, webrtc.PeerConnectionStateFailed:
		if c.pc.SCTP().Transport().State() == webrtc.DTLSTransportStateFailed {
			c.end(media.Reason{Code: media.HandshakeFailed})
			return
		}
		if was == Connected {
			deadline.Reset(c.host.reconnectTimeout)
			to(Disconnected, media.Reason{Code: media.NothingHeard, After: disconnectedAfter})
		}
	case webrtc.PeerConnectionStateClosed:
		c.end(media.Reason{Code: media.PhoneClosed})
	}
}

// timeoutReason is the reason for giving up.
func (c *Conn) timeoutReason() media.Reason {
	if State(c.state.Load()) == Connecting {
		return media.Reason{Code: media.NeverReached, After: c.host.connectTimeout}
	}
	return media.Reason{Code: media.PhoneLost, After: c.host.reconnectTimeout + disconnectedAfter}
}

// deliverFrames hands the waiting frames to the Handler.
func (c *Conn) deliverFrames() {
	for p := c.frames.pop(); p != nil && c.ctx.Err() == nil; p = c.frames.pop() {
		if p.stale {
			c.handler.Stale()
		} else {
			c.handler.Packet(media.Packet{
				Codec: p.codec, Data: p.data, Key: p.key, RTP: p.rtp, Captured: p.captured,
				Received: p.received,
			})
		}
		c.frames.recycle(p)
	}
}

// deliverAudio hands one audio packet to the Handler.
func (c *Conn) deliverAudio(h audioPacket) {
	c.handler.Audio(media.Audio{
		Data: h.packet.payload, RTP: h.packet.timestamp, Captured: h.captured,
		Received: h.packet.received,
	})
	c.host.pool.put(h.packet)
}

// tick probes the clock and the path.
func (c *Conn) tick(n int) {
	if State(c.state.Load()) != Connected {
		return
	}
	if n <= eagerTicks || n%ticksPerProbe == 0 {
		c.probeClock()
	}
	c.pollPair()
}

// nack implements feedback.
func (c *Conn) nack(ssrc uint32, seqs []uint16) {
	c.write(&rtcp.TransportLayerNack{
		MediaSSRC: ssrc,
		Nacks:     rtcp.NackPairsFromSequenceNumbers(seqs),
	})
}

// pli implements feedback.
func (c *Conn) pli(ssrc uint32) { c.write(&rtcp.PictureLossIndication{MediaSSRC: ssrc}) }

func (c *Conn) write(p rtcp.Packet) {
	if err := c.pc.WriteRTCP([]rtcp.Packet{p}); err != nil {
		c.host.log.Debug("sending feedback", "error", err)
	}
}

// RequestKeyFrame asks the phone for a key frame, as soon as the pause since the last request
// allows.
func (c *Conn) RequestKeyFrame() { c.receiver.requestKey() }

// Answer returns the SDP answer with all our candidates.
func (c *Conn) Answer() string { return c.answer }

// ID returns the connection's name, unguessable and safe in a URL.
func (c *Conn) ID() string { return c.id }

// Done is closed after the last call of the Handler.
func (c *Conn) Done() <-chan struct{} { return c.done }

// end asks the owner goroutine to end; the first reason stands.
func (c *Conn) end(reason media.Reason) {
	c.reason.CompareAndSwap(nil, &reason)
	c.cancel()
}

// Close ends the connection and waits for the last call of the Handler, which gets the reason. It
// may be called again; it must not be called by the Handler's own methods.
func (c *Conn) Close(reason media.Reason) {
	c.end(reason)
	<-c.done
}

// Dismiss is Close, but tells the phone good-bye first, with the reason, and waits a quarter of a
// second for it to hear. Its page then stays away; after a mere Close it takes the end for a lost
// network and comes back.
func (c *Conn) Dismiss(reason media.Reason) {
	// It is ours from here on: the page answers by ending its side, which is no reason of its own.
	if c.reason.CompareAndSwap(nil, &reason) {
		c.sendBye(reason)
	}
	c.Close(reason)
}
