package ui

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"handlens/media/reach"
	"handlens/media/visit"
)

// TestDoctorHasWords wants each rung, problem and suspect worded, each in its own way: what it is,
// and in at most two short sentences what to do.
func TestDoctorHasWords(t *testing.T) {
	texts := make(map[string]any)
	own := func(code any, text string) {
		if text == "" || texts[text] != nil {
			t.Errorf("%v is worded %q, as is %v", code, text, texts[text])
		}
		texts[text] = code
	}
	check := func(code any, a advice) {
		own(code, a.what)
		if a.next == "" || strings.Count(a.next, ". ") > 1 || len(a.next) > 130 ||
			strings.Contains(a.what, ". ") {
			t.Errorf("%v is worded %q and %q", code, a.what, a.next)
		}
	}
	for _, r := range visit.Rungs() {
		own(r, rungWords(r))
	}
	for _, p := range visit.Problems() {
		check(fmt.Sprint("problem ", p), problemWords(p, ""))
	}
	for _, c := range reach.SuspectCodes() {
		check(fmt.Sprint("suspect ", c), suspectWords(reach.Suspect{
			Code: c, Card: "tun0", Firewall: reach.Firewall{Name: "ufw"},
			Ours: netip.MustParseAddr("10.1.1.1"),
		}, 8443))
	}
	if a := problemWords(visit.NoProblem, "iPhone"); a != (advice{}) {
		t.Errorf("no problem is worded %+v", a)
	}
}

func TestAdviceFitsThePhone(t *testing.T) {
	for name, want := range map[string]string{
		"iPhone": "Website Settings", "iPad": "Website Settings", "Pixel 8": "Permissions",
		"Android phone": "Permissions", "SM-S911B": "Permissions", "Linux computer": "settings for",
	} {
		if a := problemWords(visit.CameraDenied, name); !strings.Contains(a.next, want) {
			t.Errorf("to %s it says %q", name, a.next)
		}
	}
	for name, want := range map[string]string{"iPhone": "in Safari,", "Pixel 8": "in Chrome or"} {
		if a := problemWords(visit.CameraUnsupported, name); !strings.Contains(a.next, want) {
			t.Errorf("to %s it says %q", name, a.next)
		}
	}
}

func TestSuspectsSayTheirValues(t *testing.T) {
	phone, ours := netip.MustParseAddr("10.0.0.9"), netip.MustParseAddr("192.168.1.7")
	firewall := func(name string, s reach.FirewallState, commands ...string) reach.Suspect {
		return reach.Suspect{
			Firewall: reach.Firewall{Name: name, State: s, Commands: commands},
		}
	}
	for _, c := range []struct {
		of         reach.Suspect
		what, next string
	}{
		{firewall("ufw", reach.FirewallBlocks, "sudo ufw"), "ufw keeps port 8443", "terminal:"},
		{firewall("ufw", reach.FirewallUnknown, "sudo ufw"), "may keep port 8443", "terminal:"},
		{
			firewall("Windows Defender Firewall", reach.FirewallOn, "netsh"), "Windows Defender",
			"as administrator:",
		},
		{firewall("pf", reach.FirewallOn), "pf may keep", "settings, port 8443"},
		{
			reach.Suspect{Code: reach.SuspectOtherNetwork, Phone: phone, Ours: ours},
			"phone (10.0.0.9) and this computer (192.168.1.7)", "same Wi-Fi",
		},
		{reach.Suspect{Code: reach.SuspectOtherNetwork}, "another network", "mobile data"},
		{reach.Suspect{Code: reach.SuspectVPN, Card: "wg0"}, "VPN wg0", "Turn it off"},
		{
			reach.Suspect{Code: reach.SuspectAddress, Card: "docker0", Ours: ours},
			"192.168.1.7 (docker0)", "another way",
		},
	} {
		a := suspectWords(c.of, 8443)
		if !strings.Contains(a.what, c.what) || !strings.Contains(a.next, c.next) {
			t.Errorf("%+v is worded %+v", c.of, a)
		}
	}
}
