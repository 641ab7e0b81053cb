package peer

import (
	"bytes"
	"log/slog"
	"net"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pion/stun/v4"
	"github.com/pion/turn/v5"
	"github.com/pion/webrtc/v4"
	"go.uber.org/goleak"

	"handlens/media"
)

// promptly is well below the eight seconds after which clients give up, and far above
// gatherTimeout.
const promptly = 5 * time.Second

// journal is a log that can be read while it is written.
type journal struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (j *journal) Write(b []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.Write(b)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.String()
}

// startTURN runs pion's TURN server on the loopback address, for the user "me" with the password
// "secret", and returns its address. Its relay addresses are those of that IP.
func startTURN(t *testing.T, relay string) netip.AddrPort {
	t.Helper()
	conn, err := net.ListenPacket("udp4", "127.0.0.1:0")
	must(t, err)
	server, err := turn.NewServer(turn.ServerConfig{
		Realm: "test",
		AuthHandler: func(r *turn.RequestAttributes) (string, []byte, bool) {
			return r.Username, turn.GenerateAuthKey("me", r.Realm, "secret"), r.Username == "me"
		},
		PacketConnConfigs: []turn.PacketConnConfig{{
			PacketConn: conn,
			RelayAddressGenerator: &turn.RelayAddressGeneratorStatic{
				RelayAddress: net.ParseIP(relay), Address: relay,
			},
		}},
	})
	must(t, err)
	t.Cleanup(func() {
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	})
	return conn.LocalAddr().(*net.UDPAddr).AddrPort()
}

// listenWith opens a host on the loopback address that knows ICE servers, and returns its log as
// well.
func listenWith(t *testing.T, servers ...string) (*Host, *journal) {
	t.Helper()
	var list []media.ICEServer
	for _, text := range servers {
		s, err := media.ParseICEServer(text)
		must(t, err)
		list = append(list, s)
	}
	log := &journal{}
	h, err := Listen(Config{
		ICEServers: list, Addresses: []netip.Addr{loopback},
		Logger: slog.New(slog.NewTextHandler(log, nil)),
	})
	must(t, err)
	t.Cleanup(func() {
		if err := h.Close(); err != nil {
			t.Error(err)
		}
	})
	return h, log
}

// silentUDP is an address where nobody ever answers.
func silentUDP(t *testing.T) string {
	t.Helper()
	c, err := net.ListenPacket("udp4", "127.0.0.1:0")
	must(t, err)
	t.Cleanup(func() { c.Close() })
	return c.LocalAddr().String()
}

// silentTCP is an address where connections are taken and nobody ever answers.
func silentTCP(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	must(t, err)
	t.Cleanup(func() { l.Close() })
	return l.Addr().String()
}

// warnings are the lines of a log that are about a server. pion has its own to say of a machine's
// sockets, and of a packet that it could not write any more when the connection was closed.
func warnings(log *journal) []string {
	var lines []string
	for line := range strings.Lines(log.String()) {
		if strings.Contains(line, "only direct paths") {
			lines = append(lines, line)
		}
	}
	return lines
}

// checkWarning looks for one sentence in the log that has those words and tells no password.
func checkWarning(t *testing.T, log *journal, words string) {
	t.Helper()
	said := warnings(log)
	if len(said) != 1 || !strings.Contains(said[0], words) ||
		strings.Contains(log.String(), "secret") {
		t.Errorf("the log says %q, want one line with %q", said, words)
	}
}

// checkDirect joins, restarts ICE and sends frames, all of it promptly and over the direct path.
func checkDirect(t *testing.T, h *Host) {
	t.Helper()
	w := &watcher{t: t}
	p := newPhone(t, phoneOptions{mime: webrtc.MimeTypeVP8})
	offer := p.offer(nil)
	began := time.Now()
	c, err := h.Answer(t.Context(), offer, w)
	must(t, err)
	if took := time.Since(began); took > promptly {
		t.Errorf("the answer took %v", took)
	}
	if !strings.Contains(c.Answer(), " typ host") || strings.Contains(c.Answer(), " typ relay") {
		t.Errorf("the answer's candidates are not those of this machine alone:\n%s", c.Answer())
	}
	answer := webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: c.Answer()}
	must(t, p.pc.SetRemoteDescription(answer))
	p.send(func() bool { return w.frames.Load() >= 5 })

	began = time.Now()
	p.restart(c, "*")
	if took := time.Since(began); took > promptly {
		t.Errorf("the answer to an ICE restart took %v", took)
	}
	began = time.Now()
	c.Close(media.Reason{Code: media.SentAway})
	if took := time.Since(began); took > promptly {
		t.Errorf("closing took %v", took)
	}
}

func TestServersThatDoNotAnswer(t *testing.T) {
	for name, server := range map[string]string{
		"turn by UDP":  "turn:me:secret@" + silentUDP(t),
		"turn by TCP":  "turn:me:secret@" + silentTCP(t) + "?transport=tcp",
		"turn by TLS":  "turns:me:secret@" + silentTCP(t),
		"turn by DTLS": "turns:me:secret@" + silentUDP(t) + "?transport=udp",
		"stun":         "stun:" + silentUDP(t),
	} {
		t.Run(name, func(t *testing.T) {
			defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
			t.Run("run", func(t *testing.T) {
				h, log := listenWith(t, server)
				checkDirect(t, h)
				if name != "stun" {
					checkWarning(t, log, "did not answer")
				}
			})
		})
	}
}

func TestTURNWithTheWrongPassword(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	t.Run("run", func(t *testing.T) {
		h, log := listenWith(t, "turn:me:notsecret@"+startTURN(t, "127.0.0.1").String())
		checkDirect(t, h)
		checkWarning(t, log, "gave no relay address")
	})
}

func TestTURNGivesARelayAddress(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	t.Run("run", func(t *testing.T) {
		at := startTURN(t, "127.0.0.1")
		h, log := listenWith(t, "turn:me:s%65cret@"+at.String()+"?transport=udp",
			"stun:"+at.String())
		p := newPhone(t, phoneOptions{mime: webrtc.MimeTypeVP8})
		c, err := h.Answer(t.Context(), p.offer(nil), &watcher{t: t})
		must(t, err)
		for _, kind := range []string{
			" typ host", " typ srflx", " typ relay",
			"a=end-of-candidates",
		} {
			if !strings.Contains(c.Answer(), kind) {
				t.Errorf("%q is missing in\n%s", kind, c.Answer())
			}
		}
		if strings.Contains(c.Answer(), "secret") {
			t.Error("the password is in the answer")
		}
		if said := warnings(log); len(said) > 0 {
			t.Errorf("the log says %q", said)
		}
		c.Close(media.Reason{Code: media.SentAway})
	})
}

// FuzzPionTakesServers looks for a server that media takes and pion does not: each phone's
// connection would fail for it.
func FuzzPionTakesServers(f *testing.F) {
	for _, text := range []string{
		"stun:stun.example.org:3478", "stuns:[::1]", "turn:me:se:cret@h:3478?transport=udp",
		"turns:a:b@[::1]:5?transport=tcp", "turn:a:b@h", "stun:1.2.3.4:065",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s, err := media.ParseICEServer(text)
		if err != nil {
			return
		}
		uri, err := stun.ParseURI(s.URL)
		if err != nil {
			t.Fatalf("%q: %v", s.URL, err)
		}
		if uri.Host == "" || uri.Port < 1 || uri.Port > 65535 {
			t.Errorf("%q is read as %+v", s.URL, uri)
		}
	})
}
