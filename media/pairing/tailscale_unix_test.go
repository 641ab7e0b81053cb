//go:build unix

package pairing

import (
	"context"
	"crypto/tls"
	"errors"
	"net/netip"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"handlens/media"
	"handlens/media/pairing/tailscaletest"
)

const laptop = "laptop.tail1234.ts.net"

var inTailnet = []string{"100.101.102.103", "fd7a:115c:a1e0::5"}

// fakeTailscale is the only one in PATH.
func fakeTailscale(t *testing.T) *tailscaletest.Program {
	t.Helper()
	p := tailscaletest.New(t, laptop, inTailnet...)
	t.Setenv("PATH", p.Dir+string(os.PathListSeparator)+os.Getenv("PATH"))
	return p
}

func findTailnet(t *testing.T) *Tailnet {
	t.Helper()
	found, err := FindTailnet(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func wantFault(t *testing.T, err error, code media.CertificateFaultCode) {
	t.Helper()
	if f, ok := errors.AsType[*media.CertificateFault](err); !ok || f.Code != code {
		t.Errorf("the fault is %v, want %d", err, code)
	}
}

// TestTailscaleName asks for the name, which starts nothing that would make it public, and offers
// it before the address that it stands for.
func TestTailscaleName(t *testing.T) {
	p := fakeTailscale(t)
	tailnet := findTailnet(t)
	if calls := p.Calls(); !slices.Equal(calls, []string{"status --json --peers=false"}) {
		t.Errorf("asking started %q", calls)
	}
	vpn := Address{
		IP: netip.MustParseAddr(inTailnet[0]), Interface: "tailscale0", Kind: "VPN",
		Score: scoreVPN,
	}
	found := []Address{{IP: home, Kind: "Wi-Fi"}, vpn}
	offered := tailnet.Offer(found)
	if len(offered) != 3 || offered[0] != found[0] || offered[2] != vpn ||
		offered[1].Host() != laptop || offered[1].IP != vpn.IP || offered[1].Kind != "Tailscale" {
		t.Errorf("offered are %+v", offered)
	}
	if got := tailnet.Offer(found[:1]); !slices.Equal(got, found[:1]) {
		t.Errorf("without an address there, offered are %+v", got)
	}
	for _, a := range []Address{vpn, {IP: netip.MustParseAddr(inTailnet[1])}} {
		if !InTailnet(a) {
			t.Errorf("%v is not seen", a)
		}
	}
	if InTailnet(found[0]) || InTailnet(Address{IP: vpn.IP, Kind: "Wi-Fi"}) {
		t.Error("an address elsewhere is taken for one of Tailscale's")
	}
}

// TestTailscaleCertificate fetches the certificate and shows it to those who ask for the name, and
// fetches it again when two thirds of its life are over.
func TestTailscaleCertificate(t *testing.T) {
	p := fakeTailscale(t)
	tailnet := findTailnet(t)
	p.Calls()
	now := &clock{t: time.Now()}
	tailnet.now = now.now
	others := &tls.Certificate{}
	config := ServeNamed(serverConfig(
		func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return others, nil }),
		func(string) *tls.Certificate { return tailnet.Certificate() })
	show := func(name string) *tls.Certificate {
		c, err := config.GetCertificate(&tls.ClientHelloInfo{ServerName: name})
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	if show(laptop) != others {
		t.Error("there is a certificate that nobody has fetched")
	}
	fetch := func(want ...string) {
		t.Helper()
		if err := tailnet.Fetch(t.Context()); err != nil {
			t.Error(err)
		}
		if calls := p.Calls(); !slices.Equal(calls, want) {
			t.Errorf("fetching started %q, want %q", calls, want)
		}
	}
	const cert = "cert --cert-file - --key-file - " + laptop
	fetch(cert)
	first := show(laptop)
	if first == others || len(first.Certificate) != 2 || first.Leaf.VerifyHostname(laptop) != nil {
		t.Error("the certificate is not shown whole")
	}
	if show("") != others {
		t.Error("those who come by the address are shown it as well")
	}
	now.move(59 * 24 * time.Hour)
	fetch()
	now.move(2 * 24 * time.Hour)
	p.Issue(laptop, 180*24*time.Hour)
	fetch(cert)
	if show(laptop) == first {
		t.Error("the new certificate is not in use")
	}
}

// TestTailscaleFaults wants a fault of its own for each thing that a person can mend, and keeps the
// certificate of before.
func TestTailscaleFaults(t *testing.T) {
	p := fakeTailscale(t)
	tailnet := findTailnet(t)
	fails := func(code media.CertificateFaultCode, cause string) {
		t.Helper()
		err := tailnet.Fetch(t.Context())
		wantFault(t, err, code)
		if err == nil || !strings.Contains(err.Error(), laptop) ||
			strings.Contains(err.Error(), "\n") || !strings.Contains(err.Error(), cause) {
			t.Errorf("the fault is told as %v", err)
		}
	}
	p.Fail("500 Internal Server Error: your Tailscale account does not support getting TLS certs\n")
	fails(media.TailscaleWithoutHTTPS, "enable HTTPS")
	p.Fail("Warning: something\nAccess denied: cert access denied\n\nUse 'sudo tailscale cert'.\n")
	fails(media.TailscaleRefuses, "--operator")
	p.Fail("acme: rate limited\n")
	fails(media.TailscaleFailed, "rate limited")
	p.Issue("other.tail1234.ts.net", time.Hour)
	fails(media.TailscaleFailed, "other.tail1234.ts.net")
	p.Issue(laptop, -time.Second)
	fails(media.TailscaleFailed, "expired")
	if tailnet.Certificate() != nil {
		t.Error("there is a certificate all the same")
	}

	p.Status("Running", nil, inTailnet...)
	tailnet = findTailnet(t)
	p.Calls()
	fails(media.TailscaleWithoutHTTPS, "enable HTTPS")
	if calls := p.Calls(); len(calls) > 0 {
		t.Errorf("started %q for what cannot be had", calls)
	}
}

func TestNoTailscale(t *testing.T) {
	p := fakeTailscale(t)
	p.Status("Stopped", nil)
	_, err := FindTailnet(t.Context())
	wantFault(t, err, media.TailscaleMissing)
	p.Name = "no host/"
	p.Status("Running", nil, inTailnet...)
	if found, err := FindTailnet(t.Context()); err == nil {
		t.Errorf("found is %+v", found)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = FindTailnet(ended)
	wantFault(t, err, media.TailscaleMissing)
	t.Setenv("PATH", t.TempDir())
	if _, err = FindTailnet(t.Context()); tailscaleProgram() == "" {
		wantFault(t, err, media.TailscaleMissing)
	}
}
