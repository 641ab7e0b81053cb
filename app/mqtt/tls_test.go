package mqtt

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"handlens/media/waittest"
)

// certificate writes a new certificate with its key, signed by another or, for nil, by itself.
func certificate(t *testing.T, dir, name string, by *x509.Certificate, byKey *ecdsa.PrivateKey,
) (*x509.Certificate, *ecdsa.PrivateKey) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		IsCA:     by == nil, BasicConstraintsValid: true,
	}
	if by == nil {
		by, byKey = c, key
	} else {
		c.DNSNames = []string{name}
	}
	der, err := x509.CreateCertificate(rand.Reader, c, by, &key.PublicKey, byKey)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	for suffix, block := range map[string]*pem.Block{
		".crt": {Type: "CERTIFICATE", Bytes: der}, ".key": {Type: "EC PRIVATE KEY", Bytes: private},
	} {
		err := os.WriteFile(filepath.Join(dir, name+suffix), pem.EncodeToMemory(block), 0o600)
		if err != nil {
			t.Fatal(err)
		}
	}
	return c, key
}

// With TLS a broker is told whose certificate an authority of the user's has signed, for that name,
// and no other.
func TestABrokerWithTLS(t *testing.T) {
	dir, port := t.TempDir(), freePort(t)
	ca, key := certificate(t, dir, "home", nil, nil)
	certificate(t, dir, "localhost", ca, key)
	certificate(t, dir, "stranger", nil, nil)
	file := func(name string) string { return filepath.Join(dir, name) }
	b := startBroker(t, fmt.Sprintf("listener %d 127.0.0.1", port),
		"certfile "+file("localhost.crt"), "keyfile "+file("localhost.key"))
	open := func(host, authority, password string) (*Client, *faults) {
		f := new(faults)
		c, err := Open(Config{
			URL: fmt.Sprintf("mqtts://%s@%s:%d", user, host, port), CA: authority,
			Password: password, Computer: "Desk", Failed: f.add,
		})
		if err != nil {
			t.Fatal(err)
		}
		return c, f
	}
	c, f := open("localhost", file("home.crt"), password)
	b.waitFor(t, "handlens/desk/status", "online")
	waittest.Until(t, "the connection", func() bool {
		connected, _ := c.State()
		return connected
	})
	if c.Close(); f.get() != nil {
		t.Errorf("faults: %q", f.get())
	}
	for _, wrong := range []struct{ host, authority, password, said string }{
		{"localhost", file("stranger.crt"), password, "unknown authority"},
		{"localhost", "", password, "unknown authority"},
		{"127.0.0.1", file("home.crt"), password, "127.0.0.1"},
		{"localhost", file("home.crt"), "wrong", "it refuses us"},
	} {
		c, f := open(wrong.host, wrong.authority, wrong.password)
		waittest.Until(t, "a word of it", func() bool { return len(f.get()) > 0 })
		connected, problem := c.State()
		c.Close()
		if said := f.get()[0]; !strings.Contains(said, wrong.said) || connected ||
			problem == nil || !strings.Contains(said, problem.Error()) {
			t.Errorf("%v: it says %q, and connected is %v, %v", wrong, said, connected, problem)
		}
	}
	if _, err := Open(Config{URL: "mqtts://localhost", CA: file("home.key")}); err == nil ||
		!strings.Contains(err.Error(), "has no certificate") {
		t.Errorf("a key for an authority: %v", err)
	}
}
