package models

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// serve answers as a good server does, ranges and ETag included, and counts the requests.
func serve(content []byte, tag string, requests *atomic.Int32, saw *http.Header) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		requests.Add(1)
		if saw != nil {
			*saw = r.Header.Clone()
		}
		w.Header().Set("ETag", tag)
		http.ServeContent(w, r, "tiny.onnx", time.Time{}, bytes.NewReader(content))
	}
}

func TestGet(t *testing.T) {
	content := tinyONNX(300_000)
	var requests atomic.Int32
	s := storeFor(t, content, serve(content, `"v1"`, &requests, nil))
	var last int64
	steps := 0
	m, err := s.Get(t.Context(), "Tiny", func(done, total int64) {
		if done < last || total != int64(len(content)) {
			t.Errorf("progress went from %d to %d of %d", last, done, total)
		}
		last, steps = done, steps+1
	})
	if err != nil {
		t.Fatal(err)
	}
	if last != int64(len(content)) || steps < 3 {
		t.Errorf("progress ended at %d after %d steps", last, steps)
	}
	if got, err := os.ReadFile(m.Path); err != nil || !bytes.Equal(got, content) {
		t.Errorf("the file differs: %v", err)
	}
	wantFiles(t, s.dir, "tiny.onnx")
	if _, err := s.Get(t.Context(), "tiny", nil); err != nil || requests.Load() != 1 {
		t.Errorf("an installed model was asked for again: %v, %d requests", err, requests.Load())
	}
	spoilt := bytes.Clone(content)
	spoilt[1000] ^= 1
	write(t, m.Path, spoilt)
	if _, err := s.Get(t.Context(), "tiny", nil); err != nil || requests.Load() != 2 {
		t.Errorf("a damaged file was not fetched again: %v, %d requests", err, requests.Load())
	}
	if _, err := s.Get(t.Context(), "zebra", nil); !errors.Is(err, ErrUnknown) {
		t.Errorf("an unknown name: %v", err)
	}
}

func TestGetResumes(t *testing.T) {
	content := tinyONNX(300_000)
	for what, c := range map[string]struct {
		part     []byte
		etag     string
		wantFrom string
		requests int32
	}{
		"a good part":            {content[:100_000], `"v1"`, "bytes=100000-", 1},
		"a part without an ETag": {content[:100_000], "", "bytes=100000-", 1},
		// If-Range fails: the server sends all
		"a part of another version": {
			bytes.Repeat([]byte("x"), 100_000), `"v0"`, "bytes=100000-",
			1,
		},
		// the checksum tells
		"a spoilt part of this one":  {bytes.Repeat([]byte("x"), 100_000), `"v1"`, "", 2},
		"everything but the rename":  {content, `"v1"`, "", 0},
		"a part that is too long":    {append(bytes.Clone(content), 1, 2, 3), `"v1"`, "", 1},
		"a part with a hostile ETag": {content[:10], strings.Repeat("\"\n", 5000), "bytes=10-", 1},
	} {
		var requests atomic.Int32
		var saw http.Header
		s := storeFor(t, content, serve(content, `"v1"`, &requests, &saw))
		write(t, partPath(s.path("tiny")), c.part)
		write(t, tagPath(s.path("tiny")), []byte(c.etag))
		m, err := s.Get(t.Context(), "tiny", nil)
		if err != nil {
			t.Errorf("%s: %v", what, err)
			continue
		}
		if got, err := os.ReadFile(m.Path); err != nil || !bytes.Equal(got, content) {
			t.Errorf("%s: the file differs: %v", what, err)
		}
		if requests.Load() != c.requests || saw.Get("Range") != c.wantFrom {
			t.Errorf("%s: %d requests, the last for %q", what, requests.Load(), saw.Get("Range"))
		}
		wantFiles(t, s.dir, "tiny.onnx")
	}
}

func TestGetContinuesAfterABrokenConnection(t *testing.T) {
	content := tinyONNX(300_000)
	var requests atomic.Int32
	var saw http.Header
	good := serve(content, `"v1"`, &requests, &saw)
	s := storeFor(t, content, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if requests.Load() > 0 {
			good(w, r)
			return
		}
		requests.Add(1)
		w.Header().Set("ETag", `"v1"`)
		w.Header().Set("Content-Length", fmt.Sprint(len(content)))
		w.Write(content[:150_000])
		panic(http.ErrAbortHandler)
	}))
	if _, err := s.Get(t.Context(), "tiny", nil); err == nil ||
		!strings.Contains(err.Error(), "ask again") {
		t.Fatalf("a broken connection: %v", err)
	}
	if _, err := s.Get(t.Context(), "tiny", nil); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(saw.Get("Range"), "bytes=1") || saw.Get("If-Range") != `"v1"` {
		t.Errorf("the second request asked for %q if %q", saw.Get("Range"), saw.Get("If-Range"))
	}
}

// send answers with a status, headers and a body.
func send(status int, data []byte, headers ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		w.WriteHeader(status)
		w.Write(data)
		if f, ok := w.(http.Flusher); ok {
			f.Flush()
		}
	}
}

// chunked sends a body without its length.
func chunked(data []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for chunk := range slices.Chunk(data, 10_000) {
			w.Write(chunk)
			w.(http.Flusher).Flush()
		}
	}
}

// What bad servers have: a model, the half of it, and as many bytes of something else.
var (
	badContent = tinyONNX(200_000)
	badHalf    = badContent[:100_000]
	badWrong   = bytes.Repeat([]byte("w"), len(badContent))
)

var badServers = map[string]struct {
	handler http.Handler
	target  error
	word    string
	part    []byte // before
	left    bool   // a part stays afterwards
}{
	"not found":    {http.NotFoundHandler(), ErrDownload, "404", nil, false},
	"server error": {send(503, []byte("busy")), ErrDownload, "503", badHalf, true},
	"wrong checksum": {
		send(200, badWrong), ErrChecksum, "nothing was installed", nil,
		false,
	},
	"too large, announced": {send(200, append(bytes.Clone(badContent), 0), "Content-Length",
		fmt.Sprint(len(badContent)+1)), ErrSize, "nothing was installed", badHalf, true},
	"too large, unannounced": {
		chunked(append(bytes.Clone(badContent), 0)), ErrSize, "more than",
		nil, false,
	},
	"too short, announced": {
		send(200, []byte("hello"), "Content-Length", "5"), ErrSize,
		"offers 5 bytes", badHalf, true,
	},
	"too short, unannounced": {chunked(badHalf), ErrSize, "ended after 100000", nil, true},
	"another range": {
		send(206, badContent[10:], "Content-Range",
			fmt.Sprintf("bytes 10-%d/%d", len(badContent)-1, len(badContent))), ErrDownload,
		"another part", badHalf, false,
	},
	"a range of nonsense": {
		send(206, badContent, "Content-Range", "bytes x-y/z"), ErrDownload,
		"another part", badHalf, false,
	},
	"a range of another": {
		send(206, badHalf, "Content-Range", "bytes 100000-199999/7"),
		ErrDownload, "another part", badHalf, false,
	},
	"a range unasked for": {
		send(206, badContent, "Content-Range", "bytes 0-9/10"), ErrDownload,
		"another part", nil, false,
	},
	"nothing satisfies": {send(416, nil), ErrDownload, "rest", badHalf, false},
	"endless redirects": {
		http.RedirectHandler("/tiny.onnx", http.StatusFound), ErrDownload,
		"without end", nil, false,
	},
}

func TestGetFromBadServers(t *testing.T) {
	for what, c := range badServers {
		s := storeFor(t, badContent, c.handler)
		if c.part != nil {
			write(t, partPath(s.path("tiny")), c.part)
		}
		_, err := s.Get(t.Context(), "tiny", nil)
		if !errors.Is(err, c.target) || !strings.Contains(err.Error(), c.word) ||
			strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v, want %v with %q", what, err, c.target, c.word)
		}
		if _, err := s.Find("tiny"); !errors.Is(err, ErrNotInstalled) {
			t.Errorf("%s: afterwards %v", what, err)
		}
		if _, err := os.Stat(partPath(s.path("tiny"))); (err == nil) != c.left {
			t.Errorf("%s: the part: %v", what, err)
		}
	}
}

func TestGetFromAServerThatIgnoresRanges(t *testing.T) {
	content := tinyONNX(200_000)
	s := storeFor(t, content,
		http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Write(content) }))
	write(t, partPath(s.path("tiny")), bytes.Repeat([]byte("x"), 150_000))
	m, err := s.Get(t.Context(), "tiny", nil)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(m.Path); err != nil || !bytes.Equal(got, content) {
		t.Errorf("the file differs: %v", err)
	}
}

func TestGetStaysOnTLS(t *testing.T) {
	content := tinyONNX(100)
	var requests atomic.Int32
	plain := httptest.NewServer(serve(content, `"v1"`, &requests, nil))
	defer plain.Close()
	secure := httptest.NewTLSServer(http.RedirectHandler(plain.URL, http.StatusFound))
	defer secure.Close()
	s := storeFor(t, content, http.NotFoundHandler())
	s.entries[0].URL = secure.URL
	trusted := secure.Client().Transport.(*http.Transport).TLSClientConfig
	s.client.Transport.(*http.Transport).TLSClientConfig = trusted
	if _, err := s.Get(t.Context(), "tiny", nil); !errors.Is(err, ErrDownload) ||
		!strings.Contains(err.Error(), "without TLS") || requests.Load() > 0 {
		t.Errorf("a redirect to plain text: %v", err)
	}
	s.entries[0].URL = strings.Replace(secure.URL, "127.0.0.1", "localhost", 1)
	if _, err := s.Get(t.Context(), "tiny", nil); !errors.Is(err, ErrDownload) {
		t.Errorf("a certificate for another name: %v", err)
	}
}

func TestGetIsCancelled(t *testing.T) {
	content := tinyONNX(200_000)
	ctx, cancel := context.WithCancel(t.Context())
	s := storeFor(t, content, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", fmt.Sprint(len(content)))
		w.Write(content[:80_000])
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	}))
	_, err := s.Get(ctx, "tiny", func(done, _ int64) {
		if done >= 64<<10 {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("a cancelled download: %v", err)
	}
	if info, err := os.Stat(partPath(s.path("tiny"))); err != nil || info.Size() < 64<<10 {
		t.Errorf("the part was not kept: %v, %v", info, err)
	}
}

func TestGetWaitsItsTurn(t *testing.T) {
	content := tinyONNX(200_000)
	arrived, proceed := make(chan struct{}), make(chan struct{})
	s := storeFor(t, content, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		close(arrived)
		<-proceed
		w.Write(content)
	}))
	first := make(chan error, 1)
	go func() {
		_, err := s.Get(t.Context(), "tiny", nil)
		first <- err
	}()
	<-arrived
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Get(ctx, "tiny", nil); !errors.Is(err, context.Canceled) {
		t.Errorf("a second download that was cancelled while it waited: %v", err)
	}
	close(proceed)
	if err := <-first; err != nil {
		t.Error(err)
	}
	// A second request would close arrived twice and panic.
	if _, err := s.Get(t.Context(), "tiny", nil); err != nil {
		t.Error(err)
	}
}

func TestGetFromAServerThatStops(t *testing.T) {
	content := tinyONNX(200_000)
	s := storeFor(t, content, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Write(content[:1000])
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	}))
	s.stall = 50 * time.Millisecond
	if _, err := s.Get(t.Context(), "tiny", nil); !errors.Is(err, ErrDownload) ||
		!strings.Contains(err.Error(), "stopped sending") {
		t.Errorf("a server that stops: %v", err)
	}
}

func TestGetWithoutANetwork(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	listener.Close() // nobody is there now
	s := storeFor(t, tinyONNX(10), http.NotFoundHandler())
	s.entries[0].URL = "http://" + address + "/tiny.onnx"
	_, err = s.Get(t.Context(), "tiny", nil)
	if !errors.Is(err, ErrDownload) || !strings.Contains(err.Error(), address) ||
		!strings.Contains(err.Error(), "models add") {
		t.Errorf("no network: %v", err)
	}
}

func TestGetOnAFullDisk(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Logf("only Linux has a device that is always full; on %s the sentence is checked "+
			"without one", runtime.GOOS)
	} else {
		content := tinyONNX(1000)
		var requests atomic.Int32
		s := storeFor(t, content, serve(content, `"v1"`, &requests, nil))
		if err := os.MkdirAll(s.dir, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink("/dev/full", partPath(s.path("tiny"))); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Get(t.Context(), "tiny", nil); !errors.Is(err, ErrDiskFull) ||
			!strings.Contains(err.Error(), s.dir) {
			t.Errorf("a full disk: %v", err)
		}
	}
	s := storeFor(t, tinyONNX(10), http.NotFoundHandler())
	if err := s.writeError(os.ErrPermission, 1); errors.Is(err, ErrDiskFull) ||
		!errors.Is(err, os.ErrPermission) {
		t.Errorf("a folder that may not be written: %v", err)
	}
}

func TestGetIntoAFolderThatCannotBe(t *testing.T) {
	content := tinyONNX(100)
	var requests atomic.Int32
	s := storeFor(t, content, serve(content, `"v1"`, &requests, nil))
	s.dir = filepath.Join(write(t, filepath.Join(t.TempDir(), "file"), nil), "models")
	if _, err := s.Get(t.Context(), "tiny", nil); err == nil || requests.Load() > 0 {
		t.Errorf("a file in the way: %v, %d requests", err, requests.Load())
	}
}
