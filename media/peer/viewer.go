package peer

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/sdp/v3"
	"github.com/pion/webrtc/v4"

	"handlens/media"
)

// ViewerHandler is told what one viewer does. State is called from one goroutine, Control from
// another.
type ViewerHandler interface {
	// Control is one JSON message of the viewer's `control` channel, at most 16 KiB, with a `type`.
	Control(msg []byte)
	// State is called at each change, with the reason. Closed is the last call. In the reasons the
	// viewer is "the phone", but for PhoneLeft and VideoChanged: those are what the phone did that
	// is watched. PhoneClosed is a viewer that left.
	State(s State, reason media.Reason)
}

// Viewer is the connection of one who watches a Feed. Its methods may be called from any goroutine.
type Viewer struct {
	negotiation
	outlet
	handler ViewerHandler
	id      string
	answer  string
	done    chan struct{}
	wg      sync.WaitGroup

	channels channels
	count    counters
	states   chan webrtc.PeerConnectionState
	reason   atomic.Pointer[media.Reason]
}

// Watch answers the offer of one who wants to watch (at most 64 KiB of SDP), with all our
// candidates. The feed must have had a frame, since the answer names its codec. The context bounds
// the making only, see Answer. Errors wrap ErrBadOffer, ErrNoVideo (the offer does not take the
// feed's codec), ErrNotBundled, ErrNoFeed, ErrManyViewers or ErrClosed, or are ctx's.
func (h *Host) Watch(ctx context.Context, text string, feed *Feed, handler ViewerHandler) (
	*Viewer, error,
) {
	codec, profile := feed.format()
	if codec == media.CodecUnknown {
		return nil, ErrNoFeed
	}
	o, err := readViewerOffer(text)
	if err != nil {
		return nil, err
	}
	v := &Viewer{
		handler: handler, id: newID(), done: make(chan struct{}),
		states: make(chan webrtc.PeerConnectionState, 16),
	}
	v.outlet.init(feed, h.log, v.end)
	v.guest = true
	v.channels.patience = newPatience()
	if err := v.negotiation.init(h, o); err != nil {
		return nil, err
	}
	if err := v.open(ctx, codec, profile); err != nil {
		v.abort()
		return nil, err
	}
	h.mu.Lock()
	closed := h.closed
	if !closed {
		h.viewers[v] = struct{}{}
		v.start()
	}
	h.mu.Unlock()
	if closed {
		feed.remove(&v.outlet)
		v.abort()
		return nil, ErrClosed
	}
	feed.askForKey()
	return v, nil
}

// open makes pion's connection and the answer, and enters the viewer into the feed.
func (v *Viewer) open(ctx context.Context, codec media.Codec, profile string) error {
	format, ok := v.ice.offer.formatFor(codec, profile)
	if !ok {
		return fmt.Errorf("%w: it does not take %v, which the phone sends", ErrNoVideo, codec)
	}
	api, err := v.host.newViewerAPI(format, v.servers, v.remotes.admit)
	if err != nil {
		return err
	}
	config := webrtc.Configuration{ICEServers: pionServers(v.host.cfg.ICEServers)}
	if v.pc, err = api.NewPeerConnection(config); err != nil {
		return fmt.Errorf("making a connection: %w", err)
	}
	v.track, err = webrtc.NewTrackLocalStaticRTP(format.capability, "video", "handlens")
	if err != nil {
		return fmt.Errorf("making a track: %w", err)
	}
	if v.sender, err = v.pc.AddTrack(v.track); err != nil {
		return fmt.Errorf("adding a track: %w", err)
	}
	v.pc.OnConnectionStateChange(func(s webrtc.PeerConnectionState) {
		select {
		case v.states <- s:
		case <-v.ctx.Done():
		}
	})
	v.pc.OnDataChannel(func(d *webrtc.DataChannel) {
		if !v.accept(d) {
			v.end(media.Reason{Code: media.TooManyChannels})
		}
	})
	offer, err := v.ice.offer.text()
	if err != nil {
		return fmt.Errorf("%w: %w", ErrBadOffer, err)
	}
	local, err := v.describe(ctx, offer)
	if err != nil {
		return v.refusal(ctx, ErrBadOffer, err)
	}
	if !sends(local, v.ice.offer.video) {
		return fmt.Errorf("%w: its video section cannot be used", ErrNoVideo)
	}
	answer, err := local.Marshal()
	if err != nil {
		return fmt.Errorf("writing our answer: %w", err)
	}
	v.answer = string(answer)
	return v.feed.add(&v.outlet, codec)
}

// sends says whether an answer sends in the section of that name.
func sends(local *sdp.SessionDescription, mid string) bool {
	for _, m := range local.MediaDescriptions {
		if name, _ := m.Attribute(sdp.AttrKeyMID); name == mid {
			return m.MediaName.Port.Value != 0 && (has(m, "sendonly") || has(m, "sendrecv"))
		}
	}
	return false
}

// start starts the goroutines.
func (v *Viewer) start() {
	v.wg.Go(func() { v.send(v.ctx) })
	v.wg.Go(v.listen)
	go v.runOwner()
}

// runOwner is the goroutine that follows the connection, and ends it.
func (v *Viewer) runOwner() {
	defer close(v.done)
	v.handler.State(Connecting, media.Reason{Code: media.AwaitingPhone})
	deadline := time.NewTimer(v.host.connectTimeout)
	defer deadline.Stop()
	state := Connecting
	to := func(next State, reason media.ReasonCode) {
		if state != next {
			state = next
			v.handler.State(next, media.Reason{Code: reason})
		}
	}
	for v.ctx.Err() == nil {
		select {
		case <-v.ctx.Done():
		case <-deadline.C:
			v.end(media.Reason{Code: media.PhoneLost, After: v.host.reconnectTimeout})
		case s := <-v.states:
			switch s {
			case webrtc.PeerConnectionStateConnected:
				deadline.Stop()
				to(Connected, media.PhoneReached)
				v.begin()
			case webrtc.PeerConnectionStateDisconnected, webrtc.PeerConnectionStateFailed:
				deadline.Reset(v.host.connectTimeout)
				to(Disconnected, media.NothingHeard)
			case webrtc.PeerConnectionStateClosed:
				v.end(media.Reason{Code: media.PhoneClosed})
			}
		}
	}
	v.feed.remove(&v.outlet)
	reason := *v.reason.Load()
	if reason.Code != media.PhoneClosed && reason.Code != media.PhoneLost {
		v.channels.bye(reason, nil)
	}
	v.shutDown()
	v.host.forgetViewer(v)
	v.handler.State(Closed, reason)
}

// abort undoes a viewer that was never started.
func (v *Viewer) abort() {
	if v.pc != nil {
		v.shutDown()
	}
	v.cancel()
	close(v.done)
}

func (v *Viewer) shutDown() {
	v.cancel()
	if err := v.pc.GracefulClose(); err != nil {
		v.host.log.Debug("closing a viewer's connection", "error", err)
	}
	v.wg.Wait()
}

// end asks the owner goroutine to end; the first reason stands.
func (v *Viewer) end(reason media.Reason) {
	v.reason.CompareAndSwap(nil, &reason)
	v.cancel()
}

// Close ends the connection, of which the viewer is told, and waits for the last call of the
// handler, which must not call it.
func (v *Viewer) Close(reason media.Reason) {
	v.end(reason)
	<-v.done
}

// Answer returns the SDP answer with all our candidates.
func (v *Viewer) Answer() string { return v.answer }

// ID returns the connection's name, unguessable and safe in a URL.
func (v *Viewer) ID() string { return v.id }

// Done is closed after the last call of the handler.
func (v *Viewer) Done() <-chan struct{} { return v.done }

// SendDetections and SendControl are as those of a Conn.
func (v *Viewer) SendDetections(b []byte) bool { return v.channels.sendDetections(b, &v.count) }

// SendControl sends a JSON message on the reliable `control` channel.
func (v *Viewer) SendControl(b []byte) bool { return v.channels.sendControl(b) }
