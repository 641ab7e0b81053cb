package pairing

import (
	"net/netip"
	"net/url"
	"strings"
	"testing"
)

func TestToken(t *testing.T) {
	seen := make(map[string]bool)
	used := make(map[rune]bool)
	for range 1000 {
		token := NewToken()
		if len(token) != TokenLength || !IsToken(token) || NormalToken(token) != token {
			t.Fatalf("%q is no token", token)
		}
		if seen[token] {
			t.Fatalf("%q came twice", token)
		}
		seen[token] = true
		for _, r := range token {
			used[r] = true
		}
	}
	if len(used) != 32 || strings.ContainsAny(tokenAlphabet, "ILOUilou") {
		t.Errorf("tokens have %d different characters, want 32 that nobody confuses", len(used))
	}
}

// What a person reads from the screen and types is the token again.
func TestTokensAreTyped(t *testing.T) {
	const token = "K701QXM2T4H9"
	if got := GroupedToken(token); got != "K701-QXM2-T4H9" {
		t.Errorf("it is shown as %q", got)
	}
	for _, typed := range []string{
		token, "K701-QXM2-T4H9", "k701qxm2t4h9", " k701 qxm2 t4h9 ", "K7OI-QXM2-T4H9",
		"k7ol-qxm2-t4h9",
		"K-7-0-1QXM2T4H9--",
	} {
		if got := NormalToken(typed); got != token {
			t.Errorf("%q becomes %q", typed, got)
		}
	}
	for _, text := range []string{
		"", "K701QXM2T4H", "K701QXM2T4H99", "K701QXM2T4HU", "k701qxm2t4h9", "K701QXM2T4Hé",
		"K701-QXM2T4H",
	} {
		if IsToken(text) {
			t.Errorf("%q is taken for a token", text)
		}
	}
	if got := NormalToken("ÄK\n_"); got != "ÄK\n_" {
		t.Errorf("what cannot be in a token becomes %q, want it as it is", got)
	}
}

func TestURL(t *testing.T) {
	token := strings.Repeat("X", TokenLength)
	for _, test := range []struct {
		ip, want string
		longest  int
	}{
		{"192.168.178.42", "https://192.168.178.42:8443/#" + token, 43},
		{"255.255.255.255", "https://255.255.255.255:8443/#" + token, 43},
		{"::ffff:10.0.0.1", "https://10.0.0.1:8443/#" + token, 43},
		{"fd00::1", "https://[fd00::1]:8443/#" + token, 43},
		{"fe80::1%wlan0", "https://[fe80::1]:8443/#" + token, 43},
		{
			"fd12:3456:789a:bcde:f012:3456:789a:bcde",
			"https://[fd12:3456:789a:bcde:f012:3456:789a:bcde]:8443/#" + token, 69,
		},
	} {
		got := URL(netip.MustParseAddr(test.ip), 8443, token)
		if got != test.want || len(got) > test.longest {
			t.Errorf("%s: %s with %d characters, want %s", test.ip, got, len(got), test.want)
		}
		if u, err := url.Parse(got); err != nil || u.Fragment != token || u.Path != "/" {
			t.Errorf("%s does not parse into its parts: %v, %v", got, u, err)
		}
	}
	if longest := URL(netip.MustParseAddr("192.168.100.100"), 65535,
		NewToken()); len(longest) > 43 {
		t.Errorf("%s has %d characters", longest, len(longest))
	}
}
