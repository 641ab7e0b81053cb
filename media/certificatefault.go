package media

import (
	"fmt"
	"time"
)

// CertificateFaultCode is a kind of CertificateFault.
type CertificateFaultCode uint8

// The kinds of faults of certificates.
const (
	// CertificateEnded: the user's own certificate in File has expired on End.
	CertificateEnded CertificateFaultCode = iota
	// CertificateEnding: it will soon, and nobody has renewed it.
	CertificateEnding
	// CertificateElsewhere: it is not for Host, where phones come to.
	CertificateElsewhere
	// CertificateUnread: it was changed and cannot be read now; the one of before is in use.
	CertificateUnread
	// TailscaleMissing: the program tailscale is not installed here, or does not run.
	TailscaleMissing
	// TailscaleWithoutHTTPS: the tailnet gives out no certificates.
	TailscaleWithoutHTTPS
	// TailscaleRefuses: this user may not have the certificate.
	TailscaleRefuses
	// TailscaleFailed: no certificate came for another reason.
	TailscaleFailed

	certificateFaultCodes // how many there are
)

// CertificateFaultCodes returns all kinds, for tests that want each of them worded.
func CertificateFaultCodes() []CertificateFaultCode {
	all := make([]CertificateFaultCode, certificateFaultCodes)
	for i := range all {
		all[i] = CertificateFaultCode(i)
	}
	return all
}

// CertificateFault is what keeps a certificate from sparing people the browser's warning. The
// window words it by its code.
type CertificateFault struct {
	Code CertificateFaultCode
	// File holds the user's own certificate, and End is when it expires.
	File string
	End  time.Time
	// Host is the name or the address that phones come to.
	Host string
	Err  error // the cause, if there is one
}

// Error words the fault in English, for scripts, logs and the terminal.
func (f *CertificateFault) Error() string {
	switch f.Code {
	case CertificateEnded:
		return fmt.Sprintf("your certificate %s expired on %s: renew it, browsers refuse it",
			f.File, f.Day())
	case CertificateEnding:
		return fmt.Sprintf("your certificate %s expires on %s: renew it", f.File, f.Day())
	case CertificateElsewhere:
		return fmt.Sprintf("your certificate %s is not for %s, so browsers warn of it", f.File,
			f.Host)
	case CertificateUnread:
		return fmt.Sprintf("your certificate %s cannot be read any more, so the one of before is "+
			"still in use: %v", f.File, f.Err)
	case TailscaleMissing:
		return fmt.Sprintf("Tailscale does not run here, so there is no certificate for %s",
			f.Host)
	case TailscaleWithoutHTTPS:
		return fmt.Sprintf("your tailnet gives out no certificate for %s: enable HTTPS "+
			"certificates under DNS in Tailscale's admin console and try again", f.Host)
	case TailscaleRefuses:
		return fmt.Sprintf("Tailscale gives you no certificate for %s: run "+
			"\"sudo tailscale set --operator=$USER\" once and try again", f.Host)
	case TailscaleFailed:
		return fmt.Sprintf("Tailscale gave no certificate for %s: %v", f.Host, f.Err)
	}
	return fmt.Sprintf("fault %d of a certificate: %v", f.Code, f.Err)
}

// Day is the day of the End.
func (f *CertificateFault) Day() string { return f.End.Format(time.DateOnly) }

// Unwrap returns the cause.
func (f *CertificateFault) Unwrap() error { return f.Err }
