package peer

import (
	"encoding/binary"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/pion/rtp/codecs"
	"github.com/pion/webrtc/v4"
	"go.uber.org/goleak"

	"handlens/media"
	"handlens/media/waittest"
)

// broadcast sends frames at 60 a second and audio at 50, both counted from one moment by a clock
// that is ahead of ours. The timestamps and the sender reports say when each was taken, whenever it
// is really sent.
type broadcast struct {
	p           *phone
	ahead       time.Duration
	began       time.Time // by our clock
	video, mic  *webrtc.TrackLocalStaticRTP
	payloader   codecs.VP8Payloader
	pictures    uint32
	sounds      uint32
	videoNumber uint16
	soundNumber uint16
	muted       bool
}

const (
	videoBase = 0xfffff000 // wraps soon
	soundBase = 12345
)

func newBroadcast(p *phone, ahead time.Duration) *broadcast {
	b := &broadcast{p: p, ahead: ahead, began: time.Now()}
	var err error
	b.video, err = webrtc.NewTrackLocalStaticRTP(
		webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeVP8, ClockRate: videoClockRate}, "video",
		"phone")
	must(p.t, err)
	must(p.t, p.sender.ReplaceTrack(b.video))
	b.mic, err = webrtc.NewTrackLocalStaticRTP(
		webrtc.RTPCodecCapability{
			MimeType: webrtc.MimeTypeOpus, ClockRate: media.AudioRate,
			Channels: 2,
		}, "mic", "phone")
	must(p.t, err)
	return b
}

// takenAt is when the frame with that number was taken, by our clock; heardAt likewise for the
// audio.
func (b *broadcast) takenAt(number uint32) time.Time {
	return b.began.Add(time.Duration(number) * time.Second / 60)
}

func (b *broadcast) heardAt(number uint32) time.Time {
	return b.began.Add(time.Duration(number) * 20 * time.Millisecond)
}

// run sends until stop says so.
func (b *broadcast) run(stop func() bool) {
	b.p.t.Helper()
	ticker := time.NewTicker(5 * time.Millisecond)
	defer ticker.Stop()
	for limit := time.Now().Add(patience); !stop(); <-ticker.C {
		if time.Now().After(limit) {
			b.p.t.Fatal("what was sent did not arrive")
		}
		for !b.takenAt(b.pictures + 1).After(time.Now()) {
			b.picture()
		}
		for !b.heardAt(b.sounds + 1).After(time.Now()) {
			b.sound()
		}
	}
}

func (b *broadcast) picture() {
	b.pictures++
	key := b.pictures == 1 || b.p.wantKey.Swap(false)
	payloads := b.payloader.Payload(1100, testFrame(webrtc.MimeTypeVP8, b.pictures, key))
	for i, payload := range payloads {
		b.videoNumber++
		must(b.p.t, b.video.WriteRTP(&rtp.Packet{
			Header: rtp.Header{
				Version: 2, SequenceNumber: b.videoNumber,
				Timestamp: videoBase + 1500*b.pictures, Marker: i == len(payloads)-1,
			},
			Payload: payload,
		}))
	}
	if b.pictures%10 == 1 {
		b.report(b.p.sender, b.takenAt(b.pictures), videoBase+1500*b.pictures)
	}
}

func (b *broadcast) sound() {
	b.sounds++
	if b.muted {
		return
	}
	b.soundNumber++
	must(b.p.t, b.mic.WriteRTP(&rtp.Packet{
		Header: rtp.Header{
			Version: 2, SequenceNumber: b.soundNumber,
			Timestamp: soundBase + 960*b.sounds,
		},
		Payload: testAudio(b.sounds),
	}))
	if b.sounds%8 == 1 {
		b.report(b.p.mic, b.heardAt(b.sounds), soundBase+960*b.sounds)
	}
}

func (b *broadcast) report(sender *webrtc.RTPSender, at time.Time, timestamp uint32) {
	must(b.p.t, b.p.pc.WriteRTCP([]rtcp.Packet{&rtcp.SenderReport{
		SSRC: uint32(sender.GetParameters().Encodings[0].SSRC), NTPTime: ntpOf(at.Add(b.ahead)),
		RTPTime: timestamp,
	}}))
}

// audioWatcher gathers what a Handler is told of audio and frames.
type audioWatcher struct {
	watcher
	mu sync.Mutex
	// sounds are the numbers that came; frame is how far Captured was from the truth for the last
	// frame, and apart how far each audio packet was from it beside that.
	sounds  []uint32
	picture *time.Duration
	apart   []time.Duration
	stamped atomic.Int32
}

func newHearing(t *testing.T, b *atomic.Pointer[broadcast]) *audioWatcher {
	h := &audioWatcher{watcher: watcher{t: t}}
	h.listen = func(s media.Audio) {
		if opusTicks(s.Data) != 960 || len(s.Data) != 5 || s.Received.IsZero() {
			t.Errorf("sound %x, received %v", s.Data, s.Received)
			return
		}
		number := binary.BigEndian.Uint32(s.Data[1:])
		h.mu.Lock()
		defer h.mu.Unlock()
		if n := len(h.sounds); n > 0 && h.sounds[n-1] >= number {
			t.Errorf("sound %d came after %d", number, h.sounds[n-1])
		}
		if s.RTP != soundBase+960*number {
			t.Errorf("sound %d has timestamp %d", number, s.RTP)
		}
		h.sounds = append(h.sounds, number)
		if !s.Captured.IsZero() && h.picture != nil {
			h.apart = append(h.apart, (s.Captured.Sub(b.Load().heardAt(number)) - *h.picture).Abs())
			h.stamped.Add(1)
		}
	}
	h.look = func(p media.Packet) {
		number, _ := checkFrame(p.Codec, p.Data, p.Key)
		h.mu.Lock()
		defer h.mu.Unlock()
		if !p.Captured.IsZero() {
			wrong := p.Captured.Sub(b.Load().takenAt(number))
			h.picture = &wrong
		}
	}
	return h
}

func (h *audioWatcher) heard() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.sounds)
}

// The microphone is offered from the beginning without a track, switched on later, muted for a
// while, and goes on.
func TestSoundAndPicturesArriveInSync(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	t.Run("run", func(t *testing.T) {
		h := listen(t)
		p := newPhone(t, phoneOptions{mime: webrtc.MimeTypeVP8, microphone: true, silent: true})
		var others atomic.Int32
		const ahead = 17 * time.Minute
		p.answerPings(ahead, &others)
		var on atomic.Pointer[broadcast]
		w := newHearing(t, &on)
		c := p.join(h, w)
		if n := strings.Count(c.Answer(), "a=recvonly"); n != 2 ||
			!strings.Contains(c.Answer(), "opus/48000/2") {
			t.Fatalf("%d sections receive, want 2:\n%s", n, c.Answer())
		}
		waittest.Until(t, "the clock", func() bool { return c.Stats().ClockKnown })
		b := newBroadcast(p, ahead)
		on.Store(b)
		b.muted = true
		b.run(func() bool { return w.frames.Load() > 30 })
		if w.heard() != 0 {
			t.Error("sound came before the microphone was switched on")
		}

		must(t, p.mic.ReplaceTrack(b.mic))
		b.muted = false
		b.run(func() bool { return w.stamped.Load() > 50 })
		b.muted = true
		before, pictures := w.heard(), w.frames.Load()
		b.run(func() bool { return w.frames.Load() > pictures+60 })
		b.muted = false
		b.run(func() bool { return w.heard() > before+50 })

		s := c.Stats()
		if s.AudioPackets < 100 || s.Invalid != 0 {
			t.Errorf("stats: %+v", s)
		}
		c.Close(media.Reason{Code: media.SentAway})
		w.mu.Lock()
		defer w.mu.Unlock()
		// A probe is wrong by half of its round trip at most, for both alike: beside each other
		// they stand exactly, but for the moment in which a better probe comes.
		slices.Sort(w.apart)
		if median := w.apart[len(w.apart)/2]; median > time.Millisecond {
			t.Errorf("sound is stamped %v off the pictures", median)
		}
	})
}

// The order of the sections, their directions and parameters are those of programs that publish by
// WHIP: OBS offers audio first, and both as sendonly with SSRCs; FFmpeg likewise, with ICE-lite's
// sparse lines. One phone sends all of both, whatever the offer promised.
func TestOffersOfPrograms(t *testing.T) {
	const session = "v=0\r\no=%s 4489045141692799359 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 " +
		"0\r\na=group:BUNDLE 0 1\r\n"
	const transport = "c=IN IP4 0.0.0.0\r\na=ice-ufrag:EsAw\r\na=ice-pwd:P2uYro0UCOQ4zxjKXaWCBui1\r\n" +
		"a=fingerprint:sha-256 " +
		"A6:17:6D:2B:66:2C:A1:4F:08:57:BD:9F:90:EB:7A:22:38:2B:62:A9:CD:AE:7A:D2:6B:9B:51:99:18:B3:B8:F4\r\na=rtcp-mux\r\n"
	obs := fmt.Sprintf(session, "rtc") + "a=msid-semantic:WMS *\r\na=setup:actpass\r\n" +
		"m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n" + transport +
		"a=mid:0\r\na=sendonly\r\na=ssrc:1001 cname:obs\r\na=ssrc:1001 msid:obs " +
		"obs-audio\r\na=msid:obs obs-audio\r\n" +
		"a=rtpmap:111 opus/48000/2\r\na=fmtp:111 " +
		"minptime=10;maxaveragebitrate=160000;stereo=1;sprop-stereo=1;useinbandfec=1\r\n" +
		"m=video 9 UDP/TLS/RTP/SAVPF 96\r\n" + transport + "a=mid:1\r\na=sendonly\r\na=ssrc:1002 " +
		"cname:obs\r\na=ssrc:1002 msid:obs obs-video\r\na=msid:obs obs-video\r\n" +
		"a=rtpmap:96 H264/90000\r\na=rtcp-fb:96 nack\r\na=rtcp-fb:96 nack pli\r\na=rtcp-fb:96 " +
		"goog-remb\r\na=fmtp:96 " +
		"profile-level-id=42e01f;packetization-mode=1;level-asymmetry-allowed=1\r\n"
	ffmpeg := fmt.Sprintf(session, "FFmpeg") + "a=extmap-allow-mixed\r\na=msid-semantic: WMS\r\n" +
		"m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n" + transport +
		"a=setup:passive\r\na=mid:0\r\na=sendonly\r\na=msid:FFmpeg audio\r\na=rtpmap:111 " +
		"opus/48000/2\r\na=ssrc:1003 cname:FFmpeg\r\na=ssrc:1003 msid:FFmpeg audio\r\n" +
		"m=video 9 UDP/TLS/RTP/SAVPF 106\r\n" + transport +
		"a=setup:passive\r\na=mid:1\r\na=sendonly\r\na=msid:FFmpeg " +
		"video\r\na=rtcp-rsize\r\na=rtpmap:106 H264/90000\r\n" +
		"a=fmtp:106 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f\r\na=ssrc:1004 cname:FFmpeg\r\na=ssrc:1004 msid:FFmpeg video\r\n"
	offers := map[string]string{"OBS": obs, "FFmpeg": ffmpeg}
	for _, name := range []string{"chromium", "safari", "firefox"} {
		text, err := os.ReadFile("testdata/" + name + ".sdp")
		must(t, err)
		if offer := strings.ReplaceAll(strings.ReplaceAll(string(text), "\r\n", "\n"), "\n",
			"\r\n"); strings.Contains(offer, "m=audio") {
			offers[name] = offer
		}
	}
	h := listen(t)
	for name, offer := range offers {
		t.Run(name, func(t *testing.T) {
			checkProgramOffer(t, h, name, offer)
		})
	}
}

func checkProgramOffer(t *testing.T, h *Host, name, offer string) {
	c, err := h.Answer(t.Context(), offer, &watcher{t: t})
	must(t, err)
	defer c.Close(media.Reason{Code: media.SentAway})
	want := 1
	if o, err := readOffer(offer); err != nil {
		t.Fatal(err)
	} else if o.audio != "" {
		want = 2
	} else if name == "OBS" || name == "FFmpeg" {
		t.Error("its sound is not taken")
	}
	if n := strings.Count(c.Answer(), "a=recvonly"); n != want {
		t.Errorf("%d sections receive, want %d:\n%s", n, want, c.Answer())
	}
}

func TestSoundThatTheOfferDoesNotDeclare(t *testing.T) {
	h := listen(t)
	p := newPhone(t, phoneOptions{mime: webrtc.MimeTypeVP8, microphone: true, silent: true})
	var kept []string
	for line := range strings.Lines(p.offer(nil)) {
		if !strings.HasPrefix(line, "a=ssrc") {
			kept = append(kept, line)
		}
	}
	var on atomic.Pointer[broadcast]
	w := newHearing(t, &on)
	c, err := h.Answer(t.Context(), strings.Join(kept, ""), w)
	must(t, err)
	t.Cleanup(func() { c.Close(media.Reason{Code: media.SentAway}) })
	must(t,
		p.pc.SetRemoteDescription(webrtc.SessionDescription{
			Type: webrtc.SDPTypeAnswer,
			SDP:  c.Answer(),
		}))
	waittest.Until(t, "connected", func() bool { return w.seen(Connected) })
	b := newBroadcast(p, 0)
	on.Store(b)
	must(t, p.mic.ReplaceTrack(b.mic))
	b.run(func() bool { return w.frames.Load() > 20 && w.heard() > 20 })
}
