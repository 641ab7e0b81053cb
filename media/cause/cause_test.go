package cause

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestRealErrors: what this system says when something really goes wrong.
func TestRealErrors(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	full := filepath.Join(dir, "full")
	if err := os.MkdirAll(filepath.Join(full, "sub"), 0o700); err != nil {
		t.Fatal(err)
	}
	do := func(_ any, err error) error { return err }
	for name, test := range map[string]struct {
		err  error
		code Code
		path string
	}{
		"not there": {
			do(os.Open(filepath.Join(dir, "none"))), NotThere,
			filepath.Join(dir, "none"),
		},
		"there":    {os.Mkdir(full, 0o700), Exists, full},
		"a folder": {do(os.OpenFile(full, os.O_WRONLY, 0)), IsFolder, full},
		"no folder": {
			do(os.Open(filepath.Join(file, "x"))), NoFolder,
			filepath.Join(file, "x"),
		},
		"a long name": {
			os.Mkdir(filepath.Join(dir, strings.Repeat("x", 300)), 0o700),
			NameTooLong, filepath.Join(dir, strings.Repeat("x", 300)),
		},
		"not empty": {os.Remove(full), NotEmpty, full},
		"renamed":   {os.Rename(filepath.Join(dir, "none"), file+"2"), NotThere, file + "2"},
		"wrapped twice": {
			fmt.Errorf("a: %w", errors.Join(errors.New("b"), os.Mkdir(full, 0))),
			Exists, full,
		},
		"none at all": {nil, Unknown, ""},
		"our own":     {errors.New("as it is"), Unknown, ""},
	} {
		code, path := Of(test.err)
		if code != test.code || path != test.path {
			t.Errorf("%s: %v is %d, %q; want %d, %q", name, test.err, code, path, test.code,
				test.path)
		}
	}
	if _, err := os.Stat("/dev/full"); err == nil {
		if err := os.WriteFile("/dev/full", []byte("x"), 0); !is(err, NoRoom) {
			t.Errorf("a full disk: %v", err)
		}
	}
}

func is(err error, want Code) bool {
	code, _ := Of(err)
	return code == want
}

// TestRealNetworks: what a client is told when the other side is not there, or not the right one.
func TestRealNetworks(t *testing.T) {
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := closed.Addr().String()
	if _, err := net.Listen("tcp", address); !is(err, PortTaken) {
		t.Errorf("a port that is taken: %v", err)
	}
	closed.Close()
	if _, err := closed.Accept(); !is(err, Closed) {
		t.Errorf("a closed port: %v", err)
	}
	plain := httptest.NewServer(http.NotFoundHandler())
	defer plain.Close()
	secure := httptest.NewUnstartedServer(http.NotFoundHandler())
	secure.Config.ErrorLog = log.New(io.Discard, "", 0)
	secure.StartTLS()
	defer secure.Close()
	slow := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		<-r.Context().Done()
	}))
	defer slow.Close()
	get := func(client *http.Client, url string) error {
		r, err := client.Get(url)
		if err == nil {
			r.Body.Close()
		}
		return err
	}
	short := &http.Client{Timeout: 50 * time.Millisecond}
	for what, test := range map[string]struct {
		err  error
		want Code
	}{
		"refused": {get(http.DefaultClient, "http://"+address), Refused},
		"not TLS": {
			get(http.DefaultClient, strings.Replace(plain.URL, "http", "https", 1)),
			NotTLS,
		},
		"untrusted":    {get(http.DefaultClient, secure.URL), Untrusted},
		"slow":         {get(short, slow.URL), TimedOut},
		"no such host": {get(http.DefaultClient, "http://nobody.invalid/"), NoSuchHost},
	} {
		code, _ := Of(test.err)
		if code != test.want && !(test.want == NoSuchHost && code == NoNames) { // without a network
			t.Errorf("%s: %v is %d, want %d", what, test.err, code, test.want)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := (&net.Dialer{}).DialContext(ctx, "tcp", plain.Listener.Addr().String()); !is(err,
		Cancelled) {
		t.Errorf("cancelled: %v", err)
	}
	if !is(&net.OpError{Op: "remote error", Err: tls.AlertError(40)}, NotTLS) {
		t.Error("an alert of TLS is not known")
	}
}

// TestTheTable: each number stands for its code wherever it is wrapped, and each code can come.
func TestTheTable(t *testing.T) {
	can := map[Code]bool{NoSuchHost: true, NoNames: true, Untrusted: true, NotTLS: true}
	for _, e := range table {
		can[e.code] = true
		for _, err := range []error{
			e.err, fmt.Errorf("x: %w", e.err), &fs.PathError{Op: "open", Path: "p", Err: e.err},
			&net.OpError{Op: "dial", Net: "tcp", Err: os.NewSyscallError("connect", e.err)},
		} {
			if !is(err, e.code) {
				code, _ := Of(err)
				t.Errorf("%v is %d, want %d", err, code, e.code)
			}
		}
	}
	for _, c := range Codes() {
		if !can[c] && c != NotEmpty {
			t.Errorf("nothing is %d", c)
		}
	}
}
