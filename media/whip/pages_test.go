package whip

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"net/http"
	"path"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"handlens/assets"
)

func TestPages(t *testing.T) {
	s := start(t, &testHost{}, nil)
	for _, test := range []struct {
		method, path string
		status       int
		mediaType    string
	}{
		{"GET", "/", 200, typeHTML},
		{"HEAD", "/", 200, typeHTML},
		{"GET", "/main.js", 200, "text/javascript; charset=utf-8"},
		{"GET", "/style.css", 200, "text/css; charset=utf-8"},
		{"GET", "/icon.svg", 200, "image/svg+xml"},
		{"GET", "/lib/part.js", 200, "text/javascript; charset=utf-8"},
		{"GET", "/trust", 200, typeHTML},
		{"GET", "/trust/ca.crt", 200, "application/x-x509-ca-cert"},
		{"GET", "/trust/ca.mobileconfig", 200, "application/x-apple-aspen-config"},
		{"GET", "/trust/ca.json", 200, "application/json"},
		{"GET", "/watch", 404, ""},
		{"GET", "/nothing.js", 404, ""},
		{"GET", "/secret.go", 404, ""},
		{"GET", "/.hidden.js", 404, ""},
		{"GET", "/lib/.hidden.js", 404, ""},
		{"GET", "/lib", 404, ""},
		{"GET", "/lib/", 404, ""},
		{"GET", "/%2e%2e/server.go", 404, ""},
		{"GET", "/..%2fmain.js", 404, ""},
		{"POST", "/", 405, ""},
		{"DELETE", "/main.js", 405, ""},
		{"PUT", "/trust", 405, ""},
		{"POST", "/trust/ca.crt", 405, ""},
	} {
		a := s.do(t, test.method, test.path, "", "Authorization", "")
		if a.StatusCode != test.status || test.mediaType != "" &&
			a.Header.Get("Content-Type") != test.mediaType {
			t.Errorf("%s %s: %s, %q; want %d, %q", test.method, test.path, a.Status,
				a.Header.Get("Content-Type"), test.status, test.mediaType)
		}
		if test.status == 405 && a.Header.Get("Allow") != "GET, HEAD" {
			t.Errorf("%s %s: Allow %q", test.method, test.path, a.Header.Get("Allow"))
		}
		if strings.Contains(a.body, "hidden") || strings.Contains(a.body, testToken) {
			t.Errorf("%s %s gives away %q", test.method, test.path, a.body)
		}
	}
}

// Every answer, also an error, carries the headers that keep the page to itself.
func TestSecurityHeaders(t *testing.T) {
	s := start(t, &testHost{}, nil)
	for _, request := range [][2]string{
		{"GET", "/"},
		{"GET", "/main.js"},
		{"GET", "/none"},
		{"GET", "/trust"},
		{"GET", "/trust/ca.crt"},
		{"POST", "/"},
		{"POST", "/whip"},
		{"OPTIONS", "/whip"},
		{"DELETE", "/whip/none"},
		{"PUT", "/whip"},
	} {
		a := s.do(t, request[0], request[1], "")
		for name, want := range map[string]string{
			"Content-Security-Policy": contentPolicy, "Permissions-Policy": permissionsPolicy,
			"Referrer-Policy":        "no-referrer",
			"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY",
			"Cross-Origin-Opener-Policy":   "same-origin",
			"Cross-Origin-Embedder-Policy": "require-corp", "Cache-Control": "no-store",
			"Strict-Transport-Security": "", "Set-Cookie": "", "Server": "",
		} {
			if got := a.Header.Get(name); got != want {
				t.Errorf("%s %s: %s is %q, want %q", request[0], request[1], name, got, want)
			}
		}
		open := a.Header.Get("Access-Control-Allow-Origin") != ""
		if open != strings.HasPrefix(request[1], "/whip") {
			t.Errorf("%s %s: open to other origins: %v", request[0], request[1], open)
		}
	}
	for _, directive := range []string{
		"default-src 'none'", "frame-ancestors 'none'",
		"base-uri 'none'", "form-action 'none'",
	} {
		if !strings.Contains(contentPolicy, directive) {
			t.Errorf("the policy lacks %s", directive)
		}
	}
	// WebAssembly is compiled by its own word, which opens nothing else.
	policy := strings.ReplaceAll(contentPolicy, "'wasm-unsafe-eval'", "")
	for _, loose := range []string{"unsafe", "*", "http:", "https:", "wss:"} {
		if strings.Contains(policy, loose) {
			t.Errorf("the policy has %s", loose)
		}
	}
}

// The real pages are all served, and need nothing that the policy forbids.
func TestRealPages(t *testing.T) {
	pages := assets.Web()
	s := start(t, &testHost{}, func(c *Config) { c.Pages = pages })
	local := regexp.MustCompile(`(?:src|href)="(/[^"]*)"|from '(\.{1,2}/[^']*)'`)
	inline := regexp.MustCompile(
		`(?i)<script(?:\s[^>]*)?>[^<\s]|<style|\sstyle="|\son[a-z]+="|javascript:`)
	seen := map[string]bool{}
	var visit func(at string)
	visit = func(at string) {
		if seen[at] || at == "/trust/ca.mobileconfig" || at == "/trust/ca.crt" {
			return
		}
		seen[at] = true
		a := s.do(t, "GET", at, "", "Authorization", "")
		if a.StatusCode != 200 {
			t.Errorf("GET %s: %s", at, a.Status)
			return
		}
		if strings.HasPrefix(a.Header.Get("Content-Type"), "text/html") {
			if found := inline.FindString(a.body); found != "" {
				t.Errorf("%s has inline code or style, which the policy forbids: %q", at, found)
			}
		}
		for _, m := range local.FindAllStringSubmatch(a.body, -1) {
			next, _, _ := strings.Cut(m[1], "#")
			if m[2] != "" {
				next = path.Join(path.Dir(at), m[2])
			}
			visit(next)
		}
	}
	visit("/")
	visit("/trust")
	if len(seen) < 5 {
		t.Errorf("only %v were found", seen)
	}
}

func TestVisitorOfAnOffer(t *testing.T) {
	s := start(t, &testHost{}, nil)
	s.do(t, "POST", "/whip", offerText, "Content-Type", typeSDP, "Sec-CH-UA-Model", `"Pixel 8 Pro"`,
		"User-Agent", "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) "+
			"Chrome/130.0.0.0 Mobile Safari/537.36")
	if got := s.host.visitors; len(got) != 1 || got[0].Name != "Pixel 8 Pro" ||
		!got[0].Remote.IsValid() {
		t.Errorf("the offer came from %+v", got)
	}
}

func TestTrust(t *testing.T) {
	s := start(t, &testHost{}, nil)
	der := s.cfg.Authority.CertificateDER()
	crt := s.do(t, "GET", "/trust/ca.crt", "", "Authorization", "")
	if !bytes.Equal([]byte(crt.body), der) ||
		!strings.Contains(crt.Header.Get("Content-Disposition"), "handlens-ca.crt") {
		t.Errorf("the certificate differs, or is not a download: %v", crt.Header)
	}
	var facts map[string]string
	if err := json.Unmarshal([]byte(s.do(t, "GET", "/trust/ca.json", "").body),
		&facts); err != nil {
		t.Fatal(err)
	}
	if facts["fingerprint"] != s.cfg.Authority.Fingerprint() ||
		facts["name"] != s.cfg.Authority.Name() {
		t.Errorf("facts are %v", facts)
	}
	profile := s.do(t, "GET", "/trust/ca.mobileconfig", "", "Authorization", "").body
	if again := s.do(t, "GET", "/trust/ca.mobileconfig", "").body; again != profile {
		t.Error("a second profile differs from the first, so installing it would not replace it")
	}
	entries := plist(t, profile)
	if got := entries["PayloadType"]; len(got) != 2 || got[0] != "Configuration" ||
		got[1] != "com.apple.security.root" {
		t.Errorf("payloads are %q", got)
	}
	uuid := regexp.MustCompile(
		`^[0-9A-F]{8}-[0-9A-F]{4}-8[0-9A-F]{3}-[89AB][0-9A-F]{3}-[0-9A-F]{12}$`)
	if got := entries["PayloadUUID"]; len(got) != 2 || got[0] == got[1] ||
		!uuid.MatchString(got[0]) || !uuid.MatchString(got[1]) {
		t.Errorf("UUIDs are %q", got)
	}
	data, err := base64.StdEncoding.DecodeString(entries["PayloadContent"][0])
	if err != nil || !bytes.Equal(data, der) {
		t.Errorf("the profile has another certificate: %v", err)
	}
}

// plist reads the text values of a property list by their keys, in order.
func plist(t *testing.T, text string) map[string][]string {
	t.Helper()
	entries := make(map[string][]string)
	d := xml.NewDecoder(strings.NewReader(text))
	var key, value string
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return entries
		}
		if err != nil {
			t.Fatal(err)
		}
		switch e := token.(type) {
		case xml.StartElement:
			value = ""
		case xml.CharData:
			value += string(e)
		case xml.EndElement:
			switch e.Name.Local {
			case "key":
				key = value
			case "string", "data", "integer":
				entries[key] = append(entries[key], value)
			}
			value = ""
		}
	}
}

func TestProfileEscapesTheName(t *testing.T) {
	entries := plist(t, string(profile(`<a & "b">`, []byte("der"))))
	if got := entries["PayloadDisplayName"]; len(got) != 2 || got[0] != `<a & "b">` {
		t.Errorf("the name is %q", got)
	}
	if a, b := stableUUID("root", []byte("a")), stableUUID("root", []byte("b")); a == b {
		t.Error("two certificates share a UUID")
	}
}

// With a certificate of the user's own there is no authority to trust.
func TestNoAuthority(t *testing.T) {
	s := start(t, &testHost{}, func(c *Config) { c.Authority = nil })
	for _, path := range []string{
		"/trust", "/trust/ca.crt", "/trust/ca.mobileconfig",
		"/trust/ca.json",
	} {
		if a := s.do(t, "GET", path, ""); a.StatusCode != http.StatusNotFound {
			t.Errorf("GET %s: %s", path, a.Status)
		}
	}
}

func TestNewServerErrors(t *testing.T) {
	for _, cfg := range []Config{
		{Host: &testHost{}, Pages: testPages},
		{Token: "x", Pages: testPages},
		{Token: "x", Host: &testHost{}},
	} {
		if _, err := NewServer(cfg); err == nil {
			t.Errorf("%+v is taken", cfg)
		}
	}
	// Pages that are not there are an answer, not a crash.
	s := start(t, &testHost{}, func(c *Config) { c.Pages = fstest.MapFS{} })
	if a := s.do(t, "GET", "/", ""); a.StatusCode != 404 {
		t.Errorf("without pages: %s", a.Status)
	}
}
