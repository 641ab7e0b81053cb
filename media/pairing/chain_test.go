package pairing

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/x509"
	"net/netip"
	"slices"
	"testing"
	"time"
)

// What iOS and Android demand of the chain, in the form that they read it in.
func TestChainIsWhatPhonesDemand(t *testing.T) {
	a := testAuthority(t, t.TempDir(), &clock{t: noon})
	leaf := shown(t, a.TLSConfig((&addressList{ips: []netip.Addr{home}}).get), home, "")
	const appleDays = 825
	if d := leaf.NotAfter.Sub(leaf.NotBefore); d > 398*24*time.Hour || d > appleDays*24*time.Hour {
		t.Errorf("it lasts %v", d)
	}
	for what, c := range map[string]*x509.Certificate{"leaf": leaf, "authority": a.cert} {
		key, ok := c.PublicKey.(*ecdsa.PublicKey)
		if c.Version != 3 || c.SignatureAlgorithm != x509.ECDSAWithSHA256 || !ok ||
			key.Curve != elliptic.P256() || !c.BasicConstraintsValid {
			t.Errorf("%s: version %d, %v, %T, basic constraints %v", what, c.Version,
				c.SignatureAlgorithm, c.PublicKey, c.BasicConstraintsValid)
		}
	}
	if leaf.IsCA || leaf.KeyUsage != x509.KeyUsageDigitalSignature ||
		!slices.Contains(leaf.ExtKeyUsage, x509.ExtKeyUsageServerAuth) ||
		!bytes.Equal(leaf.AuthorityKeyId, a.cert.SubjectKeyId) || len(leaf.AuthorityKeyId) == 0 {
		t.Errorf("the leaf: authority %v, usage %v, %v, key id %x", leaf.IsCA, leaf.KeyUsage,
			leaf.ExtKeyUsage, leaf.AuthorityKeyId)
	}
	if !a.cert.IsCA || a.cert.KeyUsage&x509.KeyUsageCertSign == 0 {
		t.Errorf("the authority: %v, usage %v", a.cert.IsCA, a.cert.KeyUsage)
	}
}
