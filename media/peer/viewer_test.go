package peer

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

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
			// One that has seen enough may be closed already.
			d.OnOpen(func() { _ = d.SendText(`{"type":"hello"}`) })
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
	viewer := v.ask(h, feed, handler)
	v.connect(viewer)
	return viewer
}

// ask makes an offer and gets the answer, which connect uses.
func (v *viewerPeer) ask(h *Host, feed *Feed, handler ViewerHandler) *Viewer {
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
	return viewer
}

func (v *viewerPeer) connect(viewer *Viewer) {
	v.t.Helper()
	must(v.t, v.pc.SetRemoteDescription(webrtc.SessionDescription{
		Type: webrtc.SDPTypeAnswer, SDP: viewer.Answer(),
	}))
}

// end closes it; no frame may have been damaged.
func (v *viewerPeer) end() {
	v.t.Helper()
	if v.bad.Load() > 0 {
		v.t.Errorf("%d frames were damaged", v.bad.Load())
	}
	must(v.t, v.pc.GracefulClose())
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
			soon(t, "detections go out", func() bool {
				return viewer.SendDetections([]byte(`{"t":1}`))
			})
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
			one.end()
			two.end()
			must(t, h.Close())
		})
	}
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

// The key frame for a newcomer is asked for with the offer, and waits with those after it for the
// connection. Where that takes too long, there is another one, and nothing old is shown.
func TestTheFirstPictureIsThereBeforeTheConnection(t *testing.T) {
	h := listen(t)
	s := newSource(media.VP8, webrtc.MimeTypeVP8)
	defer s.close()
	for _, late := range []bool{false, true} {
		before := s.asked.Load()
		v := newViewerPeer(t, phoneOptions{mime: webrtc.MimeTypeVP8})
		viewer := v.ask(h, s.feed, new(viewerLog))
		soon(t, "a key frame is asked for", func() bool { return s.asked.Load() > before })
		soon(t, "frames wait", func() bool { return len(viewer.frames) > 5 })
		if late {
			soon(t, "they overflow", func() bool {
				return viewer.waiting.Load() && len(viewer.frames) == 0
			})
		}
		v.connect(viewer)
		soon(t, "the viewer sees", func() bool { return v.frames.Load() > 10 })
		want := before + 1
		if late {
			want++
		}
		if n := s.asked.Load(); n != want {
			t.Errorf("the phone was asked %d times, want %d", n-before, want-before)
		}
		viewer.Close(media.Reason{Code: media.SentAway})
		v.end()
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
