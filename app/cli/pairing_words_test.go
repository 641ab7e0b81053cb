package cli

import (
	"net/netip"
	"strings"
	"testing"

	"handlens/media/pairing"
	"handlens/media/reach"
	"handlens/media/visit"
)

// TestEachCodeHasWords wants words of its own for each code of how a phone gets here.
func TestEachCodeHasWords(t *testing.T) {
	texts := map[string]any{}
	add := func(code any, text string, ends bool) {
		t.Helper()
		if text == "" || texts[text] != nil || strings.Contains(text, "\n") ||
			ends != strings.HasSuffix(text, ".") {
			t.Errorf("%v is worded %q, as is %v", code, text, texts[text])
		}
		texts[text] = code
	}
	for _, r := range visit.Rungs() {
		add(r, RungWords(r), false)
	}
	for _, p := range visit.Problems() {
		add(p, ProblemWords(p), true)
	}
	for _, k := range pairing.Kinds() {
		add(k, KindWords(k), false)
	}
	for _, c := range reach.SuspectCodes() {
		add(c, SuspectWords(reach.Suspect{
			Code: c, Firewall: reach.Firewall{Name: "nftables", State: reach.FirewallBlocks},
			Card: "tun0", Ours: netip.MustParseAddr("192.0.2.1"),
		}, 8443), true)
	}
	for s := reach.FirewallUnknown; s <= reach.FirewallAllows; s++ {
		w := reach.Firewall{Name: "ufw", State: s}
		add(w, FirewallWords(w, 8443), true)
		w.UDPOnly = true
		if s != reach.FirewallOff {
			add(w, FirewallWords(w, 8443), true)
		}
	}
	if text := ProblemWords(visit.NoProblem); text != "" {
		t.Errorf("no problem is worded %q", text)
	}
}

// TestWordsSayTheirValues wants the addresses, the port and the command to be said.
func TestWordsSayTheirValues(t *testing.T) {
	phone, ours := netip.MustParseAddr("10.0.0.7"), netip.MustParseAddr("192.168.1.2")
	for _, c := range []struct {
		s    reach.Suspect
		want []string
	}{
		{
			reach.Suspect{Code: reach.SuspectOtherNetwork, Phone: phone, Ours: ours},
			[]string{"10.0.0.7", "192.168.1.2"},
		},
		{
			reach.Suspect{Code: reach.SuspectOtherNetwork, Card: "wlan0", Ours: ours},
			[]string{"192.168.1.2 (wlan0)"},
		},
		{reach.Suspect{Code: reach.SuspectVPN, Card: "tun0"}, []string{"tun0"}},
		{
			reach.Suspect{Code: reach.SuspectAddress, Ours: ours},
			[]string{"192.168.1.2", "--address"},
		},
		{
			reach.Suspect{Code: reach.SuspectFirewall, Firewall: reach.Firewall{
				Name: "ufw", State: reach.FirewallBlocks, Commands: []string{"sudo ufw allow 8443"},
			}},
			[]string{"ufw keeps port 8443 shut", "sudo ufw allow 8443"},
		},
		{
			reach.Suspect{Code: reach.SuspectFirewall, Firewall: reach.Firewall{
				Name: "nftables", State: reach.FirewallBlocks, UDPOnly: true,
			}},
			[]string{"keeps UDP on port 8443 shut", "have to accept UDP on port 8443"},
		},
		{
			reach.Suspect{Code: reach.SuspectFirewall, Firewall: reach.Firewall{Name: "macOS"}},
			[]string{"System Settings"},
		},
	} {
		text := SuspectWords(c.s, 8443)
		for _, want := range c.want {
			if !strings.Contains(text, want) {
				t.Errorf("%q does not say %q", text, want)
			}
		}
	}
}
