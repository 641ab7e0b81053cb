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
	if second == first || own.Err() != nil {
		t.Errorf("the new files are not taken: %v", own.Err())
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
	if show() != second || own.Err() == nil {
		t.Error("half a renewal replaced what worked, or nobody is told")
	}
	if err := os.WriteFile(keyFile, newKey, 0o600); err != nil {
		t.Fatal(err)
	}
	now.move(checkInterval)
	if show() == second || own.Err() != nil {
		t.Errorf("the whole renewal is not taken: %v", own.Err())
	}
	if err := os.Remove(certFile); err != nil {
		t.Fatal(err)
	}
	now.move(checkInterval)
	if show() == nil || own.Err() == nil {
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
