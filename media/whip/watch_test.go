package whip

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// notes is a Watcher that writes down what it is told, one line each; not the requests as such.
type notes struct {
	mu       sync.Mutex
	lines    []string
	visitors []Visitor
	asked    int
	told     chan string // for what comes from a goroutine of its own
}

func newNotes() *notes { return &notes{told: make(chan string, 100)} }

func (n *notes) note(v Visitor, format string, args ...any) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.lines = append(n.lines, fmt.Sprintf(format, args...))
	n.visitors = append(n.visitors, v)
}

func (n *notes) Handshake(from netip.AddrPort, called netip.Addr, how Handshake) {
	n.told <- fmt.Sprintf("%v %v %v", from.Addr(), called, how)
}

func (n *notes) Asked(netip.AddrPort) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.asked++
}

func (n *notes) Fetched(v Visitor)              { n.note(v, "fetched") }
func (n *notes) Denied(v Visitor, why Denial)   { n.note(v, "denied %d", why) }
func (n *notes) Progress(v Visitor, p Progress) { n.note(v, "progress %s", p) }

// take returns what was written down since the last call.
func (n *notes) take() []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	lines := n.lines
	n.lines = nil
	return lines
}

// Each handshake is told as it went: done, refused by a browser that stands before its warning, or
// broken off; and the everyday noise of an open port is not logged.
func TestHandshakesAreTold(t *testing.T) {
	var log lines
	told := newNotes()
	s := start(t, &testHost{}, func(c *Config) {
		c.Logger = slog.New(slog.NewTextHandler(&log, nil))
		c.Watcher = told
	})
	address := strings.TrimPrefix(s.url, "https://")
	want := func(how Handshake) {
		t.Helper()
		if got := <-told.told; got != fmt.Sprintf("127.0.0.1 127.0.0.1 %d", how) {
			t.Errorf("told is %q, want %d", got, how)
		}
	}
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		_, err := tls.Dial("tcp", address,
			&tls.Config{RootCAs: x509.NewCertPool(), MinVersion: version, MaxVersion: version})
		if _, ok := errors.AsType[x509.UnknownAuthorityError](err); !ok {
			t.Fatalf("TLS %x: %v", version, err)
		}
		want(HandshakeRefused)
		c, err := tls.Dial("tcp", address, &tls.Config{
			InsecureSkipVerify: true, MinVersion: version, MaxVersion: version,
		})
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		want(HandshakeDone)
	}
	// A scanner, and a client that goes away.
	for _, noise := range []string{"\x16\x03\x01\x00\x02xx", ""} {
		c, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		c.Write([]byte(noise))
		c.Close()
		want(HandshakeBroken)
	}
	if a := s.do(t, "GET", "/", ""); a.StatusCode != http.StatusOK {
		t.Errorf("the server is not well: %s", a.Status)
	}
	want(HandshakeDone)
	if log.String() != "" {
		t.Errorf("logged is %q", log.String())
	}
}

func TestHandshakeOf(t *testing.T) {
	for text, want := range map[string]Handshake{
		"remote error: tls: unknown certificate":            HandshakeRefused,
		"remote error: tls: bad certificate":                HandshakeRefused,
		"remote error: tls: unknown certificate authority":  HandshakeRefused,
		"remote error: tls: protocol version not supported": HandshakeBroken,
		"EOF": HandshakeBroken,
		"tls: first record does not look like a TLS handshake": HandshakeBroken,
	} {
		if got := handshakeOf(errors.New(text)); got != want {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
	if handshakeOf(nil) != HandshakeDone {
		t.Error("a handshake without an error is not done")
	}
}

// The page is told when it is fetched, and only then; each request when it is asked.
func TestFetchedIsTold(t *testing.T) {
	told := newNotes()
	s := start(t, &testHost{}, func(c *Config) { c.Watcher = told })
	const agent = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 " +
		"(KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1"
	s.do(t, "GET", "/main.js", "", "User-Agent", agent)
	s.do(t, "HEAD", "/", "", "User-Agent", agent)
	if got := told.take(); len(got) != 0 || told.asked != 2 {
		t.Errorf("a script is not the page: %q, and %d requests", got, told.asked)
	}
	a := s.do(t, "GET", "/", "", "User-Agent", agent)
	if a.Header.Get("Accept-CH") != "Sec-CH-UA-Model" {
		t.Errorf("Accept-CH: %q", a.Header.Get("Accept-CH"))
	}
	if got := told.take(); !slices.Equal(got, []string{"fetched"}) {
		t.Fatalf("told is %q", got)
	}
	v := told.visitors[0]
	if v.Name != "iPhone" || v.UserAgent != agent || v.Remote.Addr().String() != "127.0.0.1" ||
		v.Remote.Port() == 0 || v.Called.String() != "127.0.0.1" {
		t.Errorf("fetched by %+v", v)
	}
}

// What is wrong with a token is told, whichever resource it was for; a right one is not.
func TestDenialsAreTold(t *testing.T) {
	told := newNotes()
	s := start(t, &testHost{}, func(c *Config) { c.Watcher = told })
	want := func(what string, lines ...string) {
		t.Helper()
		if got := told.take(); !slices.Equal(got, lines) {
			t.Errorf("%s: told is %q, want %q", what, got, lines)
		}
	}
	s.do(t, "POST", "/progress", `{"step":"page"}`, "Authorization", "")
	want("no token", "denied 0")
	s.do(t, "POST", "/whip", offerText, "Content-Type", typeSDP, "Authorization", "Bearer wrong")
	want("a wrong token", "denied 1")
	s.do(t, "DELETE", "/whip/none", "", "Authorization", "Bearer wrong")
	want("a wrong token for a session", "denied 1")
	s.join(t)
	s.do(t, "GET", "/whip", "", "Authorization", "")
	s.do(t, "GET", "/nothing", "")
	want("the right token, and none needed")
	for i := range maxGuesses { // by themselves their answers would be held back for long
		s.phones.guesses.judge(netip.MustParseAddr("127.0.0.1"), hashToken(strconv.Itoa(i)), false,
			time.Now())
	}
	s.do(t, "POST", "/progress", "", "Authorization", "Bearer wrong")
	if got := told.take(); got[len(got)-1] != "denied 2" {
		t.Errorf("after many wrong tokens told is %q", got[len(got)-1])
	}
}
