package e2e

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// patternBrowser starts a browser whose camera shows the browser's own pattern, in each of several
// sizes, 1280 × 720 among them.
func patternBrowser(t *testing.T) browserProcess {
	t.Helper()
	return startBrowser(t, landscape, allowed,
		chromedp.Flag("use-file-for-fake-video-capture", false),
		chromedp.Flag("use-fake-device-for-media-stream", "fps=30"))
}

// TestSizeOfTheCamera wants the camera's whole size from the first frame on, in whichever codec,
// and then other sizes by the page and by the computer.
func TestSizeOfTheCamera(t *testing.T) {
	a := sharedApp(t)
	b := patternBrowser(t)
	for _, codec := range []string{"VP8", "H264"} {
		p := b.open(t, withCodec(a.url, codec))
		evaluate[bool](p, overhear)
		mark := a.mark()
		p.start()
		joined := a.waitSince(t, mark, "phone-joined", nil)
		first := a.waitSince(t, mark, "video", func(e event) bool {
			return e.Session == joined.Session
		})
		if first.Width != 1280 || first.Height != 720 || first.Codec != codec {
			t.Errorf("the first frame is %d × %d in %s, want 1280 × 720 in %s", first.Width,
				first.Height, first.Codec, codec)
		}
		told := a.waitSince(t, mark, "stats", func(e event) bool {
			return e.Session == joined.Session && e.Sending.Bitrate > 0
		}).Sending
		if told.Width != 1280 || told.Height != 720 || told.Codec != codec || told.FPS == 0 ||
			told.Limited == "" {
			t.Errorf("the phone says that it sends %+v", told)
		}
		if codec == "VP8" {
			p.stop()
			continue
		}
		a.changeSize(t, p, joined.Session)
	}
}

// changeSize asks for sizes, and sees them come.
func (a *app) changeSize(t *testing.T, p *page, session string) {
	t.Helper()
	p.do("open the details", chromedp.Click(chromedp.CSS("#more")))
	comes := func(what, script string, width, height int) {
		t.Helper()
		mark := a.mark()
		evaluate[any](p, script)
		a.waitSince(t, mark, "video", func(e event) bool {
			return e.Session == session && e.Width == width && e.Height == height
		})
		p.until("the page to tell of "+what, `JSON.stringify(trial.told().asked) === '`+what+`'`)
	}
	const choose = `(() => {
		const size = document.getElementById('size');
		size.selectedIndex = 1;
		size.dispatchEvent(new Event('change'));
	})()`
	comes(`{"width":640,"height":360,"fps":30}`, choose, 640, 360)
	comes(`{"width":1920,"height":1080,"fps":15}`,
		`trial.order({ type: 'set', width: 1920, height: 1080, fps: 15 })`, 1920, 1080)
	const chosen = `document.getElementById('size').selectedOptions[0].text`
	if got := evaluate[string](p, chosen); got != "1920 × 1080 · 15 fps" {
		t.Errorf("the page shows %q", got)
	}
	comes(`null`, `trial.order({ type: 'set', automatic: true })`, 1280, 720)
	if got := evaluate[string](p, chosen); got != "Automatic" {
		t.Errorf("the page shows %q", got)
	}
	p.until("the page to say what it sends", `document.getElementById('stats').innerText.startsWith(
		'1280 × 720 · ')`)
	// A detector that makes use of more is sent more.
	comes(`null`, `trial.order({ type: 'model', name: 'large', state: 'ready', size: 1600 })`, 1920,
		1080)
	if text := evaluate[string](p, `document.getElementById('stats').innerText`); !strings.Contains(
		text, "Mbit/s · H264") {
		t.Errorf("the page says that it sends %q", text)
	}
}
