package peer

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pion/ice/v4"
	"github.com/pion/interceptor"
	"github.com/pion/interceptor/pkg/nack"
	"github.com/pion/interceptor/pkg/report"
	"github.com/pion/rtcp"
	"github.com/pion/webrtc/v4"
	pionmedia "github.com/pion/webrtc/v4/pkg/media"

	"handlens/media"
)

// patience bounds what a test waits for something that must happen; it is no measurement.
const patience = 120 * time.Second

var loopback = netip.MustParseAddr("127.0.0.1")

// listen opens a host on the loopback address, with ICE-TCP.
func listen(t *testing.T) *Host {
	t.Helper()
	tcp, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	h, err := Listen(Config{
		TCP: tcp, Addresses: []netip.Addr{loopback},
		Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := h.Close(); err != nil {
			t.Error(err)
		}
	})
	return h
}

// phone is a pion peer that sends video as a browser does: it answers NACKs by RTX and PLIs by key
// frames.
type phone struct {
	t       *testing.T
	pc      *webrtc.PeerConnection
	track   *webrtc.TrackLocalStaticSample
	sender  *webrtc.RTPSender
	mic     *webrtc.RTPSender // without a track as yet; nil without a microphone
	mime    string
	deaf    atomic.Bool // takes no notice of requests for key frames
	number  uint32
	wantKey atomic.Bool
	plis    atomic.Int32
	control *webrtc.DataChannel
	dets    *webrtc.DataChannel
	wg      sync.WaitGroup
}

// phoneOptions shapes a phone.
type phoneOptions struct {
	mime     string
	networks []webrtc.NetworkType
	mangle   interceptor.Factory
	// microphone adds a section for audio that has no track yet, silent leaves the sender reports
	// to the test.
	microphone, silent bool
	// hears says which addresses are taken notice of; nil means all.
	hears func(net.IP) bool
	// mux is the phone's socket; nil for one of its own.
	mux ice.UDPMux
}

func newPhone(t *testing.T, o phoneOptions) *phone {
	t.Helper()
	pc, err := phoneAPI(t, o).NewPeerConnection(webrtc.Configuration{})
	must(t, err)
	p := &phone{t: t, pc: pc, mime: o.mime}
	p.track, err = webrtc.NewTrackLocalStaticSample(webrtc.RTPCodecCapability{
		MimeType:  o.mime,
		ClockRate: 90000,
	}, "video", "phone")
	must(t, err)
	transceiver, err := pc.AddTransceiverFromTrack(p.track,
		webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionSendonly})
	must(t, err)
	p.sender = transceiver.Sender()
	if o.microphone {
		sound, err := pc.AddTransceiverFromKind(webrtc.RTPCodecTypeAudio,
			webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionSendonly})
		must(t, err)
		p.mic = sound.Sender()
	}
	ordered, repeats := false, uint16(0)
	p.control, err = pc.CreateDataChannel("control", nil)
	must(t, err)
	p.dets, err = pc.CreateDataChannel("detections",
		&webrtc.DataChannelInit{Ordered: &ordered, MaxRetransmits: &repeats})
	must(t, err)
	p.wg.Go(p.readFeedback)
	t.Cleanup(p.close)
	return p
}

// readFeedback counts the requests for key frames.
func (p *phone) readFeedback() {
	for {
		packets, _, err := p.sender.ReadRTCP()
		if err != nil {
			return
		}
		for _, r := range packets {
			if _, ok := r.(*rtcp.PictureLossIndication); ok {
				p.plis.Add(1)
				p.wantKey.Store(!p.deaf.Load())
			}
		}
	}
}

// phoneAPI is the WebRTC of a phone that behaves like a browser.
func phoneAPI(t *testing.T, o phoneOptions) *webrtc.API {
	t.Helper()
	var engine webrtc.MediaEngine
	must(t, engine.RegisterDefaultCodecs())
	var chain interceptor.Registry
	if o.mangle != nil {
		chain.Add(o.mangle)
	}
	responder, err := nack.NewResponderInterceptor()
	must(t, err)
	sr, err := report.NewSenderInterceptor(report.SenderInterval(200 * time.Millisecond))
	must(t, err)
	chain.Add(responder)
	if !o.silent {
		chain.Add(sr)
	}
	var s webrtc.SettingEngine
	s.SetIncludeLoopbackCandidate(true)
	s.SetIPFilter(func(ip net.IP) bool { return ip.IsLoopback() && ip.To4() != nil })
	s.SetICEMulticastDNSMode(ice.MulticastDNSModeDisabled)
	s.SetRemoteIPFilter(o.hears)
	if o.networks == nil {
		o.networks = []webrtc.NetworkType{webrtc.NetworkTypeUDP4}
	}
	s.SetNetworkTypes(o.networks)
	if o.mux != nil {
		s.SetICEUDPMux(o.mux)
	}
	return webrtc.NewAPI(webrtc.WithMediaEngine(&engine), webrtc.WithInterceptorRegistry(&chain),
		webrtc.WithSettingEngine(s))
}

func (p *phone) close() {
	if err := p.pc.GracefulClose(); err != nil {
		p.t.Error(err)
	}
	p.wg.Wait()
}

// offer returns the phone's complete offer.
func (p *phone) offer(options *webrtc.OfferOptions) string {
	p.t.Helper()
	offer, err := p.pc.CreateOffer(options)
	must(p.t, err)
	gathered := webrtc.GatheringCompletePromise(p.pc)
	must(p.t, p.pc.SetLocalDescription(offer))
	<-gathered
	return p.pc.LocalDescription().SDP
}

// join makes the connection.
func (p *phone) join(h *Host, handler Handler) *Conn {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	c, err := h.Answer(ctx, p.offer(nil), handler)
	must(p.t, err)
	must(p.t,
		p.pc.SetRemoteDescription(webrtc.SessionDescription{
			Type: webrtc.SDPTypeAnswer,
			SDP:  c.Answer(),
		}))
	p.t.Cleanup(func() { c.Close(media.Reason{Code: media.SentAway}) })
	return c
}

// send sends frames at 60 a second until stop says so. Those after a lost key frame request are
// key frames.
func (p *phone) send(stop func() bool) {
	p.t.Helper()
	ticker := time.NewTicker(time.Second / 60)
	defer ticker.Stop()
	for limit := time.Now().Add(patience); !stop(); <-ticker.C {
		if time.Now().After(limit) {
			p.t.Fatal("the pictures did not arrive")
		}
		p.number++
		key := p.number == 1 || p.wantKey.Swap(false)
		err := p.track.WriteSample(pionmedia.Sample{
			Data:     testFrame(p.mime, p.number, key),
			Duration: time.Second / 60,
		})
		if err != nil && !errors.Is(err, io.ErrClosedPipe) {
			p.t.Fatal(err)
		}
	}
}

// testFrame is an encoded frame whose content carries its number and a check sum; of several
// packets most of the time.
func testFrame(mime string, number uint32, key bool) []byte {
	random := rand.New(rand.NewPCG(uint64(number), 1))
	size := 200 + random.IntN(4000)
	if key {
		size += 12000
	}
	body := make([]byte, 8+size)
	binary.BigEndian.PutUint32(body, number)
	for i := range size {
		body[8+i] = byte(1 + random.IntN(255))
	}
	binary.BigEndian.PutUint32(body[4:], crc32.ChecksumIEEE(body[8:]))
	if mime == webrtc.MimeTypeVP8 {
		if key {
			return append([]byte{0x10, 0, 0, 0x9d, 0x01, 0x2a, 0x40, 0, 0x40, 0}, body...)
		}
		return append([]byte{0x11, 0, 0}, body...)
	}
	// H.264: two nibbles a byte, so that no start code is in it.
	hex := make([]byte, 0, 2*len(body))
	for _, b := range body {
		hex = append(hex, 0x10|b>>4, 0x10|b&15)
	}
	code := []byte{0, 0, 0, 1}
	if key {
		return bytes.Join([][]byte{
			nil,
			{0x67, 0x42, 0xe0, 0x1f, 0x9a},
			{0x68, 0xce, 0x06, 0xe2},
			append([]byte{0x65, 0x88}, hex...),
		}, code)
	}
	return bytes.Join([][]byte{nil, append([]byte{0x41, 0x9a}, hex...)}, code)
}

// checkFrame returns the number of a frame, or false when its content is not what was sent.
func checkFrame(codec media.Codec, data []byte, key bool) (uint32, bool) {
	var body []byte
	if codec == media.VP8 {
		head := 3
		if key {
			head = 10
		}
		if len(data) < head+8 || (data[0]&1 == 0) != key {
			return 0, false
		}
		body = data[head:]
	} else {
		at := bytes.LastIndex(data, []byte{0, 0, 0, 1})
		if at < 0 || (data[at+4] == 0x65) != key ||
			(key && (data[4] != 0x67 || !bytes.Contains(data, []byte{0, 0, 0, 1, 0x68}))) {
			return 0, false
		}
		hex := data[at+6:]
		for i := 0; i+1 < len(hex); i += 2 {
			body = append(body, hex[i]<<4|hex[i+1]&15)
		}
	}
	if len(body) < 8 || crc32.ChecksumIEEE(body[8:]) != binary.BigEndian.Uint32(body[4:]) {
		return 0, false
	}
	return binary.BigEndian.Uint32(body), true
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
