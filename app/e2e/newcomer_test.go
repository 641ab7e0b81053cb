package e2e

import (
	"slices"
	"testing"

	cdp "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// newcomer is how long a viewer's page took, in milliseconds since it was opened.
type newcomer struct {
	Asked   float64 // the offer is sent
	Picture float64 // the first frame is on the screen
}

// slowNames never lets the page have the list of phones by HTTP.
const slowNames = `(() => {
	const real = window.fetch;
	window.fetch = (what, ...more) => String(what).startsWith('/watch/phones')
		? new Promise(() => {}) : real(what, ...more);
})()`

// TestNewcomers opens the viewers' page again and again while a phone sends, and tells how long it
// takes to a picture. What the picture does not need is not waited for.
func TestNewcomers(t *testing.T) {
	a := sharedApp(t)
	link := a.waitSince(t, 0, "sharing", nil).URL
	b := sharedBrowser(t, landscape)
	phone := b.open(t, withCodec(a.url, "VP8"))
	phone.start()
	phone.state("live")
	a.found(t, 0, a.wait(t, "phone-joined", nil).Session, landscape)
	var opened, posted []float64
	for range 10 {
		p := b.beside(t, link)
		p.until("a first picture", firstPicture)
		n := evaluate[newcomer](p, `(() => {
			const whep = performance.getEntriesByType('resource')
				.find(({ name }) => new URL(name).pathname === '/whep');
			return {
				asked: whep.startTime,
				picture: performance.getEntriesByName('handlens-first-picture')[0].startTime,
			};
		})()`)
		opened, posted = append(opened, n.Picture), append(posted, n.Picture-n.Asked)
		leave(p.ctx)
	}
	for what, all := range map[string][]float64{
		"the page is opened": opened, "the offer is sent": posted,
	} {
		slices.Sort(all)
		t.Logf("to the first picture from when %s: median %.0f ms, %.0f at the most", what,
			all[len(all)/2], all[len(all)-1])
	}

	p := b.beside(t, "about:blank")
	if _, err := chromedp.Call(p.ctx, cdp.AddScriptToEvaluateOnNewDocument,
		cdp.AddScriptToEvaluateOnNewDocumentParams{Source: slowNames}); err != nil {
		t.Fatal(err)
	}
	p.do("watch", chromedp.Navigate(link))
	p.until("a picture without the names of phones", firstPicture)
	p.until("the phone's name", `document.getElementById('phone').selectedOptions.length === 1`)
}
