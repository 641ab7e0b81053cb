package desktop

import (
	"errors"
	"net/netip"
	"slices"
	"testing"

	"handlens/media/pairing"
)

// newTestAddresses are those of a machine that has what the test says.
func newTestAddresses(t *testing.T, ips ...string) (*addresses, *fakeFrontend, func(...string)) {
	t.Helper()
	var now []pairing.Address
	have := func(ips ...string) {
		now = nil
		for _, ip := range ips {
			now = append(now, pairing.Address{IP: netip.MustParseAddr(ip)})
		}
	}
	have(ips...)
	front := new(fakeFrontend)
	a := &addresses{
		tell: front, token: "token", port: 8443, wantedPort: 8443,
		list: func() ([]pairing.Address, error) { return now, nil },
	}
	return a, front, have
}

// TestChosenAddressStays chooses another address, which stays while the machine has it.
func TestChosenAddressStays(t *testing.T) {
	a, front, have := newTestAddresses(t, "192.0.2.1", "192.0.2.2")
	a.again()
	a.choose(1)
	a.choose(7)
	a.choose(-1)
	have("192.0.2.3", "192.0.2.2")
	a.again()
	have("192.0.2.4")
	a.again()
	var urls []string
	for _, o := range front.offers {
		urls = append(urls, o.URL)
	}
	if want := []string{
		"https://192.0.2.1:8443/#token", "https://192.0.2.2:8443/#token",
		"https://192.0.2.2:8443/#token", "https://192.0.2.4:8443/#token",
	}; !slices.Equal(urls, want) {
		t.Errorf("offered are %q, want %q", urls, want)
	}
	if got := a.ips(); len(got) != 1 || got[0].String() != "192.0.2.4" {
		t.Errorf("the certificate is for %v", got)
	}
	front.want(t, "pairing", "pairing", "pairing", "pairing")
}

func TestAddressesThatCannotBeOffered(t *testing.T) {
	a, front, have := newTestAddresses(t)
	a.again()
	front.want(t, "fault: "+errNoNetwork.Error())
	have("192.0.2.1")
	a.list = func() ([]pairing.Address, error) { return nil, errors.New("no list") }
	a.again()
	front.want(t, "fault: no list")
}

func TestAddressOfTheCommandLine(t *testing.T) {
	a, front, _ := newTestAddresses(t, "192.0.2.1", "192.0.2.2")
	a.host = "lens.example"
	a.only = netip.MustParseAddr("192.0.2.2")
	a.again()
	a.only = netip.MustParseAddr("127.0.0.1")
	a.again()
	for i, want := range []string{"192.0.2.2", "127.0.0.1"} {
		o := front.offers[i]
		if len(o.Addresses) != 1 || o.Addresses[0].IP.String() != want ||
			o.URL != "https://lens.example:8443/#token" {
			t.Errorf("offer %d is %+v", i, o)
		}
	}
	a.only = netip.MustParseAddr("203.0.113.1")
	if err := a.look(); err == nil {
		t.Error("an address that this machine does not have is offered")
	}
}
