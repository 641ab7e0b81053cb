package client

import (
	"crypto/tls"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"handlens/media"
)

func endpoint(t *testing.T, text string) *Endpoint {
	t.Helper()
	u, err := ParseURL(text)
	if err != nil {
		t.Fatal(err)
	}
	return &Endpoint{URL: u, Token: "secret"}
}

// A server that sends on and answers with a relative Location gets the offer, the token with each
// request, and hears of the end.
func TestPostAndDelete(t *testing.T) {
	var got []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		got = append(got, strings.Join([]string{
			r.Method, r.URL.Path, string(body), r.Header.Get("Authorization"),
			r.Header.Get("Content-Type"),
		}, " "))
		switch {
		case r.URL.Path == "/in/whip":
			http.Redirect(w, r, "/node7/whip", http.StatusPermanentRedirect)
		case r.Method == http.MethodPost:
			w.Header().Set("Content-Type", "application/sdp; charset=utf-8")
			w.Header().Add("Link", `<stun:stun.example.net>; rel="ice-server"`)
			w.Header().Set("Location", "session?id=1")
			w.WriteHeader(http.StatusCreated)
			_, _ = io.WriteString(w, "answer")
		}
	}))
	defer server.Close()
	e := endpoint(t, server.URL+"/in/whip")
	made, err := e.Post(t.Context(), "offer")
	if err != nil || made.Answer != "answer" || len(made.Servers) != 1 {
		t.Fatalf("%+v, %v", made, err)
	}
	if err := e.Delete(t.Context(), made); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"POST /in/whip offer Bearer secret application/sdp",
		"POST /node7/whip offer Bearer secret application/sdp",
		"DELETE /node7/session  Bearer secret ",
	}
	if !slices.Equal(got, want) {
		t.Errorf("the server got %q", got)
	}
}

// What a server answers that is no WHIP is an error, without address or token.
func TestOddAnswers(t *testing.T) {
	for path, want := range map[string]error{
		"/html": ErrAnswer, "/long": ErrAnswer, "/loop": ErrAnswer, "/away": ErrDowngrade,
		"/elsewhere": ErrAnswer, "/busy": new(StatusError),
	} {
		t.Run(path, func(t *testing.T) {
			server := httptest.NewTLSServer(http.HandlerFunc(odd))
			defer server.Close()
			e := endpoint(t, server.URL+path+"?key=hidden")
			e.HTTP = server.Client().Transport
			_, err := e.Post(t.Context(), "offer")
			if status, ok := errors.AsType[*StatusError](err); ok {
				if path != "/busy" || status.Status != http.StatusServiceUnavailable {
					t.Errorf("it is %v", err)
				}
			} else if !errors.Is(err, want) {
				t.Errorf("it is %v", err)
			}
			if text := err.Error(); strings.Contains(text, "hidden") ||
				strings.Contains(text, "secret") {
				t.Errorf("it tells %s", text)
			}
		})
	}
}

func odd(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/sdp")
	switch r.URL.Path {
	case "/html":
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(http.StatusCreated)
	case "/long":
		w.WriteHeader(http.StatusCreated)
		_, _ = w.Write(make([]byte, maxBody+1))
	case "/loop":
		http.Redirect(w, r, "/loop", http.StatusTemporaryRedirect)
	case "/away":
		http.Redirect(w, r, "http://"+r.Host+"/", http.StatusTemporaryRedirect)
	case "/elsewhere":
		w.Header().Set("Location", "http://192.0.2.1/")
		w.WriteHeader(http.StatusCreated)
	case "/busy":
		w.WriteHeader(http.StatusServiceUnavailable)
	}
}

// A certificate that nobody vouches for keeps the offer here; the error says so without the
// address.
func TestCertificatesAreChecked(t *testing.T) {
	asked := false
	server := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		asked = true
	}))
	defer server.Close()
	server.Config.ErrorLog = nil
	_, err := endpoint(t, server.URL+"/hidden").Post(t.Context(), "offer")
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); !ok || asked {
		t.Errorf("it is %v", err)
	}
	if strings.Contains(err.Error(), "hidden") {
		t.Errorf("it tells %v", err)
	}
}

func TestICEServers(t *testing.T) {
	got := iceServers([]string{
		`<stun:stun.example.net>; rel="ice-server", <https://x/>; rel="next"`,
		`<turn:turn.example.net?transport=udp>; rel="ice-server"; username="a:b, c"; ` +
			`credential="p\"w@d"; credential-type="password"`,
		`<turn:no.example.net>; rel=ice-server`, `nonsense`, `<`, ``, `<stun:>; rel=ice-server`,
	})
	want := []media.ICEServer{
		{URL: "stun:stun.example.net"},
		{URL: "turn:turn.example.net?transport=udp", Username: "a:b, c", Credential: `p"w@d`},
	}
	if !slices.Equal(got, want) {
		t.Errorf("%+v", got)
	}
	many := strings.Repeat("<stun:a.example>; rel=ice-server,", 100)
	if n := len(iceServers([]string{many})); n != maxServers {
		t.Errorf("%d servers", n)
	}
}

func TestParseURL(t *testing.T) {
	for text, good := range map[string]bool{
		"https://a.example/live/whip": true, "http://10.0.0.2:8889/x/whip?k=v": true,
		"ftp://a.example/": false, "https://": false, "a.example": false, "http://[": false,
	} {
		if _, err := ParseURL(text); (err == nil) != good {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestSafe(t *testing.T) {
	for _, c := range []struct {
		from, to string
		good     bool
	}{
		{"https://a/", "https://b/", true},
		{"https://a/", "http://a/", false},
		{"http://a/", "http://a:81/", true},
		{"http://a/", "http://b/", false},
		{"http://a/", "https://b/", true},
		{"http://a/", "file:///etc/passwd", false},
	} {
		from, _ := url.Parse(c.from)
		to, _ := url.Parse(c.to)
		if safe(from, to) != c.good {
			t.Errorf("from %s to %s", c.from, c.to)
		}
	}
}
