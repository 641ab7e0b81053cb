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

	"handlens/media/waittest"
)

const contentType = "Content-Type"

// sessionPath stands for the path of the session in statusTests.
const sessionPath = "SESSION"

// statusTest is a request and the status that it is answered with.
type statusTest struct {
	name, method, path, body string
	header                   []string
	want                     int
}

// statusTests are requests to a server with one session, in this order.
var statusTests = []statusTest{
	{"no type", "POST", "/whip", offerText, nil, 415},
	{"another type", "POST", "/whip", offerText, []string{contentType, "application/json"}, 415},
	{"a broken type", "POST", "/whip", offerText, []string{contentType, "application/sdp; ="}, 415},
	{
		"a type with a parameter", "POST", "/whip", offerText,
		[]string{contentType, "Application/SDP; charset=utf-8"},
		201,
	},
	{"empty", "POST", "/whip", "", []string{contentType, typeSDP}, 400},
	{"not SDP", "POST", "/whip", "hello", []string{contentType, typeSDP}, 400},
	{"not text", "POST", "/whip", "v=0\r\n\xff\xfe", []string{contentType, typeSDP}, 400},
	{"with NUL", "POST", "/whip", "v=0\r\n\x00", []string{contentType, typeSDP}, 400},
	{
		"as large as may be", "POST", "/whip", "v=0" + strings.Repeat("a", maxBody-3),
		[]string{contentType, typeSDP},
		201,
	},
	{
		"too large", "POST", "/whip", "v=0" + strings.Repeat("a", maxBody),
		[]string{contentType, typeSDP},
		413,
	},
	{"GET", "GET", "/whip", "", nil, 204},
	{"HEAD", "HEAD", "/whip", "", nil, 204},
	{"PUT", "PUT", "/whip", "", nil, 405},
	{"DELETE of the endpoint", "DELETE", "/whip", "", nil, 405},
	{"PATCH of the endpoint", "PATCH", "/whip", fragment, nil, 405},

	{"GET of a session", "GET", sessionPath, "", nil, 204},
	{"HEAD of a session", "HEAD", sessionPath, "", nil, 204},
	{"POST to a session", "POST", sessionPath, offerText, []string{contentType, typeSDP}, 405},
	{"PUT to a session", "PUT", sessionPath, "", nil, 405},
	{"no If-Match", "PATCH", sessionPath, fragment, []string{contentType, typeFragment}, 428},
	{
		"a blank If-Match", "PATCH", sessionPath, fragment,
		[]string{contentType, typeFragment, "If-Match", " "},
		428,
	},
	{
		"fragment of another type", "PATCH", sessionPath, fragment,
		[]string{contentType, typeSDP, "If-Match", `"one"`},
		415,
	},
	{
		"an empty fragment", "PATCH", sessionPath, "",
		[]string{contentType, typeFragment, "If-Match", `"one"`},
		400,
	},
	{
		"a huge fragment", "PATCH", sessionPath, strings.Repeat("a", maxBody+1),
		[]string{contentType, typeFragment, "If-Match", `"one"`},
		413,
	},
	{
		"another tag", "PATCH", sessionPath, fragment,
		[]string{contentType, typeFragment, "If-Match", `"two"`},
		412,
	},
	{
		"a weak tag", "PATCH", sessionPath, fragment,
		[]string{contentType, typeFragment, "If-Match", `W/"one"`},
		412,
	},
	{
		"no tag at all", "PATCH", sessionPath, fragment,
		[]string{contentType, typeFragment, "If-Match", `one`},
		412,
	},
	{
		"a list of tags", "PATCH", sessionPath, fragment,
		[]string{contentType, typeFragment, "If-Match", `"zero", W/"x" ,"one"`},
		204,
	},
	{
		"no such session", "PATCH", "/whip/none", fragment,
		[]string{contentType, typeFragment, "If-Match", "*"},
		404,
	},
	{"DELETE of no such session", "DELETE", "/whip/none", "", nil, 404},
	{"GET of no such session", "GET", "/whip/none", "", nil, 404},
	// Last, since it changes the tag: the asterisk in quotes, as the example in RFC 9725 has
	// it.
	{
		"an asterisk in quotes", "PATCH", sessionPath, fragment,
		[]string{contentType, typeFragment, "If-Match", `"*"`},
		200,
	},
}

func TestStatusCodes(t *testing.T) {
	s := start(t, &testHost{}, nil)
	session := s.join(t).Header.Get("Location")
	for _, test := range statusTests {
		t.Run(test.name, func(t *testing.T) {
			path := test.path
			if path == sessionPath {
				path = session
			}
			checkStatus(t, s, path, test)
		})
	}
}

func checkStatus(t *testing.T, s *testServer, path string, test statusTest) {
	a := s.do(t, test.method, path, test.body, test.header...)
	if a.StatusCode != test.want {
		t.Fatalf("%s %s: %s, want %d; %s", test.method, path, a.Status, test.want,
			a.body)
	}
	switch {
	case test.want == 405:
		if allow := a.Header.Get("Allow"); !strings.Contains(allow, "OPTIONS") ||
			strings.Contains(allow, test.method) {
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
}

// problem checks that an error is told as RFC 9457 has it, with a sentence, and returns the
// sentence.
func problem(t *testing.T, a answer) string {
	t.Helper()
	var p struct {
		Title, Detail string
		Status        int
	}
	if err := json.Unmarshal([]byte(a.body), &p); err != nil ||
		a.Header.Get("Content-Type") != "application/problem+json" {
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
		{fmt.Errorf("line 7 of /home/me: %w", ErrManyVideos), 406},
		{fmt.Errorf("line 7 of /home/me: %w", ErrNotBundled), 406},
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
		if detail := problem(t, a); strings.Contains(detail, "secret") ||
			strings.Contains(detail, "/home") {
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

// As many offers as allowed may be under way; one more is told to come again, and there is room
// when one is through.
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
	waittest.Until(t, "two offers are under way", func() bool { return len(s.phones.joins) == 2 })
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
	waittest.Until(t, "the places are free", func() bool { return len(s.phones.joins) == 0 })
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
		r, err := http.NewRequestWithContext(ctx, "POST", s.url+"/whip",
			strings.NewReader(offerText))
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
		waittest.Until(t, "the offer is under way", func() bool { return len(s.phones.joins) == 1 })
		cancel()
		<-gone
		waittest.Until(t, proto+": the place is free", func() bool {
			return len(s.phones.joins) == 0
		})
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
	waittest.Until(t, "the offer is under way", func() bool { return len(s.phones.joins) == 1 })
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if a := <-done; a.StatusCode != 503 {
		t.Errorf("the offer under way: %s", a.Status)
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

// The limit on the body must not end an offer that waits for a person, whose client is read from
// all the while.
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
		waittest.Until(t, "the offer is under way", func() bool { return len(s.phones.joins) == 1 })
		time.Sleep(2 * s.bodyTime) // what is tested is that nothing happens in this time
		close(host.wait)
		if a := <-created; a.StatusCode != 201 || a.Proto[:len(proto)] != proto {
			t.Errorf("%s: %s in %s", proto, a.Status, a.Proto)
		}
	}
}

// Who is not understood is told what would be.
func TestNoVideoNamesTheCodecs(t *testing.T) {
	s := start(t, &testHost{err: ErrNoVideo}, nil)
	detail := problem(t, s.do(t, "POST", "/whip", offerText, "Content-Type", typeSDP))
	for _, codec := range []string{"H264", "VP8", "VP9", "AV1"} {
		if !strings.Contains(detail, codec) {
			t.Errorf("%q does not name %s", detail, codec)
		}
	}
}

func TestTrailingSlash(t *testing.T) {
	s := start(t, &testHost{}, nil)
	a := s.do(t, "POST", "/whip/", offerText, "Content-Type", typeSDP)
	if a.StatusCode != 201 || !strings.HasPrefix(a.Header.Get("Location"), "/whip/") {
		t.Fatalf("%s, %v", a.Status, a.Header)
	}
	if a := s.do(t, "DELETE", a.Header.Get("Location"), ""); a.StatusCode != 200 {
		t.Errorf("the session cannot be ended: %s", a.Status)
	}
	if a := s.do(t, "OPTIONS", "/whip/", ""); a.StatusCode != 200 ||
		a.Header.Get("Accept-Post") != typeSDP {
		t.Errorf("OPTIONS: %s", a.Status)
	}
	if a := s.do(t, "PUT", "/whip/", offerText); a.StatusCode != 405 {
		t.Errorf("PUT: %s", a.Status)
	}
}
