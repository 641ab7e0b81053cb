package peer

import (
	"fmt"
	"net"
	"time"

	"github.com/pion/ice/v4"
	"github.com/pion/interceptor"
	"github.com/pion/interceptor/pkg/report"
	"github.com/pion/interceptor/pkg/twcc"
	"github.com/pion/sdp/v3"
	"github.com/pion/webrtc/v4"
)

// The header extensions that we ask for. Not video-orientation: without it browsers turn the
// frame upright before they encode it. Not mid and rid: with them pion takes a stream that the
// SDP does not declare only as a layer of simulcast, without them by its payload type.
var headerExtensions = []string{sdp.ABSSendTimeURI, sdp.TransportCCURI, captureTimeURI}

// h264Profiles are the profiles (profile_idc and constraints) that phones offer: baseline in its
// three spellings, main, high in two.
var h264Profiles = []string{"42e01f", "42001f", "42c01f", "4d001f", "64001f", "640c1f"}

// Timings of ICE. A phone that is silent for disconnectedAfter is said to be gone; pion's own
// failure, after which it has no way left, comes only after we gave up. An outage ends for us with
// the first check that comes through, so they are frequent.
const (
	disconnectedAfter = 2 * time.Second
	failedAfter       = 90 * time.Second
	keepalive         = 500 * time.Millisecond
)

// How soon what was lost is sent again: of the handshake at first (then after twice as long each
// time), and over the data channels at the latest. The defaults, a second and a minute, are for the
// internet of 1988; a phone is some milliseconds away, or a tenth of a second.
const (
	handshakeAgain = 100 * time.Millisecond
	channelAgain   = time.Second
)

// replayWindow is how many packets a repeat that comes by the same stream may be late. The 64 of
// libsrtp and pion are a quarter of a second of video.
const replayWindow = 1024

// newAPI makes the pion API of one connection, with its tap, what it is told of the phone's
// addresses and, where there are ICE servers, its way to them.
func (h *Host) newAPI(t *tap, servers *serverNet, admit func(net.IP) bool) (*webrtc.API, error) {
	var engine webrtc.MediaEngine
	if err := registerCodecs(&engine); err != nil {
		return nil, fmt.Errorf("registering codecs: %w", err)
	}
	var chain interceptor.Registry
	feedback, err := twcc.NewSenderInterceptor(twcc.WithLoggerFactory(h.logs))
	if err != nil {
		return nil, fmt.Errorf("transport-wide feedback: %w", err)
	}
	reports, err := report.NewReceiverInterceptor(report.WithReceiverLoggerFactory(h.logs))
	if err != nil {
		return nil, fmt.Errorf("receiver reports: %w", err)
	}
	// The first is nearest to the network. NACK and PLI are our own (nack.go, receiver.go).
	chain.Add(t)
	chain.Add(feedback)
	chain.Add(reports)
	settings := h.settings()
	settings.SetRemoteIPFilter(admit)
	if servers != nil {
		settings.SetNet(servers)
	}
	return webrtc.NewAPI(webrtc.WithMediaEngine(&engine), webrtc.WithInterceptorRegistry(&chain),
		webrtc.WithSettingEngine(settings)), nil
}

// settings are pion's for one connection. The agent is a full one, not ICE-lite: its own checks
// open the way through a firewall on our side, tell us the round trip, and notice when the phone is
// gone.
func (h *Host) settings() webrtc.SettingEngine {
	var s webrtc.SettingEngine
	s.LoggerFactory = h.logs
	s.SetICEUDPMux(h.udp)
	networks := []webrtc.NetworkType{webrtc.NetworkTypeUDP4, webrtc.NetworkTypeUDP6}
	if h.tcp != nil {
		s.SetICETCPMux(h.tcp)
		networks = append(networks, webrtc.NetworkTypeTCP4, webrtc.NetworkTypeTCP6)
	}
	s.SetNetworkTypes(networks)
	// The TCP side takes its addresses from the machine's interfaces; it must not announce others
	// than the UDP side.
	allowed := h.announcedAddresses()
	s.SetIncludeLoopbackCandidate(anyLoopback(allowed))
	s.SetIPFilter(func(ip net.IP) bool { return containsIP(allowed, ip) })
	s.DisableActiveTCP(true) // the phone calls us
	// A phone's .local name is not asked for on the network: its checks reach us and show its
	// address.
	s.SetICEMulticastDNSMode(ice.MulticastDNSModeDisabled)
	s.SetICETimeouts(disconnectedAfter, failedAfter, keepalive)
	s.SetSTUNGatherTimeout(gatherTimeout)
	s.SetReceiveMTU(maxPacket)
	// Otherwise pion looks at the first packet before it hands a stream to us, and gives the stream
	// up if that is a repeat: so it is at times where packets are lost or overtaken.
	s.SetFireOnTrackBeforeFirstRTP(true)
	s.SetDTLSRetransmissionInterval(handshakeAgain)
	s.SetSCTPRTOMax(channelAgain)
	s.SetSRTPReplayProtectionWindow(replayWindow)
	s.SetSCTPMaxMessageSize(maxResult) // the longest of any channel
	s.SetSCTPMaxReceiveBufferSize(256 << 10)
	return s
}

// registerCodecs lists what we can receive; the order is the phone's to choose.
func registerCodecs(engine *webrtc.MediaEngine) error {
	var numbers payloadTypes
	for _, c := range videoCodecs() {
		pt := numbers.take()
		rtx := webrtc.RTPCodecCapability{
			MimeType: webrtc.MimeTypeRTX, ClockRate: videoClockRate,
			SDPFmtpLine: fmt.Sprintf("apt=%d", pt),
		}
		for _, p := range []webrtc.RTPCodecParameters{
			{RTPCodecCapability: c, PayloadType: pt},
			{RTPCodecCapability: rtx, PayloadType: numbers.take()},
		} {
			if err := engine.RegisterCodec(p, webrtc.RTPCodecTypeVideo); err != nil {
				return err
			}
		}
	}
	// Without parameters of our own: an answer then repeats what the offer says of its Opus.
	opus := webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeOpus, ClockRate: 48000, Channels: 2}
	if err := engine.RegisterCodec(webrtc.RTPCodecParameters{
		RTPCodecCapability: opus,
		PayloadType:        numbers.take(),
	}, webrtc.RTPCodecTypeAudio); err != nil {
		return err
	}
	for _, uri := range headerExtensions {
		if err := engine.RegisterHeaderExtension(webrtc.RTPHeaderExtensionCapability{URI: uri},
			webrtc.RTPCodecTypeVideo); err != nil {
			return err
		}
	}
	return nil
}

// videoCodecs are the video formats that we can receive.
func videoCodecs() []webrtc.RTPCodecCapability {
	codecs := []webrtc.RTPCodecCapability{
		{MimeType: webrtc.MimeTypeVP8},
		{MimeType: webrtc.MimeTypeVP9, SDPFmtpLine: "profile-id=0"},
		{MimeType: webrtc.MimeTypeAV1},
	}
	for _, profile := range h264Profiles {
		for mode := range 2 {
			codecs = append(codecs, webrtc.RTPCodecCapability{
				MimeType: webrtc.MimeTypeH264,
				SDPFmtpLine: fmt.Sprintf(
					"level-asymmetry-allowed=1;packetization-mode=%d;profile-level-id=%s", mode,
					profile),
			})
		}
	}
	for i := range codecs {
		codecs[i].ClockRate = videoClockRate
		codecs[i].RTCPFeedback = []webrtc.RTCPFeedback{
			{Type: "nack"},
			{Type: "nack", Parameter: "pli"},
			{Type: "ccm", Parameter: "fir"},
			{Type: "transport-cc"},
		}
	}
	return codecs
}

// payloadTypes counts payload types. The numbers are placeholders: an answer uses those of the
// offer. They only have to differ (RFC 3551 section 3: 96 to 127, then 35 to 63).
type payloadTypes struct{ taken int }

func (p *payloadTypes) take() webrtc.PayloadType {
	n := 96 + p.taken
	if n > 127 {
		n -= 128 - 35
	}
	p.taken++
	return webrtc.PayloadType(n)
}
