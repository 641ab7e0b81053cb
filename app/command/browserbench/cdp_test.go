package browserbench

import (
	"bufio"
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

// fakeBrowser answers each request by what reply returns for it; "" ends it.
func fakeBrowser(t *testing.T, reply func(request string) string) *client {
	t.Helper()
	ignored := goleak.IgnoreCurrent()
	requests, toBrowser := io.Pipe()
	fromBrowser, answers := io.Pipe()
	go func() {
		defer answers.Close()
		defer requests.Close()
		for r := bufio.NewReader(requests); ; {
			request, err := r.ReadString(0)
			if err != nil {
				return
			}
			said := reply(strings.TrimSuffix(request, "\x00"))
			if said == "" {
				return
			}
			io.WriteString(answers, said)
		}
	}()
	c := newClient(fromBrowser, toBrowser)
	t.Cleanup(func() {
		toBrowser.Close()
		<-c.done
		goleak.VerifyNone(t, ignored)
	})
	return c
}

func TestClient(t *testing.T) {
	asked := ""
	c := fakeBrowser(t, func(request string) string {
		asked = request
		if strings.Contains(request, "Bad") {
			return `{"id":2,"error":{"message":"no such method"}}` + "\x00"
		}
		// events and what is no JSON come between
		return `{"method":"Page.loaded"}` + "\x00" + "garbage\x00" + `{"id":9,"result":{}}` +
			"\x00" + `{"id":1,"result":{"value":7}}` + "\x00"
	})
	var got struct{ Value int }
	if err := c.call(t.Context(), "S", "Good", map[string]int{"x": 1}, &got); err != nil ||
		got.Value != 7 {
		t.Errorf("it answers %+v, %v", got, err)
	}
	if asked != `{"id":1,"method":"Good","params":{"x":1},"sessionId":"S"}` {
		t.Errorf("it was asked %s", asked)
	}
	if err := c.call(t.Context(), "", "Bad", nil, nil); err == nil ||
		err.Error() != "Bad: no such method" {
		t.Errorf("what failed: %v", err)
	}
}

func TestClientWhoseBrowserEnds(t *testing.T) {
	c := fakeBrowser(t, func(string) string { return "" })
	if err := c.call(t.Context(), "", "Any", nil, nil); err == nil ||
		!strings.Contains(err.Error(), "ended") {
		t.Errorf("it says %v", err)
	}
}

func TestClientWhoseBrowserIsSilent(t *testing.T) {
	c := fakeBrowser(t, func(string) string { return `{"method":"Tick"}` + "\x00" })
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if err := c.call(ctx, "", "Any", nil, nil); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("it says %v", err)
	}
}
