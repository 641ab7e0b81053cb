package whip

import (
	"strings"
	"testing"
)

func TestOptions(t *testing.T) {
	s := start(t, &testHost{}, func(c *Config) {
		c.ICEServers = []ICEServer{
			{URL: "stun:stun.example.net"},
			{URL: "turn:turn.example.net?transport=udp", Username: `me"`, Credential: `pass\word`},
		}
	})
	const stun = `<stun:stun.example.net>; rel="ice-server"`
	const turn = `<turn:turn.example.net?transport=udp>; rel="ice-server"; username="me\""; credential="pass\\word"; credential-type="password"`
	links := func(a answer) string { return strings.Join(a.Header.Values("Link"), "\n") }

	created := s.join(t)
	if got := links(created); got != stun+"\n"+turn {
		t.Errorf("201 has the links\n%s", got)
	}
	preflight := s.do(t, "OPTIONS", "/whip", "", "Authorization", "", "Origin", "https://studio.example",
		"Access-Control-Request-Method", "POST", "Access-Control-Request-Headers", "authorization,content-type")
	if preflight.StatusCode != 200 || links(preflight) != "" {
		t.Errorf("a preflight gives %s with links %q", preflight.Status, links(preflight))
	}
	for name, want := range map[string]string{
		"Accept-Post": "application/sdp", "Access-Control-Allow-Origin": "*", "Access-Control-Allow-Methods": "POST, OPTIONS",
		"Access-Control-Allow-Headers": "Authorization, Content-Type, If-Match, Link", "Access-Control-Allow-Credentials": "",
	} {
		if got := preflight.Header.Get(name); got != want {
			t.Errorf("a preflight has %s: %q, want %q", name, got, want)
		}
	}
	if got := links(s.do(t, "OPTIONS", "/whip", "", "Authorization", "")); got != stun {
		t.Errorf("OPTIONS without the token has the links %q; a password is not for everyone", got)
	}
	if got := links(s.do(t, "OPTIONS", "/whip", "")); got != stun+"\n"+turn {
		t.Errorf("OPTIONS with the token has the links %q", got)
	}
	session := s.do(t, "OPTIONS", created.Header.Get("Location"), "", "Authorization", "", "Access-Control-Request-Method", "PATCH")
	if session.StatusCode != 200 || session.Header.Get("Access-Control-Allow-Methods") != "PATCH, DELETE, OPTIONS" ||
		session.Header.Get("Accept-Patch") != typeFragment || session.Header.Get("Accept-Post") != typeSDP {
		t.Errorf("OPTIONS of a session: %s, %v", session.Status, session.Header)
	}
}

func TestICEServerCheck(t *testing.T) {
	for _, good := range []ICEServer{{URL: "stun:a"}, {URL: "stuns:a:5349"}, {URL: "turn:[fd00::1]:3478?transport=tcp"}, {URL: "turns:a", Username: "u", Credential: "c"}} {
		if err := good.check(); err != nil {
			t.Errorf("%v: %v", good, err)
		}
	}
	for _, bad := range []ICEServer{
		{},
		{URL: "stun:"},
		{URL: "http://a"},
		{URL: "stun:a>; rel=x"},
		{URL: "stun:a\r\nX: y"},
		{URL: "stun:a", Username: "u"},
		{URL: "turn:a", Username: "u\n", Credential: "c"},
		{URL: "turn:a b"},
	} {
		if err := bad.check(); err == nil {
			t.Errorf("%q is taken", bad)
		}
		if _, err := NewServer(Config{Token: "x", Host: &testHost{}, Pages: testPages, ICEServers: []ICEServer{bad}}); err == nil {
			t.Errorf("%q is taken by NewServer", bad)
		}
	}
}
