package media

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
)

var iceErrors = []error{
	errICEScheme, errICEHost, errICEPort, errICEQuery,
	errICESecret, errICENoSecret, errICEEscape, errICEText,
}

func TestParseICEServer(t *testing.T) {
	for text, want := range map[string]ICEServer{
		"stun:stun.example.org":               {URL: "stun:stun.example.org"},
		"STUN:stun.example.org:3478":          {URL: "stun:stun.example.org:3478"},
		"stuns:192.0.2.1:5349":                {URL: "stuns:192.0.2.1:5349"},
		"stun:[2001:db8::1]":                  {URL: "stun:[2001:db8::1]"},
		"turn:me:secret@turn.example.org":     {"turn:turn.example.org", "me", "secret"},
		"turn:me:a@b@h:1?transport=udp":       {"turn:h:1?transport=udp", "me", "a@b"},
		"turns:me:a:b@[::1]:5?transport=tcp":  {"turns:[::1]:5?transport=tcp", "me", "a:b"},
		"turn:1700%3Aann:50%25%20%2C;\"@h":    {"turn:h", "1700:ann", `50% ,;"`},
		"turn:a,b:c+d?transport=sctp@h:65535": {"turn:h:65535", "a,b", "c+d?transport=sctp"},
	} {
		got, err := ParseICEServer(text)
		if err != nil || got != want {
			t.Errorf("%q gives %#v, %v; want %#v", text, got, err, want)
		}
	}
}

func TestParseICEServerRefuses(t *testing.T) {
	long := strings.Repeat("x", maxSecret+1)
	for text, want := range map[string]error{
		"":                               errICEScheme,
		"stun":                           errICEHost,
		"stun.example.org":               errICEScheme,
		"http://example.org":             errICEScheme,
		"user:secret@turn.example.org":   errICEScheme,
		"stun:":                          errICEHost,
		"stun::3478":                     errICEHost,
		"stun://example.org":             errICEHost,
		"stun:a b":                       errICEHost,
		"stun:a>; rel=x":                 errICEHost,
		"stun:a\r\nX: y":                 errICEHost,
		"stun:[::1":                      errICEHost,
		"stun:[::1]3478":                 errICEHost,
		"stun:[192.0.2.1]":               errICEHost,
		"stun:[fe80::1%25eth0]":          errICEHost,
		"stun:münchen.example":           errICEHost,
		"turn:me:secret@":                errICEHost,
		"stun:a:0":                       errICEPort,
		"stun:a:":                        errICEPort,
		"stun:a:65536":                   errICEPort,
		"stun:a:3478,stun:b":             errICEPort,
		"stun:2001:db8::1":               errICEPort,
		"turn:me:secret@h:+1":            errICEPort,
		"stun:a?transport=udp":           errICEQuery,
		"turn:me:secret@h?transport=ssh": errICEQuery,
		"turn:me:secret@h?":              errICEQuery,
		"turn:turn.example.org":          errICESecret,
		"turn:me:secret":                 errICESecret,
		"turn:me@h":                      errICESecret,
		"turn::secret@h":                 errICESecret,
		"turn:me:@h":                     errICESecret,
		"stun:me:secret@h":               errICENoSecret,
		"turn:me:50%@h":                  errICEEscape,
		"turn:me:secret%0a@h":            errICEText,
		"turn:me:gehéim@h":               errICEText,
		"turn:" + long + ":secret@h":     errICEText,
	} {
		if got, err := ParseICEServer(text); !errors.Is(err, want) || got != (ICEServer{}) {
			t.Errorf("%q gives %#v and %v, want %v", text, got, err, want)
		}
	}
}

func TestICEServerKeepsItsPassword(t *testing.T) {
	s := ICEServer{"turn:turn.example.org", "me", "secret"}
	for _, verb := range []string{"%v", "%+v", "%s", "%q"} {
		for _, v := range []any{s, []ICEServer{s}, struct{ S ICEServer }{s}} {
			if got := fmt.Sprintf(verb, v); strings.Contains(got, "secret") {
				t.Errorf("%s of %T tells the password: %s", verb, v, got)
			}
		}
	}
}

// FuzzParseICEServer looks for servers that cannot stand in a Link header, for a user or password
// in the URL, and for errors that repeat what was given.
func FuzzParseICEServer(f *testing.F) {
	for _, text := range []string{
		"stun:stun.example.org:3478", "turn:me:secret@turn.example.org?transport=udp",
		"turns:a%3Ab:c%25@[::1]:5", "turn:a:b@c@d:1", "stun:[::1", "turn:\x00:%ff@h",
		"turn:a:b@h?transport=tcp@h",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s, err := ParseICEServer(text)
		if err != nil {
			if !slices.Contains(iceErrors, err) || s != (ICEServer{}) {
				t.Fatalf("%q gives %#v and %v", text, s, err)
			}
			return
		}
		if strings.ContainsFunc(s.URL, isUnprintable) || strings.ContainsAny(s.URL, `<>"@ ,;\`) {
			t.Errorf("%q has the URL %q", text, s.URL)
		}
		turn := strings.HasPrefix(s.URL, "turn")
		for _, secret := range []string{s.Username, s.Credential} {
			if turn != (secret != "") || len(secret) > maxSecret {
				t.Errorf("%q gives %#v", text, s)
			}
			if strings.ContainsFunc(secret, isUnprintable) {
				t.Errorf("%q gives %q", text, secret)
			}
		}
	})
}
