package whip

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

// TestSession walks through a whole session as RFC 9725 tells it.
func TestSession(t *testing.T) {
	s := start(t, &testHost{}, nil)
	created := s.join(t)
	if created.ProtoMajor != 2 {
		t.Errorf("spoken in %s, HTTP/2 was offered", created.Proto)
	}
	for name, want := range map[string]string{
		"Content-Type": "application/sdp", "Location": "/whip/session-0", "Etag": `"one"`,
		"Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": "Location, ETag, Link, Retry-After",
	} {
		if got := created.Header.Get(name); got != want {
			t.Errorf("201 has %s: %q, want %q", name, got, want)
		}
	}
	if created.body != s.host.last().Answer() {
		t.Errorf("the answer is %q", created.body)
	}
	path := created.Header.Get("Location")

	trickled := s.do(t, "PATCH", path, fragment, "Content-Type", typeFragment, "If-Match", `"one"`)
	if trickled.StatusCode != http.StatusNoContent || trickled.body != "" || trickled.Header.Get("ETag") != "" {
		t.Errorf("trickle: %s, %q, ETag %q; want 204 without either", trickled.Status, trickled.body, trickled.Header.Get("ETag"))
	}

	restarted := s.do(t, "PATCH", path, fragment, "Content-Type", typeFragment, "If-Match", "*")
	if restarted.StatusCode != http.StatusOK || restarted.Header.Get("Content-Type") != typeFragment ||
		restarted.Header.Get("ETag") != `"restart-1"` || restarted.body != "a=ice-ufrag:1\r\n" {
		t.Errorf("ICE restart: %s, %v, %q", restarted.Status, restarted.Header, restarted.body)
	}

	stale := s.do(t, "PATCH", path, fragment, "Content-Type", typeFragment, "If-Match", `"one"`)
	if stale.StatusCode != http.StatusPreconditionFailed {
		t.Errorf("a fragment for the ICE session of before: %s", stale.Status)
	}
	if got := s.host.last(); len(got.frags) != 2 || got.frags[0] != fragment || got.match[0] != `"one"` || got.match[1] != "*" {
		t.Errorf("the session got %q for %q", got.frags, got.match)
	}

	// The entity tag is ignored here, also a wrong one.
	deleted := s.do(t, "DELETE", path, "", "If-Match", `"one"`)
	if deleted.StatusCode != http.StatusOK || s.host.last().closedFor() != "the phone left" {
		t.Errorf("DELETE: %s, closed for %q", deleted.Status, s.host.last().closedFor())
	}
	if again := s.do(t, "DELETE", path, ""); again.StatusCode != http.StatusNotFound {
		t.Errorf("DELETE of what is gone: %s", again.Status)
	}
}

func TestStatusCodes(t *testing.T) {
	const sdp = "Content-Type"
	s := start(t, &testHost{}, nil)
	path := s.join(t).Header.Get("Location")
	for _, test := range []struct {
		name, method, path, body string
		header                   []string
		want                     int
	}{
		{"no type", "POST", "/whip", offerText, nil, 415},
		{"another type", "POST", "/whip", offerText, []string{sdp, "application/json"}, 415},
		{"a broken type", "POST", "/whip", offerText, []string{sdp, "application/sdp; ="}, 415},
		{"a type with a parameter", "POST", "/whip", offerText, []string{sdp, "Application/SDP; charset=utf-8"}, 201},
		{"empty", "POST", "/whip", "", []string{sdp, typeSDP}, 400},
		{"not SDP", "POST", "/whip", "hello", []string{sdp, typeSDP}, 400},
		{"not text", "POST", "/whip", "v=0\r\n\xff\xfe", []string{sdp, typeSDP}, 400},
		{"with NUL", "POST", "/whip", "v=0\r\n\x00", []string{sdp, typeSDP}, 400},
		{"as large as may be", "POST", "/whip", "v=0" + strings.Repeat("a", maxBody-3), []string{sdp, typeSDP}, 201},
		{"too large", "POST", "/whip", "v=0" + strings.Repeat("a", maxBody), []string{sdp, typeSDP}, 413},
		{"GET", "GET", "/whip", "", nil, 204},
		{"HEAD", "HEAD", "/whip", "", nil, 204},
		{"PUT", "PUT", "/whip", "", nil, 405},
		{"DELETE of the endpoint", "DELETE", "/whip", "", nil, 405},
		{"PATCH of the endpoint", "PATCH", "/whip", fragment, nil, 405},

		{"GET of a session", "GET", path, "", nil, 204},
		{"HEAD of a session", "HEAD", path, "", nil, 204},
		{"POST to a session", "POST", path, offerText, []string{sdp, typeSDP}, 405},
		{"PUT to a session", "PUT", path, "", nil, 405},
		{"no If-Match", "PATCH", path, fragment, []string{sdp, typeFragment}, 428},
		{"a blank If-Match", "PATCH", path, fragment, []string{sdp, typeFragment, "If-Match", " "}, 428},
		{"fragment of another type", "PATCH", path, fragment, []string{sdp, typeSDP, "If-Match", `"one"`}, 415},
		{"an empty fragment", "PATCH", path, "", []string{sdp, typeFragment, "If-Match", `"one"`}, 400},
		{"a huge fragment", "PATCH", path, strings.Repeat("a", maxBody+1), []string{sdp, typeFragment, "If-Match", `"one"`}, 413},
		{"another tag", "PATCH", path, fragment, []string{sdp, typeFragment, "If-Match", `"two"`}, 412},
		{"a weak tag", "PATCH", path, fragment, []string{sdp, typeFragment, "If-Match", `W/"one"`}, 412},
		{"no tag at all", "PATCH", path, fragment, []string{sdp, typeFragment, "If-Match", `one`}, 412},
		{"a list of tags", "PATCH", path, fragment, []string{sdp, typeFragment, "If-Match", `"zero", W/"x" ,"one"`}, 204},
		{"no such session", "PATCH", "/whip/none", fragment, []string{sdp, typeFragment, "If-Match", "*"}, 404},
		{"DELETE of no such session", "DELETE", "/whip/none", "", nil, 404},
		{"GET of no such session", "GET", "/whip/none", "", nil, 404},
		// Last, since it changes the tag: the asterisk in quotes, as the example in RFC 9725 has it.
		{"an asterisk in quotes", "PATCH", path, fragment, []string{sdp, typeFragment, "If-Match", `"*"`}, 200},
	} {
		t.Run(test.name, func(t *testing.T) {
			a := s.do(t, test.method, test.path, test.body, test.header...)
			if a.StatusCode != test.want {
				t.Fatalf("%s %s: %s, want %d; %s", test.method, test.path, a.Status, test.want, a.body)
			}
			switch {
			case test.want == 405:
				if allow := a.Header.Get("Allow"); !strings.Contains(allow, "OPTIONS") || strings.Contains(allow, test.method) {
					t.Errorf("Allow: %q", allow)
				}
			case test.want >= 400 && test.method != "HEAD":
				problem(t, a)
			case test.want == 204:
				if a.body != "" {
					t.Errorf("204 with %q", a.body)
				}
			}
			if test.want == 415 && a.Header.Get("Accept-Post")+a.Header.Get("Accept-Patch") == "" {
				t.Error("415 does not say what would be taken")
			}
		})
	}
}

// problem checks that an error is told as RFC 9457 has it, with a sentence, and returns the sentence.
func problem(t *testing.T, a answer) string {
	t.Helper()
	var p struct {
		Title, Detail string
		Status        int
	}
	if err := json.Unmarshal([]byte(a.body), &p); err != nil || a.Header.Get("Content-Type") != "application/problem+json" {
		t.Fatalf("%s is told as %q: %v", a.Status, a.body, err)
	}
	if p.Status != a.StatusCode || p.Title == "" || p.Detail == "" {
		t.Errorf("%s is told as %+v", a.Status, p)
	}
	return p.Detail
}

func TestHostErrors(t *testing.T) {
	for _, test := range []struct {
		err  error
		want int
	}{
		{ErrBadOffer, 400},
		{fmt.Errorf("line 7 of /home/me: %w", ErrNoVideo), 406},
		{ErrRefused, 403},
		{ErrFull, 503},
		{context.DeadlineExceeded, 503},
		{ErrClosed, 503},
		{errors.New("a secret of the inside"), 500},
	} {
		s := start(t, &testHost{err: test.err}, nil)
		a := s.do(t, "POST", "/whip", offerText, "Content-Type", typeSDP)
		if a.StatusCode != test.want || a.Header.Get("Location") != "" {
			t.Errorf("%v: %s, Location %q", test.err, a.Status, a.Header.Get("Location"))
		}
		if detail := problem(t, a); strings.Contains(detail, "secret") || strings.Contains(detail, "/home") {
			t.Errorf("%v: tells %q", test.err, detail)
		}
		if (a.Header.Get("Retry-After") != "") != (test.want == 503) {
			t.Errorf("%v: Retry-After %q", test.err, a.Header.Get("Retry-After"))
		}
		if n := s.count(); n != 0 {
			t.Errorf("%v: %d sessions are kept", test.err, n)
		}
	}
}

func TestPatchErrors(t *testing.T) {
	for err, want := range map[error]int{
		fmt.Errorf("two: %w", ErrStaleETag): 412, fmt.Errorf("line 3: %w", ErrBadFragment): 400, errors.New("inside"): 500,
	} {
		s := start(t, &testHost{}, nil)
		path := s.join(t).Header.Get("Location")
		s.host.last().err = err
		a := s.do(t, "PATCH", path, fragment, "Content-Type", typeFragment, "If-Match", `"one"`)
		if a.StatusCode != want || strings.Contains(problem(t, a), "inside") {
			t.Errorf("%v: %s, %s", err, a.Status, a.body)
		}
		// RFC 9725 section 4.3.3: the session must go on.
		if a := s.do(t, "GET", path, ""); a.StatusCode != 204 {
			t.Errorf("%v: the session is gone: %s", err, a.Status)
		}
	}
}

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
		{}, {URL: "stun:"}, {URL: "http://a"}, {URL: "stun:a>; rel=x"}, {URL: "stun:a\r\nX: y"}, {URL: "stun:a", Username: "u"},
		{URL: "turn:a", Username: "u\n", Credential: "c"}, {URL: "turn:a b"},
	} {
		if err := bad.check(); err == nil {
			t.Errorf("%q is taken", bad)
		}
		if _, err := NewServer(Config{Token: "x", Host: &testHost{}, Pages: testPages, ICEServers: []ICEServer{bad}}); err == nil {
			t.Errorf("%q is taken by NewServer", bad)
		}
	}
}

// As many offers as allowed may be under way; one more is told to come again, and there is room when one is through.
func TestJoinsAreBounded(t *testing.T) {
	host := &testHost{wait: make(chan struct{})}
	s := start(t, host, func(c *Config) { c.MaxJoins = 2 })
	status := make(chan int, 2)
	for range 2 {
		go func() {
			r, err := http.NewRequest("POST", s.url+"/whip", strings.NewReader(offerText))
			if err != nil {
				t.Error(err)
			}
			r.Header.Set("Authorization", "Bearer "+testToken)
			r.Header.Set("Content-Type", typeSDP)
			response, err := s.client.Do(r)
			if err != nil {
				t.Error(err)
				status <- 0
				return
			}
			io.Copy(io.Discard, response.Body)
			response.Body.Close()
			status <- response.StatusCode
		}()
	}
	eventually(t, "two offers are under way", func() bool { return len(s.joins) == 2 })
	third := s.do(t, "POST", "/whip", offerText, "Content-Type", typeSDP)
	if third.StatusCode != 503 || third.Header.Get("Retry-After") == "" {
		t.Errorf("the third offer: %s, %v", third.Status, third.Header)
	}
	close(host.wait)
	for range 2 {
		if got := <-status; got != 201 {
			t.Errorf("an offer that waited: %d", got)
		}
	}
	eventually(t, "the places are free", func() bool { return len(s.joins) == 0 })
	s.join(t)
	if n := s.count(); n != 3 {
		t.Errorf("%d sessions, want 3", n)
	}
}

// A phone that is reloaded while someone is asked whether to let it in must not keep its place.
func TestJoinEndsWithItsClient(t *testing.T) {
	for _, proto := range []string{"HTTP/1.1", "HTTP/2"} {
		host := &testHost{wait: make(chan struct{})}
		s := start(t, host, nil)
		if proto == "HTTP/1.1" {
			s.speakHTTP1()
		}
		ctx, cancel := context.WithCancel(t.Context())
		r, err := http.NewRequestWithContext(ctx, "POST", s.url+"/whip", strings.NewReader(offerText))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+testToken)
		r.Header.Set("Content-Type", typeSDP)
		gone := make(chan struct{})
		go func() {
			defer close(gone)
			if response, err := s.client.Do(r); err == nil {
				response.Body.Close()
			}
		}()
		eventually(t, "the offer is under way", func() bool { return len(s.joins) == 1 })
		cancel()
		<-gone
		eventually(t, proto+": the place is free", func() bool { return len(s.joins) == 0 })
		if host.mu.Lock(); host.ended != 1 {
			t.Errorf("%s: the host was not told", proto)
		}
		host.mu.Unlock()
	}
}

// Close must not wait for a person who is asked.
func TestCloseEndsJoins(t *testing.T) {
	s := start(t, &testHost{wait: make(chan struct{})}, nil)
	done := make(chan answer, 1)
	go func() { done <- s.do(t, "POST", "/whip", offerText, "Content-Type", typeSDP) }()
	eventually(t, "the offer is under way", func() bool { return len(s.joins) == 1 })
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if a := <-done; a.StatusCode != 503 {
		t.Errorf("the offer under way: %s", a.Status)
	}
}

func TestSessionsAreForgotten(t *testing.T) {
	s := start(t, &testHost{}, nil)
	first := s.join(t)
	firstSession := s.host.last()
	// A reloaded page is a new session beside the old one.
	second := s.join(t)
	if first.Header.Get("Location") == second.Header.Get("Location") || s.count() != 2 {
		t.Fatalf("%d sessions, both at %s", s.count(), first.Header.Get("Location"))
	}
	firstSession.Close("no packets came")
	eventually(t, "the ended session is forgotten", func() bool { return s.count() == 1 })
	if a := s.do(t, "GET", first.Header.Get("Location"), ""); a.StatusCode != 404 {
		t.Errorf("an ended session: %s", a.Status)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if s.count() != 0 || s.host.last().closedFor() != "the app was closed" {
		t.Errorf("%d sessions left, the last closed for %q", s.count(), s.host.last().closedFor())
	}
	if a := s.do(t, "POST", "/whip", offerText, "Content-Type", typeSDP); a.StatusCode != 503 {
		t.Errorf("after Close: %s", a.Status)
	}
	if s.host.last().closedFor() == "" {
		t.Error("a session that came after Close is left open")
	}
}

// Half a body and then silence must not hold a connection open for long, in either protocol.
func TestSlowBody(t *testing.T) {
	for _, proto := range []string{"HTTP/1.1", "HTTP/2"} {
		s := start(t, &testHost{}, nil)
		s.bodyTime = 20 * time.Millisecond
		if proto == "HTTP/1.1" {
			s.speakHTTP1()
		}
		body, half := io.Pipe()
		go io.WriteString(half, offerText[:10]) // ends when the request is through with its body
		r, err := http.NewRequestWithContext(t.Context(), "POST", s.url+"/whip", body)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+testToken)
		r.Header.Set("Content-Type", typeSDP)
		response, err := s.client.Do(r)
		if err != nil {
			t.Fatalf("%s: %v", proto, err)
		}
		response.Body.Close()
		half.Close()
		if response.StatusCode != http.StatusRequestTimeout || len(s.host.sessions) != 0 {
			t.Errorf("%s: %s, %d sessions", proto, response.Status, len(s.host.sessions))
		}
	}
}

// The limit on the body must not end an offer that waits for a person, whose client is read from all the while.
func TestBodyTimeIsForTheBodyOnly(t *testing.T) {
	for _, proto := range []string{"HTTP/1.1", "HTTP/2"} {
		host := &testHost{wait: make(chan struct{})}
		s := start(t, host, nil)
		s.bodyTime = 300 * time.Millisecond
		if proto == "HTTP/1.1" {
			s.speakHTTP1()
		}
		created := make(chan answer, 1)
		go func() { created <- s.do(t, "POST", "/whip", offerText, "Content-Type", typeSDP) }()
		eventually(t, "the offer is under way", func() bool { return len(s.joins) == 1 })
		time.Sleep(2 * s.bodyTime) // what is tested is that nothing happens in this time
		close(host.wait)
		if a := <-created; a.StatusCode != 201 || a.Proto[:len(proto)] != proto {
			t.Errorf("%s: %s in %s", proto, a.Status, a.Proto)
		}
	}
}

func TestETagIsQuoted(t *testing.T) {
	for in, want := range map[string]string{"": `""`, "a": `"a"`, `"a"`: `"a"`, `"`: `"""`} {
		if got := quoted(in); got != want {
			t.Errorf("%q gives %q", in, got)
		}
	}
}

// FuzzIfMatch: the list of tags is a stranger's; reading it ends, and only a strong tag that is there matches.
func FuzzIfMatch(f *testing.F) {
	for _, seed := range []string{`"one"`, `W/"one"`, `"a", "one"`, `*`, `"`, `,,,"one`, `"one"x"one"`, "\t , "} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, header string) {
		if matches(header, `"one"`) && !strings.Contains(header, `"one"`) {
			t.Fatalf("%q matches", header)
		}
		matchesAny(header)
	})
}
