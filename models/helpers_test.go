package models

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"go.uber.org/goleak"
)

// More field numbers of onnx.proto.
const (
	modelIRVersion   = 1
	modelOpsetImport = 8
	graphNode        = 1
	modelGraph       = 7
	graphInitializer = 5
)

// Wire types of protobuf.
const (
	wireVarint = 0
	wireBytes  = 2
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// field writes one length-delimited or varint protobuf field by hand, so that the test does not
// lean on the code it checks.
func field(number int, payload []byte) []byte {
	out := []byte{byte(number<<3 | wireBytes)}
	for n := len(payload); ; n >>= 7 {
		if n < 128 {
			out = append(out, byte(n))
			break
		}
		out = append(out, byte(n)|128)
	}
	return append(out, payload...)
}

func number(field int, v byte) []byte { return []byte{byte(field<<3 | wireVarint), v} }

func join(parts ...[]byte) []byte {
	var all []byte
	for _, p := range parts {
		all = append(all, p...)
	}
	return all
}

// tinyONNX is the least that has a model's shape, padded by its doc string to about n bytes.
func tinyONNX(n int) []byte {
	doc := make([]byte, n)
	for i := range doc {
		doc[i] = 'a' + byte(i*i%23)
	}
	tensor := join(field(8, []byte("weights")), field(9, make([]byte, 16)))
	graph := join(field(graphNode, field(4, []byte("Relu"))), field(graphInitializer, tensor))
	return join(number(modelIRVersion, 8), field(6, doc), field(modelGraph, graph),
		field(modelOpsetImport, number(2, 17)))
}

func sumOf(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// storeFor returns a store whose catalogue has one model, "tiny", with that content, served by
// handler.
func storeFor(t *testing.T, content []byte, handler http.Handler) *Store {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	s, err := Open(filepath.Join(t.TempDir(), "data", "models"))
	if err != nil {
		t.Fatal(err)
	}
	s.shipped = nil
	s.stall = 10 * time.Second
	s.entries = []Entry{{
		Name: "tiny", Title: "Tiny", License: "Apache-2.0", Size: int64(len(content)),
		SHA256: sumOf(content), URL: server.URL + "/tiny.onnx",
	}}
	return s
}

func write(t *testing.T, path string, data []byte) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func wantFiles(t *testing.T, dir string, names ...string) {
	t.Helper()
	files, err := os.ReadDir(dir)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	var have []string
	for _, f := range files {
		have = append(have, f.Name())
	}
	if len(have) != len(names) {
		t.Fatalf("the folder holds %q, want %q", have, names)
	}
	for i := range names {
		if have[i] != names[i] {
			t.Fatalf("the folder holds %q, want %q", have, names)
		}
	}
}
