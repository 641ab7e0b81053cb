package desktop

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/pion/webrtc/v4"

	"handlens/media/waittest"
)

// testPage is a phone's page: a real connection with a control channel, and a key.
type testPage struct {
	*gate
	key     *ecdsa.PrivateKey
	token   string
	pc      *webrtc.PeerConnection
	control chan map[string]any
	closed  chan struct{}
	session string // its URL
	etag    string
}

func (g *gate) page(t *testing.T) *testPage {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return &testPage{gate: g, key: key, token: g.addresses.token}
}

func (p *testPage) public(t *testing.T) []byte {
	t.Helper()
	b, err := p.key.PublicKey.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func (p *testPage) id(t *testing.T) string {
	sum := sha256.Sum256(p.public(t))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

func (p *testPage) sign(t *testing.T, text string) string {
	t.Helper()
	sum := sha256.Sum256([]byte(text))
	r, s, err := ecdsa.Sign(rand.Reader, p.key, sum[:])
	if err != nil {
		t.Fatal(err)
	}
	b := make([]byte, 64)
	r.FillBytes(b[:32])
	s.FillBytes(b[32:])
	return base64.RawURLEncoding.EncodeToString(b)
}

// offer makes a connection and its offer.
func (p *testPage) offer(t *testing.T) string {
	t.Helper()
	var settings webrtc.SettingEngine
	settings.SetIncludeLoopbackCandidate(true)
	settings.SetIPFilter(func(ip net.IP) bool { return ip.IsLoopback() })
	pc, err := webrtc.NewAPI(webrtc.WithSettingEngine(settings)).NewPeerConnection(
		webrtc.Configuration{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { pc.Close() })
	p.pc, p.control, p.closed = pc, make(chan map[string]any, 100), make(chan struct{})
	channel, err := pc.CreateDataChannel("control", nil)
	if err != nil {
		t.Fatal(err)
	}
	said, closed := p.control, p.closed
	channel.OnOpen(func() { channel.SendText(`{"type":"hello","name":"Anna's phone"}`) })
	channel.OnMessage(func(m webrtc.DataChannelMessage) {
		var message map[string]any
		if json.Unmarshal(m.Data, &message) == nil && message["type"] != "ping" {
			said <- message
		}
	})
	channel.OnClose(func() { close(closed) })
	track, err := webrtc.NewTrackLocalStaticSample(
		webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeVP8}, "video", "camera")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := pc.AddTrack(track); err != nil {
		t.Fatal(err)
	}
	offer, err := pc.CreateOffer(nil)
	if err != nil {
		t.Fatal(err)
	}
	gathered := webrtc.GatheringCompletePromise(pc)
	if err := pc.SetLocalDescription(offer); err != nil {
		t.Fatal(err)
	}
	<-gathered
	return pc.LocalDescription().SDP
}

// join sends an offer and, when it is taken, waits until the connection stands; it returns the
// status.
func (p *testPage) join(t *testing.T) int {
	t.Helper()
	offer := p.offer(t)
	sum := sha256.Sum256([]byte(offer))
	response := p.request("POST", "/whip", offer, map[string]string{
		"Content-Type": "application/sdp", "Authorization": "Bearer " + p.token,
		"Handlens-Key":   base64.RawURLEncoding.EncodeToString(p.public(t)),
		"Handlens-Proof": p.sign(t, "handlens offer\n"+hex.EncodeToString(sum[:])),
	})
	if response.Code != http.StatusCreated {
		return response.Code
	}
	p.session, p.etag = response.Header().Get("Location"), response.Header().Get("ETag")
	if err := p.pc.SetRemoteDescription(webrtc.SessionDescription{
		Type: webrtc.SDPTypeAnswer, SDP: response.Body.String(),
	}); err != nil {
		t.Fatal(err)
	}
	waittest.Until(t, "the computer to hear the phone's name", func() bool {
		for _, s := range p.manager.Sessions() {
			if s.Phone() == p.id(t) && strings.HasPrefix(s.Name(), "Anna's phone") {
				return true
			}
		}
		return false
	})
	return response.Code
}

// remembered asks for the token by the key, and returns it or "".
func (p *testPage) remembered(t *testing.T) string {
	t.Helper()
	ask := func(fields map[string]string) (said struct{ Nonce, Token string }) {
		fields["key"] = base64.RawURLEncoding.EncodeToString(p.public(t))
		body, err := json.Marshal(fields)
		if err != nil {
			t.Fatal(err)
		}
		response := p.request("POST", "/key", string(body),
			map[string]string{"Content-Type": "application/json"})
		if response.Code == http.StatusOK {
			if err := json.NewDecoder(response.Body).Decode(&said); err != nil {
				t.Fatal(err)
			}
		}
		return said
	}
	nonce := ask(map[string]string{}).Nonce
	return ask(map[string]string{"nonce": nonce, "proof": p.sign(t, "handlens key\n"+nonce)}).Token
}

// told waits for a message of that type.
func (p *testPage) told(t *testing.T, kind string) map[string]any {
	t.Helper()
	for {
		if m := waittest.Receive(t, "a message: "+kind, p.control); m["type"] == kind {
			return m
		}
	}
}

// trickles says with that token that there are no more candidates.
func (p *testPage) trickles(token string) int {
	var fragment strings.Builder
	for line := range strings.Lines(p.pc.LocalDescription().SDP) {
		for _, kind := range []string{"a=group:", "m=", "a=mid:", "a=ice-ufrag:", "a=ice-pwd:"} {
			if strings.HasPrefix(line, kind) {
				fragment.WriteString(line)
			}
		}
		if strings.HasPrefix(line, "a=ice-pwd:") {
			break
		}
	}
	fragment.WriteString("a=end-of-candidates\r\n")
	return p.request("PATCH", p.session, fragment.String(), map[string]string{
		"Content-Type": "application/trickle-ice-sdpfrag", "If-Match": p.etag,
		"Authorization": "Bearer " + token,
	}).Code
}
