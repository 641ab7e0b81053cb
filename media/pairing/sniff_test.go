package pairing

import (
	"bufio"
	"bytes"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

func TestSniff(t *testing.T) {
	for _, test := range []struct {
		send string
		want kind
		read int
	}{
		{"\x16\x03\x01", tlsHandshake, 1},
		{"\x16", tlsHandshake, 1},
		{string(binding), iceTCP, 10},
		{"GET / HTTP/1.1\r\n", plainHTTP, 4},
		{"OPTIONS * HTTP/1.1\r\n", plainHTTP, 8},
		{"PROPFIND / HTTP/1.1\r\n", unknown, 0}, // longer than any method that a browser opens with
		{"GE", unknown, 0},
		{"G / HTTP/1.1", unknown, 0},
		{"", silent, 0},
		{"\x00", unknown, 0},
		{"\x80\x2e\x01\x00\x02\x00\x00\x00\x00\x00", unknown, 0}, // SSL 2
		// a frame shorter than a STUN header
		{"\x00\x13\x00\x01\x00\x00\x21\x12\xa4\x42", unknown, 0},
		{"\x00\x14\x80\x01\x00\x00\x21\x12\xa4\x42", unknown, 0}, // RTP in a frame
		{"\x00\x14\x00\x01\x00\x04\x21\x12\xa4\x42", unknown, 0}, // longer than its frame
		{"\x00\x16\x00\x01\x00\x02\x21\x12\xa4\x42", unknown, 0}, // not a multiple of four
		{"\x00\x14\x00\x01\x00\x00\x21\x12\xa4\x43", unknown, 0}, // another cookie
		{"\x00\x14\x00\x01\x00\x00\x21\x12", unknown, 0},         // broken off
	} {
		got, kind := sniff(bytes.NewReader([]byte(test.send)))
		if kind != test.want || kind != unknown && len(got) != test.read {
			t.Errorf("%q is %d after %d bytes, want %d after %d", test.send, kind, len(got),
				test.want, test.read)
		}
	}
}

// FuzzSniff: whatever comes, sniff reads a few bytes, and what it returns is what was there.
func FuzzSniff(f *testing.F) {
	for _, seed := range []string{
		"\x16\x03\x01", string(binding),
		"GET / HTTP/1.1\r\nHost: a\r\n\r\n", "\x00\x14", "CONNECTX",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		r := bytes.NewReader(data)
		begin, kind := sniff(r)
		if read := len(data) - r.Len(); read > frameHeader+8 || kind != unknown &&
			read != len(begin) {
			t.Fatalf("read %d bytes, returned %d", read, len(begin))
		}
		if !bytes.HasPrefix(data, begin) {
			t.Fatalf("returned %x of %x", begin, data)
		}
	})
}

// FuzzRedirect: whatever a stranger writes, the answer is one whole HTTP answer, and it sends
// nobody to anything but HTTPS on the host that was asked for.
func FuzzRedirect(f *testing.F) {
	for _, seed := range []string{
		"GET / HTTP/1.1\r\nHost: 192.168.1.5:8443\r\n\r\n",
		"GET //evil/ HTTP/1.1\r\nHost: a\r\n\r\n", "GET http://x@y/ HTTP/1.1\r\nHost: b\r\n\r\n",
		"POST / HTTP/1.1\r\nHost: a\r\n\r\n", "GET", "GET /%0d%0aX:1 HTTP/1.1\r\nHost: a:1\r\n\r\n",
		"HEAD /?\xff HTTP/1.1\r\nHost: [::1]:1\r\n\r\n",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, request string) {
		var out bytes.Buffer
		redirect(struct {
			io.Reader
			io.Writer
		}{strings.NewReader(request), &out}, nil)
		answer := bufio.NewReader(&out)
		r, err := http.ReadResponse(answer, nil)
		if err != nil {
			t.Fatalf("%q: %v", out.String(), err)
		}
		if _, err := io.ReadAll(r.Body); err != nil {
			t.Fatal(err)
		}
		r.Body.Close()
		if answer.Buffered() > 0 {
			t.Fatal("more than one answer")
		}
		location := r.Header.Get("Location")
		switch {
		case r.StatusCode == 400 && location == "":
		case r.StatusCode != 307 || !strings.HasPrefix(location, "https://"):
			t.Fatalf("%d to %q", r.StatusCode, location)
		default:
			u, err := url.Parse(location)
			if err != nil || !plausibleHost(u.Host) || u.User != nil {
				t.Fatalf("sends to %q: %v", location, err)
			}
		}
	})
}
