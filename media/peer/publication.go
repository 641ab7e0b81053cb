package peer

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/ice/v4"
	"github.com/pion/interceptor"
	"github.com/pion/interceptor/pkg/nack"
	"github.com/pion/interceptor/pkg/report"
	"github.com/pion/webrtc/v4"

	"handlens/media"
)

// What ends a publication, or keeps it from beginning.
var (
	// ErrBadAnswer: the server's answer is no SDP that fits our offer.
	ErrBadAnswer = errors.New("the server's answer cannot be used")
	// ErrCodecRefused: the server does not take the codec that is sent.
	ErrCodecRefused = errors.New("the server does not take this video's codec")
	// ErrUnreached: no packets of the server's came by any way.
	ErrUnreached = errors.New("no way to the server's media port was found")
	// ErrLost: the connection stood, and is lost.
	ErrLost = errors.New("the connection to the server was lost")
	// ErrVideoEnded: the feed has ended, or has changed to another codec.
	ErrVideoEnded = errors.New("the video has ended or changed")
)

// publishTimeout is how long the server may take, after its answer, until packets pass.
const publishTimeout = 15 * time.Second

// maxAnswer bounds a server's answer in bytes.
const maxAnswer = 64 << 10

// PublishConfig says how a feed is published.
type PublishConfig struct {
	// Servers are asked for more ways to the server.
	Servers []media.ICEServer
	// Loopback says that the server is on this very machine.
	Loopback bool
	// Logger may be nil.
	Logger *slog.Logger
}

// Publication sends a Feed's video to a server elsewhere, in the part of WHIP's client (RFC 9725):
// it makes the offer. Its sockets are its own, apart from those that phones come to.
type Publication struct {
	outlet
	pc     *webrtc.PeerConnection
	offer  string
	ctx    context.Context // ends with the publication
	cancel context.CancelFunc
	wg     sync.WaitGroup
	states chan webrtc.PeerConnectionState
	failed atomic.Pointer[error]
}

// Publish makes a publication and its offer, with all our candidates. The feed must have had a
// frame, since the offer names its codec: the error is ErrNoFeed otherwise. The caller closes it.
func Publish(ctx context.Context, feed *Feed, c PublishConfig) (*Publication, error) {
	codec, profile := feed.format()
	if codec == media.CodecUnknown {
		return nil, ErrNoFeed
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	p := &Publication{states: make(chan webrtc.PeerConnectionState, 16)}
	p.ctx, p.cancel = context.WithCancel(context.Background())
	p.outlet.init(feed, c.Logger, func(media.Reason) { p.fail(ErrVideoEnded) })
	if err := p.open(ctx, codec, profile, c); err != nil {
		p.Close()
		return nil, err
	}
	if err := feed.add(&p.outlet, codec); err != nil {
		p.Close()
		return nil, err
	}
	feed.askForKey()
	return p, nil
}

// open makes pion's connection and the offer.
func (p *Publication) open(ctx context.Context, codec media.Codec, profile string,
	c PublishConfig,
) (err error) {
	formats := publishFormats(codec, profile)
	api, err := newPublishAPI(formats, c)
	if err != nil {
		return err
	}
	config := webrtc.Configuration{
		ICEServers: pionServers(c.Servers), BundlePolicy: webrtc.BundlePolicyMaxBundle,
	}
	if p.pc, err = api.NewPeerConnection(config); err != nil {
		return fmt.Errorf("making a connection: %w", err)
	}
	p.pc.OnConnectionStateChange(func(s webrtc.PeerConnectionState) {
		select {
		case p.states <- s:
		case <-p.ctx.Done():
		}
	})
	capability := formats[0].RTPCodecCapability
	if p.track, err = webrtc.NewTrackLocalStaticRTP(capability, "video", "handlens"); err != nil {
		return fmt.Errorf("making a track: %w", err)
	}
	transceiver, err := p.pc.AddTransceiverFromTrack(p.track, webrtc.RTPTransceiverInit{
		Direction: webrtc.RTPTransceiverDirectionSendonly, // RFC 9725 section 4.2
	})
	if err != nil {
		return fmt.Errorf("adding a track: %w", err)
	}
	p.sender = transceiver.Sender()
	offer, err := p.pc.CreateOffer(nil)
	if err != nil {
		return fmt.Errorf("making an offer: %w", err)
	}
	gathered := webrtc.GatheringCompletePromise(p.pc)
	if err := p.pc.SetLocalDescription(offer); err != nil {
		return fmt.Errorf("making an offer: %w", err)
	}
	late := time.NewTimer(gatherTimeout)
	defer late.Stop()
	select {
	case <-gathered:
	case <-late.C: // a STUN or TURN server is silent; the server learns other ways by our checks
	case <-ctx.Done():
		return ctx.Err()
	}
	p.offer = p.pc.LocalDescription().SDP
	return nil
}

// publishFormats are the forms in which a codec is offered. Of H.264 the baseline profile follows
// the phone's own: servers compare names, while what watches in the end decodes either.
func publishFormats(codec media.Codec, profile string) []webrtc.RTPCodecParameters {
	lines := []string{""}
	switch codec {
	case media.VP9:
		lines[0] = "profile-id=0"
	case media.H264:
		const form = "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id="
		lines = lines[:0]
		for _, name := range []string{profile, "42e01f", "42001f"} {
			if name != "" && (len(lines) == 0 || form+name != lines[0]) {
				lines = append(lines, form+name)
			}
		}
	}
	var numbers payloadTypes
	var all []webrtc.RTPCodecParameters
	for _, line := range lines {
		pt := numbers.take()
		all = append(all, webrtc.RTPCodecParameters{
			PayloadType: pt,
			RTPCodecCapability: webrtc.RTPCodecCapability{
				MimeType: mimeTypes[codec], ClockRate: videoClockRate, SDPFmtpLine: line,
				RTCPFeedback: []webrtc.RTCPFeedback{
					{Type: "nack"},
					{Type: "nack", Parameter: "pli"},
					{Type: "ccm", Parameter: "fir"},
				},
			},
		}, webrtc.RTPCodecParameters{
			PayloadType: numbers.take(),
			RTPCodecCapability: webrtc.RTPCodecCapability{
				MimeType: webrtc.MimeTypeRTX, ClockRate: videoClockRate,
				SDPFmtpLine: fmt.Sprintf("apt=%d", pt),
			},
		})
	}
	return all
}

// newPublishAPI makes the pion API of one publication.
func newPublishAPI(formats []webrtc.RTPCodecParameters, c PublishConfig) (*webrtc.API, error) {
	var engine webrtc.MediaEngine
	for _, f := range formats {
		if err := engine.RegisterCodec(f, webrtc.RTPCodecTypeVideo); err != nil {
			return nil, fmt.Errorf("registering codecs: %w", err)
		}
	}
	var chain interceptor.Registry
	log := logs{c.Logger}
	responder, err := nack.NewResponderInterceptor(nack.ResponderSize(repairRing),
		nack.WithResponderLoggerFactory(log))
	if err != nil {
		return nil, fmt.Errorf("the ring for repairs: %w", err)
	}
	reports, err := report.NewSenderInterceptor(report.WithSenderLoggerFactory(log))
	if err != nil {
		return nil, fmt.Errorf("sender reports: %w", err)
	}
	chain.Add(responder)
	chain.Add(reports)
	var s webrtc.SettingEngine
	s.LoggerFactory = log
	s.SetIncludeLoopbackCandidate(c.Loopback)
	s.SetICEMulticastDNSMode(ice.MulticastDNSModeDisabled)
	s.SetICETimeouts(disconnectedAfter, 2*disconnectedAfter, keepalive)
	s.SetSTUNGatherTimeout(gatherTimeout)
	return webrtc.NewAPI(webrtc.WithMediaEngine(&engine), webrtc.WithInterceptorRegistry(&chain),
		webrtc.WithSettingEngine(s)), nil
}

// Offer is the SDP offer for the server.
func (p *Publication) Offer() string { return p.offer }

// Connect takes the server's answer and returns once packets pass. The error wraps ErrBadAnswer,
// ErrCodecRefused, ErrUnreached or ErrVideoEnded, or is ctx's.
func (p *Publication) Connect(ctx context.Context, answer string) error {
	if len(answer) > maxAnswer {
		return fmt.Errorf("%w: it has %d bytes", ErrBadAnswer, len(answer))
	}
	description := webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: answer}
	if refuses(&description) {
		return ErrCodecRefused
	}
	err := p.pc.SetRemoteDescription(description)
	if errors.Is(err, webrtc.ErrUnsupportedCodec) {
		return fmt.Errorf("%w: %w", ErrCodecRefused, err)
	}
	if err != nil {
		return fmt.Errorf("%w: %w", ErrBadAnswer, err)
	}
	ctx, cancel := context.WithTimeoutCause(ctx, publishTimeout, ErrUnreached)
	defer cancel()
	for {
		select {
		case s := <-p.states:
			switch s {
			case webrtc.PeerConnectionStateConnected:
				p.wg.Go(func() { p.send(p.ctx) })
				p.wg.Go(p.listen)
				p.wg.Go(p.follow)
				p.begin()
				return nil
			case webrtc.PeerConnectionStateFailed, webrtc.PeerConnectionStateClosed:
				return ErrUnreached
			}
		case <-p.ctx.Done():
			return p.Err()
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// refuses says whether an answer rejects the one video of our offer. One that cannot be read does
// not say so.
func refuses(answer *webrtc.SessionDescription) bool {
	parsed, err := answer.Unmarshal()
	if err != nil || len(parsed.MediaDescriptions) == 0 {
		return false
	}
	m := parsed.MediaDescriptions[0]
	return m.MediaName.Port.Value == 0 || has(m, "inactive") || has(m, "sendonly")
}

// follow is the goroutine that follows the connection. A short outage ends by itself.
func (p *Publication) follow() {
	for {
		select {
		case <-p.ctx.Done():
			return
		case s := <-p.states:
			switch s {
			case webrtc.PeerConnectionStateConnected:
				p.begin()
			case webrtc.PeerConnectionStateFailed, webrtc.PeerConnectionStateClosed:
				p.fail(ErrLost)
				return
			}
		}
	}
}

// fail ends the publication; the first reason stands.
func (p *Publication) fail(err error) {
	p.failed.CompareAndSwap(nil, &err)
	p.cancel()
}

// Done is closed when the publication has ended.
func (p *Publication) Done() <-chan struct{} { return p.ctx.Done() }

// Err says why it has ended: ErrLost or ErrVideoEnded; nil when it was closed.
func (p *Publication) Err() error {
	if err := p.failed.Load(); err != nil {
		return *err
	}
	return nil
}

// Close ends the publication and waits for its goroutines.
func (p *Publication) Close() {
	p.feed.remove(&p.outlet)
	p.cancel()
	if p.pc != nil {
		if err := p.pc.GracefulClose(); err != nil {
			p.log.Debug("closing a publication", "error", err)
		}
	}
	p.wg.Wait()
}
