//go:build unix

package desktop

import (
	"net/netip"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"handlens/media/pairing"
	"handlens/media/pairing/tailscaletest"
)

const (
	laptop = "laptop.tail1234.ts.net"
	tunnel = "100.101.102.103"
)

// newTestTailnet is a machine with Tailscale, whose addresses the test sets.
func newTestTailnet(t *testing.T) (
	*addresses, *fakeFrontend, *tailscaletest.Program, func(...pairing.Address),
) {
	t.Helper()
	p := tailscaletest.New(t, laptop, tunnel)
	t.Setenv("PATH", p.Dir+string(os.PathListSeparator)+os.Getenv("PATH"))
	a, front, _ := newTestAddresses(t)
	a.tailnet = &tailnet{ctx: t.Context(), find: pairing.FindTailnet}
	var now []pairing.Address
	a.list = func() ([]pairing.Address, error) { return now, nil }
	return a, front, p, func(list ...pairing.Address) {
		now = list
		a.tailnet.ask(list)
		a.again()
	}
}

var (
	wifi = pairing.Address{IP: netip.MustParseAddr("192.0.2.1"), Kind: "Wi-Fi"}
	vpn  = pairing.Address{IP: netip.MustParseAddr(tunnel), Kind: "VPN"}
)

// TestTailscaleNameIsChosen wants the name offered where the machine is in the tailnet, and its
// certificate fetched when it is chosen, and not before.
func TestTailscaleNameIsChosen(t *testing.T) {
	a, front, p, have := newTestTailnet(t)
	have(wifi)
	if calls := p.Calls(); len(calls) > 0 {
		t.Errorf("outside the tailnet, %q were started", calls)
	}
	have(wifi, vpn)
	have(wifi, vpn)
	a.choose(2)
	a.choose(0)
	if calls := p.Calls(); !slices.Equal(calls, []string{"status --json --peers=false"}) {
		t.Errorf("nobody has chosen the name, and %q were started", calls)
	}
	if c := a.tailnet.certificate(laptop); c != nil {
		t.Error("there is a certificate that nobody has chosen")
	}
	p.Fail("Access denied: cert access denied")
	a.choose(1)
	p.Issue(laptop, time.Hour)
	a.choose(1)
	have(wifi, vpn) // it stays
	last := front.offers[len(front.offers)-1]
	if last.URL != "https://"+laptop+":8443/#token" || last.Chosen != 1 {
		t.Errorf("the last offer is %+v", last)
	}
	if c := a.tailnet.certificate(strings.ToUpper(laptop)); c == nil ||
		a.tailnet.certificate("other.ts.net") != nil {
		t.Error("its certificate is not in use for it alone")
	}
	if choice := pairingView(last).Others[1]; choice.Address != laptop || choice.URL != last.URL {
		t.Errorf("the window shows %+v", choice)
	}
	have(wifi)
	front.want(t, "pairing", "pairing", "pairing", "pairing", "pairing", "fault: Tailscale gives "+
		"you no certificate for "+laptop+": run \"sudo tailscale set --operator=$USER\" once and "+
		"try again", "pairing", "pairing", "pairing", "pairing")
	if got := a.come(); got != "192.0.2.1" || a.tailnet.current() != nil {
		t.Errorf("the machine has left the tailnet, and phones come to %s", got)
	}
}

// TestTailscaleNameOfTheCommandLine wants the code for the name alone, or a word why not.
func TestTailscaleNameOfTheCommandLine(t *testing.T) {
	for name, test := range map[string]struct{ address, fail, want string }{
		"its name":      {address: laptop},
		"another's":     {"phone.tail1234.ts.net", "", "is called " + laptop},
		"no HTTPS":      {laptop, "does not support getting TLS certs", "enable HTTPS"},
		"no such thing": {"example.org", "", "is called " + laptop},
	} {
		a, front, p, _ := newTestTailnet(t)
		if test.fail != "" {
			p.Fail(test.fail)
		}
		program := &program{addresses: a, options: options{name: test.address}}
		a.tailnet = nil
		_, err := program.openNames(t.Context())
		if test.want != "" {
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		a.list = func() ([]pairing.Address, error) { return []pairing.Address{wifi, vpn}, nil }
		a.again()
		if err != nil || len(front.offers) != 1 || len(front.offers[0].Addresses) != 1 ||
			front.offers[0].URL != "https://"+laptop+":8443/#token" {
			t.Errorf("%s: offered are %+v, %v", name, front.offers, err)
		}
	}
}

// TestNamesWithoutAWindow: where nobody can choose a name, nobody is asked for one.
func TestNamesWithoutAWindow(t *testing.T) {
	a, _, p, _ := newTestTailnet(t)
	for _, o := range []options{{noWindow: true}, {}} {
		a.tailnet = nil
		if _, err := (&program{addresses: a, options: o}).openNames(t.Context()); err != nil {
			t.Fatal(err)
		}
		if a.tailnet.ask([]pairing.Address{vpn}) == o.noWindow {
			t.Errorf("without a window: %v; asked: %q", o.noWindow, p.Calls())
		}
	}
}
