package peer

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pion/interceptor"
	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/pion/rtp/codecs"
	"github.com/pion/webrtc/v4"
	"github.com/pion/webrtc/v4/pkg/media/samplebuilder"
	"go.uber.org/goleak"
	"golang.org/x/time/rate"

	"handlens/media"
)

// source plays the phone to a feed: sixty frames a second, key frames when they are asked for.
type source struct {
	feed    *Feed
	wantKey atomic.Bool
	asked   atomic.Int32
	codec   media.Codec
	mime    string
	number  uint32
	stop    chan struct{}
	done    sync.WaitGroup
}

func newSource(codec media.Codec, mime string) *source {
	s := &source{codec: codec, mime: mime, stop: make(chan struct{})}
	s.feed = NewFeed(func() {
		s.asked.Add(1)
		s.wantKey.Store(true)
	})
	s.next(true)
	s.done.Go(func() {
		tick := time.NewTicker(time.Second / 60)
		defer tick.Stop()
		for {
			select {
			case <-s.stop:
				return
			case <-tick.C:
				s.next(s.wantKey.Swap(false))
			}
		}
	})
	return s
}

func (s *source) next(key bool) {
	s.number++
	s.feed.Packet(media.Packet{
		Codec: s.codec, Data: testFrame(s.mime, s.number, key), Key: key,
		RTP: rtpOf(s.number), Received: time.Now(),
	})
}

// rtpOf is the timestamp of a frame; it wraps early.
func rtpOf(number uint32) uint32 { return 1<<32 - 90000 + number*1500 }

func (s *source) close() {
	close(s.stop)
	s.done.Wait()
	s.feed.Close(media.Reason{Code: media.PhoneLeft})
}

// viewerPeer is a pion peer that watches, as a browser does.
type viewerPeer struct {
	t       *testing.T
	pc      *webrtc.PeerConnection
	frames  atomic.Int32
	last    atomic.Uint32 // the number of the last frame
	bad     atomic.Int32
	control chan string
	dets    chan string
	said    *webrtc.DataChannel // control
}

func newViewerPeer(t *testing.T, o phoneOptions) *viewerPeer {
	t.Helper()
	pc, err := phoneAPI(t, o).NewPeerConnection(webrtc.Configuration{})
	must(t, err)
	v := &viewerPeer{
		t: t, pc: pc, control: make(chan string, 100), dets: make(chan string, 100),
	}
	_, err = pc.AddTransceiverFromKind(webrtc.RTPCodecTypeVideo,
		webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionRecvonly})
	must(t, err)
	for name, to := range map[string]chan string{"control": v.control, "detections": v.dets} {
		d, err := pc.CreateDataChannel(name, nil)
		must(t, err)
		d.OnMessage(func(m webrtc.DataChannelMessage) { to <- string(m.Data) })
		if name == "control" {
			v.said = d
			d.OnOpen(func() { must(t, d.SendText(`{"type":"hello"}`)) })
		}
	}
	pc.OnTrack(func(track *webrtc.TrackRemote, _ *webrtc.RTPReceiver) { v.read(track) })
	return v
}

// read puts the frames together again and checks each.
func (v *viewerPeer) read(track *webrtc.TrackRemote) {
	codec, form := media.VP8, rtp.Depacketizer(&codecs.VP8Packet{})
	if track.Codec().MimeType == webrtc.MimeTypeH264 {
		codec, form = media.H264, &codecs.H264Packet{}
	}
	builder := samplebuilder.New(200, form, videoClockRate)
	whole := false
	for {
		p, _, err := track.ReadRTP()
		if err != nil {
			return
		}
		builder.Push(p)
		for s := builder.Pop(); s != nil; s = builder.Pop() {
			number, ok := checkFrame(codec, s.Data, true)
			key := ok
			if !ok {
				number, ok = checkFrame(codec, s.Data, false)
			}
			switch {
			case !ok, !key && !whole, s.PacketTimestamp != rtpOf(number):
				v.bad.Add(1)
			default:
				whole = true
				v.last.Store(number)
				v.frames.Add(1)
			}
		}
	}
}

// watch joins a host's feed.
func (v *viewerPeer) watch(h *Host, feed *Feed, handler ViewerHandler) *Viewer {
	v.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	offer, err := v.pc.CreateOffer(nil)
	must(v.t, err)
	gathered := webrtc.GatheringCompletePromise(v.pc)
	must(v.t, v.pc.SetLocalDescription(offer))
	<-gathered
	viewer, err := h.Watch(ctx, v.pc.LocalDescription().SDP, feed, handler)
	must(v.t, err)
	must(v.t, v.pc.SetRemoteDescription(webrtc.SessionDescription{
		Type: webrtc.SDPTypeAnswer, SDP: viewer.Answer(),
	}))
	return viewer
}

// viewerLog is a ViewerHandler that keeps what it hears.
type viewerLog struct {
	mu       sync.Mutex
	states   []State
	reason   media.Reason
	messages []string
}

func (l *viewerLog) State(s State, reason media.Reason) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.states, l.reason = append(l.states, s), reason
}

func (l *viewerLog) Control(msg []byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.messages = append(l.messages, string(msg))
}

func (l *viewerLog) heard() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]string(nil), l.messages...)
}

// soon waits until something holds.
func soon(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for limit := time.Now().Add(patience); !ok(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(limit) {
			t.Fatal("it did not come about that ", what)
		}
	}
}

func TestViewers(t *testing.T) {
	for codec, mime := range map[media.Codec]string{
		media.VP8: webrtc.MimeTypeVP8, media.H264: webrtc.MimeTypeH264,
	} {
		t.Run(codec.String(), func(t *testing.T) {
			defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
			h := listen(t)
			s := newSource(codec, mime)
			var log viewerLog
			one := newViewerPeer(t, phoneOptions{mime: mime})
			viewer := one.watch(h, s.feed, &log)
			soon(t, "the viewer sees", func() bool { return one.frames.Load() > 30 })
			two := newViewerPeer(t, phoneOptions{mime: mime})
			second := two.watch(h, s.feed, new(viewerLog))
			soon(t, "the second sees, too", func() bool { return two.frames.Load() > 10 })
			if n := s.feed.Viewers(); n != 2 {
				t.Errorf("%d viewers, not 2", n)
			}
			soon(t, "the viewer's word came", func() bool { return len(log.heard()) == 1 })
			soon(t, "detections go out", func() bool { return viewer.SendDetections([]byte(`{"t":1}`)) })
			if got := <-one.dets; got != `{"t":1}` {
				t.Errorf("the viewer gets %s", got)
			}
			must(t, one.said.SendText(`{"type":"ping","t0":42}`))
			if got := <-one.control; !strings.HasPrefix(got, `{"type":"pong","t0":42,"t1":`) {
				t.Errorf("the answer to a ping is %s", got)
			}
			second.Close(media.Reason{Code: media.SentAway})
			if got := <-two.control; got != `{"type":"bye","reason":"sent-away"}` {
				t.Errorf("one that is sent away is told %s", got)
			}
			soon(t, "one is left", func() bool { return s.feed.Viewers() == 1 })
			before := one.frames.Load()
			soon(t, "the other goes on", func() bool { return one.frames.Load() > before+10 })
			s.close()
			if got := <-one.control; got != `{"type":"bye","reason":"phone-left"}` {
				t.Errorf("when the phone leaves, the viewer is told %s", got)
			}
			<-viewer.Done()
			if log.reason.Code != media.PhoneLeft || log.states[len(log.states)-1] != Closed {
				t.Errorf("it ends as %v with %v", log.states, log.reason)
			}
			for _, v := range []*viewerPeer{one, two} {
				if v.bad.Load() > 0 {
					t.Errorf("%d frames were damaged", v.bad.Load())
				}
				must(t, v.pc.GracefulClose())
			}
			must(t, h.Close())
		})
	}
}

// lossy loses every so many packets of the video on their way to the viewer.
type lossy struct {
	interceptor.NoOp
	n atomic.Int32
}

func (l *lossy) NewInterceptor(string) (interceptor.Interceptor, error) { return l, nil }

func (l *lossy) BindRemoteStream(info *interceptor.StreamInfo,
	next interceptor.RTPReader,
) interceptor.RTPReader {
	if info.MimeType != webrtc.MimeTypeVP8 {
		return next
	}
	return interceptor.RTPReaderFunc(func(b []byte, a interceptor.Attributes) (int,
		interceptor.Attributes, error,
	) {
		for {
			n, attr, err := next.Read(b, a)
			if err != nil || l.n.Add(1)%11 != 0 {
				return n, attr, err
			}
		}
	})
}

// What the network loses on the way to a viewer is sent again.
func TestViewerIsRepaired(t *testing.T) {
	h := listen(t)
	s := newSource(media.VP8, webrtc.MimeTypeVP8)
	defer s.close()
	lost := new(lossy)
	v := newViewerPeer(t, phoneOptions{mime: webrtc.MimeTypeVP8, mangle: lost})
	defer v.pc.GracefulClose()
	asked := nackBySeq(v)
	viewer := v.watch(h, s.feed, new(viewerLog))
	defer viewer.Close(media.Reason{Code: media.SentAway})
	soon(t, "the viewer sees", func() bool { return v.frames.Load() > 60 })
	if v.bad.Load() > 0 || lost.n.Load() < 60 || asked.Load() == 0 {
		t.Errorf("%d damaged, %d packets, %d asked for", v.bad.Load(), lost.n.Load(), asked.Load())
	}
}

// nackBySeq has a viewer ask for what is missing, and counts.
func nackBySeq(v *viewerPeer) *atomic.Int32 {
	var asked atomic.Int32
	v.pc.OnTrack(func(track *webrtc.TrackRemote, _ *webrtc.RTPReceiver) {
		builder := samplebuilder.New(400, &codecs.VP8Packet{}, videoClockRate)
		var next uint16
		for begun := false; ; {
			p, _, err := track.ReadRTP()
			if err != nil {
				return
			}
			for begun && int16(p.SequenceNumber-next) > 0 {
				asked.Add(1)
				_ = v.pc.WriteRTCP([]rtcp.Packet{&rtcp.TransportLayerNack{
					MediaSSRC: uint32(track.SSRC()),
					Nacks:     rtcp.NackPairsFromSequenceNumbers([]uint16{next}),
				}})
				next++
			}
			if !begun || p.SequenceNumber == next {
				begun, next = true, p.SequenceNumber+1
			}
			builder.Push(p)
			for s := builder.Pop(); s != nil; s = builder.Pop() {
				_, key := checkFrame(media.VP8, s.Data, true)
				_, ok := checkFrame(media.VP8, s.Data, false)
				if !key && !ok {
					v.bad.Add(1)
					continue
				}
				v.frames.Add(1)
			}
		}
	})
	return &asked
}

// A viewer that cannot decode anything any more asks, and gets a key frame; those who ask all the
// time do not flood the phone.
func TestViewersAskForKeyFrames(t *testing.T) {
	h := listen(t)
	s := newSource(media.VP8, webrtc.MimeTypeVP8)
	defer s.close()
	v := newViewerPeer(t, phoneOptions{mime: webrtc.MimeTypeVP8})
	defer v.pc.GracefulClose()
	viewer := v.watch(h, s.feed, new(viewerLog))
	defer viewer.Close(media.Reason{Code: media.SentAway})
	soon(t, "the viewer sees", func() bool { return v.frames.Load() > 10 })
	before := s.asked.Load()
	began := time.Now()
	for range 200 {
		must(t, v.pc.WriteRTCP([]rtcp.Packet{&rtcp.PictureLossIndication{MediaSSRC: 1}}))
		must(t, v.pc.WriteRTCP([]rtcp.Packet{&rtcp.PictureLossIndication{
			MediaSSRC: uint32(v.pc.GetReceivers()[0].Track().SSRC()),
		}}))
	}
	soon(t, "the phone is asked", func() bool { return s.asked.Load() > before })
	most := int32(keyBurst + time.Since(began)/keyInterval + 1)
	if n := s.asked.Load() - before; n > most {
		t.Errorf("the phone was asked %d times", n)
	}
}

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
	v := &Viewer{feed: f, frames: make(chan *packedFrame, viewerQueue)}
	must(t, f.add(v, media.CodecUnknown))
	packet := media.Packet{Codec: media.VP8, Data: testFrame(webrtc.MimeTypeVP8, 1, true), Key: true}
	f.viewers, f.codec = map[*Viewer]struct{}{v: {}}, media.VP8
	f.Packet(packet)
	f.Mute(true)
	f.Mute(false)
	f.Packet(packet)
	v.ctx, v.cancel = context.WithCancel(t.Context())
	v.host = &Host{log: slog.New(slog.DiscardHandler)}
	track, err := webrtc.NewTrackLocalStaticRTP(
		webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeVP8}, "video", "test")
	must(t, err)
	v.track = track
	v.wg.Go(v.send)
	soon(t, "all was taken", func() bool { return len(v.frames) == 0 && v.Sent() > 0 })
	v.cancel()
	v.wg.Wait()
	if n := v.Sent(); n != 1 {
		t.Errorf("%d frames were sent, one of them from before", n)
	}
}

func TestOffersOfViewersThatAreRefused(t *testing.T) {
	h := listen(t)
	s := newSource(media.VP8, webrtc.MimeTypeVP8)
	defer s.close()
	ctx := t.Context()
	empty := NewFeed(func() {})
	if _, err := h.Watch(ctx, "v=0", empty, new(viewerLog)); !errors.Is(err, ErrNoFeed) {
		t.Errorf("a feed without video: %v", err)
	}
	if _, err := h.Watch(ctx, "nonsense", s.feed, new(viewerLog)); !errors.Is(err, ErrBadOffer) {
		t.Errorf("nonsense: %v", err)
	}
	p := newPhone(t, phoneOptions{mime: webrtc.MimeTypeVP8})
	if _, err := h.Watch(ctx, p.offer(nil), s.feed, new(viewerLog)); !errors.Is(err, ErrNoVideo) {
		t.Errorf("an offer that sends: %v", err)
	}
	if n := s.feed.Viewers(); n != 0 {
		t.Errorf("%d viewers are left", n)
	}
}

// The phone changes to another codec: viewers are told to come again.
func TestCodecChangesForViewers(t *testing.T) {
	h := listen(t)
	s := newSource(media.VP8, webrtc.MimeTypeVP8)
	var log viewerLog
	v := newViewerPeer(t, phoneOptions{mime: webrtc.MimeTypeVP8})
	defer v.pc.GracefulClose()
	viewer := v.watch(h, s.feed, &log)
	soon(t, "the viewer sees", func() bool { return v.frames.Load() > 10 })
	close(s.stop)
	s.done.Wait()
	s.feed.Packet(media.Packet{
		Codec: media.H264, Data: testFrame(webrtc.MimeTypeH264, 1, true), Key: true,
	})
	<-viewer.Done()
	if log.reason.Code != media.VideoChanged {
		t.Errorf("it ends with %v", log.reason)
	}
}

func TestViewersComeAndGo(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	h := listen(t)
	s := newSource(media.VP8, webrtc.MimeTypeVP8)
	s.feed.limit.SetLimit(rate.Inf) // a newcomer would wait for a second
	for range 50 {
		v := newViewerPeer(t, phoneOptions{mime: webrtc.MimeTypeVP8})
		viewer := v.watch(h, s.feed, new(viewerLog))
		soon(t, "the viewer sees", func() bool { return v.frames.Load() > 0 })
		must(t, v.pc.GracefulClose())
		viewer.Close(media.Reason{Code: media.PhoneLeft})
	}
	if n := s.feed.Viewers(); n != 0 {
		t.Errorf("%d viewers are left", n)
	}
	s.close()
	must(t, h.Close())
}
