package e2e

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// browsers are the names under which systems keep a Chromium.
var browsers = []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"}

// pollInterval is how often a page is asked whether something has happened.
const pollInterval = 50 * time.Millisecond

// browserProcess is a running Chromium with a camera that plays a clip.
type browserProcess struct {
	ctx    context.Context
	end    func()
	shared bool // with other tests
}

// camera is what the fake camera plays.
type camera interface {
	// file writes it to a file in dir and returns the file's name.
	file(t *testing.T, dir string) string
}

// startBrowser starts one for one test, with further options if need be.
func startBrowser(t *testing.T, c camera, more ...chromedp.ExecAllocatorOption) browserProcess {
	t.Helper()
	b := launchBrowser(t, c, t.TempDir(), more...)
	t.Cleanup(b.end)
	return b
}

// sharedBrowser returns a browser that tests share. Every page may have the camera and has a
// context of its own, as in a private window: nothing is left of what other tests stored.
func sharedBrowser(t *testing.T, c clip) browserProcess {
	t.Helper()
	b, ok := shared.browsers[c.name]
	if !ok || b.ctx.Err() != nil {
		dir, err := os.MkdirTemp(shared.dir, "browser-")
		if err != nil {
			t.Fatal(err)
		}
		b = launchBrowser(t, c, dir, allowed)
		b.shared = true
		shared.browsers[c.name] = b
	}
	return b
}

// launchBrowser starts one whose files are in dir.
func launchBrowser(t *testing.T, c camera, dir string,
	more ...chromedp.ExecAllocatorOption,
) browserProcess {
	t.Helper()
	path := ""
	for _, name := range browsers {
		if p, err := exec.LookPath(name); err == nil {
			path = p
			break
		}
	}
	if path == "" {
		t.Fatalf("no browser is installed; these were looked for: %v", browsers)
	}
	options := []chromedp.ExecAllocatorOption{
		chromedp.ExecPath(path), chromedp.UserDataDir(filepath.Join(dir, "profile")),
		chromedp.Headless, chromedp.NoFirstRun, chromedp.DisableGPU, chromedp.IgnoreCertErrors,
		// Nothing leaves this machine.
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true),
		// WebRTC leaves the loopback interface out unless told otherwise.
		chromedp.Flag("allow-loopback-in-peer-connection", true),
		chromedp.Flag("use-fake-device-for-media-stream", true),
		chromedp.Flag("use-file-for-fake-video-capture", c.file(t, dir)),
		// A page in the background is slowed down, and only one is in front.
		chromedp.Flag("disable-background-timer-throttling", true),
		chromedp.Flag("disable-renderer-backgrounding", true),
		chromedp.Flag("disable-dev-shm-usage", true), // in containers it is often too small
	}
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox) // Chromium refuses to start as root with it
	}
	allocated, cancelAllocator := chromedp.NewExecAllocator(context.WithoutCancel(t.Context()),
		append(options, more...)...)
	ctx, cancel := chromedp.NewContext(allocated)
	end := func() {
		cancel()
		cancelAllocator()
	}
	if err := chromedp.Do(ctx); err != nil {
		end()
		t.Fatalf("start %s: %v", path, err)
	}
	return browserProcess{ctx: ctx, end: end}
}

// allowed lets every page have the camera, as if the user had said so.
var allowed = chromedp.Flag("use-fake-ui-for-media-stream", true)

// page is one tab, of the size of a phone.
type page struct {
	ctx  context.Context
	test *testing.T
}

// open opens a tab and loads the address in it. The phone leaves with the end of the test.
func (b browserProcess) open(t *testing.T, url string, options ...chromedp.ContextOption) *page {
	t.Helper()
	if b.shared {
		options = append(options, chromedp.WithNewBrowserContext())
	}
	closeTabs()
	return b.tab(t, url, options...)
}

// beside opens a further tab for the same user.
func (b browserProcess) beside(t *testing.T, url string) *page {
	t.Helper()
	return b.tab(t, url, chromedp.WithNewBrowserContext())
}

func (b browserProcess) tab(t *testing.T, url string, options ...chromedp.ContextOption) *page {
	t.Helper()
	ctx, cancel := chromedp.NewContext(b.ctx, options...)
	t.Cleanup(func() {
		if b.shared {
			leave(ctx)
			shared.tabs = append(shared.tabs, cancel)
		} else {
			cancel()
		}
	})
	// The context of the first call is the tab's life, so it is not one with a limit.
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("open a tab: %v", err)
	}
	p := &page{ctx, t}
	p.do("load "+url, chromedp.EmulateViewport(390, 844, chromedp.EmulateMobile),
		chromedp.Navigate(url))
	return p
}

// closeTabs closes the tabs of earlier tests. They were kept until now since closing them would
// also have ended the requests by which they told the program that they leave.
func closeTabs() {
	for _, end := range shared.tabs {
		end()
	}
	shared.tabs = nil
}

// leave goes to another page, so that the program hears at once that the phone has left.
func leave(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	_ = chromedp.Do(ctx, chromedp.Navigate("about:blank")) // the browser may have ended
}

// close closes the page's tab.
func (p *page) close() {
	p.test.Helper()
	leave(p.ctx)
	if err := chromedp.Cancel(p.ctx); err != nil {
		p.test.Error(err)
	}
}

// do runs steps on the page; what they are for is told when they fail.
func (p *page) do(what string, steps ...chromedp.Action[chromedp.Void]) {
	p.test.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		p.test.Fatalf("%s: %v; %s", what, err, p.describe())
	}
}

// state waits until the page is in that state.
func (p *page) state(want string) {
	p.test.Helper()
	p.do("wait for the page to be "+want,
		chromedp.WaitReady(chromedp.CSS(`html[data-state="`+want+`"]`)))
}

// start taps the big button.
func (p *page) start() {
	p.test.Helper()
	p.do("tap start", chromedp.Click(chromedp.CSS("#start")))
}

// describe tells what the page shows.
func (p *page) describe() string {
	ctx, cancel := context.WithTimeout(p.ctx, patience/9)
	defer cancel()
	text, err := chromedp.Run(ctx, chromedp.Evaluate[string](
		`[document.documentElement.dataset.state || 'no state',
			document.documentElement.dataset.error || '', document.body.innerText].join(' ')`))
	if err != nil {
		return fmt.Sprintf("the page cannot be asked: %v", err)
	}
	return "the page shows " + text
}

// evaluate runs a script, which may be a promise, and returns its value.
func evaluate[T any](p *page, script string) T {
	p.test.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](script, chromedp.EvalAwaitPromise))
	if err != nil {
		p.test.Fatalf("%v; %s", err, p.describe())
	}
	return v
}

// until waits for a script, which may be a promise, to be true. (chromedp's Poll compiles its
// script in the page, which the page's content policy forbids.)
func (p *page) until(what, script string) {
	p.test.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	for {
		ok, err := chromedp.Run(ctx,
			chromedp.Evaluate[bool]("(async () => Boolean(await ("+script+")))()",
				chromedp.EvalAwaitPromise))
		if err == nil && ok {
			return
		}
		if err == nil {
			_, err = chromedp.Run(ctx, chromedp.Sleep(pollInterval))
		}
		if err != nil {
			p.test.Fatalf("wait for %s: %v; %s", what, err, p.describe())
		}
	}
}

// stop taps the button that ends it.
func (p *page) stop() {
	p.test.Helper()
	p.do("tap stop", chromedp.Click(chromedp.CSS("#stop")))
	p.state("stopped")
}

// withCodec asks the page, by its own means for tests, to put one codec first.
func withCodec(url, codec string) string {
	before, token, _ := strings.Cut(url, "#")
	return before + "?codec=" + strings.ToLower(codec) + "#" + token
}

// viewport gives the page another size in CSS pixels, as turning a phone does.
func (p *page) viewport(width, height int64) {
	p.test.Helper()
	p.do("turn the phone", chromedp.EmulateViewport(width, height, chromedp.EmulateMobile))
}
