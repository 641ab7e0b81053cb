package pairing

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"

	"handlens/media/atomicfile"
	"handlens/media/inputfile"
)

const (
	authorityFile = "authority.pem"
	leafFile      = "leaf.pem"

	authorityYears = 10

	// backdate lets a phone whose clock is behind ours take a certificate that was made a minute
	// ago.
	backdate = 24 * time.Hour
)

// Authority is the certificate authority of this installation: made once, its key never leaves the
// machine, and by its name constraints it can vouch for nothing but private addresses and local
// names, so that trusting it on a phone opens nothing else.
type Authority struct {
	dir  string
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	now  func() time.Time
	host func() (string, error)
}

// LoadAuthority reads the certificate authority kept in dir, and makes both when there is none yet.
// The directory is for its owner only (0700), the files in it too (0600). A file that is there but
// cannot be used gives [ErrDamagedAuthority] and stays untouched.
func LoadAuthority(dir string) (*Authority, error) {
	return loadAuthority(dir, time.Now, os.Hostname)
}

func loadAuthority(dir string, now func() time.Time, host func() (string, error)) (*Authority,
	error,
) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the folder for the certificate authority: %w", err)
	}
	// An existing folder may have been made with other permissions, and the key is only as private
	// as they are.
	if err := os.Chmod(dir, 0o700); err != nil {
		return nil, fmt.Errorf("close the folder of the certificate authority to others: %w", err)
	}
	a := &Authority{dir: dir, now: now, host: host}
	path := filepath.Join(dir, authorityFile)
	data, err := inputfile.Read(path, maxPEM)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if err := a.create(path); err != nil {
			return nil, fmt.Errorf("make the certificate authority: %w", err)
		}
		return a, nil
	case err != nil:
		return nil, fmt.Errorf("%w: %w; make the file readable for you, or move it away to get a "+
			"new one (phones must then trust that one again)",
			ErrDamagedAuthority, err)
	}
	if err := a.parse(data); err != nil {
		return nil, fmt.Errorf("%w: %s: %w; move the file away to get a new one (phones must "+
			"then trust that one again)",
			ErrDamagedAuthority, path, err)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		return nil, fmt.Errorf("close the key of the certificate authority to others: %w", err)
	}
	return a, nil
}

// parse reads what create has written and checks that it is fit for use.
func (a *Authority) parse(data []byte) error {
	ders, key, err := decodePEM(data)
	if err != nil {
		return err
	}
	cert, err := x509.ParseCertificate(ders[0])
	if err != nil {
		return fmt.Errorf("the certificate is broken: %w", err)
	}
	if err := cert.CheckSignature(cert.SignatureAlgorithm, cert.RawTBSCertificate,
		cert.Signature); err != nil {
		return fmt.Errorf("the certificate is broken: %w", err) // it has signed itself
	}
	switch {
	case !cert.IsCA:
		return errors.New("the certificate is not that of an authority")
	case !key.PublicKey.Equal(cert.PublicKey):
		return errors.New("the key does not belong to the certificate")
	case !cert.PermittedDNSDomainsCritical || len(cert.PermittedIPRanges) == 0:
		return errors.New("the certificate is not held to private addresses")
	case a.now().After(cert.NotAfter):
		return fmt.Errorf("the certificate expired on %s", cert.NotAfter.Format("2 January 2006"))
	}
	a.cert, a.key = cert, key
	return nil
}

func (a *Authority) create(path string) error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	// Two laptops give two authorities; the name tells them apart in a phone's settings.
	name := "Handlens"
	if host := a.hostLabel(); host != "" {
		name += " on " + host
	}
	now := a.now()
	template := &x509.Certificate{
		SerialNumber: newSerial(),
		Subject:      pkix.Name{CommonName: name, Organization: []string{"Handlens"}},
		NotBefore:    now.Add(-backdate),
		NotAfter:     now.AddDate(authorityYears, 0, 0),
		KeyUsage:     x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
		// What the authority may be used for holds for what it signs (in Go, NSS, Windows):
		// servers, not mail or programs.
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		BasicConstraintsValid: true,
		IsCA:                  true,
		MaxPathLenZero:        true, // signs leaves only
		// RFC 5280 section 4.2.1.10: a domain stands for itself and all below it.
		PermittedDNSDomainsCritical: true,
		PermittedDNSDomains:         []string{"local", "home.arpa", "lan", "localhost"},
		PermittedIPRanges:           permittedRanges(),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return err
	}
	data, err := encodePEM(key, der)
	if err != nil {
		return err
	}
	// Two starts at once must end with one authority: whoever comes second takes that of the first.
	if err := atomicfile.Create(path, pemMode, atomicfile.Bytes(data)); err != nil {
		if !errors.Is(err, fs.ErrExist) {
			return err
		}
		if data, err = inputfile.Read(path, maxPEM); err != nil {
			return err
		}
	}
	return a.parse(data)
}

// permitted are the ranges that the authority may vouch for: private, shared, link-local and
// loopback.
var permitted = []string{
	"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "127.0.0.0/8", "169.254.0.0/16",
	"100.64.0.0/10",
	"fc00::/7", "fe80::/10", "::1/128",
}

func permittedRanges() []*net.IPNet {
	ranges := make([]*net.IPNet, len(permitted))
	for i, p := range permitted {
		_, n, err := net.ParseCIDR(p)
		if err != nil {
			panic(err) // a slip in the list above, seen by the first test
		}
		ranges[i] = n
	}
	return ranges
}

// CertificateDER returns the authority's certificate in DER form, without the key: what a phone
// installs.
func (a *Authority) CertificateDER() []byte { return append([]byte(nil), a.cert.Raw...) }

// CertificatePEM returns the authority's certificate in PEM form, without the key.
func (a *Authority) CertificatePEM() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: pemCertificate, Bytes: a.cert.Raw})
}

// Name is what the authority is called in a phone's settings, for example "Handlens on study".
func (a *Authority) Name() string { return a.cert.Subject.CommonName }

// Fingerprint is the SHA-256 of the certificate as phones show it: 32 pairs of capital hexadecimal
// digits between colons.
func (a *Authority) Fingerprint() string { return fingerprint(a.cert.Raw) }

func fingerprint(der []byte) string {
	sum := sha256.Sum256(der)
	return strings.ReplaceAll(fmt.Sprintf("% X", sum), " ", ":")
}

// hostLabel is the first label of the machine's name when it is fit for a certificate, in lower
// case; else empty.
func (a *Authority) hostLabel() string {
	name, err := a.host()
	if err != nil {
		return ""
	}
	label, _, _ := strings.Cut(strings.ToLower(name), ".")
	const maxLabel = 63 // RFC 1035 section 2.3.4
	if label == "" || len(label) > maxLabel || label[0] == '-' || label[len(label)-1] == '-' ||
		strings.Trim(label, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
		return ""
	}
	return label
}

// newSerial makes a positive serial number of 127 random bits (RFC 5280 section 4.1.2.2 allows up
// to 20 bytes).
func newSerial() *big.Int {
	var b [16]byte
	rand.Read(b[:])
	b[0] &= 0x7f
	b[15] |= 1 // never zero
	return new(big.Int).SetBytes(b[:])
}
