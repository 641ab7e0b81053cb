package pairing

import (
	"encoding/base64"
	"net/netip"
	"net/url"
	"strings"
	"testing"
)

func TestToken(t *testing.T) {
	seen := make(map[string]bool)
	for range 1000 {
		token := NewToken()
		raw, err := base64.RawURLEncoding.DecodeString(token)
		if err != nil || len(raw)*8 < 96 || len(token) != 16 {
			t.Fatalf("%q: %d bits, %d characters, %v", token, len(raw)*8, len(token), err)
		}
		if seen[token] {
			t.Fatalf("%q came twice", token)
		}
		seen[token] = true
	}
}

func TestURL(t *testing.T) {
	token := strings.Repeat("x", 16)
	for _, test := range []struct {
		ip, want string
		longest  int
	}{
		{"192.168.178.42", "https://192.168.178.42:8443/#" + token, 49},
		{"255.255.255.255", "https://255.255.255.255:8443/#" + token, 49},
		{"::ffff:10.0.0.1", "https://10.0.0.1:8443/#" + token, 49},
		{"fd00::1", "https://[fd00::1]:8443/#" + token, 49},
		{"fe80::1%wlan0", "https://[fe80::1]:8443/#" + token, 49},
		{
			"fd12:3456:789a:bcde:f012:3456:789a:bcde",
			"https://[fd12:3456:789a:bcde:f012:3456:789a:bcde]:8443/#" + token, 73,
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
		NewToken()); len(longest) >= 50 {
		t.Errorf("%s has %d characters", longest, len(longest))
	}
}
