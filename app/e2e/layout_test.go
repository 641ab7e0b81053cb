package e2e

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"
)

// misfits lists what is wrong with the places of the parts of the page: what lies over something
// else, is out of reach, is cut off, or is too small for a finger.
const misfits = `(() => {
  const page = document.getElementById('page'), wrong = [];
  const say = (ok, what) => ok || wrong.push(what);
  const shown = (e) =>
    e && e.getClientRects().length && getComputedStyle(e).visibility === 'visible';
  const place = (e) => {
    const { left, top, right, bottom } = e.getBoundingClientRect();
    return { left, right, top: top + page.scrollTop, bottom: bottom + page.scrollTop };
  };
  say(page.scrollWidth <= page.clientWidth, 'the page is wider than the screen');
  const parts = ['bar', 'notice', 'card', 'retry', 'ask', 'details', 'zoom', 'flip', 'torch',
    'microphone', 'more', 'pause', 'stop'].map((id) => document.getElementById(id))
    .filter((e) => shown(e) && e.getBoundingClientRect().height > 1);
  for (const [i, e] of parts.entries()) {
    const a = place(e);
    say(a.left >= 0 && a.right <= innerWidth + 0.5, e.id + ' is beside the screen');
    say(a.top >= 0 && a.bottom <= page.scrollHeight + 0.5, e.id + ' cannot be reached');
    for (const other of parts.slice(i + 1)) {
      const b = place(other);
      say(a.right <= b.left + 0.5 || b.right <= a.left + 0.5 || a.bottom <= b.top + 0.5 ||
        b.bottom <= a.top + 0.5, e.id + ' and ' + other.id + ' overlap');
    }
  }
  for (const e of document.querySelectorAll('button, select, input')) {
    if (!shown(e)) continue;
    const { width, height } = e.getBoundingClientRect();
    say(width >= 43.9 && height >= 43.9, (e.id || e.innerText) + ' is ' + width + ' × ' + height);
  }
  const texts = '#bar p, #notice, #controls span, #ask button, #card > *, #zoom-value';
  for (const e of document.querySelectorAll(texts)) {
    if (!shown(e) || e.classList.contains('unseen')) continue;
    const room = (e.tagName === 'SPAN' ? e.parentElement : e).clientWidth;
    say(e.scrollWidth <= room + 1, (e.id || e.innerText) + ' is cut off');
  }
  return wrong;
})()`

// TestNothingIsLostOnAnyScreen shows all there is to see on screens of many sizes, with text of
// twice the size, and as large as WCAG's criterion about reflow has it.
func TestNothingIsLostOnAnyScreen(t *testing.T) {
	a := sharedApp(t)
	p := sharedBrowser(t, landscape).open(t, withCodec(a.url, "VP8"))
	evaluate[bool](p, overhear)
	evaluate[any](p, phoneCamera)
	evaluate[any](p, manyLenses)
	p.everySize(t, "ready")
	p.start()
	p.state("live")
	evaluate[any](p, everything)
	p.everySize(t, "live")
	p.do("open the details", chromedp.Click(chromedp.CSS("#more")))
	p.everySize(t, "with the details")
	// Turning the phone leaves open what is open.
	if evaluate[bool](p, `document.getElementById('details').hidden`) {
		t.Error("the details are closed")
	}
	p.do("ask for the microphone", chromedp.Click(chromedp.CSS("#microphone")))
	p.everySize(t, "with the question")
	p.contrast(t)
	p.do("pause", chromedp.Click(chromedp.CSS("#pause")))
	p.state("paused")
	p.everySize(t, "paused")
}

// everySize looks for misfits on each screen.
func (p *page) everySize(t *testing.T, state string) {
	t.Helper()
	for _, size := range [][2]int64{
		{360, 640},
		{390, 844},
		{844, 390},
		{667, 375},
		{820, 1180},
		{1180, 820},
		{320, 640},
		{320, 256},
		{640, 320},
	} {
		p.viewport(size[0], size[1])
		for _, percent := range []int{200, 100} {
			if size[0]*size[1] < 360*360 && percent == 200 {
				continue // that is a larger screen at 400 % already
			}
			evaluate[any](p, fmt.Sprintf(`void (document.documentElement.style.fontSize = '%d%%')`,
				percent))
			for _, what := range evaluate[[]string](p, misfits) {
				t.Errorf("%s at %d × %d and %d %%: %s", state, size[0], size[1], percent, what)
			}
		}
	}
	p.viewport(390, 844)
}

// paleOnVideo lists the texts over the video whose contrast is too weak when the video is white,
// and when it is black: axe-core cannot tell what a video shows.
const paleOnVideo = `(() => {
  const pen = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
  const light = ([r, g, b]) => [r, g, b].map((v) => v / 255)
    .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const wrong = [];
  for (const video of ['#fff', '#000']) {
    for (const e of document.querySelectorAll('#bar *, #notice, #foot *, #controls *')) {
      const text = [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
      if (!e.getClientRects().length || !(text || e.tagName === 'svg')) continue;
      if (e.closest('.unseen') || e.closest(':disabled')) continue;
      const over = [];
      for (let at = e; at !== document.body; at = at.parentElement) {
        over.unshift(getComputedStyle(at).backgroundColor);
      }
      const mixed = (colours) => {
        for (const colour of colours) {
          pen.fillStyle = colour;
          pen.fillRect(0, 0, 1, 1);
        }
        return light(pen.getImageData(0, 0, 1, 1).data);
      };
      const behind = mixed([video, ...over]);
      const front = mixed([video, ...over, getComputedStyle(e).color]);
      const ratio = (Math.max(behind, front) + 0.05) / (Math.min(behind, front) + 0.05);
      const want = text ? 4.5 : 3;
      if (ratio < want) wrong.push((e.id || e.parentElement.id) + ' has ' + ratio + ' on ' + video);
    }
  }
  return wrong;
})()`

func (p *page) contrast(t *testing.T) {
	t.Helper()
	for _, what := range evaluate[[]string](p, paleOnVideo) {
		t.Error(what)
	}
}
