package cli

import (
	"net/netip"
	"time"
)

// PhoneCheck is what `handlens doctor --phone` is told.
type PhoneCheck struct {
	Port           int
	Address        netip.Addr // in the QR code; invalid for the likeliest
	Model, DataDir string
	Own            CertificateFlags
	Wait           time.Duration // 0 for as long as it takes
	// JSON has the result written as one object, and the lines for people to standard error.
	JSON bool
}
