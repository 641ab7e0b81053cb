package e2e

import (
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	devtools "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// stall makes the first answer of the server to an ICE restart come without its body. `stalled`
// says how that goes.
const stall = `(() => {
  window.stalled = '';
  const real = window.fetch;
  window.fetch = async (url, options) => {
    const response = await real(url, options);
    if (stalled || options.method !== 'PATCH' || response.status !== 200) return response;
    stalled = 'waiting';
    const body = new ReadableStream({
      start: (controller) => options.signal.addEventListener('abort', () => {
        stalled = 'given up';
        controller.error(options.signal.reason);
      }),
    });
    return new Response(body, { status: response.status, headers: response.headers });
  };
})()`

// TestAnswerWithoutABody has the page give up an answer whose body never comes, and go on.
func TestAnswerWithoutABody(t *testing.T) {
	a := sharedApp(t)
	p := sharedBrowser(t, landscape).open(t, withCodec(a.url, "VP8"))
	evaluate[any](p, record)
	evaluate[any](p, stall)
	p.start()
	p.state("live")
	joined := a.wait(t, "phone-joined", nil)
	a.found(t, 0, joined.Session, landscape)
	const restart = `void window.dispatchEvent(new Event('online'))`
	evaluate[any](p, restart)
	p.until("the page to give up", `stalled === 'given up'`)
	evaluate[any](p, restart)
	p.until("another restart or session", `requests.filter((r) => r.method === 'POST' ||
		r.method === 'PATCH' && r.status === 200).length >= 3`)
	a.found(t, a.mark(), "", landscape)
	p.state("live")
}

// quiet makes the page miss what comes on the detections channel while `muted` is true.
const quiet = `(() => {
  window.muted = false;
  const create = RTCPeerConnection.prototype.createDataChannel;
  RTCPeerConnection.prototype.createDataChannel = function (label, options) {
    const channel = create.call(this, label, options);
    if (label !== 'detections') return channel;
    channel.addEventListener('message', (event) => muted && event.stopImmediatePropagation());
    return channel;
  };
})()`

// notice is what the page says over the video.
const notice = `document.getElementById('notice').innerText`

// TestThePageSaysThatNoBoxesCome holds the detections back for a while.
func TestThePageSaysThatNoBoxesCome(t *testing.T) {
	a := sharedApp(t)
	p := sharedBrowser(t, landscape).open(t, withCodec(a.url, "VP8"))
	evaluate[any](p, quiet)
	evaluate[bool](p, overhear)
	p.start()
	p.state("live")
	a.found(t, 0, a.wait(t, "phone-joined", nil).Session, landscape)
	p.until("a page with nothing to say", notice+` === ''`)

	evaluate[any](p, `void (muted = true)`)
	p.until("the page to say so", notice+`.startsWith('No boxes are coming')`)
	evaluate[any](p, `void (muted = false)`)
	p.until("the boxes to be back", notice+` === ''`)

	// While the model is being loaded, that is the reason.
	evaluate[any](p, `void (muted = true)`)
	evaluate[any](p, `trial.order({ type: 'model', name: 'x', state: 'loading' })`)
	p.until("the page to say why", notice+`.includes('loading its model')`)
	evaluate[any](p, `trial.order({ type: 'model', name: 'x', state: 'ready' })`)
	p.until("the page to say only that", notice+`.startsWith('No boxes are coming')`)
}

// TestPanelsGiveBackTheFocus opens and closes the panels by keyboard.
func TestPanelsGiveBackTheFocus(t *testing.T) {
	a := sharedApp(t)
	p := sharedBrowser(t, landscape).open(t, a.url)
	p.start()
	p.state("live")
	focused := func(what, id string) {
		t.Helper()
		p.until("the focus on "+what, `document.activeElement.id === '`+id+`'`)
	}
	hidden := func(id string) bool {
		t.Helper()
		return evaluate[bool](p, `document.getElementById('`+id+`').hidden`)
	}
	escape := func() { p.do("press Escape", chromedp.KeyEvent(kb.Escape)) }

	p.do("tap the microphone", chromedp.Click(chromedp.CSS("#microphone")))
	focused("the answer", "ask-yes")
	escape()
	focused("the microphone again", "microphone")
	if !hidden("ask") {
		t.Error("Escape does not close the question")
	}

	p.do("open the details", chromedp.Click(chromedp.CSS("#more")),
		chromedp.Focus(chromedp.CSS("#size")))
	escape()
	focused("the button of the details", "more")
	if !hidden("details") {
		t.Error("Escape does not close the details")
	}
}

// TestReasonsAreTranslated ends the connection for reasons that the page knows and does not know.
func TestReasonsAreTranslated(t *testing.T) {
	a := sharedApp(t)
	p := sharedBrowser(t, landscape).open(t, a.url)
	evaluate[bool](p, overhear)
	for reason, want := range map[string]string{
		"program-closed": "Handlens was closed on the computer.",
		"sent-away":      "Somebody at the computer ended it.",
		"something new":  "The camera is off and nothing is being sent.",
	} {
		p.start()
		p.state("live")
		p.until("the channel", `trial.control.readyState === 'open'`)
		evaluate[any](p, `trial.order({ type: 'bye', reason: '`+reason+`' })`)
		p.state("stopped")
		got := evaluate[string](p, `document.getElementById('card-text').innerText`)
		if got != want {
			t.Errorf("%q is told as %q, want %q", reason, got, want)
		}
	}
}

// trustDifferences says in what the translations of the trust page differ from its places for text.
const trustDifferences = `import('/locale.js').then(async ({ LANGUAGES }) => {
  const html = await (await fetch('/trust')).text();
  const page = new DOMParser().parseFromString(html, 'text/html');
  const places = [...page.querySelectorAll('[data-text]')];
  const keys = new Set(places.map((place) => place.dataset.text));
  const wrong = [];
  for (const code of LANGUAGES) {
    const { messages } = await import('/trust.' + code + '.js');
    for (const key in messages) if (!keys.has(key)) wrong.push(code + ': no place for ' + key);
    for (const place of places) {
      const key = place.dataset.text, text = messages[key] || '';
      const check = (ok, what) => ok || wrong.push(code + ': ' + key + ' ' + what);
      const count = (pattern) => (text.match(pattern) || []).length;
      const has = (selector) => place.querySelectorAll(selector).length;
      check(text.trim(), 'is missing');
      check(count(/\[[^\]]+\]/g) === has('a'), 'has other links');
      check(count(/\{[^}]+\}/g) === has('[id]'), 'has other elements');
      check(count(/\*/g) % 2 === 0, 'has an odd number of *');
    }
  }
  return wrong;
})`

// TestTrustPageInEachLanguage compares the translations with the page, and reads the German one.
func TestTrustPageInEachLanguage(t *testing.T) {
	p := modulePage(t)
	for _, what := range evaluate[[]string](p, trustDifferences) {
		t.Error(what)
	}

	b := startBrowser(t, landscape, chromedp.Flag("accept-lang", "de"))
	p = b.open(t, evaluate[string](p, `location.origin + '/trust'`))
	p.until("a German page", `document.documentElement.lang === 'de' &&
		document.title.includes('Schluss')`)
	p.until("the fingerprint", `!document.getElementById('authority').hidden &&
		document.getElementById('authority').innerText.startsWith('Das, dem du vertraust') &&
		document.getElementById('fingerprint').innerText.length > 60`)
	if !evaluate[bool](p, `document.querySelector('details[open] b') !== null &&
		document.querySelector('details[open] a.get').innerText === 'Zertifikat laden'`) {
		t.Errorf("the page shows %s", p.describe())
	}
}

// TestThePageCanBeInstalled asks Chromium what it makes of the manifest, and opens the page as it
// is started from a home screen: without a code.
func TestThePageCanBeInstalled(t *testing.T) {
	a := sharedApp(t)
	before, _, _ := strings.Cut(a.url, "#")
	p := sharedBrowser(t, landscape).open(t, before)
	m, err := chromedp.Call(p.ctx, devtools.GetAppManifest, devtools.GetAppManifestParams{})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range m.Errors {
		t.Errorf("line %d: %s", e.Line, e.Message)
	}
	why, err := chromedp.Call(p.ctx, devtools.GetInstallabilityErrors, cdp.Empty{})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range why.InstallabilityErrors {
		if e.ErrorID != "in-incognito" { // each test has a private window
			t.Errorf("it cannot be installed: %s", e.ErrorID)
		}
	}
	if got := evaluate[string](p, `fetch('/manifest.webmanifest').then(
		(r) => r.headers.get('Content-Type'))`); got != "application/manifest+json" {
		t.Errorf("the manifest is served as %s", got)
	}
	p.expect("no-token", "scan the code again", "type the code")
}
