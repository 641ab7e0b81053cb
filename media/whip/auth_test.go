package whip

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"handlens/media"
)

// Without the token there is 401 and nothing more, whatever else is right or wrong with the
// request.
func TestWithoutToken(t *testing.T) {
	s := start(t, &testHost{}, nil)
	path := s.join(t).Header.Get("Location")
	sdp := []string{"Content-Type", typeSDP}
	for _, request := range []struct {
		method, path, body string
		header             []string
	}{
		{"POST", "/whip", offerText, sdp},
		{"POST", "/whip", "", nil},
		{"POST", "/whip", strings.Repeat("a", maxBody+1), sdp},
		{"PATCH", path, fragment, []string{"Content-Type", typeFragment, "If-Match", "*"}},
		{"PATCH", path, fragment, nil},
		{"PATCH", "/whip/none", fragment, nil},
		{"DELETE", path, "", nil},
		{"DELETE", "/whip/none", "", nil},
		{"GET", path, "", nil},
	} {
		for _, credentials := range []string{
			"", "Bearer " + strings.ToLower(testToken),
			"Basic " + testToken,
		} {
			// The count of wrong tokens has a test of its own.
			s.failedAuth.mu.Lock()
			clear(s.failedAuth.table)
			s.failedAuth.mu.Unlock()
			a := s.do(t, request.method, request.path, request.body,
				append(request.header, "Authorization", credentials)...)
			challenge := a.Header.Get("WWW-Authenticate")
			if a.StatusCode != 401 || a.body != "" || !strings.HasPrefix(challenge, "Bearer ") {
				t.Errorf("%s %s with %q: %s, %q, %q", request.method, request.path, credentials,
					a.Status, a.body, challenge)
			}
			if got := strings.Contains(challenge,
				"invalid_token"); got != strings.HasPrefix(credentials, "Bearer") {
				t.Errorf("with %q the challenge is %q", credentials, challenge)
			}
		}
	}
	if s.host.last().closedFor() != media.NoReason || len(s.host.sessions) != 1 {
		t.Error("something was done without the token")
	}
}

func TestBearer(t *testing.T) {
	for header, want := range map[string]string{
		"Bearer abc": "abc", "bearer abc": "abc", "BEARER   abc ": "abc", "Bearer": "",
		"Bearer ": "", "Bearer  ": "",
		"Basic abc": "", "": "", "Bearerabc": "",
	} {
		if got, ok := bearer(header); got != want || ok != (want != "") {
			t.Errorf("%q gives %q, %v", header, got, ok)
		}
	}
}

func TestSetToken(t *testing.T) {
	s := start(t, &testHost{}, nil)
	s.SetToken("another")
	if a := s.do(t, "POST", "/whip", offerText, "Content-Type", typeSDP); a.StatusCode != 401 {
		t.Errorf("the old token: %s", a.Status)
	}
	if a := s.do(t, "POST", "/whip", offerText, "Content-Type", typeSDP, "Authorization",
		"Bearer another"); a.StatusCode != 201 {
		t.Errorf("the new token: %s", a.Status)
	}
	s.SetToken("")
	if a := s.do(t, "POST", "/whip", offerText, "Content-Type", typeSDP, "Authorization",
		"Bearer "); a.StatusCode != 401 {
		t.Errorf("an empty token must open nothing: %s", a.Status)
	}
}

// An address that guesses is slowed down; others and the right token are not.
func TestGuessesAreCounted(t *testing.T) {
	s := start(t, &testHost{}, nil)
	now := time.Date(2026, 3, 14, 12, 0, 0, 0, time.UTC)
	s.now = func() time.Time { return now }
	guess := func(from, token string) *httptest.ResponseRecorder {
		r := httptest.NewRequest("POST", "/whip", strings.NewReader(offerText))
		r.RemoteAddr = from
		r.Header.Set("Authorization", "Bearer "+token)
		r.Header.Set("Content-Type", typeSDP)
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		return w
	}
	for i := range maxAuthFailures {
		if w := guess(fmt.Sprintf("192.168.1.66:%d", 4000+i), "guess"); w.Code != 401 {
			t.Fatalf("guess %d: %d", i+1, w.Code)
		}
	}
	w := guess("192.168.1.66:5000", "guess")
	if w.Code != http.StatusTooManyRequests || w.Header().Get("Retry-After") != "61" ||
		w.Body.Len() != 0 {
		t.Errorf("one more: %d, Retry-After %q, %q", w.Code, w.Header().Get("Retry-After"), w.Body)
	}
	if w := guess("192.168.1.67:5000", "guess"); w.Code != 401 {
		t.Errorf("another address: %d", w.Code)
	}
	if w := guess("192.168.1.66:5000", testToken); w.Code != 201 {
		t.Errorf("the right token from that address: %d", w.Code)
	}
	now = now.Add(authFailureWindow)
	if w := guess("192.168.1.66:5000", "guess"); w.Code != 401 {
		t.Errorf("a minute later: %d", w.Code)
	}
}

func TestGuessersAreBounded(t *testing.T) {
	var g failedAuth
	now := time.Now()
	for i := range 3 * maxFailedAuth {
		g.add(netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)}), now)
	}
	if len(g.table) > maxFailedAuth {
		t.Errorf("%d addresses are kept", len(g.table))
	}
	// All of a /64 is one guesser.
	var v6 failedAuth
	for i := range 100 {
		v6.add(netip.MustParseAddr(fmt.Sprintf("fd00::%x", i)), now)
	}
	if len(v6.table) != 1 {
		t.Errorf("a /64 counts as %d", len(v6.table))
	}
}

// FuzzAuthorization: no header but the right one opens the door, and a short one is no panic.
func FuzzAuthorization(f *testing.F) {
	for _, seed := range []string{
		"", "Bearer", "Bearer ", "Bearer " + testToken,
		"bearer\t" + testToken, "Basic QQ==", "Bearer " + testToken + "x",
	} {
		f.Add(seed)
	}
	s, err := NewServer(Config{Token: testToken, Host: &testHost{}, Pages: testPages})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, header string) {
		r := httptest.NewRequest("DELETE", "/whip/none", nil)
		r.Header["Authorization"] = []string{header}
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		opened := w.Code == http.StatusNotFound
		if scheme, token, _ := strings.Cut(header,
			" "); opened != (strings.EqualFold(scheme, "bearer") &&
			strings.Trim(token, " ") == testToken) {
			t.Fatalf("%q: %d", header, w.Code)
		}
	})
}

// FuzzOffer: whatever the body and its type are, the answer is one of those that RFC 9725 has, and
// only an accepted offer leaves a session.
func FuzzOffer(f *testing.F) {
	f.Add(offerText, typeSDP)
	f.Add("", "")
	f.Add("v=0\x00", "application/sdp;x=\"")
	f.Add(strings.Repeat("v=0\n", 30000), typeSDP)
	f.Fuzz(func(t *testing.T, body, mediaType string) {
		host := &testHost{}
		s, err := NewServer(Config{Token: testToken, Host: host, Pages: testPages})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		r := httptest.NewRequest("POST", "/whip", strings.NewReader(body))
		r.Header["Authorization"] = []string{"Bearer " + testToken}
		r.Header["Content-Type"] = []string{mediaType}
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		switch w.Code {
		case 201:
			if !strings.HasPrefix(body, "v=0") || len(body) > maxBody || len(host.sessions) != 1 {
				t.Fatalf("%q of %q is taken", body, mediaType)
			}
		case 400, 413, 415:
			if len(host.sessions) != 0 {
				t.Fatalf("%d, but there is a session", w.Code)
			}
		default:
			t.Fatalf("%q of %q: %d", body, mediaType, w.Code)
		}
	})
}
