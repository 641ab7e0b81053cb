package peer

import (
	"errors"
	"net"
	"strings"
	"testing"

	"github.com/pion/rtcp"
	"github.com/pion/webrtc/v4"

	"handlens/media"
)

// taker answers a publication's offer, as a server does that takes these codecs.
func taker(t *testing.T, offer string, mime ...string) *webrtc.PeerConnection {
	t.Helper()
	var settings webrtc.SettingEngine
	settings.SetIncludeLoopbackCandidate(true)
	settings.SetIPFilter(net.IP.IsLoopback)
	var engine webrtc.MediaEngine
	for i, m := range mime {
		must(t, engine.RegisterCodec(webrtc.RTPCodecParameters{
			RTPCodecCapability: webrtc.RTPCodecCapability{MimeType: m, ClockRate: videoClockRate},
			PayloadType:        webrtc.PayloadType(110 + i),
		}, webrtc.RTPCodecTypeVideo))
	}
	pc, err := webrtc.NewAPI(webrtc.WithSettingEngine(settings), webrtc.WithMediaEngine(&engine)).
		NewPeerConnection(webrtc.Configuration{})
	must(t, err)
	must(t, pc.SetRemoteDescription(webrtc.SessionDescription{
		Type: webrtc.SDPTypeOffer, SDP: offer,
	}))
	answer, err := pc.CreateAnswer(nil)
	must(t, err)
	gathered := webrtc.GatheringCompletePromise(pc)
	must(t, pc.SetLocalDescription(answer))
	<-gathered
	return pc
}

// The server gets whole frames, its wish for a key frame reaches the phone, viewers are not
// counted, and all ends when the phone changes its codec.
func TestPublication(t *testing.T) {
	s := newSource(media.VP8, webrtc.MimeTypeVP8)
	defer s.close()
	p, err := Publish(t.Context(), s.feed, PublishConfig{Loopback: true})
	must(t, err)
	defer p.Close()
	if !strings.Contains(p.Offer(), "a=sendonly") || strings.Contains(p.Offer(), "H264") {
		t.Errorf("the offer is %s", p.Offer())
	}
	pc := taker(t, p.Offer(), webrtc.MimeTypeVP8)
	defer pc.GracefulClose()
	v := &viewerPeer{t: t, pc: pc}
	pc.OnTrack(func(track *webrtc.TrackRemote, _ *webrtc.RTPReceiver) { v.read(track) })
	must(t, p.Connect(t.Context(), pc.LocalDescription().SDP))
	soon(t, "the server sees", func() bool { return v.frames.Load() > 10 })
	if v.bad.Load() > 0 || s.feed.Viewers() != 0 || p.Sent() == 0 {
		t.Errorf("%d bad frames, %d viewers, %d sent", v.bad.Load(), s.feed.Viewers(), p.Sent())
	}
	asked := s.asked.Load()
	ssrc := uint32(pc.GetReceivers()[0].Track().SSRC())
	soon(t, "the phone is asked for a key frame", func() bool {
		must(t, pc.WriteRTCP([]rtcp.Packet{&rtcp.PictureLossIndication{MediaSSRC: ssrc}}))
		return s.asked.Load() > asked
	})
	s.feed.follow(media.Packet{Codec: media.VP9})
	<-p.Done()
	if !errors.Is(p.Err(), ErrVideoEnded) {
		t.Errorf("it has ended by %v", p.Err())
	}
}

// What a server answers that is of no use is told apart.
func TestPublicationsThatAreRefused(t *testing.T) {
	s := newSource(media.VP8, webrtc.MimeTypeVP8)
	defer s.close()
	for name, c := range map[string]struct {
		answer func(offer string) string
		want   error
	}{
		"no SDP": {func(string) string { return "v=0\r\nnonsense" }, ErrBadAnswer},
		"empty":  {func(string) string { return "" }, ErrBadAnswer},
		"long":   {func(string) string { return strings.Repeat("x", maxAnswer+1) }, ErrBadAnswer},
		"another codec": {func(offer string) string {
			pc := taker(t, offer, webrtc.MimeTypeAV1)
			defer pc.GracefulClose()
			return pc.LocalDescription().SDP
		}, ErrCodecRefused},
	} {
		t.Run(name, func(t *testing.T) {
			p, err := Publish(t.Context(), s.feed, PublishConfig{Loopback: true})
			must(t, err)
			defer p.Close()
			if err := p.Connect(t.Context(), c.answer(p.Offer())); !errors.Is(err, c.want) {
				t.Errorf("it is %v", err)
			}
		})
	}
	if _, err := Publish(t.Context(), NewFeed(func() {}), PublishConfig{}); !errors.Is(err,
		ErrNoFeed) {
		t.Errorf("without video it is %v", err)
	}
}
