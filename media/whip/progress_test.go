package whip

import (
	"net/http"
	"slices"
	"strings"
	"testing"
)

func TestProgress(t *testing.T) {
	told := newNotes()
	s := start(t, &testHost{}, func(c *Config) { c.Watcher = told })
	report := func(body string) answer {
		t.Helper()
		return s.do(t, "POST", "/progress", body, "Content-Type", "application/json")
	}
	var want []string
	for _, p := range append([]Progress{PageOpen}, cameraProgress...) {
		body := `{"step":"camera","state":"` + string(p) + `"}`
		if p == PageOpen {
			body = `{"step":"page"}`
		}
		if a := report(body); a.StatusCode != http.StatusNoContent || a.body != "" {
			t.Errorf("%s: %s, %q", body, a.Status, a.body)
		}
		want = append(want, "progress "+string(p))
	}
	if got := told.take(); !slices.Equal(got, want) {
		t.Errorf("told is %q, want %q", got, want)
	}
	for body, status := range map[string]int{
		"":                                   http.StatusBadRequest,
		"{":                                  http.StatusBadRequest,
		`{"step":"page","state":"open"}`:     http.StatusBadRequest,
		`{"step":"camera"}`:                  http.StatusBadRequest,
		`{"step":"camera","state":"page"}`:   http.StatusBadRequest,
		`{"step":"camera","state":"\u0000"}`: http.StatusBadRequest,
		`{"step":"other","state":"open"}`:    http.StatusBadRequest,
		`{"step":["page"]}`:                  http.StatusBadRequest,
		"\xff":                               http.StatusBadRequest,
		strings.Repeat(" ", maxProgress) + `{"step":"page"}`: http.StatusRequestEntityTooLarge,
	} {
		if a := report(body); a.StatusCode != status {
			t.Errorf("%.40q: %s, want %d", body, a.Status, status)
		}
	}
	if a := s.do(t, "POST", "/progress", `{"step":"page"}`, "Content-Type",
		"text/plain"); a.StatusCode != http.StatusUnsupportedMediaType {
		t.Errorf("as text: %s", a.Status)
	}
	if a := s.do(t, "GET", "/progress", ""); a.StatusCode != http.StatusMethodNotAllowed ||
		a.Header.Get("Allow") != "POST" {
		t.Errorf("GET: %s, allowed is %q", a.Status, a.Header.Get("Allow"))
	}
	if a := s.do(t, "OPTIONS", "/progress", ""); a.Header.Get("Access-Control-Allow-Origin") != "" {
		t.Error("other origins may report progress")
	}
	if got := told.take(); len(got) != 0 {
		t.Errorf("told is %q", got)
	}
	for token, status := range map[string]int{"": 401, "Bearer wrong": 401} {
		if a := s.do(t, "POST", "/progress", `{"step":"page"}`, "Content-Type", "application/json",
			"Authorization", token); a.StatusCode != status {
			t.Errorf("with %q: %s, want %d", token, a.Status, status)
		}
	}
}

// FuzzProgress: whatever comes, what is told is one of the states that there are.
func FuzzProgress(f *testing.F) {
	for _, seed := range []string{
		`{"step":"page"}`, `{"step":"camera","state":"denied"}`, `{"step":1}`, `[]`, ``,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, body string) {
		p, err := parseProgress(body)
		if (err == nil) != (p == PageOpen || slices.Contains(cameraProgress, p)) {
			t.Fatalf("%q is %q, %v", body, p, err)
		}
	})
}
