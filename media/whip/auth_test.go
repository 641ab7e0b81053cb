package whip

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"handlens/media"
	"handlens/media/waittest"
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
			"", "Bearer " + testToken[1:], "Bearer -", "Basic " + testToken,
		} {
			a := s.do(t, request.method, request.path, request.body,
				append(request.header, "Authorization", credentials)...)
			challenge := a.Header.Get("WWW-Authenticate")
			if a.StatusCode != 401 || a.body != "" || !strings.HasPrefix(challenge, "Bearer ") {
				t.Errorf("%s %s with %q: %s, %q, %q", request.method, request.path, credentials,
					a.Status, a.body, challenge)
			}
			if got := strings.Contains(challenge,
				"invalid_token"); got != strings.HasPrefix(credentials, "Bearer "+testToken[1:]) {
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

// What people type is the token: in any case, in groups, and with the letters that look like
// digits.
func TestTokenInAnyForm(t *testing.T) {
	s := start(t, &testHost{}, nil)
	for token, want := range map[string]int{
		"AAAA-BBBB-CC01": 201, "aaaabbbbcc01": 201, "aaaa bbbb ccoi": 201, "AAAABBBBCCOl": 201,
		"AAAABBBBCC0": 401, "AAAABBBBCC011": 401,
	} {
		if a := s.do(t, "POST", "/whip", offerText, "Content-Type", typeSDP, "Authorization",
			"Bearer "+token); a.StatusCode != want {
			t.Errorf("%q: %s, want %d", token, a.Status, want)
		}
	}
}

func TestSetToken(t *testing.T) {
	s := start(t, &testHost{}, nil)
	path := s.join(t).Header.Get("Location")
	s.SetToken("another")
	if a := s.do(t, "POST", "/whip", offerText, "Content-Type", typeSDP); a.StatusCode != 401 {
		t.Errorf("the old token: %s", a.Status)
	}
	if a := s.do(t, "POST", "/whip", offerText, "Content-Type", typeSDP, "Authorization",
		"Bearer another"); a.StatusCode != 201 {
		t.Errorf("the new token: %s", a.Status)
	}
	// Who is here stays: with the token of then, and with that of now.
	restart := []string{"Content-Type", typeFragment, "If-Match", "*"}
	for _, token := range []string{testToken, "another"} {
		if a := s.do(t, "PATCH", path, fragment,
			append(restart, "Authorization", "Bearer "+token)...); a.StatusCode != 200 {
			t.Errorf("a restart with the token %s: %s", token, a.Status)
		}
	}
	second := s.host.last()
	if a := s.do(t, "DELETE", "/whip/"+second.id, ""); a.StatusCode != 401 {
		t.Errorf("the old token on another's session: %s", a.Status)
	}
	if a := s.do(t, "DELETE", path, ""); a.StatusCode != 200 {
		t.Errorf("leaving with the old token: %s", a.Status)
	}
	s.SetToken("")
	for _, empty := range []string{"Bearer ", "Bearer -"} {
		if a := s.do(t, "POST", "/whip", offerText, "Content-Type", typeSDP, "Authorization",
			empty); a.StatusCode != 401 {
			t.Errorf("an empty token must open nothing: %s", a.Status)
		}
	}
}

// An offer that is on its way while the token is replaced does not get in with the old one.
func TestSetTokenDuringAJoin(t *testing.T) {
	host := &testHost{wait: make(chan struct{})}
	s := start(t, host, nil)
	status := make(chan int)
	go func() {
		status <- s.do(t, "POST", "/whip", offerText, "Content-Type", typeSDP).StatusCode
	}()
	waittest.Until(t, "the offer is under way", func() bool { return len(s.phones.joins) == 1 })
	s.SetToken("another")
	close(host.wait)
	if got := <-status; got != 401 {
		t.Errorf("it is answered with %d", got)
	}
	if host.last().closedFor() != media.SentAway || s.count() != 0 {
		t.Error("the session goes on")
	}
}

// FuzzAuthorization: no header but the right one opens the door, and a short one is no panic.
func FuzzAuthorization(f *testing.F) {
	for _, seed := range []string{
		"", "Bearer", "Bearer ", "Bearer " + testToken,
		"bearer aaaa-bbbb-ccoi", "bearer\t" + testToken, "Basic QQ==", "Bearer " + testToken + "x",
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
		s.phones.guesses.table = nil // so that nobody is locked out
		s.ServeHTTP(w, r)
		opened := w.Code == http.StatusNotFound
		if scheme, token, _ := strings.Cut(header,
			" "); opened != (strings.EqualFold(scheme, "bearer") &&
			hashToken(token).is(hashToken(testToken))) {
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
