//go:build unix

package e2e

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"handlens/app/session"
	"handlens/assets"
	"handlens/media/pairing"
	rtc "handlens/media/peer"
	"handlens/media/waittest"
	"handlens/media/whip"
)

// TestRememberedPhoneNeedsNoCode starts the program, has it remember a phone, and starts it again:
// the phone with yesterday's page, or with none, goes on with today's code by itself. Another one
// is told that its code is no longer valid, and without a window nobody can let it in.
func TestRememberedPhoneNeedsNoCode(t *testing.T) {
	dir, model := t.TempDir(), modelFile(t)
	const withoutWindow, ask = "--no-window", "--approve=ask"
	a := newAccount(dir, model, 0, nil, withoutWindow, ask).app(t)
	yesterday := withCodec(a.url, "VP8")
	b := sharedBrowser(t, landscape)
	p := b.open(t, yesterday)
	p.start()
	p.expect("refused", "did not let this phone in")

	known := fmt.Sprintf(`[{"id":%q,"name":"a phone"}]`, p.fingerprint())
	a.stop(t)
	if said := a.stderr.String(); !strings.Contains(said, "was not let in") {
		t.Errorf("the terminal says\n%s", said)
	}
	if err := os.WriteFile(filepath.Join(dir, "data", "phones.json"), []byte(known),
		0o600); err != nil {
		t.Fatal(err)
	}

	a = newAccount(dir, model, a.port(t), nil, withoutWindow, ask, "--max-phones=1").app(t)
	before, token, _ := strings.Cut(a.url, "#")
	if strings.HasSuffix(yesterday, token) {
		t.Fatal("the code is yesterday's")
	}
	p.do("load yesterday's page again", chromedp.Navigate("about:blank"),
		chromedp.Navigate(yesterday))
	p.state("ready")
	p.start()
	p.state("live")
	session := a.wait(t, "phone-joined", nil).Session
	a.found(t, 0, session, landscape)
	p.until("the new code in the address", `location.hash === '#`+token+`'`)
	second := b.open(t, a.url)
	second.start()
	second.until("words about the one phone that may be here",
		notice+`.startsWith('The computer has as many phones')`)

	// Its home screen knows no code at all.
	evaluate[any](p, `sessionStorage.clear()`)
	p.do("start from the home screen", chromedp.Navigate("about:blank"), chromedp.Navigate(before))
	p.state("ready")
	p.until("the code", `location.hash === '#`+token+`'`)

	other := b.open(t, yesterday) // it finds out by itself
	other.expect("unauthorized", "no longer valid", "scan")
	other = b.open(t, before)
	other.expect("no-token", "scan the code again")
}

// fingerprint is what the computer knows the page by.
func (p *page) fingerprint() string {
	p.test.Helper()
	key := evaluate[string](p,
		`import('/key.js').then((k) => k.proofOf('')).then((h) => h['Handlens-Key'])`)
	point, err := base64.RawURLEncoding.DecodeString(key)
	if err != nil || len(point) != 65 {
		p.test.Fatalf("the page's key is %q: %v", key, err)
	}
	sum := sha256.Sum256(point)
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// port is the one that the program listens on.
func (a *app) port(t *testing.T) int {
	t.Helper()
	return a.wait(t, "listening", nil).Port
}

// ownServer is the program's server and sessions without the program, so that a test can do what a
// person does at the window.
type ownServer struct {
	*whip.Server
	*session.Manager
	url string
}

// Join implements whip.Host.
func (s ownServer) Join(ctx context.Context, offer string, from whip.Visitor) (whip.Session,
	error,
) {
	return s.Manager.Join(ctx, offer, session.Visitor{Name: from.Name, Phone: from.Phone})
}

func startOwnServer(t *testing.T, token string) ownServer {
	t.Helper()
	authority, err := pairing.LoadAuthority(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	listener, err := pairing.Listen(0)
	if err != nil {
		t.Fatal(err)
	}
	log, here := slog.New(slog.DiscardHandler), netip.MustParseAddr("127.0.0.1")
	host, err := rtc.Listen(rtc.Config{
		Port: listener.Port, TCP: listener.ICE, Addresses: []netip.Addr{here}, Logger: log,
	})
	if err != nil {
		t.Fatal(err)
	}
	s := ownServer{url: pairing.URL(here, listener.Port, token)}
	s.Manager = session.NewManager(host, session.NewWorker(), session.NoSink{}, session.Display{},
		nil)
	if s.Server, err = whip.NewServer(whip.Config{
		Token: token, Host: s, Pages: assets.Web(), Authority: authority, Logger: log,
	}); err != nil {
		t.Fatal(err)
	}
	server := s.HTTPServer(authority.TLSConfig(func() []netip.Addr { return []netip.Addr{here} }))
	ended := make(chan error, 1)
	go func() { ended <- server.ServeTLS(listener.TLS, "", "") }()
	t.Cleanup(func() {
		s.Manager.Close()
		s.Server.Close()
		server.Close()
		<-ended
		host.Close()
		listener.Close()
	})
	return s
}

// TestNewCodeLeavesPhonesAlone replaces the code while a phone is here: it stays, also when its
// network changes, and comes back by the new code when its session is lost. Nor does it matter to
// it that its address is locked out for guessing, until it has to come again: then it says so.
func TestNewCodeLeavesPhonesAlone(t *testing.T) {
	const first, second = "AAAABBBBCCCC", "DDDDEEEEFFFF"
	s := startOwnServer(t, first)
	p := sharedBrowser(t, landscape).open(t, withCodec(s.url, "VP8"))
	evaluate[any](p, record)
	evaluate[any](p, meddle)
	p.start()
	p.state("live")
	waittest.Until(t, "the phone to introduce itself", func() bool {
		return len(s.Sessions()) == 1 && s.Sessions()[0].Camera().Known
	})

	s.SetToken(second)
	s.Sessions()[0].Tell(session.TokenMessage{Token: second})
	p.until("the page to hear of it", `location.hash === '#`+second+`'`)
	p.state("live")
	evaluate[any](p, moved)
	p.until("a restart", did("PATCH", "200"))
	p.state("live")
	evaluate[any](p, `void Object.assign(meddle, { method: 'PATCH', status: 404, times: 1 })`)
	evaluate[any](p, moved)
	p.until("a fresh session", `requests.filter((r) => r.status === 201).length === 2`)
	p.state("live")
	if evaluate[bool](p, did("POST", "401")) {
		t.Error("the page came back with the old code")
	}

	guess(t, s.url)
	restarts := evaluate[int](p, `requests.filter((r) => r.status === 200).length`)
	evaluate[any](p, moved)
	p.until("another restart", `requests.filter((r) => r.status === 200).length > `+
		strconv.Itoa(restarts))
	p.state("live")
	evaluate[any](p, `void Object.assign(meddle, { method: 'PATCH', status: 404, times: 1 })`)
	evaluate[any](p, moved)
	p.until("the page to say why it does not come back",
		notice+`.startsWith('Too many wrong codes')`)
	if seconds := evaluate[int](p,
		`parseInt(document.getElementById('retry-text').innerText.match(/\d+/)[0])`); seconds < 20 {
		t.Errorf("the page tries again in %d s, although it is to wait for 30", seconds)
	}
}

// guess brings wrong codes, all at once, until this machine is locked out.
func guess(t *testing.T, url string) {
	t.Helper()
	url, _, _ = strings.Cut(url, "#")
	client := http.Client{Transport: &http.Transport{
		TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, // as in endSession
	}}
	defer client.CloseIdleConnections()
	// The answers to most of them are held back for a while.
	ctx, cancel := context.WithCancel(t.Context())
	var guesses sync.WaitGroup
	defer guesses.Wait()
	defer cancel()
	const most = 12
	statuses := make(chan int, most)
	for i := range most {
		guesses.Go(func() { statuses <- postCode(ctx, &client, url, "guess "+strconv.Itoa(i)) })
	}
	for status := range statuses {
		if status == http.StatusTooManyRequests {
			return
		}
	}
}

// postCode asks to join with a code, and returns the status; 0 without an answer.
func postCode(ctx context.Context, client *http.Client, url, code string) int {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, url+"whip", http.NoBody)
	if err != nil {
		return 0
	}
	r.Header.Set("Authorization", "Bearer "+code)
	response, err := client.Do(r)
	if err != nil {
		return 0
	}
	response.Body.Close()
	return response.StatusCode
}

// TestCodeIsTyped types the code as people do: the page groups it, says what is wrong with it, and
// takes it in any case.
func TestCodeIsTyped(t *testing.T) {
	a := sharedApp(t)
	before, token, _ := strings.Cut(a.url, "#")
	p := sharedBrowser(t, landscape).open(t, before)
	p.state("error")
	const text = `document.getElementById('code-text')`
	value := func(want string) {
		t.Helper()
		if got := evaluate[string](p, text+`.value`); got != want {
			t.Errorf("the field shows %q, want %q", got, want)
		}
	}
	typed := func(keys string) {
		t.Helper()
		p.do("type", chromedp.SendKeys(chromedp.CSS("#code-text"), keys))
	}
	typed("k7 oil")
	value("K701-1")
	typed(kb.Backspace)
	value("K701")
	typed(kb.Backspace)
	value("K70")
	p.do("submit what is too short", chromedp.Click(chromedp.CSS("#code-use")))
	p.until("the page to say so", text+`.getAttribute('aria-invalid') === 'true' &&
		document.getElementById('code-bad').innerText.includes('12 letters and digits')`)

	// In the middle the caret stays where it is.
	evaluate[any](p, text+`.focus(), `+text+`.setSelectionRange(1, 1)`)
	p.do("type there", chromedp.KeyEvent("9x"))
	value("K9X7-0")
	if at := evaluate[int](p, text+`.selectionStart`); at != 3 {
		t.Errorf("the caret is at %d, want 3", at)
	}

	shown, err := json.Marshal(strings.ToLower(pairing.GroupedToken(token)))
	if err != nil {
		t.Fatal(err)
	}
	evaluate[any](p, text+`.value = `+string(shown))
	p.do("submit it", chromedp.Click(chromedp.CSS("#code-use")))
	p.state("ready")
	p.until("the code in the address", `location.hash === '#`+token+`'`)
}
