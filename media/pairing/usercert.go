package pairing

import (
	"cmp"
	"crypto/tls"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"handlens/media"
	"handlens/media/inputfile"
)

// checkInterval is how often at most the files of a user's own certificate are looked at for a
// change.
const checkInterval = 5 * time.Second

// Certificate is a certificate of the user's own, for example one from Tailscale or from a
// company's authority.
type Certificate struct {
	certFile, keyFile string
	now               func() time.Time

	mu      sync.Mutex
	current *tls.Certificate
	stamp   [2]fileStamp
	checked time.Time
	err     error
}

// fileStamp tells a file from its later content.
type fileStamp struct {
	size int64
	time time.Time
}

// LoadCertificate reads a certificate chain and its key in PEM form. The files are read again when
// they have changed, since such certificates are renewed every few weeks by a program of their own.
func LoadCertificate(certFile, keyFile string) (*Certificate, error) {
	return loadCertificate(certFile, keyFile, time.Now)
}

func loadCertificate(certFile, keyFile string, now func() time.Time) (*Certificate, error) {
	c := &Certificate{certFile: certFile, keyFile: keyFile, now: now}
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.load(); err != nil {
		return nil, err
	}
	return c, nil
}

// TLSConfig returns the server's side of TLS with this certificate.
func (c *Certificate) TLSConfig() *tls.Config {
	return serverConfig(func(*tls.ClientHelloInfo) (*tls.Certificate, error) {
		return c.get(), nil
	})
}

// Host is the first host name that the certificate is for, "" when it names none: a phone that came
// by an IP address would be warned although the certificate is trusted.
func (c *Certificate) Host() string {
	for _, name := range c.get().Leaf.DNSNames {
		if !strings.Contains(name, "*") {
			return name
		}
	}
	return ""
}

// soon is how long before its end a certificate should have been renewed, and shortly the part of
// its life that this may be at most, since some last for days only.
const (
	soon    = 7 * 24 * time.Hour
	shortly = 4
)

// Problem says what a person has to do about the certificate, the worst first, when phones come to
// that host name or address; nil for nothing. The files are looked at again if it is time.
func (c *Certificate) Problem(host string) *media.CertificateFault {
	cert := c.get().Leaf
	fault := &media.CertificateFault{File: c.certFile, End: cert.NotAfter, Host: host}
	c.mu.Lock()
	fault.Err = cmp.Or(errors.Unwrap(c.err), c.err) // without "read your certificate"
	c.mu.Unlock()
	left := cert.NotAfter.Sub(c.now())
	switch {
	case left < 0:
		fault.Code = media.CertificateEnded
	case fault.Err != nil:
		fault.Code = media.CertificateUnread
	case cert.VerifyHostname(host) != nil:
		fault.Code = media.CertificateElsewhere
	case left < min(soon, cert.NotAfter.Sub(cert.NotBefore)/shortly):
		fault.Code = media.CertificateEnding
	default:
		return nil
	}
	return fault
}

func (c *Certificate) get() *tls.Certificate {
	c.mu.Lock()
	defer c.mu.Unlock()
	if now := c.now(); now.Sub(c.checked) >= checkInterval {
		// Half of a pair may be written already and the other not yet: keep what works and look
		// again later.
		c.err = c.load()
	}
	return c.current
}

// load reads the files if they are not those of last time. The caller holds mu.
func (c *Certificate) load() error {
	c.checked = c.now()
	var stamp [2]fileStamp
	for i, name := range []string{c.certFile, c.keyFile} {
		info, err := inputfile.Stat(name)
		if err != nil {
			return fmt.Errorf("read your certificate: %w", err)
		}
		stamp[i] = fileStamp{info.Size(), info.ModTime()}
	}
	if c.current != nil && stamp == c.stamp {
		return nil
	}
	pair, err := c.read()
	if err != nil {
		return fmt.Errorf("read your certificate %s with the key %s: %w", c.certFile, c.keyFile,
			err)
	}
	if end := pair.Leaf.NotAfter; c.now().After(end) {
		return &media.CertificateFault{
			Code: media.CertificateEnded, File: c.certFile, End: end,
		}
	}
	c.current, c.stamp = &pair, stamp
	return nil
}

func (c *Certificate) read() (tls.Certificate, error) {
	chain, err := inputfile.Read(c.certFile, maxPEM)
	if err != nil {
		return tls.Certificate{}, err
	}
	key, err := inputfile.Read(c.keyFile, maxPEM)
	if err != nil {
		return tls.Certificate{}, err
	}
	return tls.X509KeyPair(chain, key)
}
