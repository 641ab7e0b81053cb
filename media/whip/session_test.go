package whip

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"handlens/media"
	"handlens/media/waittest"
)

// TestSession walks through a whole session as RFC 9725 tells it.
func TestSession(t *testing.T) {
	s := start(t, &testHost{}, nil)
	created := s.join(t)
	checkCreated(t, s, created)
	path := created.Header.Get("Location")

	trickled := s.do(t, "PATCH", path, fragment, "Content-Type", typeFragment, "If-Match", `"one"`)
	if trickled.StatusCode != http.StatusNoContent || trickled.body != "" ||
		trickled.Header.Get("ETag") != "" {
		t.Errorf("trickle: %s, %q, ETag %q; want 204 without either", trickled.Status,
			trickled.body, trickled.Header.Get("ETag"))
	}

	restarted := s.do(t, "PATCH", path, fragment, "Content-Type", typeFragment, "If-Match", "*")
	if restarted.StatusCode != http.StatusOK ||
		restarted.Header.Get("Content-Type") != typeFragment ||
		restarted.Header.Get("ETag") != `"restart-1"` || restarted.body != "a=ice-ufrag:1\r\n" {
		t.Errorf("ICE restart: %s, %v, %q", restarted.Status, restarted.Header, restarted.body)
	}

	stale := s.do(t, "PATCH", path, fragment, "Content-Type", typeFragment, "If-Match", `"one"`)
	if stale.StatusCode != http.StatusPreconditionFailed {
		t.Errorf("a fragment for the ICE session of before: %s", stale.Status)
	}
	if got := s.host.last(); len(got.frags) != 2 || got.frags[0] != fragment ||
		got.match[0] != `"one"` || got.match[1] != "*" {
		t.Errorf("the session got %q for %q", got.frags, got.match)
	} else if got.from.String() != "127.0.0.1" {
		t.Errorf("the session is told that they came from %v", got.from)
	}

	// The entity tag is ignored here, also a wrong one.
	deleted := s.do(t, "DELETE", path, "", "If-Match", `"one"`)
	if deleted.StatusCode != http.StatusOK || s.host.last().closedFor() != media.PhoneLeft {
		t.Errorf("DELETE: %s, closed for %v", deleted.Status, s.host.last().closedFor())
	}
	if again := s.do(t, "DELETE", path, ""); again.StatusCode != http.StatusNotFound {
		t.Errorf("DELETE of what is gone: %s", again.Status)
	}
}

func checkCreated(t *testing.T, s *testServer, created answer) {
	if created.ProtoMajor != 2 {
		t.Errorf("spoken in %s, HTTP/2 was offered", created.Proto)
	}
	for name, want := range map[string]string{
		"Content-Type": "application/sdp", "Location": "/whip/session-0", "Etag": `"one"`,
		"Access-Control-Allow-Origin":   "*",
		"Access-Control-Expose-Headers": "Location, ETag, Link, Retry-After",
	} {
		if got := created.Header.Get(name); got != want {
			t.Errorf("201 has %s: %q, want %q", name, got, want)
		}
	}
	if created.body != s.host.last().Answer() {
		t.Errorf("the answer is %q", created.body)
	}
}

func TestPatchErrors(t *testing.T) {
	for err, want := range map[error]int{
		fmt.Errorf("two: %w", ErrStaleETag): 412, fmt.Errorf("line 3: %w", ErrBadFragment): 400,
		errors.New("inside"): 500,
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

func TestSessionsAreForgotten(t *testing.T) {
	s := start(t, &testHost{}, nil)
	first := s.join(t)
	firstSession := s.host.last()
	// A reloaded page is a new session beside the old one.
	second := s.join(t)
	if first.Header.Get("Location") == second.Header.Get("Location") || s.count() != 2 {
		t.Fatalf("%d sessions, both at %s", s.count(), first.Header.Get("Location"))
	}
	firstSession.Close(media.Reason{Code: media.PhoneLost})
	waittest.Until(t, "the ended session is forgotten", func() bool { return s.count() == 1 })
	if a := s.do(t, "GET", first.Header.Get("Location"), ""); a.StatusCode != 404 {
		t.Errorf("an ended session: %s", a.Status)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if s.count() != 0 || s.host.last().closedFor() != media.ProgramClosed {
		t.Errorf("%d sessions left, the last closed for %v", s.count(), s.host.last().closedFor())
	}
	if a := s.do(t, "POST", "/whip", offerText, "Content-Type", typeSDP); a.StatusCode != 503 {
		t.Errorf("after Close: %s", a.Status)
	}
	if s.host.last().closedFor() == media.NoReason {
		t.Error("a session that came after Close is left open")
	}
}

func TestETagIsQuoted(t *testing.T) {
	for in, want := range map[string]string{"": `""`, "a": `"a"`, `"a"`: `"a"`, `"`: `"""`} {
		if got := quoted(in); got != want {
			t.Errorf("%q gives %q", in, got)
		}
	}
}

// FuzzIfMatch: the list of tags is a stranger's; reading it ends, and only a strong tag that is
// there matches.
func FuzzIfMatch(f *testing.F) {
	for _, seed := range []string{
		`"one"`, `W/"one"`, `"a", "one"`, `*`, `"`, `,,,"one`,
		`"one"x"one"`, "\t , ",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, header string) {
		if matches(header, `"one"`) && !strings.Contains(header, `"one"`) {
			t.Fatalf("%q matches", header)
		}
		_ = matchesAny(header) // it need only end
	})
}
