//go:build unix

// Package tailscaletest plays the program tailscale to tests: what it prints has the form of the
// real one's, and an authority of the test's own signs its certificates.
package tailscaletest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"errors"
	"io/fs"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Program is one that is installed in a folder of its own.
type Program struct {
	Dir  string // belongs into PATH, first
	Name string // this machine's in the tailnet
	CA   []byte // the authority's certificate, DER

	test *testing.T
	ca   *x509.Certificate
	key  *ecdsa.PrivateKey
}

// script tells what was asked of it, and answers from files; a fault takes the place of a
// certificate.
const script = `#!/bin/sh
here=$(dirname "$0")
echo "$*" >>"$here/calls"
case $1 in
status) cat "$here/status" ;;
cert)
  if [ -e "$here/fault" ]; then cat "$here/fault" >&2; exit 1; fi
  echo "Warning: client version \"1.98.2\" != tailscaled server version \"1.98.1\"" >&2
  cat "$here/pair" ;;
esac
`

// New installs it. The machine has that name and those addresses in the tailnet.
func New(t *testing.T, name string, ips ...string) *Program {
	t.Helper()
	p := &Program{Dir: t.TempDir(), Name: name, test: t}
	p.write("tailscale", []byte(script), 0o700)
	p.Status("Running", []string{name}, ips...)
	var err error
	if p.key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader); err != nil {
		t.Fatal(err)
	}
	p.ca = &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "a public authority"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().AddDate(1, 0, 0),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	if p.CA, err = x509.CreateCertificate(rand.Reader, p.ca, p.ca, &p.key.PublicKey,
		p.key); err != nil {
		t.Fatal(err)
	}
	p.Issue(name, 90*24*time.Hour)
	return p
}

// Status has it say so of itself; without domains the tailnet has no HTTPS.
func (p *Program) Status(state string, domains []string, ips ...string) {
	p.test.Helper()
	text, err := json.Marshal(map[string]any{
		"Version": "1.98.2-tdf9fb2a", "TUN": true, "BackendState": state, "AuthURL": "",
		"TailscaleIPs": ips, "CertDomains": domains, "Health": []string{}, "User": nil,
		"MagicDNSSuffix": "tail1234.ts.net", "Peer": nil,
		"Self": map[string]any{
			"ID": "nAbCdEfGhCNTRL", "HostName": "Laptop", "DNSName": p.Name + ".", "OS": "linux",
			"TailscaleIPs": ips, "Online": true, "Relay": "fra", "InNetworkMap": true,
		},
		"CurrentTailnet": map[string]any{"Name": "me@example.com", "MagicDNSEnabled": true},
	})
	if err != nil {
		p.test.Fatal(err)
	}
	p.write("status", text, 0o600)
}

// Issue has it give a certificate for that name with so long to live, the certificates first.
func (p *Program) Issue(name string, life time.Duration) {
	p.test.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		p.test.Fatal(err)
	}
	leaf := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), DNSNames: []string{name},
		NotBefore: time.Now().Add(-time.Minute), NotAfter: time.Now().Add(life),
		KeyUsage:    x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, leaf, p.ca, &key.PublicKey, p.key)
	if err != nil {
		p.test.Fatal(err)
	}
	secret, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		p.test.Fatal(err)
	}
	var pair []byte
	for _, b := range []pem.Block{
		{Type: "CERTIFICATE", Bytes: der},
		{Type: "CERTIFICATE", Bytes: p.CA},
		{Type: "EC PRIVATE KEY", Bytes: secret},
	} {
		pair = append(pair, pem.EncodeToMemory(&b)...)
	}
	p.write("pair", pair, 0o600)
	if err := os.Remove(p.file("fault")); err != nil && !errors.Is(err, fs.ErrNotExist) {
		p.test.Fatal(err)
	}
}

// Fail has it give no certificate, but complain.
func (p *Program) Fail(complaint string) {
	p.test.Helper()
	p.write("fault", []byte(complaint), 0o600)
}

// Calls are the arguments that it was started with, since the last call of this.
func (p *Program) Calls() []string {
	p.test.Helper()
	text, err := os.ReadFile(p.file("calls"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil {
		err = os.Remove(p.file("calls"))
	}
	if err != nil {
		p.test.Fatal(err)
	}
	return strings.Split(strings.TrimSpace(string(text)), "\n")
}

func (p *Program) file(name string) string { return filepath.Join(p.Dir, name) }

func (p *Program) write(name string, data []byte, mode fs.FileMode) {
	p.test.Helper()
	if err := os.WriteFile(p.file(name), data, mode); err != nil {
		p.test.Fatal(err)
	}
}
