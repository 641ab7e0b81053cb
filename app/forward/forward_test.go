package forward

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"handlens/media"
	"handlens/media/peer"
	"handlens/media/whip/client"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestTargets(t *testing.T) {
	for text, good := range map[string]bool{
		"https://sfu.example/{phone}/whip": true, "http://10.0.0.2:8889/door/whip": true,
		"https://a.example/whip?room={phone}": true, "https://{phone}.example/whip": false,
		"rtmp://a.example/x": false, "": false, "https://{phone}/whip": false,
	} {
		_, err := Parse(text, "")
		if (err == nil) != good {
			t.Errorf("%q: %v", text, err)
		}
	}
	target, err := Parse("https://sfu.example/{phone}/whip?key={phone}", "")
	if err != nil {
		t.Fatal(err)
	}
	e, err := target.endpoint("../Ann's \"Pixel\" 7/?#")
	if err != nil {
		t.Fatal(err)
	}
	if got := e.URL.Path; !strings.HasPrefix(got, "/ann") || strings.Count(got, "/") != 2 ||
		strings.ContainsAny(got, `."'`) {
		t.Errorf("the path is %s", got)
	}
	if target.Host() != "sfu.example" || target.Plain() || !target.Each() {
		t.Errorf("%+v", target)
	}
}

func TestCodes(t *testing.T) {
	for want, err := range map[media.ForwardCode]error{
		media.ForwardRefused:     &client.StatusError{Status: 403},
		media.ForwardNotFound:    &client.StatusError{Status: 404},
		media.ForwardStatus:      &client.StatusError{Status: 500},
		media.ForwardBadAnswer:   client.ErrDowngrade,
		media.ForwardCodec:       peer.ErrCodecRefused,
		media.ForwardNoWay:       peer.ErrUnreached,
		media.ForwardLost:        peer.ErrLost,
		media.ForwardUnreachable: errors.New("no route"),
		media.ForwardEncoder:     &media.Fault{Code: media.CannotRecord},
	} {
		if got, _ := codeOf(fmt.Errorf("x: %w", err)); got != want {
			t.Errorf("%v is %v, want %v", err, got, want)
		}
	}
}

// A server that refuses is asked again, later each time, and no more when it is stopped; what is
// said has neither token nor path.
func TestARefusalIsTriedAgain(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			w.WriteHeader(http.StatusForbidden)
		}
	}))
	defer server.Close()
	target, err := Parse(server.URL+"/hidden/whip", "secret")
	if err != nil {
		t.Fatal(err)
	}
	feed := peer.NewFeed(func() {})
	feed.Packet(media.Packet{Codec: media.VP8, Key: true, Data: []byte{0}})
	told := make(chan media.Forward, 100)
	f := Start(target, Source{Name: func() string { return "Pixel" }, Feed: feed},
		slog.New(slog.DiscardHandler), func(st media.Forward) { told <- st })
	var last media.Forward
	for refused := 0; refused < 2; {
		st := <-told
		if text := st.String(); strings.Contains(text, "hidden") ||
			strings.Contains(text, "secret") {
			t.Errorf("it says %s", text)
		}
		if st.Code != media.ForwardRefused {
			continue
		}
		if st.Retry <= last.Retry {
			t.Errorf("after %v it waits %v", last.Retry, st.Retry)
		}
		last, refused = st, refused+1
	}
	f.Stop()
	<-f.Done()
	for {
		if st := <-told; st.Code == media.ForwardOff {
			break
		}
	}
}
