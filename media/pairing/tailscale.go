package pairing

import (
	"bytes"
	"cmp"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"handlens/media"
	"handlens/media/plaintext"
)

const (
	// statusTime is how long tailscale may take to tell what it knows already, and issueTime to get
	// a certificate from the authority.
	statusTime = 5 * time.Second
	issueTime  = 2 * time.Minute
	// maxTailscale bounds what it may say, in bytes. A status without the peers has a few thousand.
	maxTailscale = 1 << 20
	// endTime is how long it may take to end once it was stopped.
	endTime = time.Second
)

// tailnetIPv6 is where Tailscale has its IPv6 addresses; those of IPv4 are [carrierGrade].
var tailnetIPv6 = netip.MustParsePrefix("fd7a:115c:a1e0::/48")

// InTailnet says whether an address may be one of Tailscale's, so that it is worth to ask for its
// name.
func InTailnet(a Address) bool {
	return tailnetIPv6.Contains(a.IP) || a.Kind == "VPN" && carrierGrade.Contains(a.IP)
}

// Tailnet is this machine's name in Tailscale's network, and the certificate for it, which browsers
// trust as they do any site's. It talks to the program tailscale on this machine only, and asks for
// a certificate only when it is told to: the name then becomes public in the authority's log.
type Tailnet struct {
	Name string
	IPs  []netip.Addr

	program string
	issues  bool // it gives out certificates
	now     func() time.Time

	mu      sync.Mutex // held while a certificate is fetched
	current atomic.Pointer[tls.Certificate]
}

// FindTailnet asks Tailscale, if it is installed and runs, for this machine's name.
func FindTailnet(ctx context.Context) (*Tailnet, error) {
	program := tailscaleProgram()
	if program == "" {
		return nil, &media.CertificateFault{Code: media.TailscaleMissing}
	}
	out, err := tailscale(ctx, program, statusTime, "status", "--json", "--peers=false")
	if err != nil {
		return nil, &media.CertificateFault{Code: media.TailscaleMissing, Err: err}
	}
	var status struct {
		BackendState string
		CertDomains  []string
		Self         *struct {
			DNSName      string
			TailscaleIPs []netip.Addr
		}
	}
	if err := json.Unmarshal(out, &status); err != nil {
		return nil, fmt.Errorf("read what tailscale says of its status: %w", err)
	}
	if status.BackendState != "Running" || status.Self == nil {
		return nil, &media.CertificateFault{Code: media.TailscaleMissing}
	}
	t := &Tailnet{
		Name: strings.TrimSuffix(status.Self.DNSName, "."), IPs: status.Self.TailscaleIPs,
		program: program, issues: len(status.CertDomains) > 0, now: time.Now,
	}
	if t.issues && !slices.Contains(status.CertDomains, t.Name) {
		t.Name = status.CertDomains[0]
	}
	if !plausibleHost(t.Name) || len(t.IPs) == 0 {
		return nil, errors.New("tailscale says no name for this computer")
	}
	return t, nil
}

// Offer adds this machine's name to its addresses, before the address that stands for it.
func (t *Tailnet) Offer(found []Address) []Address {
	i := slices.IndexFunc(found, func(a Address) bool { return slices.Contains(t.IPs, a.IP) })
	if i < 0 {
		return found
	}
	named := found[i]
	named.Name, named.Kind = t.Name, "Tailscale"
	return slices.Insert(slices.Clone(found), i, named)
}

// Fetch gets the certificate, unless the one there is lasts for another third of its life. The
// errors are of [media.CertificateFault].
func (t *Tailnet) Fetch(ctx context.Context) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if c := t.current.Load(); c != nil {
		const part = 3
		life := c.Leaf.NotAfter.Sub(c.Leaf.NotBefore)
		if c.Leaf.NotAfter.Sub(t.now()) > life/part {
			return nil
		}
	}
	fault := &media.CertificateFault{Code: media.TailscaleWithoutHTTPS, Host: t.Name}
	if !t.issues {
		return fault
	}
	out, err := tailscale(ctx, t.program, issueTime, "cert", "--cert-file", "-", "--key-file", "-",
		t.Name)
	if err == nil {
		err = t.take(out)
	}
	if err == nil {
		return nil
	}
	switch said := strings.ToLower(err.Error()); {
	case strings.Contains(said, "does not support getting tls certs"):
	case strings.Contains(said, "access denied"):
		fault.Code = media.TailscaleRefuses
	default:
		fault.Code = media.TailscaleFailed
	}
	fault.Err = err
	return fault
}

// take has the certificate in use from here on, if it is one for the name.
func (t *Tailnet) take(pem []byte) error {
	pair, err := tls.X509KeyPair(pem, pem)
	if err != nil {
		return err
	}
	if err := pair.Leaf.VerifyHostname(t.Name); err != nil {
		return err
	}
	if end := pair.Leaf.NotAfter; t.now().After(end) {
		return fmt.Errorf("it expired on %s", end.Format(time.DateOnly))
	}
	t.current.Store(&pair)
	return nil
}

// Certificate is the one of the name, nil before it was fetched.
func (t *Tailnet) Certificate() *tls.Certificate { return t.current.Load() }

// ServeNamed returns the configuration in which those who ask for a name are shown the certificate
// that named has for it, and where it has none, what they were before.
func ServeNamed(config *tls.Config, named func(host string) *tls.Certificate) *tls.Config {
	config = config.Clone()
	others := config.GetCertificate
	config.GetCertificate = func(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
		if hello.ServerName != "" {
			if c := named(hello.ServerName); c != nil {
				return c, nil
			}
		}
		return others(hello)
	}
	return config
}

// tailscaleProgram is the path of the program; "" where it is not installed. The app for macOS has
// it inside, and neither there nor on Windows it need be in PATH.
func tailscaleProgram() string {
	places := []string{"tailscale"}
	switch runtime.GOOS {
	case "darwin":
		places = append(places, "/usr/local/bin/tailscale", "/opt/homebrew/bin/tailscale",
			"/Applications/Tailscale.app/Contents/MacOS/Tailscale")
	case "windows":
		places = append(places, filepath.Join(cmp.Or(os.Getenv("ProgramFiles"),
			`C:\Program Files`), "Tailscale", "tailscale.exe"))
	}
	for _, place := range places {
		if path, err := exec.LookPath(place); err == nil {
			return path
		}
	}
	return ""
}

// tailscale runs the program and returns what it says. The error is what it complains of.
func tailscale(ctx context.Context, program string, limit time.Duration, args ...string) ([]byte,
	error,
) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Env = append(os.Environ(), "TAILSCALE_BE_CLI=1") // else the app for macOS opens its window
	cmd.WaitDelay = endTime
	hideConsole(cmd)
	var out, complaint bytes.Buffer
	cmd.Stdout, cmd.Stderr = &capped{&out}, &capped{&complaint}
	err := cmd.Run()
	const longest = 300
	words := strings.Join(strings.Fields(complaint.String()), " ")
	switch said := plaintext.PrintableASCII(words, longest); {
	case err == nil:
		return out.Bytes(), nil
	case ctx.Err() != nil:
		return nil, fmt.Errorf("tailscale %s did not end within %v", args[0], limit)
	case said != "":
		return nil, errors.New(said)
	}
	return nil, fmt.Errorf("tailscale %s: %w", args[0], err)
}

// capped takes what fits and fails with the rest, which ends the program that writes it.
type capped struct{ to *bytes.Buffer }

func (c *capped) Write(p []byte) (int, error) {
	if c.to.Len()+len(p) > maxTailscale {
		return 0, io.ErrShortBuffer
	}
	return c.to.Write(p)
}
