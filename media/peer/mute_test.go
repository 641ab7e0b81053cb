package peer

import (
	"context"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/webrtc/v4"

	"handlens/media"
)

// While the feed is muted nothing goes out, and then again from a key frame on.
func TestMutedFeed(t *testing.T) {
	h := listen(t)
	s := newSource(media.VP8, webrtc.MimeTypeVP8)
	defer s.close()
	v := newViewerPeer(t, phoneOptions{mime: webrtc.MimeTypeVP8})
	defer v.pc.GracefulClose()
	viewer := v.watch(h, s.feed, new(viewerLog))
	defer viewer.Close(media.Reason{Code: media.SentAway})
	soon(t, "the viewer sees", func() bool { return v.frames.Load() > 10 })
	s.feed.Mute(true)
	soon(t, "what was on its way is sent", func() bool { return len(viewer.frames) == 0 })
	sent, asked := viewer.Sent(), s.asked.Load()
	ssrc := uint32(v.pc.GetReceivers()[0].Track().SSRC())
	must(t, v.pc.WriteRTCP([]rtcp.Packet{&rtcp.PictureLossIndication{MediaSSRC: ssrc}}))
	time.Sleep(100 * time.Millisecond) // six frames of the source
	if n := viewer.Sent(); n > sent+1 {
		t.Errorf("%d frames went out", n-sent)
	}
	if s.asked.Load() > asked {
		t.Error("the phone was asked for key frames that nobody gets")
	}
	s.feed.Mute(false)
	before := v.frames.Load()
	soon(t, "the viewer sees again", func() bool { return v.frames.Load() > before+10 })
	if v.bad.Load() > 0 {
		t.Errorf("%d frames could not be decoded", v.bad.Load())
	}
}

// What waits to be sent when the feed is muted is not sent at all.
func TestMuteTakesBackWhatWaits(t *testing.T) {
	f := NewFeed(func() {})
	v := new(outlet)
	v.init(f, slog.New(slog.DiscardHandler), func(media.Reason) {})
	v.waiting.Store(false)
	close(v.stands)
	packet := media.Packet{
		Codec: media.VP8, Data: testFrame(webrtc.MimeTypeVP8, 1, true), Key: true,
	}
	f.outlets, f.codec = map[*outlet]struct{}{v: {}}, media.VP8
	f.Packet(packet)
	f.Mute(true)
	f.Mute(false)
	f.Packet(packet)
	ctx, cancel := context.WithCancel(t.Context())
	track, err := webrtc.NewTrackLocalStaticRTP(
		webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeVP8}, "video", "test")
	must(t, err)
	v.track = track
	var sending sync.WaitGroup
	sending.Go(func() { v.send(ctx) })
	soon(t, "all was taken", func() bool { return len(v.frames) == 0 && v.Sent() > 0 })
	cancel()
	sending.Wait()
	if n := v.Sent(); n != 1 {
		t.Errorf("%d frames were sent, one of them from before", n)
	}
}
