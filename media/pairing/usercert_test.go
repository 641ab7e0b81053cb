package pairing

import (
	"bytes"
	"crypto/tls"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"handlens/media"
)

// writePair puts a certificate of the authority's, and its key, into two files as the user's own
// tools would.
func writePair(t *testing.T, a *Authority, certFile, keyFile string, stamp time.Time) {
	t.Helper()
	l, err := a.newLeaf([]netip.Addr{home}, nil)
	if err != nil {
		t.Fatal(err)
	}
	both, err := encodePEM(l.key, l.cert.Raw)
	if err != nil {
		t.Fatal(err)
	}
	split := bytes.Index(both, []byte("-----BEGIN CERTIFICATE"))
	for name, data := range map[string][]byte{certFile: both[split:], keyFile: both[:split]} {
		if err := os.WriteFile(name, data, 0o600); err != nil {
			t.Fatal(err)
		}
		// Two writes within one tick of the file system's clock must not look like one.
		if err := os.Chtimes(name, stamp, stamp); err != nil {
			t.Fatal(err)
		}
	}
}

// ownCertificate returns a certificate of the user's own, the authority that signed it, and what
// shows the one in use.
func ownCertificate(t *testing.T, now *clock) (
	a *Authority, own *Certificate, show func() *tls.Certificate,
) {
	t.Helper()
	dir := t.TempDir()
	certFile, keyFile := filepath.Join(dir, "own.crt"), filepath.Join(dir, "own.key")
	a = testAuthority(t, t.TempDir(), now)
	writePair(t, a, certFile, keyFile, noon)
	own, err := loadCertificate(certFile, keyFile, now.now)
	if err != nil {
		t.Fatal(err)
	}
	config := own.TLSConfig()
	return a, own, func() *tls.Certificate {
		c, err := config.GetCertificate(&tls.ClientHelloInfo{})
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
}

func TestOwnCertificate(t *testing.T) {
	now := &clock{t: noon}
	a, own, show := ownCertificate(t, now)
	certFile, keyFile, config := own.certFile, own.keyFile, own.TLSConfig()
	first := show()
	if !names(first.Leaf, home) || config.MinVersion != tls.VersionTLS12 {
		t.Error("another certificate, or an older TLS")
	}

	if host := own.Host(); host != first.Leaf.DNSNames[0] {
		t.Errorf("the host is %q, and the certificate is for %q", host, first.Leaf.DNSNames)
	}
	if got := NamedURL("pc.example.net", 8443,
		"token"); got != "https://pc.example.net:8443/#token" {
		t.Errorf("the address is %s", got)
	}

	writePair(t, a, certFile, keyFile, noon.Add(time.Hour))
	if show() != first {
		t.Error("the files are looked at for each connection")
	}
	now.move(checkInterval)
	second := show()
	if second == first || own.fault() != nil {
		t.Errorf("the new files are not taken: %v", own.fault())
	}
}

// While the certificate is new and its key is old, the pair of before stays in use.
func TestHalfARenewal(t *testing.T) {
	now := &clock{t: noon}
	a, own, show := ownCertificate(t, now)
	certFile, keyFile := own.certFile, own.keyFile
	second := show()
	key, err := os.ReadFile(keyFile)
	if err != nil {
		t.Fatal(err)
	}
	writePair(t, a, certFile, keyFile, noon.Add(2*time.Hour))
	newKey, err := os.ReadFile(keyFile)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(keyFile, key, 0o600); err != nil {
		t.Fatal(err)
	}
	now.move(checkInterval)
	if show() != second || own.fault() == nil {
		t.Error("half a renewal replaced what worked, or nobody is told")
	}
	if err := os.WriteFile(keyFile, newKey, 0o600); err != nil {
		t.Fatal(err)
	}
	now.move(checkInterval)
	if show() == second || own.fault() != nil {
		t.Errorf("the whole renewal is not taken: %v", own.fault())
	}
	if err := os.Remove(certFile); err != nil {
		t.Fatal(err)
	}
	now.move(checkInterval)
	if show() == nil || own.fault() == nil {
		t.Error("a lost file stops the server, or nobody is told")
	}
}

func TestOwnCertificateErrors(t *testing.T) {
	dir, now := t.TempDir(), &clock{t: noon}
	certFile, keyFile := filepath.Join(dir, "own.crt"), filepath.Join(dir, "own.key")
	a := testAuthority(t, t.TempDir(), now)
	writePair(t, a, certFile, keyFile, noon)
	for name, test := range map[string]struct {
		cert, key, want string
		at              time.Time
	}{
		"missing": {filepath.Join(dir, "no.crt"), keyFile, "no.crt", noon},
		"swapped": {keyFile, certFile, "own.key", noon},
		"expired": {certFile, keyFile, "expired on", noon.AddDate(3, 0, 0)},
	} {
		_, err := loadCertificate(test.cert, test.key, (&clock{t: test.at}).now)
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// fault is what Problem makes of the files, for a phone that comes to the certificate's address.
func (c *Certificate) fault() error {
	if p := c.Problem(home.String()); p != nil {
		return p
	}
	return nil
}

// TestProblemsOfOwnCertificate wants each problem told in time, the worst first.
func TestProblemsOfOwnCertificate(t *testing.T) {
	now := &clock{t: noon}
	a, own, show := ownCertificate(t, now)
	end := show().Leaf.NotAfter
	want := func(host string, code media.CertificateFaultCode) {
		t.Helper()
		if p := own.Problem(host); p == nil || p.Code != code || !p.End.Equal(end) ||
			p.File != own.certFile {
			t.Errorf("the problem is %+v, want %d", p, code)
		}
	}
	for _, host := range []string{home.String(), own.Host()} {
		if p := own.Problem(host); p != nil {
			t.Errorf("a problem for %s: %v", host, p)
		}
	}
	want("192.168.1.99", media.CertificateElsewhere)
	want("other.example", media.CertificateElsewhere)
	now.move(end.Sub(now.now()) - soon + time.Hour)
	want(home.String(), media.CertificateEnding)
	now.move(soon)
	want(home.String(), media.CertificateEnded)

	writePair(t, a, own.certFile, own.keyFile, noon.Add(time.Hour))
	now.move(checkInterval)
	end = show().Leaf.NotAfter
	if p := own.Problem(home.String()); p != nil {
		t.Errorf("it was renewed, and there is a problem: %v", p)
	}
	if err := os.Remove(own.keyFile); err != nil {
		t.Fatal(err)
	}
	now.move(checkInterval)
	want(home.String(), media.CertificateUnread)
}
