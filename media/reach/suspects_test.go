package reach

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	"handlens/media/pairing"
	"handlens/media/visit"
)

var (
	blocking = Firewall{Name: "ufw", State: FirewallBlocks, Commands: []string{"sudo ufw allow 1"}}
	noUDP    = Firewall{Name: "nftables", State: FirewallBlocks, UDPOnly: true}
	closed   = Firewall{Name: "firewalld", State: FirewallOn}
	unknown  = Firewall{Name: "nftables"}
	open     = Firewall{Name: "ufw", State: FirewallAllows}
)

// laptop is on Wi-Fi and has Docker and Tailscale.
func laptop(vpn string, walls ...Firewall) Facts {
	f := Facts{Port: 8443, VPN: vpn, Firewalls: walls}
	for _, a := range []struct {
		prefix, card string
		kind         pairing.Kind
	}{
		{"192.168.1.2/24", "wlan0", pairing.WiFi},
		{"100.100.1.1/32", "tailscale0", pairing.VPN},
		{"172.17.0.1/16", "docker0", pairing.Docker},
	} {
		p := netip.MustParsePrefix(a.prefix)
		f.Addresses = append(f.Addresses, pairing.Address{
			IP: p.Addr(), Interface: a.card, Kind: a.kind, Network: p.Masked(),
		})
		f.Networks = append(f.Networks, p.Masked())
	}
	return f
}

// suspectText is a suspect in short.
func suspectText(s Suspect) string {
	words := []string{
		s.Code.String(), s.Firewall.Name, s.Card,
	}
	if s.Phone.IsValid() {
		words = append(words, s.Phone.String())
	}
	if s.Ours.IsValid() {
		words = append(words, s.Ours.String())
	}
	return strings.Join(slices.DeleteFunc(words, func(w string) bool { return w == "" }), " ")
}

const (
	ours, near, far = "192.168.1.2", "192.168.1.77", "192.168.2.77"
	code            = "other-network wlan0 " + ours
	apart           = "isolation wlan0 " + ours
	away            = "other-network wlan0 " + far + " " + ours
)

// suspectTests have the suspects as suspectText words them.
var suspectTests = []struct {
	what         string
	facts        Facts
	problem      visit.Problem
	from, called string
	want         []string
}{
	{"nobody", laptop(""), visit.NoProblem, "", ours, []string{code, apart}},
	{"nobody, no code", laptop(""), visit.NoProblem, "", "", []string{code, apart}},
	{
		"nobody, closed", laptop("", blocking), visit.NoProblem, "", ours,
		[]string{"firewall ufw", code, apart},
	},
	{
		"nobody, perhaps closed", laptop("tun0", closed, unknown), visit.NoProblem, "", ours,
		[]string{code, "firewall firewalld", "firewall nftables", "vpn tun0", apart},
	},
	{"nobody, open", laptop("", open, noUDP), visit.NoProblem, "", ours, []string{code, apart}},
	{
		"nobody comes to Docker", laptop(""), visit.NoProblem, "", "172.17.0.1",
		[]string{
			"address docker0 172.17.0.1", "other-network docker0 172.17.0.1",
			"isolation docker0 172.17.0.1",
		},
	},
	{"no network", Facts{}, visit.NoProblem, "", "", []string{"no-network"}},
	{"link down", Facts{}, visit.OutOfReach, near, ours, []string{"no-network"}},
	{"out of reach", laptop("tun0", closed), visit.OutOfReach, near, ours, nil},

	{"no path", laptop(""), visit.NoPath, near, ours, nil},
	{
		"no path, firewall", laptop("tun0", closed, noUDP), visit.NoPath, near, ours,
		[]string{"firewall nftables", "vpn tun0", "firewall firewalld"},
	},
	{
		"no path from elsewhere", laptop("", noUDP), visit.NoPath, far, ours,
		[]string{away, "firewall nftables"},
	},
	{
		"no path by Tailscale", laptop("", open), visit.NoPath, "100.100.1.9", "100.100.1.1",
		[]string{"address tailscale0 100.100.1.1"},
	},
	{"TCP", laptop("", noUDP), visit.OverTCP, near, ours, []string{"firewall nftables"}},
	{"TCP from elsewhere", laptop("", closed), visit.OverTCP, far, ours, []string{
		away, "firewall firewalld",
	}},
	{"TCP on this machine", laptop(""), visit.OverTCP, "127.0.0.1", "127.0.0.1", nil},
	{"TCP as a mapped address", laptop(""), visit.OverTCP, "::ffff:" + near, ours, nil},
	{"TCP by IPv6", laptop(""), visit.OverTCP, "fe80::1", ours, nil},
	{"TCP by the world's IPv6", laptop(""), visit.OverTCP, "2001:db8::1", ours, nil},

	{"no video", laptop("tun0"), visit.NoVideo, near, ours, []string{"vpn tun0"}},
	{"no video from elsewhere", laptop(""), visit.NoVideo, far, ours, []string{away}},
	{"refused", laptop("tun0", blocking), visit.CertificateRefused, near, ours, nil},
	{"denied", laptop("tun0", blocking), visit.CameraDenied, far, ours, nil},
	{"all is well", laptop("tun0", blocking), visit.NoProblem, far, ours, nil},
}

func TestSuspects(t *testing.T) {
	for _, c := range suspectTests {
		address := func(text string) (a netip.Addr) {
			if text != "" {
				a = netip.MustParseAddr(text)
			}
			return a
		}
		var got []string
		for _, s := range c.facts.Suspects(c.problem, address(c.from), address(c.called)) {
			got = append(got, suspectText(s))
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: suspected are %q, want %q", c.what, got, c.want)
		}
	}
}
