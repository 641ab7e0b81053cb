package whip

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
)

// lines collects a log.
type lines struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// A browser that stands before its warning is noticed, and the everyday noise of an open port is
// not logged.
func TestUntrustedIsCounted(t *testing.T) {
	var log lines
	told := make(chan Visitor, 10)
	s := start(t, &testHost{}, func(c *Config) {
		c.Logger = slog.New(slog.NewTextHandler(&log, nil))
		c.OnUntrusted = func(v Visitor) { told <- v }
	})
	address := strings.TrimPrefix(s.url, "https://")
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		_, err := tls.Dial("tcp", address,
			&tls.Config{RootCAs: x509.NewCertPool(), MinVersion: version, MaxVersion: version})
		if _, ok := errors.AsType[x509.UnknownAuthorityError](err); !ok {
			t.Fatalf("TLS %x: %v", version, err)
		}
		if v := <-told; v.Remote.Addr().String() != "127.0.0.1" || v.Remote.Port() == 0 {
			t.Errorf("TLS %x: told of %v", version, v)
		}
	}
	// A scanner, and a client that goes away.
	for _, noise := range []string{"\x16\x03\x01\x00\x02xx", ""} {
		c, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		c.Write([]byte(noise))
		c.Close()
	}
	if a := s.do(t, "GET", "/", ""); a.StatusCode != http.StatusOK {
		t.Errorf("the server is not well: %s", a.Status)
	}
	if s.Untrusted() != 2 || log.String() != "" {
		t.Errorf("%d counted, logged %q", s.Untrusted(), log.String())
	}
	if _, err := (serverLog{s.Server}).Write(
		[]byte("http: Accept error: too many open files; retrying\n")); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(log.String(), "too many open files") {
		t.Errorf("what matters is not logged: %q", log.String())
	}
}

func TestDistrust(t *testing.T) {
	for text, want := range map[string]bool{
		"[::1]:5: remote error: tls: unknown certificate":              true,
		"1.2.3.4:5: remote error: tls: bad certificate":                true,
		"1.2.3.4:5: remote error: tls: unknown certificate authority":  true,
		"1.2.3.4:5: remote error: tls: protocol version not supported": false,
		"1.2.3.4:5: EOF": false,
		"1.2.3.4:5: tls: first record does not look like a TLS handshake": false,
		"": false,
	} {
		if refusedCertificate(text) != want {
			t.Errorf("%q: %v", text, !want)
		}
	}
}

func TestServerHasLimits(t *testing.T) {
	s, err := NewServer(Config{Token: "x", Host: &testHost{}, Pages: testPages})
	if err != nil {
		t.Fatal(err)
	}
	h := s.HTTPServer(&tls.Config{})
	if h.ReadHeaderTimeout == 0 || h.WriteTimeout <= joinTime || h.IdleTimeout == 0 ||
		h.MaxHeaderBytes == 0 || h.ErrorLog == nil || h.HTTP2.MaxConcurrentStreams > maxStreams {
		t.Errorf("a limit is missing: %+v", h)
	}
}
