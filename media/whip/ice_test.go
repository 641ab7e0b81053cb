package whip

import (
	"strings"
	"testing"

	"handlens/media"
)

func TestOptions(t *testing.T) {
	s := start(t, &testHost{}, func(c *Config) {
		c.ICEServers = []media.ICEServer{
			{URL: "stun:stun.example.net"},
			{URL: "turn:turn.example.net?transport=udp", Username: `me"`, Credential: `pass\word`},
		}
	})
	const stun = `<stun:stun.example.net>; rel="ice-server"`
	const turn = `<turn:turn.example.net?transport=udp>; rel="ice-server"; username="me\""; credential="pass\\word"; credential-type="password"`

	created := s.join(t)
	if got := links(created); got != stun+"\n"+turn {
		t.Errorf("201 has the links\n%s", got)
	}
	checkPreflight(t, s)
	for _, token := range []string{"", "Bearer wrong", "Basic " + testToken} {
		for _, method := range []string{"OPTIONS", "GET", "HEAD", "POST"} {
			if got := links(s.do(t, method, "/whip", offerText, "Authorization",
				token)); got != "" {
				t.Errorf("%s with the token %q has the links %q", method, token, got)
			}
		}
	}
	if got := links(s.do(t, "OPTIONS", "/whip", "")); got != stun+"\n"+turn {
		t.Errorf("OPTIONS with the token has the links %q", got)
	}
	session := s.do(t, "OPTIONS", created.Header.Get("Location"), "", "Authorization", "",
		"Access-Control-Request-Method", "PATCH")
	if session.StatusCode != 200 ||
		session.Header.Get("Access-Control-Allow-Methods") != "PATCH, DELETE, OPTIONS" ||
		session.Header.Get("Accept-Patch") != typeFragment ||
		session.Header.Get("Accept-Post") != typeSDP {
		t.Errorf("OPTIONS of a session: %s, %v", session.Status, session.Header)
	}
}

func links(a answer) string { return strings.Join(a.Header.Values("Link"), "\n") }

// checkPreflight asks as browsers do before a request of another origin.
func checkPreflight(t *testing.T, s *testServer) {
	preflight := s.do(t, "OPTIONS", "/whip", "", "Authorization", "", "Origin",
		"https://studio.example",
		"Access-Control-Request-Method", "POST", "Access-Control-Request-Headers",
		"authorization,content-type")
	if preflight.StatusCode != 200 || links(preflight) != "" {
		t.Errorf("a preflight gives %s with links %q", preflight.Status, links(preflight))
	}
	for name, want := range map[string]string{
		"Accept-Post": "application/sdp", "Access-Control-Allow-Origin": "*",
		"Access-Control-Allow-Methods":     "POST, OPTIONS",
		"Access-Control-Allow-Headers":     "Authorization, Content-Type, If-Match, Link",
		"Access-Control-Allow-Credentials": "",
	} {
		if got := preflight.Header.Get(name); got != want {
			t.Errorf("a preflight has %s: %q, want %q", name, got, want)
		}
	}
}
