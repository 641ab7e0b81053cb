package whip

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
)

// bare makes a server that is asked without a network.
func bare(t *testing.T, cfg Config) *Server {
	t.Helper()
	cfg.Token, cfg.Host, cfg.Pages = testToken, new(testHost), testPages
	s, err := NewServer(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func TestEngine(t *testing.T) {
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	z.Write([]byte("\x00asm"))
	z.Close()
	s := bare(t, Config{Engine: fstest.MapFS{
		"layout.wasm.gz": {Data: packed.Bytes()}, "ort.mjs": {Data: []byte("export {}")},
		"secret.txt": {Data: []byte("x")},
	}})
	get := func(path string, header ...string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(http.MethodGet, path, http.NoBody)
		for i := 0; i < len(header); i += 2 {
			r.Header.Set(header[i], header[i+1])
		}
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		return w
	}
	w := get("/engine/layout.wasm", "Accept-Encoding", "gzip, br")
	h := w.Header()
	if w.Code != http.StatusOK || h.Get("Content-Type") != "application/wasm" ||
		h.Get("Content-Encoding") != "gzip" || !bytes.Equal(w.Body.Bytes(), packed.Bytes()) {
		t.Errorf("the module: %d %v", w.Code, h)
	}
	again := get("/engine/layout.wasm", "Accept-Encoding", "gzip", "If-None-Match", h.Get("ETag"))
	if again.Code != http.StatusNotModified {
		t.Errorf("the same module again: %d", again.Code)
	}
	if w := get("/engine/ort.mjs"); w.Code != http.StatusOK ||
		!strings.HasPrefix(w.Header().Get("Content-Type"), "text/javascript") ||
		w.Body.String() != "export {}" {
		t.Errorf("the script: %d %v", w.Code, w.Header())
	}
	for path, want := range map[string]int{
		"/engine/layout.wasm": http.StatusNotAcceptable, "/engine/secret.txt": http.StatusNotFound,
		"/engine/none.wasm": http.StatusNotFound, "/engine/..%2fx.mjs": http.StatusNotFound,
	} {
		if w := get(path); w.Code != want {
			t.Errorf("%s: %d, not %d", path, w.Code, want)
		}
	}
	w = httptest.NewRecorder()
	bare(t, Config{}).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/engine/ort.mjs",
		http.NoBody))
	if w.Code != http.StatusNotFound {
		t.Errorf("without an engine: %d", w.Code)
	}
}

// opened is a file in memory.
type opened struct{ *bytes.Reader }

func (opened) Close() error { return nil }

func TestModelForPages(t *testing.T) {
	const model = "an ONNX file"
	m, ready := ModelFile{
		Name: "mine", SHA256: "abc", Size: int64(len(model)), Sidecar: "{}",
		Metadata: map[string]string{"names": "x"},
		Open: func() (io.ReadSeekCloser, error) {
			return opened{bytes.NewReader([]byte(model))}, nil
		},
	}, false
	s := start(t, &testHost{}, func(c *Config) {
		c.Model = func() (ModelFile, bool) { return m, ready }
	})
	get := func(path, token string) answer { return s.as(t, token, http.MethodGet, path, "") }
	joined := s.join(t).Header.Get("Location")
	here := "?session=" + joined[strings.LastIndexByte(joined, '/')+1:]
	for _, path := range []string{"/model", "/model/abc"} {
		if w := get(path+here, "wrong-token-wrong"); w.StatusCode != http.StatusUnauthorized {
			t.Errorf("%s without the token: %d", path, w.StatusCode)
		}
		for _, session := range []string{"", "?session=other"} {
			if w := get(path+session, testToken); w.StatusCode != http.StatusForbidden {
				t.Errorf("%s for one who is not here: %d", path+session, w.StatusCode)
			}
		}
		if w := get(path+here, testToken); w.StatusCode != http.StatusNotFound {
			t.Errorf("%s while there is none: %d", path, w.StatusCode)
		}
	}
	ready = true
	w := get("/model"+here, testToken)
	var told struct {
		Name, URL, SHA256, Sidecar string
		Size                       int64
		Metadata                   map[string]string
	}
	if err := json.Unmarshal([]byte(w.body), &told); err != nil || told.URL != "/model/abc" ||
		told.Name != "mine" || told.SHA256 != "abc" || told.Size != int64(len(model)) ||
		told.Sidecar != "{}" || told.Metadata["names"] != "x" {
		t.Errorf("it tells %s, %v", w.body, err)
	}
	if w := get("/model/abc"+here, testToken); w.StatusCode != http.StatusOK || w.body != model {
		t.Errorf("the file: %d %s", w.StatusCode, w.body)
	}
	if w := get("/model/abd"+here, testToken); w.StatusCode != http.StatusNotFound {
		t.Errorf("another file: %d", w.StatusCode)
	}
	m.Open = func() (io.ReadSeekCloser, error) { return nil, errors.New("the disk is gone: /x") }
	if w := get("/model/abc"+here, testToken); w.StatusCode != http.StatusInternalServerError ||
		strings.Contains(w.body, "/x") {
		t.Errorf("a file that is gone: %d %s", w.StatusCode, w.body)
	}
}
