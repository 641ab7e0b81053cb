package e2e

import (
	"context"
	"crypto/tls"
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/chromedp"
)

// expect waits for the page to show an error of that code, with words in it.
func (p *page) expect(code string, words ...string) {
	p.test.Helper()
	p.do("wait for the error "+code,
		chromedp.WaitReady(chromedp.CSS(`html[data-state="error"][data-error="`+code+`"]`)))
	text := evaluate[string](p, `document.getElementById('card').innerText`)
	for _, w := range words {
		if !strings.Contains(strings.ToLower(text), w) {
			p.test.Errorf("the page says %q, without %q", text, w)
		}
	}
}

// TestCameraRefused denies the camera and looks for words of what to do, then grants it after all.
func TestCameraRefused(t *testing.T) {
	a := startApp(t, 0, nil, "--no-window")
	b := startBrowser(t, landscape)
	p := b.open(t, a.url)
	b.permit(t, a, browser.PermissionSettingDenied)
	p.start()
	p.expect("denied", "not allowed", "camera", "try again")

	b.permit(t, a, browser.PermissionSettingGranted)
	p.start()
	p.state("live")
}

// permit decides about the camera for the program's page.
func (b browserProcess) permit(t *testing.T, a *app, setting browser.PermissionSetting) {
	t.Helper()
	origin, _, _ := strings.Cut(a.url, "/#")
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	_, err := chromedp.CallBrowser(ctx, browser.SetPermission, browser.SetPermissionParams{
		Permission: &browser.PermissionDescriptor{Name: "camera"}, Setting: setting, Origin: origin,
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestEachCameraError lets the camera fail in each way that browsers know and looks for different
// words each time.
func TestEachCameraError(t *testing.T) {
	a := sharedApp(t)
	b := sharedBrowser(t, landscape)
	p := b.open(t, a.url)
	said := map[string]string{}
	for _, c := range []struct{ name, code string }{
		{"NotAllowedError", "denied"},
		{"NotFoundError", "missing"},
		{"NotReadableError", "busy"},
		{"AbortError", "busy"},
		{"OverconstrainedError", "constraints"},
		{"UnknownError", "failed"},
	} {
		evaluate[any](p,
			`navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('for the test', '`+c.name+`'))`)
		p.start()
		p.expect(c.code)
		text := evaluate[string](p, `document.getElementById('card-title').textContent`)
		if before, twice := said[text]; twice && before != c.code {
			t.Errorf("%s and %s are both called %q", before, c.code, text)
		}
		said[text] = c.code
	}

	evaluate[any](p,
		`Object.defineProperty(navigator, 'mediaDevices', { value: undefined, configurable: true }); null`)
	p.start()
	p.expect("unsupported", "open the page")
	p = b.open(t, a.url)
	evaluate[any](p,
		`Object.defineProperty(window, 'isSecureContext', { value: false, configurable: true }); null`)
	p.start()
	p.expect("insecure", "https")
}

// TestWrongTokenIsTold comes with a code that is not, or no more, the right one, and with none.
func TestWrongTokenIsTold(t *testing.T) {
	a := sharedApp(t)
	b := sharedBrowser(t, landscape)
	before, token, _ := strings.Cut(a.url, "#")

	p := b.open(t, before)
	p.expect("no-token", "scan the code again")
	p = b.open(t, before+"#"+strings.Repeat("X", len(token)))
	p.expect("unauthorized", "no longer valid", "scan")

	// What stands on the screen may be typed as well.
	p.do("type the code", chromedp.SendKeys(chromedp.CSS("#code-text"), token),
		chromedp.Click(chromedp.CSS("#code-use")))
	p.state("ready")
	p.start()
	p.state("live")

	// The tab remembers it, should a reload lose it.
	p.do("reload", chromedp.Navigate("about:blank"), chromedp.Navigate(before))
	p.state("ready")
}

// record makes the page note its requests of WHIP: method, status and, for a POST, the session's
// address.
const record = `(() => {
	window.requests = [];
	const real = window.fetch;
	window.fetch = async (url, options) => {
		const response = await real(url, options);
		if (!new URL(response.url).pathname.startsWith('/whip')) return response;
		const location = new URL(response.headers.get('Location') || '', response.url).href;
		window.requests.push({ method: options?.method, status: response.status, location });
		return response;
	};
})()`

// did is true when the page has seen that answer to that method.
func did(method, status string) string {
	return `requests.some((r) => r.method === '` + method + `' && r.status === ` + status + `)`
}

// TestICERestart tells the page that the network has changed: the connection is moved to a new
// path, and stays the same session.
func TestICERestart(t *testing.T) {
	a := sharedApp(t)
	p := sharedBrowser(t, landscape).open(t, withCodec(a.url, "VP8"))
	evaluate[any](p, record)
	p.start()
	p.state("live")
	joined := a.wait(t, "phone-joined", nil)
	a.found(t, 0, joined.Session, landscape)
	p.until("trickled candidates", did("PATCH", "204"))

	evaluate[any](p, `void window.dispatchEvent(new Event('online'))`)
	p.until("the restart", did("PATCH", "200"))
	a.found(t, a.mark(), joined.Session, landscape)
	p.state("live")
	if n := evaluate[int](p, `requests.filter((r) => r.method === 'POST').length`); n != 1 {
		t.Errorf("the page opened %d sessions, want the one", n)
	}
}

// TestSessionEndedByServer ends the session behind the page's back: it comes again by itself.
func TestSessionEndedByServer(t *testing.T) {
	a := sharedApp(t)
	p := sharedBrowser(t, landscape).open(t, withCodec(a.url, "VP8"))
	evaluate[any](p, record)
	p.start()
	p.state("live")
	first := a.wait(t, "phone-joined", nil)
	p.until("the session", did("POST", "201"))
	location := evaluate[string](p, `requests.find((r) => r.method === 'POST').location`)

	mark := a.mark()
	endSession(t, a, location)

	a.waitSince(t, mark, "phone-left", func(e event) bool { return e.Session == first.Session })
	second := a.waitSince(t, mark, "phone-joined", nil)
	if second.Session == first.Session {
		t.Error("the page came back into the session that had ended")
	}
	a.found(t, mark, second.Session, landscape)
	p.state("live")
}

// endSession ends a session at its address, behind the page's back.
func endSession(t *testing.T, a *app, location string) {
	t.Helper()
	_, token, _ := strings.Cut(a.url, "#")
	request, err := http.NewRequestWithContext(t.Context(), http.MethodDelete, location,
		http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+token)
	// The test asks on the loopback interface, and the certificate is not its subject.
	client := http.Client{Transport: &http.Transport{
		TLSClientConfig: &tls.Config{InsecureSkipVerify: true},
	}}
	defer client.CloseIdleConnections()
	response, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if response.StatusCode != http.StatusOK {
		t.Fatalf("DELETE gave %s", response.Status)
	}
}

// TestLeavingEndsTheSession closes the page without tapping stop: the program learns of it at once,
// by DELETE.
func TestLeavingEndsTheSession(t *testing.T) {
	a := sharedApp(t)
	p := sharedBrowser(t, landscape).open(t, withCodec(a.url, "VP8"))
	p.start()
	p.state("live")
	joined := a.wait(t, "phone-joined", nil)
	p.do("go elsewhere", chromedp.Navigate("about:blank"))
	left := a.wait(t, "phone-left", func(e event) bool { return e.Session == joined.Session })
	// Either the request or the end of the connection gets there first.
	if !strings.Contains(left.Reason, "phone") {
		t.Errorf("the phone left because %q", left.Reason)
	}
}

// TestProgramClosed ends the program: the page says so, and turns the camera off.
func TestProgramClosed(t *testing.T) {
	a := startApp(t, 0, nil, "--no-window")
	p := sharedBrowser(t, landscape).open(t, withCodec(a.url, "VP8"))
	p.start()
	p.state("live")
	a.wait(t, "phone-joined", nil)
	a.stop(t)
	p.state("stopped")
	// The page answers our good-bye by ending its side, which is not why it ended.
	if left := a.wait(t, "phone-left", nil); left.Reason != "Handlens was closed" {
		t.Errorf("the phone left because %q", left.Reason)
	}
	if evaluate[bool](p, `Boolean(document.getElementById('video').srcObject)`) {
		t.Error("the camera stays on")
	}
}

// TestProgramStartedAgain kills the program and starts it again on the same port: the page comes
// back by itself. With another data folder the program has a new code, and the page says what to
// do.
func TestProgramStartedAgain(t *testing.T) {
	home, model := t.TempDir(), modelFile(t)
	a := newAccount(home, model, 0, nil, "--no-window").app(t)
	p := sharedBrowser(t, landscape).open(t, withCodec(a.url, "VP8"))
	p.start()
	p.state("live")
	port := a.wait(t, "listening", nil).Port
	a.kill()
	p.state("reconnecting")
	again := newAccount(home, model, port, nil, "--no-window").app(t)
	if again.url != a.url {
		t.Fatalf("the code is %s now, want %s again", again.url, a.url)
	}
	p.state("live")
	again.found(t, 0, "", landscape)

	again.kill()
	p.state("reconnecting")
	startApp(t, port, nil, "--no-window")
	p.expect("unauthorized", "no longer valid", "scan")
}
