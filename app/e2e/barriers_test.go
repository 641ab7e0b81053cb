//go:build unix

package e2e

import (
	"os"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// barriers lists what axe-core finds on the page against WCAG 2.2 AA and its best practices.
const barriers = `axe.run(document, {
	runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
	rules: { 'target-size': { enabled: true } }, resultTypes: ['violations'],
}).then(({ violations, passes }) => passes.length < 10 ? ['axe looked at nothing'] :
	violations.flatMap((v) => v.nodes.map((n) => v.id + ': ' + n.html + ' ' + n.failureSummary)))`

// accessible has axe-core look at the page upright and on its side.
func (p *page) accessible(state string) {
	p.test.Helper()
	file := os.Getenv("HANDLENS_TEST_AXE")
	if file == "" {
		p.test.Fatal("HANDLENS_TEST_AXE does not say where axe-core is; " +
			"make setup-test writes it to build/env.sh")
	}
	if !evaluate[bool](p, `typeof axe === 'object'`) {
		script, err := os.ReadFile(file)
		if err != nil {
			p.test.Fatal(err)
		}
		evaluate[any](p, string(script)+`; null`)
	}
	for _, size := range [][2]int64{{844, 390}, {390, 844}} {
		p.viewport(size[0], size[1])
		for _, what := range evaluate[[]string](p, barriers) {
			p.test.Errorf("%s at %d × %d: %s", state, size[0], size[1], what)
		}
	}
}

// TestNoBarriers has axe-core look at each state of the page that there is without a connection.
func TestNoBarriers(t *testing.T) {
	a := sharedApp(t)
	b := sharedBrowser(t, landscape)
	before, token, _ := strings.Cut(a.url, "#")
	p := b.open(t, before)
	p.expect("no-token")
	p.do("type what is no code", chromedp.SendKeys(chromedp.CSS("#code-text"), "?"),
		chromedp.Click(chromedp.CSS("#code-use")))
	p.until("words about it", `document.getElementById('code-bad').innerText`)
	p.accessible("the form for the code")

	p = b.open(t, before+"#"+token)
	p.accessible("ready")
	evaluate[any](p, `void (window.camera = navigator.mediaDevices.getUserMedia,
		navigator.mediaDevices.getUserMedia = () =>
			new Promise((_, no) => { window.refuse = no; }))`)
	for name, code := range map[string]string{
		"NotAllowedError": "denied", "NotFoundError": "missing", "NotReadableError": "busy",
		"OverconstrainedError": "constraints", "UnknownError": "failed",
	} {
		p.start()
		p.state("asking")
		if code == "denied" {
			p.accessible("asking")
		}
		evaluate[any](p, `refuse(new DOMException('for the test', '`+name+`'))`)
		p.expect(code)
		p.accessible(code)
	}

	// What the computer may say to a phone that comes.
	evaluate[any](p, meddle)
	evaluate[any](p, `void (navigator.mediaDevices.getUserMedia = window.camera)`)
	for _, c := range []struct{ status, code string }{
		{"401", "unauthorized"}, {"403", "refused"}, {"406", "unacceptable"},
	} {
		evaluate[any](p,
			`void Object.assign(meddle, { method: 'POST', status: `+c.status+`, times: 1 })`)
		if c.code == "refused" { // the card before has no button
			p.do("go back", chromedp.Navigate("about:blank"), chromedp.Navigate(before+"#"+token))
			evaluate[any](p, meddle)
			evaluate[any](p,
				`void Object.assign(meddle, { method: 'POST', status: 403, times: 1 })`)
		}
		p.start()
		p.expect(c.code)
		p.accessible(c.code)
	}
	evaluate[any](p, `void Object.assign(meddle, { method: 'POST', status: 503, times: 1 })`)
	p.start()
	p.do("see when the next try is", chromedp.WaitVisible(chromedp.CSS("#retry")))
	p.accessible("connecting")

	p.do("read of the warning", chromedp.Navigate(strings.TrimSuffix(before, "/")+"/trust"))
	p.accessible("the page about the warning")
}

// everything has the page show all that it can show at once while it is live.
const everything = `(() => {
	trial.order({ type: 'model', name: 'a-model-with-a-long-name_640_int8.onnx', state: 'failed' });
	trial.order({ type: 'notice', recording: true, seconds: 3725, watchers: 12 });
})()`

// TestNoBarriersWhileLive has axe-core look at the states with a connection, goes through the
// controls by keyboard alone, and looks at them as people with other settings see them.
func TestNoBarriersWhileLive(t *testing.T) {
	a := sharedApp(t)
	p := sharedBrowser(t, landscape).open(t, withCodec(a.url, "VP8"))
	evaluate[bool](p, overhear)
	evaluate[any](p, phoneCamera)
	evaluate[any](p, manyLenses)
	p.start()
	p.state("live")
	p.accessible("live")
	evaluate[any](p, everything)
	p.accessible("recording, watched, and without a model")

	p.keyboard(t)
	p.do("open the details", chromedp.Click(chromedp.CSS("#more")))
	p.accessible("with the details open")
	p.do("ask for the microphone", chromedp.Click(chromedp.CSS("#microphone")))
	p.accessible("with the question about the microphone")
	p.do("say no", chromedp.Click(chromedp.CSS("#ask-no")))
	p.settings(t)
	p.do("pause", chromedp.Click(chromedp.CSS("#pause")))
	p.state("paused")
	p.accessible("paused")
	p.start()
	p.state("live")
	evaluate[any](p, `void (window.fetch = () => Promise.reject(1), trial.pc.close(),
		window.dispatchEvent(new Event('online')))`)
	p.state("reconnecting")
	p.accessible("reconnecting")
}

// keyboard goes through the controls with the Tab key: each is reached in the order in which it is
// seen, and shows that it has the focus.
func (p *page) keyboard(t *testing.T) {
	t.Helper()
	p.do("begin", chromedp.Focus(chromedp.CSS("#zoom-slider")))
	const focus = `(() => {
		const { outlineStyle, outlineWidth } = getComputedStyle(document.activeElement);
		const seen = outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2;
		return document.activeElement.id + (seen ? '' : ' unseen');
	})()`
	for _, want := range []string{
		"zoom-in", "flip", "torch", "microphone", "more", "pause", "stop",
	} {
		p.do("press Tab", chromedp.KeyEvent(kb.Tab))
		if got := evaluate[string](p, focus); got != want {
			t.Errorf("Tab leads to %q, want %s", got, want)
		}
	}
	p.do("zoom by keyboard", chromedp.Focus(chromedp.CSS("#zoom-slider")),
		chromedp.KeyEvent(kb.ArrowRight))
	p.until("the zoom", `trial.told().zoom.value > 1`)
	p.do("open the details by keyboard", chromedp.Focus(chromedp.CSS("#more")),
		chromedp.KeyEvent(kb.Enter))
	p.do("press Tab", chromedp.KeyEvent(kb.Tab))
	if !evaluate[bool](p, `document.activeElement.innerText === '✓ Back' ||
		document.activeElement.innerText === 'Back'`) {
		t.Errorf("the details begin with %s", evaluate[string](p,
			`document.activeElement.outerHTML`))
	}
	p.do("close them", chromedp.KeyEvent(kb.Escape))
}

// settings looks at the page as people see it who want less motion, or colours of their own.
func (p *page) settings(t *testing.T) {
	t.Helper()
	emulate := func(name, value string) {
		t.Helper()
		if _, err := chromedp.Call(p.ctx, emulation.SetEmulatedMedia,
			emulation.SetEmulatedMediaParams{
				Features: []*emulation.MediaFeature{{Name: name, Value: value}},
			}); err != nil {
			t.Fatal(err)
		}
	}
	if evaluate[int](p, `document.getAnimations().length`) == 0 {
		t.Error("a recording does not pulse")
	}
	emulate("prefers-reduced-motion", "reduce")
	p.until("a page without motion", `document.getAnimations().length === 0`)
	emulate("forced-colors", "active")
	p.until("other colours", `matchMedia('(forced-colors: active)').matches`)
	evaluate[any](p, `trial.order({ type: 'set', torch: true })`)
	p.until("what is pressed to show by its edge", `(() => {
		const edge = (id) => getComputedStyle(document.getElementById(id)).borderTopWidth;
		return edge('torch') !== edge('flip');
	})()`)
	if evaluate[bool](p, `getComputedStyle(document.getElementById('dot')).backgroundColor ===
		getComputedStyle(document.body).backgroundColor`) {
		t.Error("the dot has the colour of what it lies on")
	}
	emulate("forced-colors", "none")
}
