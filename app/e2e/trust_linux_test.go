package e2e

import (
	"crypto/tls"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"handlens/media/pairing/tailscaletest"
)

// plain is the address in the code as somebody types it who leaves out what they do not know.
func (a *app) plain() string { return strings.Replace(a.url, "https:", "http:", 1) }

// trustPage is the address of the page that explains how to stop the warning.
func (a *app) trustPage() string {
	origin, _, _ := strings.Cut(a.url, "/#")
	return origin + "/trust"
}

// certutil has the tool of NSS do something with a database.
func certutil(t *testing.T, db string, args ...string) {
	t.Helper()
	out, err := exec.Command("certutil", append(args, "-d", "sql:"+db)...).CombinedOutput()
	if err != nil {
		t.Fatalf("certutil %v: %v: %s (make setup-test installs it)", args, err, out)
	}
}

// newTrust makes the empty database of whom a browser trusts.
func newTrust(t *testing.T, db string) {
	t.Helper()
	if err := os.MkdirAll(db, 0o700); err != nil {
		t.Fatal(err)
	}
	certutil(t, db, "-N", "--empty-password")
}

// trust puts the authority into the database, as the page offers it for download.
func (a *app) trust(t *testing.T, db string) {
	t.Helper()
	client := http.Client{Transport: &http.Transport{
		TLSClientConfig: &tls.Config{InsecureSkipVerify: true},
	}}
	defer client.CloseIdleConnections()
	answer, err := client.Get(a.trustPage() + "/ca.crt")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	der, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK {
		t.Fatalf("%s: %v", answer.Status, err)
	}
	addTrust(t, db, der)
}

// addTrust puts a certificate authority into the database.
func addTrust(t *testing.T, db string, der []byte) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "ca.crt")
	if err := os.WriteFile(file, der, 0o600); err != nil {
		t.Fatal(err)
	}
	certutil(t, db, "-A", "-n", "Handlens", "-t", "C,,", "-i", file)
}

// Of the page's link to what stops the warning, and of the page itself.
const (
	linkShown  = `getComputedStyle(document.getElementById('trust')).display !== 'none'`
	linkHidden = `document.documentElement.dataset.trust === 'yes' && !(` + linkShown + `)`
	saysTrust  = `document.getElementById('verdict').innerText`
	trusted    = saysTrust + `.includes('trusts Handlens now')`
	untrusted  = saysTrust + `.includes('does not trust Handlens yet')`
)

// wary starts a Chromium that warns of certificates as everybody's does, with a home of its own.
func wary(t *testing.T, home string, more ...chromedp.ExecAllocatorOption) *page {
	t.Helper()
	b := startBrowser(t, landscape, append(more, allowed, chromedp.Env("HOME="+home),
		chromedp.Flag("ignore-certificate-errors", false))...)
	return b.open(t, "about:blank")
}

// TestPastTheWarningInChromium goes on past the browser's warning: the code survives, the picture
// comes, and no second warning does. Then it has the device trust the authority, which the page
// sees while it is open; after that nothing warns.
func TestPastTheWarningInChromium(t *testing.T) {
	a := sharedApp(t)
	home := t.TempDir()
	db := filepath.Join(home, ".pki", "nssdb")
	newTrust(t, db)

	p := wary(t, home)
	err := chromedp.Do(p.ctx, chromedp.Navigate(a.plain()))
	if fault, ok := errors.AsType[*chromedp.LoadError](err); !ok ||
		fault.ErrorText != "net::ERR_CERT_AUTHORITY_INVALID" {
		t.Fatalf("the browser does not warn, but: %v", err)
	}
	p.do("go on past it", chromedp.Click(chromedp.CSS("#details-button")),
		chromedp.Click(chromedp.CSS("#proceed-link")))
	p.state("ready")
	if got := evaluate[string](p, `location.href`); got != a.url {
		t.Errorf("it ends at %s, and the code says %s", got, a.url)
	}
	p.until("the link to what stops the warning", linkShown)
	p.start()
	p.state("live")
	joined := a.wait(t, "phone-joined", nil)
	a.found(t, 0, joined.Session, landscape)
	p.stop()

	p.do("read how to stop it", chromedp.Navigate(a.trustPage()))
	p.until("the page to say that nothing is trusted", untrusted)
	a.trust(t, db)
	p.until("the page to say that it is trusted", trusted)
	p.do("go back", chromedp.Click(chromedp.CSS(".back a")))
	p.state("ready")
	p.until("no link", linkHidden)

	p = wary(t, home)
	p.do("come again, without a warning", chromedp.Navigate(a.plain()))
	p.state("ready")
	p.until("no link", linkHidden)
}

// TestPastTheWarningInFirefox is the same in Firefox, which keeps its own list.
func TestPastTheWarningInFirefox(t *testing.T) {
	a := sharedApp(t)
	profile := t.TempDir()
	newTrust(t, profile)

	m := launchFirefox(t, profile, map[string]any{})
	address := map[string]any{"url": a.plain()}
	if _, fault := m.try("WebDriver:Navigate", address); !strings.Contains(fault,
		"insecure certificate") {
		t.Fatalf("the browser does not warn, but: %s", fault)
	}
	m.goOn()
	m.until("the page", `document.documentElement.dataset.state === 'ready'`)
	if got := m.evaluate("location.href"); got != a.url {
		t.Errorf("it ends at %s, and the code says %s", got, a.url)
	}
	m.until("the link to what stops the warning", linkShown)
	m.evaluate(`document.querySelector('#start').click()`)
	joined := a.wait(t, "phone-joined", nil)
	a.wait(t, "video", func(e event) bool { return e.Session == joined.Session })
	m.evaluate(`document.querySelector('#stop').click()`)

	m.do("WebDriver:Navigate", map[string]any{"url": a.trustPage()})
	m.until("the page to say that nothing is trusted", untrusted)
	a.trust(t, profile)
	m.until("the page to say that it is trusted", trusted)
	m.evaluate(`document.querySelector('.back a').click()`)
	m.until("no link", `location.pathname === '/' && `+linkHidden)
}

// TestTailscaleNameInChromium comes by this machine's name in Tailscale, as a phone there does: the
// browser trusts its certificate, and the page says nothing of a warning. Those who come by the
// address are shown another.
func TestTailscaleNameInChromium(t *testing.T) {
	const name = "laptop.tail1234.ts.net"
	tailscale := tailscaletest.New(t, name, "127.0.0.1")
	l := newAccount(t.TempDir(), modelFile(t), 0, []string{
		"PATH=" + tailscale.Dir + string(os.PathListSeparator) + os.Getenv("PATH"),
	}, "--no-window", "--address", name)
	l.address = ""
	a := l.app(t)
	if !strings.HasPrefix(a.url, "https://"+name+":") {
		t.Fatalf("the code says %s", a.url)
	}
	home := t.TempDir()
	db := filepath.Join(home, ".pki", "nssdb")
	newTrust(t, db)
	addTrust(t, db, tailscale.CA)
	p := wary(t, home, chromedp.Flag("host-resolver-rules", "MAP "+name+" 127.0.0.1"))
	p.do("come by the name", chromedp.Navigate(a.plain()))
	p.state("ready")
	if got := evaluate[string](p, `location.href`); got != a.url {
		t.Errorf("it ends at %s, and the code says %s", got, a.url)
	}
	p.until("no link, since nothing is to be trusted",
		`document.documentElement.dataset.trust === 'none' && !(`+linkShown+`)`)
	p.start()
	p.state("live")
	a.found(t, 0, a.wait(t, "phone-joined", nil).Session, landscape)
	err := chromedp.Do(p.ctx, chromedp.Navigate(strings.Replace(a.url, name, "127.0.0.1", 1)))
	if fault, ok := errors.AsType[*chromedp.LoadError](err); !ok ||
		fault.ErrorText != "net::ERR_CERT_AUTHORITY_INVALID" {
		t.Errorf("the address is as trusted as the name: %v", err)
	}
}

// goOn goes past Firefox's warning by its buttons.
func (m *marionette) goOn() {
	m.test.Helper()
	const card = `document.querySelector('net-error-card').shadowRoot`
	for _, button := range []string{"advanced-button", "exception-button"} {
		find := card + `.getElementById('` + button + `')`
		m.until("the button "+button, `document.querySelector('net-error-card')?.shadowRoot &&
			`+find+` && !`+find+`.disabled`)
		m.evaluate(find + `.click()`)
	}
}

// evaluate returns what a script says.
func (m *marionette) evaluate(script string) any {
	m.test.Helper()
	answer := m.do("WebDriver:ExecuteScript", map[string]any{
		"script": "return " + script, "args": []any{},
	})
	var result struct{ Value any }
	if err := json.Unmarshal(answer, &result); err != nil {
		m.test.Fatal(err)
	}
	return result.Value
}
