package alert

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"handlens/app/rules"
)

func anAlert() Alert {
	return Alert{
		Event: "rule", ID: "7", Rule: "Gate", Time: 1750000000000, Phone: "Pixel 7",
		Session: "s", Labels: map[string]int{"person": 2, "dog": 1}, Count: 3,
	}
}

// outcomes keeps what Means.Done is told.
type outcomes struct {
	mu  sync.Mutex
	all []string
}

func (o *outcomes) done(_ Alert, do rules.Action, err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	text := string(do.Do)
	if err != nil {
		text += ": " + err.Error()
	}
	o.all = append(o.all, text)
}

func (o *outcomes) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return strings.Join(o.all, "; ")
}

func TestTheSnapshotComesFirstAndIsNamed(t *testing.T) {
	var shown bytes.Buffer
	if err := png.Encode(&shown, image.NewGray(image.Rect(0, 0, 32, 16))); err != nil {
		t.Fatal(err)
	}
	picture := filepath.Join(t.TempDir(), "p.png")
	if err := os.WriteFile(picture, shown.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv(SecretVariable, "secret")
	var got Alert
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		sum := hmac.New(sha256.New, []byte("secret"))
		sum.Write(body)
		want := "sha256=" + hex.EncodeToString(sum.Sum(nil))
		if r.Header.Get("X-Handlens-Signature") != want || r.Method != http.MethodPost ||
			r.Header.Get("Content-Type") != "application/json" {
			t.Errorf("%s with %v", r.Method, r.Header)
		}
		if err := json.Unmarshal(body, &got); err != nil {
			t.Error(err)
		}
	}))
	defer server.Close()
	var told outcomes
	notified := ""
	r := New(Means{
		Snapshot: func(Alert) (string, error) { return picture, nil },
		Notify:   func(a Alert) error { notified = a.Snapshot; return nil },
		Clip: func(_ context.Context, _ Alert, before, after time.Duration) error {
			if before != 2*time.Second || after != 500*time.Millisecond {
				t.Errorf("a clip of %v and %v", before, after)
			}
			return errors.New("no past")
		},
		Done: told.done,
	})
	r.Run(anAlert(), []rules.Action{
		{Do: rules.Webhook, To: server.URL, Picture: true},
		{Do: rules.Notify},
		{Do: rules.Clip, Before: 2, After: 0.5},
	})
	r.Close()
	all := told.String()
	if !strings.HasPrefix(all, "snapshot; ") || !strings.Contains(all, "; webhook") ||
		!strings.Contains(all, "; clip: no past") {
		t.Errorf("done is %q", all)
	}
	sent, err := jpeg.Decode(bytes.NewReader(got.Picture))
	if err != nil || sent.Bounds().Dx() != 32 {
		t.Errorf("the picture that was sent: %v", err)
	}
	if notified != picture || got.Count != 3 ||
		got.Labels["person"] != 2 || got.Phone != "Pixel 7" {
		t.Errorf("notified of %q, sent %+v", notified, got)
	}
	r.Run(anAlert(), []rules.Action{{Do: rules.Notify}})
	if told.String() != all {
		t.Error("a closed Runner runs on")
	}
}

func TestAWebhookIsTriedAgain(t *testing.T) {
	for name, c := range map[string]struct {
		answers []int
		want    string
		tried   int
	}{
		"after faults":     {[]int{500, 503, 429, 200}, "", 4},
		"but not for ever": {[]int{500, 500, 500, 500, 500, 200}, "500 Internal Server Error", 5},
		"not when refused": {[]int{404, 200}, "404 Not Found", 1},
		"nor elsewhere":    {[]int{302, 200}, "redirections are not followed", 1},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var ids []string
				was := client.Transport
				defer func() { client.Transport = was }()
				client.Transport = answers(func(r *http.Request) int {
					ids = append(ids, r.Header.Get("X-Handlens-Delivery"))
					return c.answers[len(ids)-1]
				})
				err := send(t.Context(), t.Context(), anAlert(),
					rules.Action{Do: rules.Webhook, To: "https://user:hunter2@example.org"})
				text := ""
				if err != nil {
					text = err.Error()
				}
				if (c.want == "") != (err == nil) || !strings.Contains(text, c.want) ||
					strings.Contains(text, "hunter2") {
					t.Errorf("it ends with %q", text)
				}
				if len(ids) != c.tried || ids[0] != "7" || ids[len(ids)-1] != "7" {
					t.Errorf("tried as %v", ids)
				}
			})
		})
	}
}

// answers is a server that only says a status.
type answers func(*http.Request) int

func (a answers) RoundTrip(r *http.Request) (*http.Response, error) {
	code := a(r)
	return &http.Response{
		StatusCode: code, Status: fmt.Sprint(code, " ", http.StatusText(code)), Header: http.Header{
			"Location": {"https://elsewhere.example"},
		}, Body: http.NoBody, Request: r,
	}, nil
}

func TestACommandKnowsWhatHappened(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the command is written for a Unix shell")
	}
	out := filepath.Join(t.TempDir(), "out")
	a := anAlert()
	a.Phone = "a'; exit 3; \x00'"
	line := `{ echo "$HANDLENS_RULE|$HANDLENS_PHONE|$HANDLENS_LABELS|$HANDLENS_COUNT"; cat; } >` +
		out
	if err := runCommand(t.Context(), a, line); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	first, body, _ := strings.Cut(string(got), "\n")
	if first != "Gate|a'; exit 3; '|2 person, 1 dog|3" {
		t.Errorf("the environment says %q", first)
	}
	var told Alert
	if err := json.Unmarshal([]byte(body), &told); err != nil || told.Phone != a.Phone {
		t.Errorf("the input is %q, %v", body, err)
	}
}

func TestACommandThatFails(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the command is written for a Unix shell")
	}
	err := runCommand(t.Context(), anAlert(), "echo first; echo no relay >&2; exit 3")
	if err == nil || err.Error() != "exit status 3: no relay" {
		t.Errorf("got %v", err)
	}
	// One that never ends does so with the program, and with it all that it started.
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(50*time.Millisecond, cancel)
	began := time.Now()
	if err := runCommand(ctx, anAlert(), "sleep 60; true"); err == nil ||
		time.Since(began) > 30*time.Second {
		t.Errorf("got %v after %v", err, time.Since(began))
	}
}

func TestAlertsAreBounded(t *testing.T) {
	var told outcomes
	hold := make(chan struct{})
	r := New(Means{
		Notify: func(Alert) error { <-hold; return nil }, Done: told.done,
	})
	for range MaxUnderWay + 1 {
		r.Run(anAlert(), []rules.Action{{Do: rules.Notify}})
	}
	if got := told.String(); got != "notify: "+ErrTooMany.Error() {
		t.Errorf("before any is done: %q", got)
	}
	close(hold)
	r.Close()
	if n := strings.Count(told.String(), "notify"); n != MaxUnderWay+1 {
		t.Errorf("%d are told", n)
	}
}

func TestTheChimeIsAWholeFile(t *testing.T) {
	samples := twoTones()
	loudest := int16(0)
	for _, v := range samples {
		loudest = max(loudest, v, -v)
	}
	if loudest < 4000 || loudest > 16000 || samples[0] != 0 {
		t.Errorf("it begins at %d and is at most %d loud", samples[0], loudest)
	}
	if b := wav(samples); len(b) != 44+2*len(samples) || string(b[:4]) != "RIFF" {
		t.Errorf("%d bytes that begin with %q", len(b), b[:4])
	}
}
