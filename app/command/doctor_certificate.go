package command

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"handlens/media/pairing"
)

// certificateReport is what --json says of the certificate that phones see.
type certificateReport struct {
	// Own says that it is one of the user's own, not of this computer's own authority.
	Own bool `json:"own"`
	// Name is the authority's, or the host's in a certificate of the user's own.
	Name        string    `json:"name"`
	Until       time.Time `json:"until"`
	Fingerprint string    `json:"fingerprint,omitempty"` // SHA-256 of the authority
	// Trusted says that this computer trusts it, as then most devices do that trust by default.
	Trusted bool `json:"trusted"`
}

// certificate reads the user's own certificate, or else the authority. It does not make one that is
// not there yet: a check changes nothing.
func (d *doctor) certificate() {
	if d.own.Cert != "" {
		d.ownCertificate()
		return
	}
	dir := filepath.Join(d.dataDir, "certificates")
	if entries, err := os.ReadDir(dir); errors.Is(err, fs.ErrNotExist) || err == nil &&
		len(entries) == 0 {
		d.find("certificate", isFine,
			"The first start creates this computer's own certificate authority in %s.", dir)
		return
	}
	a, err := pairing.LoadAuthority(dir)
	if err != nil {
		d.find("certificate", isFault, "%v.", err)
		return
	}
	cert, err := x509.ParseCertificate(a.CertificateDER())
	if err != nil {
		d.find("certificate", isFault, "The authority in %s cannot be read: %v.", dir, err)
		return
	}
	d.report.Certificate = &certificateReport{
		Name: a.Name(), Until: cert.NotAfter, Fingerprint: a.Fingerprint(), Trusted: trusted(cert),
	}
	d.find("certificate", valid(cert),
		"%s is valid from %s to %s by this computer's clock; SHA-256 %s.", a.Name(),
		cert.NotBefore.Format(time.DateOnly), cert.NotAfter.Format(time.DateOnly), a.Fingerprint())
	d.find("certificate", isFine, "Phones trust it that have installed it from the page /trust; "+
		"all others warn once, and go on after a tap.")
}

// ownCertificate reads that of the user.
func (d *doctor) ownCertificate() {
	own, err := pairing.LoadCertificate(d.own.Cert, d.own.Key)
	if err != nil {
		d.find("certificate", isFault, "%v.", err)
		return
	}
	pair, err := own.TLSConfig().GetCertificate(&tls.ClientHelloInfo{})
	if err != nil || len(pair.Certificate) == 0 {
		d.find("certificate", isFault, "%s has no certificate.", d.own.Cert)
		return
	}
	cert, err := x509.ParseCertificate(pair.Certificate[0])
	if err != nil {
		d.find("certificate", isFault, "%s cannot be read: %v.", d.own.Cert, err)
		return
	}
	between := pair.Certificate[1:]
	is := trusted(cert, between...)
	d.report.Certificate = &certificateReport{
		Own: true, Name: own.Host(), Until: cert.NotAfter, Trusted: is,
	}
	d.find("certificate", valid(cert), "The one in %s is valid from %s to %s.", d.own.Cert,
		cert.NotBefore.Format(time.DateOnly), cert.NotAfter.Format(time.DateOnly))
	switch {
	case own.Host() == "":
		d.find("certificate", isNote, "It names no host, so phones warn about it all the same.")
	case is:
		d.find("certificate", isFine,
			"It is for %s, and this computer trusts it, as most phones do.",
			own.Host())
	default:
		d.find("certificate", isNote, "It is for %s; phones trust it that trust who issued it, "+
			"which this computer does not.", own.Host())
	}
}

// valid is the state of a certificate by this computer's clock.
func valid(cert *x509.Certificate) string {
	if now := time.Now(); now.Before(cert.NotBefore) || now.After(cert.NotAfter) {
		return isFault
	}
	return isFine
}

// trusted says whether this computer trusts a certificate, by the ones between it and an authority.
func trusted(cert *x509.Certificate, between ...[]byte) bool {
	pool := x509.NewCertPool()
	for _, der := range between {
		if c, err := x509.ParseCertificate(der); err == nil {
			pool.AddCert(c)
		}
	}
	_, err := cert.Verify(x509.VerifyOptions{
		Intermediates: pool, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny},
	})
	return err == nil
}

// speakTime is how long whoever has the port may take to show a certificate.
const speakTime = 2 * time.Second

// speaksHandlens says whether whoever has the port shows a certificate of Handlens'.
func speaksHandlens(ctx context.Context, port int) bool {
	ctx, cancel := context.WithTimeout(ctx, speakTime)
	defer cancel()
	// What it is is asked here, not whether it is trusted.
	dialer := tls.Dialer{Config: &tls.Config{InsecureSkipVerify: true}}
	c, err := dialer.DialContext(ctx, "tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	if err != nil {
		return false
	}
	defer c.Close()
	certs := c.(*tls.Conn).ConnectionState().PeerCertificates
	return len(certs) > 0 && slices.Contains(certs[0].Issuer.Organization, "Handlens")
}
