package e2e

import (
	"crypto/tls"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pion/rtp/codecs"
	"github.com/pion/webrtc/v4"
	"github.com/pion/webrtc/v4/pkg/media/samplebuilder"

	"handlens/media"
	"handlens/media/ffmpeg"
)

// player is a WHEP player that is not ours: it knows the draft and no more.
type player struct {
	test    *testing.T
	pc      *webrtc.PeerConnection
	session string // its URL
	token   string
	asked   time.Time
	first   chan time.Duration // from asking to the first picture
	results chan []byte
	said    chan map[string]any // control

	mu   sync.Mutex
	reds map[uint32]float64 // where the red patch begins, 0..1 of the width, by RTP timestamp
	seen int                // frames
}

// anyCertificate is a client that takes the program's own certificate.
var anyCertificate = &http.Client{Transport: &http.Transport{
	TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, // the test knows whom it calls
}}

// answer is what the computer says to a request.
type answer struct {
	status int
	header http.Header
	body   string
}

// ask sends a request with a token.
func ask(t *testing.T, method, address, token, body string) answer {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/sdp")
	r.Header.Set("User-Agent", "player/1.0")
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	resp, err := anyCertificate.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{resp.StatusCode, resp.Header, string(text)}
}

// newPlayer makes one with its offer.
func newPlayer(t *testing.T) (p *player, offer string) {
	t.Helper()
	var settings webrtc.SettingEngine
	settings.SetIncludeLoopbackCandidate(true)
	var engine webrtc.MediaEngine
	if err := engine.RegisterCodec(webrtc.RTPCodecParameters{
		RTPCodecCapability: webrtc.RTPCodecCapability{
			MimeType: webrtc.MimeTypeVP8, ClockRate: 90000,
			RTCPFeedback: []webrtc.RTCPFeedback{{Type: "nack"}, {Type: "nack", Parameter: "pli"}},
		}, PayloadType: 96,
	}, webrtc.RTPCodecTypeVideo); err != nil {
		t.Fatal(err)
	}
	pc, err := webrtc.NewAPI(webrtc.WithSettingEngine(settings), webrtc.WithMediaEngine(&engine)).
		NewPeerConnection(webrtc.Configuration{})
	if err != nil {
		t.Fatal(err)
	}
	p = &player{
		test: t, pc: pc, first: make(chan time.Duration, 1), reds: make(map[uint32]float64),
		results: make(chan []byte, 10000), said: make(chan map[string]any, 10000),
	}
	t.Cleanup(func() { pc.GracefulClose() })
	_, err = pc.AddTransceiverFromKind(webrtc.RTPCodecTypeVideo,
		webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionRecvonly})
	if err != nil {
		t.Fatal(err)
	}
	p.channel("detections", func(b []byte) { p.results <- b })
	p.channel("control", func(b []byte) {
		var said map[string]any
		if err := json.Unmarshal(b, &said); err != nil {
			t.Error(err)
		}
		p.said <- said
	})
	pc.OnTrack(func(track *webrtc.TrackRemote, _ *webrtc.RTPReceiver) { p.play(track) })
	made, err := pc.CreateOffer(nil)
	if err != nil {
		t.Fatal(err)
	}
	gathered := webrtc.GatheringCompletePromise(pc)
	if err := pc.SetLocalDescription(made); err != nil {
		t.Fatal(err)
	}
	<-gathered
	return p, pc.LocalDescription().SDP
}

func (p *player) channel(name string, heard func([]byte)) {
	d, err := p.pc.CreateDataChannel(name, nil)
	if err != nil {
		p.test.Fatal(err)
	}
	d.OnMessage(func(m webrtc.DataChannelMessage) { heard(m.Data) })
}

// watch has a player join by the viewers' link.
func watch(t *testing.T, link string) *player {
	t.Helper()
	u, err := url.Parse(link)
	if err != nil {
		t.Fatal(err)
	}
	p, offer := newPlayer(t)
	endpoint := u.ResolveReference(&url.URL{Path: "/whep"})
	p.asked, p.token = time.Now(), u.Fragment
	got := ask(t, "POST", endpoint.String(), p.token, offer)
	if got.status != http.StatusCreated {
		t.Fatalf("the offer gives %d: %s", got.status, got.body)
	}
	where, err := endpoint.Parse(got.header.Get("Location"))
	if err != nil {
		t.Fatal(err)
	}
	p.session = where.String()
	if err := p.pc.SetRemoteDescription(webrtc.SessionDescription{
		Type: webrtc.SDPTypeAnswer, SDP: got.body,
	}); err != nil {
		t.Fatal(err)
	}
	return p
}

// play decodes the video and looks where the red patch is.
func (p *player) play(track *webrtc.TrackRemote) {
	var pool media.Pool
	decoder, err := ffmpeg.NewDecoder(media.VP8, &pool)
	if err != nil {
		p.test.Error(err)
		return
	}
	defer decoder.Close()
	builder := samplebuilder.New(200, &codecs.VP8Packet{}, 90000)
	begun := false
	for {
		packet, _, err := track.ReadRTP()
		if err != nil {
			return
		}
		builder.Push(packet)
		for s := builder.Pop(); s != nil; s = builder.Pop() {
			key := len(s.Data) > 0 && s.Data[0]&1 == 0 // RFC 6386 section 9.1
			begun = begun || key
			if !begun {
				continue
			}
			frame := media.Packet{
				Codec: media.VP8, Data: s.Data, Key: key, RTP: s.PacketTimestamp,
				Received: time.Now(),
			}
			if err := decoder.Decode(frame, p.look); err != nil {
				p.test.Errorf("a frame cannot be decoded: %v", err)
				begun = false
			}
		}
	}
}

// look notes where the red patch begins in a frame.
func (p *player) look(f *media.Frame) {
	red := -1.0
	row := f.Plane[2][105*f.Height/480/2*f.Stride[2]:]
	for x := range f.Width / 2 {
		if row[x] > 190 {
			red = float64(2*x) / float64(f.Width)
			break
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.seen++; p.seen == 1 {
		p.first <- time.Since(p.asked)
	}
	p.reds[f.RTP] = red
}

func (p *player) frames() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.seen
}

// onTheirFrames waits for so many detections of red, each in a frame that came, and returns how far
// they are from where red is in that very frame: the mean, in parts of the width. Detections may
// come before their frame does.
func (p *player) onTheirFrames(n int) (mean float64) {
	p.test.Helper()
	boxes := make(map[uint32]float64) // where red was found, by RTP timestamp
	limit := time.After(patience)
	for len(boxes) < 2*n {
		var m struct {
			RTP        *uint32
			Detections []detection
		}
		select {
		case b := <-p.results:
			if err := json.Unmarshal(b, &m); err != nil || m.RTP == nil {
				p.test.Fatalf("detections are %s, %v", b, err)
			}
		case <-limit:
			p.test.Fatalf("red was found in %d frames only", len(boxes))
		}
		for _, d := range m.Detections {
			if d.Label == "red" {
				boxes[*m.RTP] = d.Box[0]
			}
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	found := 0
	for stamp, box := range boxes {
		if at, came := p.reds[stamp]; came {
			found++
			mean += max(at-box, box-at)
		}
	}
	if found < n {
		p.test.Errorf("of %d frames with red %d came", len(boxes), found)
	}
	return mean / float64(max(found, 1))
}

// hears waits for a message of that type that is as the function wants it (nil: any).
func (p *player) hears(kind string, like func(map[string]any) bool) map[string]any {
	p.test.Helper()
	limit := time.After(patience)
	for {
		select {
		case said := <-p.said:
			if said["type"] == kind && (like == nil || like(said)) {
				return said
			}
		case <-limit:
			p.test.Fatalf("a word of %s did not come", kind)
		}
	}
}
