package pairing

import (
	"crypto/tls"
	"fmt"
	"strings"
	"sync"
	"time"

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

// Err says why the files could not be read when last they had changed; the certificate of before is
// then still in use.
func (c *Certificate) Err() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.err
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
		return fmt.Errorf("your certificate %s expired on %s", c.certFile,
			end.Format("2 January 2006"))
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
