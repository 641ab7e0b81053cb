package e2e

import (
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

const (
	// dark is true when no camera and no microphone is on and nothing is sent.
	dark = `trial.tracks.every((track) => track.readyState === 'ended') &&
		trial.pc.getSenders().every((s) => s.track === null) &&
		!document.getElementById('video').srcObject`
	// toldPause is the page's last word about it.
	toldPause = `trial.sent.filter((m) => m.type === 'paused').pop()?.paused`
	// keepTracks has the page keep each track that it opens in trial.tracks; while trial.refuse is
	// set, the browser refuses with an error of that name.
	keepTracks = `(() => {
	  trial.tracks = [];
	  trial.refuse = '';
	  const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
	  navigator.mediaDevices.getUserMedia = async (wish) => {
	    if (trial.refuse) throw new DOMException('for the test', trial.refuse);
	    const stream = await ask(wish);
	    trial.tracks.push(...stream.getTracks());
	    return stream;
	  };
	})()`
)

// livePage opens the page with its camera on, and returns the name of its session.
func livePage(t *testing.T, a *app) (*page, string) {
	t.Helper()
	p := sharedBrowser(t, landscape).open(t, withCodec(a.url, "VP8"))
	evaluate[bool](p, overhear)
	evaluate[any](p, keepTracks)
	p.start()
	p.state("live")
	joined := a.wait(t, "phone-joined", nil)
	a.found(t, 0, joined.Session, landscape)
	return p, joined.Session
}

// title is what the card says in large letters.
const title = `document.getElementById('card-title').innerText`

// TestPause pauses on the phone and from the computer: the camera is off meanwhile, and what one
// has paused the computer alone does not end.
func TestPause(t *testing.T) {
	a := sharedApp(t)
	p, session := livePage(t, a)
	goesOn := func() {
		t.Helper()
		mark := a.mark()
		p.state("live")
		p.until("the computer to hear so", toldPause+` === false`)
		a.found(t, mark, session, landscape)
	}

	p.do("pause by keyboard", chromedp.Focus(chromedp.CSS("#pause")), chromedp.KeyEvent(kb.Enter))
	p.state("paused")
	p.until("a dark camera", dark+` && `+toldPause)
	evaluate[any](p, `trial.order({ type: 'set', paused: false, torch: true })`)
	p.until("the refusal of a light that is off", `trial.sent.some((m) => m.refused === 'torch')`)
	if evaluate[string](p, title) != "Paused" || !evaluate[bool](p, dark) {
		t.Errorf("the computer ended the pause: %s", p.describe())
	}
	p.do("go on where it was paused", chromedp.KeyEvent(kb.Enter))
	goesOn()

	evaluate[any](p, `trial.order({ type: 'set', paused: true })`)
	p.state("paused")
	p.until("a dark camera", dark+` && `+toldPause)
	if got := evaluate[string](p, title); got != "Paused by the computer" {
		t.Errorf("the page says %q", got)
	}
	evaluate[any](p, `trial.order({ type: 'set', paused: false })`)
	goesOn()

	evaluate[any](p, `trial.order({ type: 'set', paused: true })`)
	p.state("paused")
	p.start() // the card's button
	goesOn()
}

// TestAHiddenPagePauses opens another tab in front, and goes back: for a moment first, and then for
// so long that the camera is closed, and once with a browser that wants a tap.
func TestAHiddenPagePauses(t *testing.T) {
	a := sharedApp(t)
	p, session := livePage(t, a)
	evaluate[any](p, `void (() => {
		const later = window.setTimeout;
		window.setTimeout = (work, ms) => later(work, ms === 10000 ? trial.glance : ms);
		trial.glance = 10000;
	})()`)
	hide := func() {
		t.Helper()
		p.do("touch the page, so that it may open a tab", chromedp.Click(chromedp.CSS("#bar")))
		evaluate[any](p, `void (window.other = window.open(location.href))`)
		p.state("paused")
		p.until("the computer to hear so", toldPause)
		if !evaluate[bool](p, `trial.pc.getSenders().every((s) => s.track === null)`) {
			t.Error("a hidden page sends")
		}
	}
	back := func() {
		t.Helper()
		evaluate[any](p, `void other.close()`)
		p.until("the page in front", `document.visibilityState === 'visible'`)
	}
	live := func() {
		t.Helper()
		mark := a.mark()
		p.state("live")
		p.until("the computer to hear so", toldPause+` === false`)
		a.found(t, mark, session, landscape)
	}
	hide()
	if !evaluate[bool](p, `trial.tracks[0].readyState === 'live'`) {
		t.Error("whoever glances away has to wait for the camera")
	}
	back()
	live()
	if n := evaluate[int](p, `trial.tracks.length`); n != 1 {
		t.Errorf("the camera was opened %d times", n)
	}

	evaluate[any](p, `void (trial.glance = 0)`)
	hide()
	p.until("a camera that is off", `trial.tracks[0].readyState === 'ended'`)
	back()
	live()

	evaluate[any](p, `void (trial.refuse = 'NotAllowedError')`)
	hide()
	p.until("a camera that is off", `trial.tracks[1].readyState === 'ended'`)
	back()
	p.until("the page to ask for a tap", title+` === 'Tap to go on'`)
	evaluate[any](p, `void (trial.refuse = '')`)
	p.start()
	live()
}

// TestACameraThatSomethingElseTakes mutes the camera, as a call does, and ends it, as an unplugged
// one: the page says what it waits for and stays in its session.
func TestACameraThatSomethingElseTakes(t *testing.T) {
	a := sharedApp(t)
	p, session := livePage(t, a)
	evaluate[any](p, `void (() => {
		const [track] = trial.tracks;
		Object.defineProperty(track, 'muted', { value: true, configurable: true });
		track.dispatchEvent(new Event('mute'));
		trial.refuse = 'NotReadableError';
	})()`)
	p.until("the page to say so", title+` === 'Something else has the camera'`)
	p.until("the page to ask for a tap", title+` === 'Tap to go on'`)
	evaluate[any](p, `void (trial.refuse = '')`)
	p.start()
	mark := a.mark()
	p.state("live")
	a.found(t, mark, session, landscape)

	// One that ends is opened again by itself.
	evaluate[any](p, `void (() => {
		const track = trial.tracks.at(-1);
		track.stop();
		track.dispatchEvent(new Event('ended'));
	})()`)
	p.until("the camera again", `trial.tracks.at(-1).readyState === 'live'`)
	a.found(t, a.mark(), session, landscape)
	p.state("live")
}
