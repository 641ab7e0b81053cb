package whip

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"handlens/media/pairing"
)

// dial opens a connection such as a browser's for a WebSocket, which trusts roots.
func (s *testServer) dial(t *testing.T, roots *x509.CertPool) (*tls.Conn, error) {
	t.Helper()
	return tls.Dial("tcp", strings.TrimPrefix(s.url, "https://"),
		&tls.Config{RootCAs: roots, NextProtos: []string{"http/1.1"}})
}

// upgrade asks for the WebSocket of a probe. The key is that of RFC 6455 section 1.3.
func upgrade(t *testing.T, c *tls.Conn) *http.Response {
	t.Helper()
	fmt.Fprint(c, "GET /trust/probe HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n"+
		"Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"+
		"Sec-WebSocket-Version: 13\r\n\r\n")
	r, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Body.Close()
	return r
}

func (s *testServer) announce(t *testing.T, want int) {
	t.Helper()
	if a := s.do(t, "POST", "/trust/probe", ""); a.StatusCode != want {
		t.Errorf("announcing a probe gives %s, want %d", a.Status, want)
	}
}

// A probe is shown a certificate that nobody can have made an exception for, and is told when it
// took it. All other connections get the one that phones may have been told to take.
func TestProbe(t *testing.T) {
	s := start(t, &testHost{}, nil)
	roots := s.client.Transport.(*http.Transport).TLSClientConfig.RootCAs
	serial := func() string {
		c, err := s.dial(t, roots)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		r := upgrade(t, c)
		defer r.Body.Close()
		if r.StatusCode != http.StatusNotFound {
			t.Errorf("the WebSocket of no probe gives %s", r.Status)
		}
		return c.ConnectionState().PeerCertificates[0].SerialNumber.String()
	}
	usual := serial()
	seen := map[string]bool{usual: true}
	for range 3 {
		s.announce(t, http.StatusNoContent)
		// HTTP/2 is what the page itself comes by.
		if a := s.do(t, "GET", "/", ""); a.TLS.PeerCertificates[0].SerialNumber.String() != usual {
			t.Error("the page was shown a probe's certificate")
		}
		c, err := s.dial(t, roots)
		if err != nil {
			t.Fatal(err)
		}
		cert := c.ConnectionState().PeerCertificates[0]
		if seen[cert.SerialNumber.String()] || cert.VerifyHostname("127.0.0.1") != nil {
			t.Error("a probe was shown what was shown before, or what is for another address")
		}
		seen[cert.SerialNumber.String()] = true
		r := upgrade(t, c)
		r.Body.Close()
		if r.StatusCode != http.StatusSwitchingProtocols ||
			r.Header.Get("Sec-WebSocket-Accept") != "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" {
			t.Errorf("a probe gives %s, %v", r.Status, r.Header)
		}
		fmt.Fprint(c, "\x88\x80\x00\x00\x00\x00") // closes it, masked
		if end, err := io.ReadAll(c); err != nil || string(end) != "\x88\x00" {
			t.Errorf("it ends with %x, %v", end, err)
		}
		c.Close()
		if serial() != usual {
			t.Error("one announcement made two probes")
		}
	}
}

// A browser that fails a probe is on the page already: it does not count as one before the warning.
func TestFailedProbe(t *testing.T) {
	told := refusals{noWatcher{}, make(chan netip.AddrPort, 4)}
	s := start(t, &testHost{}, func(c *Config) { c.Watcher = told })
	s.announce(t, http.StatusNoContent)
	for range 3 { // the probe, and two visitors
		if _, err := s.dial(t, x509.NewCertPool()); err == nil {
			t.Fatal("it was taken")
		}
	}
	<-told.from
	<-told.from
	if n := len(told.from); n != 0 {
		t.Errorf("%d more visitors stood before the warning, want none", n)
	}
}

// refusals is a Watcher that hears who refused our certificate.
type refusals struct {
	noWatcher
	from chan netip.AddrPort
}

func (r refusals) Handshake(from netip.AddrPort, _ netip.Addr, how Handshake) {
	if how == HandshakeRefused {
		r.from <- from
	}
}

// Where a probe would tell nothing, there is none.
func TestNoProbe(t *testing.T) {
	s := start(t, &testHost{}, nil)
	s.client.Transport.(*http.Transport).TLSClientConfig.ServerName = "pc.example.ts.net"
	s.client.Transport.(*http.Transport).TLSClientConfig.InsecureSkipVerify = true
	s.announce(t, http.StatusNotFound)

	s = start(t, &testHost{}, nil)
	s.speakHTTP1()
	s.announce(t, http.StatusConflict)

	s = start(t, &testHost{}, func(c *Config) { c.Authority = nil })
	s.announce(t, http.StatusNotFound)
}

func TestProbesAreFewAndShort(t *testing.T) {
	p, now := newProbes(), time.Now()
	for i := range 10 * maxProbes {
		from := netip.AddrFrom4([4]byte{10, 0, byte(i >> 8), byte(i)})
		p.arm(from, now)
		if !p.begin(netip.AddrPortFrom(from, 9), now) {
			t.Fatalf("%v is forgotten", from)
		}
		p.arm(from, now)
	}
	if len(p.armed) > maxProbes || len(p.shown) > maxProbes {
		t.Errorf("%d are announced and %d shown", len(p.armed), len(p.shown))
	}
	late := netip.MustParseAddr("10.1.0.1")
	p.arm(late, now)
	if p.begin(netip.AddrPortFrom(late, 9), now.Add(armTime+time.Second)) {
		t.Error("an announcement lasts")
	}
}

// A certificate for an address that the authority may not vouch for would be refused by everyone.
func TestNoFreshCertificateForThePublic(t *testing.T) {
	a, err := pairing.LoadAuthority(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for address, name := range map[string]string{"141.24.33.7": "", "192.168.1.2": "a.ts.net"} {
		ip := netip.MustParseAddr(address)
		if _, err := a.Fresh(ip, name); err == nil || a.Vouches(ip, name) {
			t.Errorf("it vouches for %s %s", address, name)
		}
	}
	if _, err := a.Fresh(netip.MustParseAddr("192.168.1.2"), "localhost"); err != nil {
		t.Error(err)
	}
}
