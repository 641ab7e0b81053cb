//go:build unix

package e2e

import (
	"syscall"
	"testing"

	"github.com/chromedp/chromedp"
)

// meddle makes the page's WHIP requests of one method meet an answer of the test's, so many times.
const meddle = `(() => {
	window.meddle = { method: '', status: 0, times: 0 };
	const real = window.fetch;
	window.fetch = async (url, options) => {
		const meant = String(url).includes('/whip') && options?.method === meddle.method;
		if (!meant || meddle.times-- <= 0) return real(url, options);
		return new Response(null, { status: meddle.status, headers: { 'Retry-After': '20' } });
	};
})()`

const (
	// moved tells the page that the phone has another network.
	moved = `void window.dispatchEvent(new Event('online'))`
	// sign is whether the page says that it is being recorded.
	sign = `!document.getElementById('recording').hidden`
)

// TestAReturnKeepsTheTileAndTheRecording moves the connection to another path, and then has the
// page believe that its session is gone: the fresh one goes on in place of the old, in the same
// recording, and the page says all the time that it is recorded.
func TestAReturnKeepsTheTileAndTheRecording(t *testing.T) {
	a := startApp(t, 0, nil, "--no-window", "--record")
	p := sharedBrowser(t, landscape).open(t, withCodec(a.url, "VP8"))
	evaluate[any](p, record)
	evaluate[any](p, meddle)
	p.start()
	p.state("live")
	session := a.wait(t, "phone-joined", nil).Session
	p.until("the sign", sign)
	evaluate[any](p, `void (window.unsigned = 0, new MutationObserver(() => {
		if (!(`+sign+`)) window.unsigned++;
	}).observe(document.getElementById('recording'), { attributes: true }))`)

	evaluate[any](p, moved)
	p.until("the restart", did("PATCH", "200"))
	a.found(t, a.mark(), session, landscape)
	p.state("live")

	mark := a.mark()
	evaluate[any](p, `void Object.assign(meddle, { method: 'PATCH', status: 404, times: 1 })`)
	evaluate[any](p, moved)
	p.until("a fresh session", `requests.filter((r) => r.status === 201).length === 2`)
	a.waitSince(t, mark, "connection", func(e event) bool {
		return e.Session == session && e.State == "connected"
	})
	a.found(t, a.mark(), session, landscape)
	p.state("live")
	if !evaluate[bool](p, sign+` && unsigned === 0`) {
		t.Error("the page did not say all the time that it is recorded")
	}
	a.mu.Lock()
	for _, e := range a.events[mark:] {
		switch e.Event {
		case "phone-joined", "phone-left", "recording":
			t.Errorf("on the way there was %q, %s", e.Event, e.State)
		}
	}
	a.mu.Unlock()
	anotherPageTakesOver(t, a, p, session)
}

// anotherPageTakesOver opens another page of the same browser: it takes the place, and this one
// says so.
func anotherPageTakesOver(t *testing.T, a *app, p *page, session string) {
	t.Helper()
	evaluate[any](p, `void (window.other = window.open(location.href))`)
	const other = `other.document.documentElement?.dataset.state === `
	p.until("the other page", other+`'ready'`)
	mark := a.mark()
	evaluate[any](p, `other.document.getElementById('start').click()`)
	p.until("the other page to be live", other+`'live'`)
	p.state("stopped")
	p.until("words about it", `document.getElementById('card-text').innerText.includes('again')`)
	p.until("the other page's sign", `!other.document.getElementById('recording').hidden`)
	a.found(t, mark, session, landscape)
	evaluate[any](p, `other.document.getElementById('stop').click()`)
	a.waitSince(t, mark, "phone-left", nil)
}

// TestAStalledComputerIsSaid stops the program without a word, as a computer does that is out of
// memory: the page says so until it goes on.
func TestAStalledComputerIsSaid(t *testing.T) {
	a := startApp(t, 0, nil, "--no-window")
	p := sharedBrowser(t, landscape).open(t, withCodec(a.url, "VP8"))
	p.start()
	p.state("live")
	session := a.wait(t, "phone-joined", nil).Session
	a.found(t, 0, session, landscape)
	if err := a.cmd.Process.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = a.cmd.Process.Signal(syscall.SIGCONT) }() // whatever fails in between
	p.state("reconnecting")
	p.until("the page to say so", notice+`.startsWith('The computer does not answer')`)
	mark := a.mark()
	if err := a.cmd.Process.Signal(syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	p.state("live")
	a.found(t, mark, session, landscape)
	p.until("a page with nothing to say", notice+` === ''`)
}

// TestNextTryIsCountedDown has the computer ask for patience: the page counts down, and its user
// need not wait.
func TestNextTryIsCountedDown(t *testing.T) {
	a := sharedApp(t)
	p := sharedBrowser(t, landscape).open(t, withCodec(a.url, "VP8"))
	evaluate[any](p, meddle)
	evaluate[any](p, `void Object.assign(meddle, { method: 'POST', status: 503, times: 1 })`)
	p.start()
	p.do("see when the next try is", chromedp.WaitVisible(chromedp.CSS("#retry")))
	seconds := `parseInt(document.getElementById('retry-text').innerText.match(/\d+/)[0])`
	first := evaluate[int](p, seconds)
	if first < 10 || first > 20 {
		t.Errorf("the next try is in %d s, want up to 20", first)
	}
	p.until("the countdown", seconds+` < `+`20 - 1`)
	p.do("try now", chromedp.Click(chromedp.CSS("#retry-now")))
	p.state("live")
	if evaluate[bool](p, `!document.getElementById('retry').hidden`) {
		t.Error("it still counts")
	}
}
