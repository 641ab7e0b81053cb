package whip

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
)

func TestPagesAreCompressed(t *testing.T) {
	script := strings.Repeat("export const word = 'the same again';\n", 200)
	s, err := NewServer(Config{Token: "t", Host: new(testHost), Pages: fstest.MapFS{
		"index.html": {Data: []byte("<!doctype html>")},
		"main.js":    {Data: []byte(script)},
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	get := func(method, path, accept string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(method, path, nil)
		r.Header.Set("Accept-Encoding", accept)
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		return w
	}
	for range 2 { // the second one from memory
		w := get("GET", "/main.js", "br, gzip;q=0.8")
		if w.Code != http.StatusOK || w.Header().Get("Content-Encoding") != "gzip" ||
			w.Body.Len() > len(script)/10 {
			t.Fatalf("%d, %v, %d bytes", w.Code, w.Header(), w.Body.Len())
		}
		z, err := gzip.NewReader(bytes.NewReader(w.Body.Bytes()))
		if err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(z); err != nil || string(got) != script {
			t.Errorf("%v, and another script than was put in", err)
		}
	}
	if w := get("HEAD", "/main.js", "gzip"); w.Body.Len() != 0 ||
		w.Header().Get("Content-Length") == "" {
		t.Errorf("HEAD: %v and %d bytes", w.Header(), w.Body.Len())
	}
	for path, accept := range map[string]string{
		"/main.js": "br, gzip;q=0", "/main.js?": "",
		"/": "gzip",
	} {
		if w := get("GET", path, accept); w.Code != http.StatusOK ||
			w.Header().Get("Content-Encoding") != "" {
			t.Errorf("%s for %q: %d, %v", path, accept, w.Code, w.Header())
		}
	}
}
