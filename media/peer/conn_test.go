package peer

import (
	"strings"
	"testing"
	"time"

	"github.com/pion/webrtc/v4"
	"go.uber.org/goleak"

	"handlens/media"
	"handlens/media/waittest"
)

func TestPicturesArriveByUDP(t *testing.T) {
	for mime, codec := range map[string]media.Codec{
		webrtc.MimeTypeH264: media.H264,
		webrtc.MimeTypeVP8:  media.VP8,
	} {
		t.Run(codec.String(), func(t *testing.T) {
			defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
			t.Run("run", func(t *testing.T) {
				h := listen(t)
				w := &watcher{t: t}
				p := newPhone(t, phoneOptions{mime: mime})
				c := p.join(h, w)
				waittest.Until(t, "connected", func() bool { return w.seen(Connected) })
				p.send(func() bool { return w.frames.Load() >= 120 })
				s := c.Stats()
				if s.Codec != codec || media.Codec(w.codec.Load()) != codec {
					t.Errorf("codec %v, want %v", s.Codec, codec)
				}
				if s.Frames < 120 || s.KeyFrames == 0 || s.Packets < s.Frames || s.Bytes == 0 ||
					s.Bitrate == 0 || s.State != Connected {
					t.Errorf("stats: %+v", s)
				}
				// On a busy machine the phone's first packets may come before pion reads them; the
				// frames until the key frame that is then asked for refer to what was missed.
				if drops := s.Dropped.Total(); s.Lost != 0 ||
					drops != 0 && (s.PLIs == 0 || drops != s.Dropped.Unreferenced) {
					t.Errorf("lost on loopback: %+v", s)
				}
				if s.Network != "udp" || s.Local.Addr() != loopback ||
					int(s.Local.Port()) != h.Port() || !s.Remote.IsValid() {
					t.Errorf("path: %s %v %v", s.Network, s.Local, s.Remote)
				}
				c.Close(media.Reason{Code: media.SentAway})
				c.Close(media.Reason{Code: media.PhoneLeft})
				w.mu.Lock()
				defer w.mu.Unlock()
				if n := len(w.states); w.states[0] != Connecting || w.states[n-1] != Closed ||
					w.reasons[n-1].Code != media.SentAway {
					t.Errorf("states %v, reasons %v", w.states, w.reasons)
				}
			})
		})
	}
}

func TestPicturesArriveByTCP(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	t.Run("run", func(t *testing.T) {
		h := listen(t)
		joined := make(chan *Conn, 1)
		w := &watcher{t: t, reached: func() {
			// Who hears that the phone is here can ask by which way.
			if s := (<-joined).Stats(); s.Network != "tcp" || !s.FirstPacket.IsZero() {
				t.Errorf("at first the path is %q, and there was a packet at %v", s.Network,
					s.FirstPacket)
			}
		}}
		p := newPhone(t,
			phoneOptions{
				mime:     webrtc.MimeTypeVP8,
				networks: []webrtc.NetworkType{webrtc.NetworkTypeTCP4},
			})
		began := time.Now()
		c := p.join(h, w)
		joined <- c
		waittest.Until(t, "connected", func() bool { return w.seen(Connected) })
		p.send(func() bool { return w.frames.Load() >= 60 })
		s := c.Stats()
		if s.Network != "tcp" {
			t.Errorf("the path is %q", s.Network)
		}
		first := s.FirstPacket
		if first.Before(began) || first.After(time.Now()) {
			t.Errorf("the first packet came at %v", first)
		}
		p.send(func() bool { return w.frames.Load() >= 61 })
		if again := c.Stats().FirstPacket; !again.Equal(first) {
			t.Errorf("then the first packet came at %v, before at %v", again, first)
		}
	})
}

func TestThePhoneLeaves(t *testing.T) {
	h := listen(t)
	w := &watcher{t: t}
	p := newPhone(t, phoneOptions{mime: webrtc.MimeTypeVP8})
	c := p.join(h, w)
	p.send(func() bool { return w.frames.Load() >= 5 })
	must(t, p.pc.Close())
	waittest.Until(t, "closed", func() bool {
		select {
		case <-c.Done():
			return true
		default:
			return false
		}
	})
	if last := w.reasons[len(w.reasons)-1]; last.Code != media.PhoneClosed {
		t.Errorf("reason %v", last)
	}
	if c.SendControl([]byte(`{}`)) || c.SendDetections([]byte(`{}`)) {
		t.Error("sent on a closed connection")
	}
}

// A second video that the phone would like to see itself is not one that it sends.
func TestAnOfferWithMoreThanWeTakeIsAnsweredForOneOfEach(t *testing.T) {
	h := listen(t)
	p := newPhone(t, phoneOptions{mime: webrtc.MimeTypeVP8})
	_, err := p.pc.AddTransceiverFromKind(webrtc.RTPCodecTypeAudio)
	must(t, err)
	_, err = p.pc.AddTransceiverFromKind(webrtc.RTPCodecTypeVideo,
		webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionRecvonly})
	must(t, err)
	w := &watcher{t: t}
	c := p.join(h, w)
	if n := strings.Count(c.Answer(), "a=inactive"); n != 1 {
		t.Errorf("%d sections are inactive, want 1:\n%s", n, c.Answer())
	}
	if n := strings.Count(c.Answer(), "a=recvonly"); n != 2 {
		t.Errorf("%d sections receive, want 2", n)
	}
	p.send(func() bool { return w.frames.Load() >= 10 })
}

func TestAStreamThatTheOfferDoesNotDeclare(t *testing.T) {
	h := listen(t)
	p := newPhone(t, phoneOptions{mime: webrtc.MimeTypeVP8})
	var kept []string
	for line := range strings.Lines(p.offer(nil)) {
		if !strings.HasPrefix(line, "a=ssrc") {
			kept = append(kept, line)
		}
	}
	w := &watcher{t: t}
	c, err := h.Answer(t.Context(), strings.Join(kept, ""), w)
	must(t, err)
	t.Cleanup(func() { c.Close(media.Reason{Code: media.SentAway}) })
	must(t,
		p.pc.SetRemoteDescription(webrtc.SessionDescription{
			Type: webrtc.SDPTypeAnswer,
			SDP:  c.Answer(),
		}))
	p.send(func() bool { return w.frames.Load() >= 30 })
}

func TestASlowHandlerCostsPicturesNotTime(t *testing.T) {
	h := listen(t)
	w := &watcher{t: t}
	release := make(chan struct{})
	w.slow = func() {
		if w.frames.Load() == 10 {
			<-release
		}
	}
	p := newPhone(t, phoneOptions{mime: webrtc.MimeTypeVP8})
	c := p.join(h, w)
	// The phone heeds the request for a key frame, which then is all that waits.
	p.send(func() bool { return c.Stats().Dropped.Overflow > 0 })
	if n := c.Stats().Frames; n > 10+queueDepth+20 {
		t.Errorf("%d pictures waited", n)
	}
	close(release)
	p.send(func() bool { return w.frames.Load() >= 60 })
	if n := w.stales.Load(); n != 0 {
		t.Errorf("%d times references were lost, although nothing that was needed was dropped", n)
	}
}

// A program that sends a key frame when it likes, and then a burst.
func TestABurstOfAPhoneThatSendsNoKeyFramesKeepsItsFirst(t *testing.T) {
	h := listen(t)
	w := &watcher{t: t}
	release := make(chan struct{})
	p := newPhone(t, phoneOptions{mime: webrtc.MimeTypeVP8})
	w.slow = func() {
		if w.frames.Load() == 1 {
			p.deaf.Store(true)
			<-release
		}
	}
	c := p.join(h, w)
	p.send(func() bool { return c.Stats().Frames > 2*queueDepth })
	close(release)
	p.send(func() bool { return w.frames.Load() > 3*queueDepth })
	if st := c.Stats(); st.Dropped.Overflow > 0 || w.stales.Load() > 0 {
		t.Errorf("%d pictures were dropped, stale %d", st.Dropped.Overflow, w.stales.Load())
	}
}

func TestHostCloseEndsConnections(t *testing.T) {
	h := listen(t)
	w := &watcher{t: t}
	p := newPhone(t, phoneOptions{mime: webrtc.MimeTypeVP8})
	c := p.join(h, w)
	p.send(func() bool { return w.frames.Load() >= 5 })
	must(t, h.Close())
	<-c.Done()
	if last := w.reasons[len(w.reasons)-1]; last.Code != media.ProgramClosed {
		t.Errorf("reason %v", last)
	}
	if _, err := h.Answer(t.Context(), p.pc.LocalDescription().SDP, w); err == nil {
		t.Error("a closed host answers")
	}
}
