package whip

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"handlens/media/waittest"
)

const viewerToken = "VVVVWWWWXX02"

// testAudience answers every viewer's offer, or with err.
type testAudience struct {
	testHost
	phones []Phone

	watching sync.Mutex
	wishes   []Wish
	came     int
}

func (a *testAudience) Watch(ctx context.Context, offer string, wish Wish, from Visitor) (Session,
	error,
) {
	a.watching.Lock()
	a.wishes = append(a.wishes, wish)
	a.watching.Unlock()
	return a.Join(ctx, offer, from)
}

func (a *testAudience) Phones(string) []Phone { return a.phones }

func (a *testAudience) Comes(Visitor) {
	a.watching.Lock()
	defer a.watching.Unlock()
	a.came++
}

// startShared starts a server that lets viewers in.
func startShared(t *testing.T, audience *testAudience) *testServer {
	t.Helper()
	pages := fstest.MapFS{"watch.html": {Data: []byte("<!doctype html><title>viewer</title>")}}
	maps.Copy(pages, testPages)
	s := start(t, &testHost{}, func(c *Config) {
		c.Audience, c.Pages = audience, pages
		c.Model = func() (ModelFile, bool) {
			return ModelFile{Name: "m", SHA256: "ab", Open: func() (io.ReadSeekCloser, error) {
				return nil, io.EOF
			}}, true
		}
	})
	s.SetViewerToken(viewerToken)
	return s
}

// as sends a request with a token.
func (s *testServer) as(t *testing.T, token, method, path, body string, header ...string) answer {
	t.Helper()
	return s.do(t, method, path, body, append(header, "Authorization", "Bearer "+token)...)
}

// TestAViewersSession goes from the offer to the end.
func TestAViewersSession(t *testing.T) {
	audience := &testAudience{}
	s := startShared(t, audience)
	begun := s.as(t, viewerToken, "POST", "/whep?phone=phone-2&again=abc_-9&x=y", offerText,
		contentType, typeSDP)
	where := begun.Header.Get("Location")
	if begun.StatusCode != http.StatusCreated || !strings.HasPrefix(where, "/whep/") ||
		begun.Header.Get("ETag") != `"one"` || begun.Header.Get(contentType) != typeSDP ||
		begun.Header.Get("Access-Control-Allow-Origin") != "*" {
		t.Fatalf("an offer gives %s, %v", begun.Status, begun.Header)
	}
	if want := (Wish{Phone: "phone-2", Again: "abc_-9"}); audience.wishes[0] != want {
		t.Errorf("it wishes for %+v", audience.wishes[0])
	}
	for _, c := range []struct {
		method, path, body string
		header             []string
		want               int
	}{
		{"GET", "/whep", "", nil, 204},
		{"HEAD", "/whep/", "", nil, 204},
		{"PUT", "/whep", "", nil, 405},
		{"OPTIONS", "/whep", "", nil, 200},
		{"OPTIONS", where, "", nil, 200},
		{"GET", where, "", nil, 204},
		{"GET", strings.Replace(where, "whep", "whip", 1), "", nil, 401},
		{"PATCH", where, fragment, []string{contentType, typeFragment}, 428},
		{"PATCH", where, fragment, []string{contentType, typeFragment, "If-Match", `"two"`}, 412},
		{"PATCH", where, fragment, []string{contentType, typeFragment, "If-Match", `"one"`}, 204},
		{"PATCH", where, fragment, []string{contentType, typeFragment, "If-Match", "*"}, 200},
		{"POST", "/whep", strings.Repeat("v", maxBody+1), []string{contentType, typeSDP}, 413},
		{"POST", "/whep", offerText, []string{contentType, "text/plain"}, 415},
		{"POST", "/whep?phone=a&phone=b", offerText, []string{contentType, typeSDP}, 400},
		{"POST", "/whep?phone=%zz", offerText, []string{contentType, typeSDP}, 400},
		{"POST", "/whep?again=../x", offerText, []string{contentType, typeSDP}, 400},
		{"DELETE", where, "", nil, 200},
		{"GET", where, "", nil, 404},
	} {
		got := s.as(t, viewerToken, c.method, c.path, c.body, c.header...)
		if got.StatusCode != c.want {
			t.Errorf("%s %.40s gives %s, want %d", c.method, c.path, got.Status, c.want)
		}
	}
}

func TestWhatViewersAreAnswered(t *testing.T) {
	for err, want := range map[error]int{
		ErrNoPhone: 404, ErrNothingSent: 404, ErrManyViewers: 503, ErrRefused: 403,
		ErrOtherCodec: 406, ErrBadOffer: 400, ErrNotBundled: 406,
	} {
		audience := &testAudience{}
		audience.err = fmt.Errorf("why: %w", err)
		s := startShared(t, audience)
		got := s.as(t, viewerToken, "POST", "/whep", offerText, contentType, typeSDP)
		retry := got.Header.Get("Retry-After") != ""
		if got.StatusCode != want || !strings.Contains(got.body, err.Error()) ||
			retry != (want == 503 || want == 404) {
			t.Errorf("%v gives %s, %s, to be tried again: %v", err, got.Status, got.body, retry)
		}
	}
}

// TestEachTokenOpensItsOwn has the phones' token open nothing of the viewers', and the other way
// round; the model is for both.
func TestEachTokenOpensItsOwn(t *testing.T) {
	s := startShared(t, &testAudience{phones: []Phone{{"phone-1", "Pixel"}, {"phone-2", "iPhone"}}})
	joined := map[string]string{} // the session of each token
	for _, c := range []struct {
		token, method, path string
		want                int
	}{
		{testToken, "POST", "/whip", 201},
		{viewerToken, "POST", "/whep", 201},
		{viewerToken, "POST", "/whip", 401},
		{testToken, "POST", "/whep", 401},
		{viewerToken, "GET", "/watch/phones", 200},
		{testToken, "GET", "/watch/phones", 401},
		{viewerToken, "OPTIONS", "/watch/phones", 200},
		{viewerToken, "GET", "/model", 403},
		{viewerToken, "GET", "/model?session=%s", 200},
		{testToken, "GET", "/model", 403},
		{testToken, "GET", "/model?session=%s", 200},
		{viewerToken, "POST", "/progress", 401},
	} {
		path := strings.Replace(c.path, "%s", joined[c.token], 1)
		got := s.as(t, c.token, c.method, path, offerText, contentType, typeSDP)
		if at := got.Header.Get("Location"); at != "" {
			joined[c.token] = at[strings.LastIndexByte(at, '/')+1:]
		}
		if got.StatusCode != c.want {
			t.Errorf("%s %s with %s gives %s, want %d", c.method, c.path, c.token, got.Status,
				c.want)
		}
	}
	list := s.as(t, viewerToken, "GET", "/watch/phones", "")
	if list.body != `[{"id":"phone-1","name":"Pixel"},{"id":"phone-2","name":"iPhone"}]` {
		t.Errorf("the phones are %s", list.body)
	}
	if page := s.do(t, "GET", "/watch", ""); page.StatusCode != 200 ||
		!strings.Contains(page.body, "viewer") {
		t.Errorf("the page is %s", page.Status)
	}
}

// TestWhileNobodyMayWatch: nothing of it is there.
func TestWhileNobodyMayWatch(t *testing.T) {
	audience := &testAudience{}
	s := startShared(t, audience)
	s.SetViewerToken("")
	came := audience.came
	for _, path := range []string{"/watch", "/whep", "/whep/x", "/watch/phones"} {
		got := s.as(t, viewerToken, "GET", path, "")
		if got.StatusCode != http.StatusNotFound || !strings.Contains(got.body, "nobody watch") {
			t.Errorf("%s gives %s, %s", path, got.Status, got.body)
		}
	}
	if got := s.as(t, viewerToken, "GET", "/model", ""); got.StatusCode != 401 {
		t.Errorf("the model: %s", got.Status)
	}
	if audience.came != came {
		t.Error("they count as viewers")
	}
	s.SetViewerToken("AAAABBBBCC03")
	if got := s.as(t, viewerToken, "POST", "/whep", offerText, contentType,
		typeSDP); got.StatusCode != 401 {
		t.Errorf("the token from before: %s", got.Status)
	}
}

// TestOneTokenGivesNoCleanSlateForTheOther has a viewer guess at the phones' token, with the own
// one in between.
func TestOneTokenGivesNoCleanSlateForTheOther(t *testing.T) {
	s := startShared(t, &testAudience{})
	s.held = nil // no answer is held back: they are given as 429 at once
	for i := range maxGuesses {
		s.as(t, fmt.Sprintf("GUESS%07d", i), "POST", "/whip", offerText)
		s.as(t, viewerToken, "GET", "/watch/phones", "")
	}
	if got := s.as(t, testToken, "POST", "/whip", offerText); got.StatusCode != 429 {
		t.Errorf("the phones' gate stands open: %s", got.Status)
	}
	if got := s.as(t, viewerToken, "GET", "/watch/phones", ""); got.StatusCode != 200 {
		t.Errorf("the viewers' gate is shut: %s", got.Status)
	}
	// What both tokens open is no way to guess at either.
	other := startShared(t, &testAudience{})
	other.held = nil
	for i := range maxGuesses {
		other.as(t, fmt.Sprintf("GUESS%07d", i), "GET", "/model", "")
	}
	for _, token := range []string{testToken, viewerToken} {
		if got := other.as(t, token, "GET", "/model", ""); got.StatusCode != 429 {
			t.Errorf("after many guesses %s gives %s", token, got.Status)
		}
	}
}

// TestAnOfferUnderWayWhenTheLinkIsRenewed is turned away.
func TestAnOfferUnderWayWhenTheLinkIsRenewed(t *testing.T) {
	audience := &testAudience{}
	audience.wait = make(chan struct{})
	s := startShared(t, audience)
	done := make(chan answer)
	go func() {
		done <- s.as(t, viewerToken, "POST", "/whep", offerText, contentType, typeSDP)
	}()
	waittest.Until(t, "the offer is under way", func() bool { return len(s.viewers.joins) > 0 })
	s.SetViewerToken("AAAABBBBCC03")
	close(audience.wait)
	if got := <-done; got.StatusCode != 401 || audience.last().closedFor() == 0 {
		t.Errorf("it gives %s", got.Status)
	}
}

// FuzzWish wants each query refused or read as names that are safe to use.
func FuzzWish(f *testing.F) {
	for _, q := range []string{
		"", "phone=phone-1", "phone=a&again=b", "phone=%2e%2e", "a;b", "&&=",
		"phone=" +
			strings.Repeat("a", 65), "phone=é", "phone=a&phone=b",
	} {
		f.Add(q)
	}
	f.Fuzz(func(t *testing.T, query string) {
		wish, err := parseWish(query)
		if err != nil {
			if wish != (Wish{}) {
				t.Errorf("%q gives %+v beside an error", query, wish)
			}
			return
		}
		for _, name := range []string{wish.Phone, wish.Again} {
			if len(name) > maxName || strings.Trim(name,
				"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") != "" {
				t.Errorf("%q gives %q", query, name)
			}
		}
		if b, err := json.Marshal(wish); err != nil || len(b) > 1000 {
			t.Errorf("%q becomes %s, %v", query, b, err)
		}
	})
}
