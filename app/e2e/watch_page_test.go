package e2e

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// boxesAgree is a script for a viewer's page: how far, in pixels of the frame, the edges of the
// boxes that are drawn lie from the patches in the video, at the most; null when nothing can be
// compared. The patch of each class is found by its colour in the video itself, and the box by the
// colour that the class has in the list of what is counted.
const boxesAgree = `(async () => {
  const { placed } = await import('/overlay.js');
  const video = document.getElementById('video'), overlay = document.getElementById('overlay');
  if (!video.videoWidth) return null;
  return new Promise((done) => video.requestVideoFrameCallback(() => {
    const { videoWidth: w, videoHeight: h } = video;
    const copy = new OffscreenCanvas(w, h).getContext('2d', { willReadFrequently: true });
    copy.drawImage(video, 0, 0);
    const frame = copy.getImageData(0, 0, w, h).data;
    const { clientWidth, clientHeight, width } = overlay;
    const ratio = width / clientWidth;
    const at = placed('contain', w, h, clientWidth, clientHeight);
    const drawn = overlay.getContext('2d').getImageData(0, 0, width, overlay.height).data;
    const bounds = (data, across, hit, from = 0) => {
      let l = Infinity, t = Infinity, r = -1, b = -1;
      for (let i = 4 * across * from; i < data.length; i += 4) {
        if (!hit(data[i], data[i + 1], data[i + 2], data[i + 3])) continue;
        const x = i / 4 % across, y = Math.floor(i / 4 / across);
        l = Math.min(l, x); r = Math.max(r, x + 1); t = Math.min(t, y); b = Math.max(b, y + 1);
      }
      return r < 0 ? null : [l, t, r, b];
    };
    const swatch = new OffscreenCanvas(1, 1).getContext('2d');
    const all = [];
    const patches = {
      red: (r, g, b) => r > 170 && g < 90 && b < 90,
      green: (r, g, b) => g > 170 && r < 90 && b < 90,
      blue: (r, g, b) => b > 170 && r < 90 && g < 90,
    };
    for (const [label, hit] of Object.entries(patches)) {
      const patch = bounds(frame, w, hit);
      const counted = [...document.querySelectorAll('#counts li')]
        .find((item) => item.textContent.startsWith(label));
      if (!counted) return done(null);
      swatch.fillStyle = counted.querySelector('circle').getAttribute('fill');
      swatch.fillRect(0, 0, 1, 1);
      const want = swatch.getImageData(0, 0, 1, 1).data;
      if (!patch) return done(null);
      // The label, which stands above, may be wider than the box.
      const half = (at.y + (patch[1] + patch[3]) / 2 / h * at.height) * ratio;
      const box = bounds(drawn, width, (r, g, b, a) => a > 200 && Math.abs(r - want[0]) < 24 &&
        Math.abs(g - want[1]) < 24 && Math.abs(b - want[2]) < 24, Math.round(half));
      if (!box) return done(null);
      // The line is three pixels of the page, half of them outside.
      const to = (v, from, size, n) => ((v / ratio - from) / size) * n;
      const found = [
        to(box[0] + 1.5 * ratio, at.x, at.width, w), to(box[2] - 1.5 * ratio, at.x, at.width, w),
        to(box[3] - 1.5 * ratio, at.y, at.height, h),
      ];
      all.push(Math.max(Math.abs(found[0] - patch[0]), Math.abs(found[1] - patch[2]),
        Math.abs(found[2] - patch[3])));
    }
    done(Math.max(...all));
  }));
})()`

// firstPicture says that a frame has been shown.
const firstPicture = `performance.getEntriesByName('handlens-first-picture').length > 0`

// agreement compares so many frames and returns by how much boxes are off, the least first.
func (p *page) agreement(frames int) []float64 {
	p.test.Helper()
	text := evaluate[string](p, `(async () => {
		const all = [];
		for (let i = 0; i < 200 && all.length < `+strconv.Itoa(frames)+`; i++) {
			const off = await `+boxesAgree+`;
			if (off !== null) all.push(off);
		}
		return JSON.stringify(all);
	})()`)
	var all []float64
	if err := json.Unmarshal([]byte(text), &all); err != nil || len(all) < frames {
		p.test.Fatalf("%d frames could be compared, %v", len(all), err)
	}
	slices.Sort(all)
	return all
}

// TestTwoPagesWatch shows what one phone sends on two pages: boxes are where the patches are in the
// video of each, those of the computer exactly, and those that one page finds by itself as nearly
// as things move meanwhile. What keeps the picture back is said.
func TestTwoPagesWatch(t *testing.T) {
	a := sharedApp(t)
	link := a.waitSince(t, 0, "sharing", nil).URL
	b := sharedBrowser(t, landscape)
	early := b.open(t, link)
	early.state("waiting")
	phone := b.beside(t, withCodec(a.url, "VP8"))
	phone.start()
	phone.state("live")
	a.found(t, 0, a.wait(t, "phone-joined", nil).Session, landscape)
	late := b.beside(t, link)
	for _, p := range []*page{early, late} {
		p.state("live")
		p.until("a first picture", firstPicture)
		p.until("boxes on the patches", boxesAgree+`.then((off) => off !== null && off < 4)`)
		off := p.agreement(20)
		t.Logf("boxes are %.1f pixels off, %.1f at the most of 20 frames", off[10], off[19])
		// The patches move three pixels from one frame to the next.
		if off[15] > 3 {
			t.Errorf("boxes do not lie on their frame: %.1f", off)
		}
		p.until("what is counted", `document.getElementById('counts').innerText.includes('blue 1')`)
	}
	t.Logf("a page that comes while a phone sends has a picture %v ms after it was opened",
		evaluate[int](late, `Math.round(
			performance.getEntriesByName('handlens-first-picture')[0].startTime)`))

	detectsHere(t, late)
	saysWhyNot(late)
	mutedInWords(late)
	phone.stop()
	late.state("waiting")
	early.state("waiting")
	late.until("no phone's name", `document.getElementById('who').hidden`)
}

// detectsHere has the page detect by itself, and end that.
func detectsHere(t *testing.T, p *page) {
	t.Helper()
	evaluate[any](p, `void document.getElementById('detect').click()`)
	p.until("detection in the page", `document.documentElement.dataset.here === 'on' &&
		/\d+ ms, [\d.]+ fps/.test(document.getElementById('place').textContent)`)
	p.until("boxes of the page", boxesAgree+`.then((off) => off !== null && off < 12)`)
	off := p.agreement(20)
	t.Logf("detected in the page, %s: boxes are %.1f pixels off, %.1f at the most of 20 frames",
		evaluate[string](p, `document.getElementById('place').textContent`), off[10], off[19])
	if off[10] > 15 {
		t.Errorf("boxes found in the page lie beside: %.1f", off)
	}
	evaluate[any](p, `void document.getElementById('detect').click()`)
	p.until("detection on the computer", `document.documentElement.dataset.here === 'off' &&
		document.getElementById('place').textContent === 'on the computer'`)
}

// giveWorker keeps the page's worker where a test reaches it, and the engine away once.
const giveWorker = `(() => {
  window.Worker = class extends Worker {
    constructor(...more) {
      super(...more);
      window.worker = this;
    }
  };
  const real = window.fetch;
  window.fetch = (...request) => {
    const asks = request[1]?.method === 'HEAD' && request[0].startsWith('/engine/');
    if (!asks) return real(...request);
    window.fetch = real;
    return Promise.resolve(new Response(null, { status: 404 }));
  };
})()`

// saysWhyNot has detection in the page fail, for want of the engine and for want of memory.
func saysWhyNot(p *page) {
	p.test.Helper()
	const said = `document.documentElement.dataset.here === 'failed' &&
		document.getElementById('notice').textContent`
	evaluate[any](p, giveWorker)
	evaluate[any](p, `void document.getElementById('detect').click()`)
	p.until("the engine to be missed", said+`.includes('no engine for browsers')`)
	evaluate[any](p, `void document.getElementById('detect').click()`)
	p.until("detection in the page", `document.documentElement.dataset.here === 'on'`)
	evaluate[any](p, `void worker.dispatchEvent(new ErrorEvent('error',
		{ message: 'RangeError: Out of memory' }))`)
	p.until("the worker to be missed", said+`.includes('not enough memory')`)
	p.until("the computer's boxes", boxesAgree+`.then((off) => off !== null && off < 4)`)
}

// hearsItself has the page hear messages of control that a test makes up. `greeted` is when the
// computer's own first word about the picture has come: it would take back what a test says before.
const hearsItself = `(() => {
  window.greeted = false;
  const create = RTCPeerConnection.prototype.createDataChannel;
  RTCPeerConnection.prototype.createDataChannel = function (label, ...more) {
    const channel = create.call(this, label, ...more);
    if (label === 'control') {
      window.say = (m) => channel.dispatchEvent(new MessageEvent('message', {
        data: JSON.stringify(m),
      }));
      channel.addEventListener('message', ({ data }) => {
        window.greeted ||= JSON.parse(data).type === 'muted';
      });
    }
    return channel;
  };
})()`

// namesNobody has the page not hear which phone it watches, as when that leaves at once.
const namesNobody = `(() => {
  const listen = RTCDataChannel.prototype.addEventListener;
  RTCDataChannel.prototype.addEventListener = function (type, hear, ...more) {
    const named = ({ data }) => typeof data === 'string' && JSON.parse(data).type === 'phones';
    const rest = type === 'message' ? (event) => named(event) || hear(event) : hear;
    return listen.call(this, type, rest, ...more);
  };
})()`

// mutedInWords says why there is no picture, and shows it again.
func mutedInWords(p *page) {
	p.test.Helper()
	evaluate[any](p, hearsItself)
	evaluate[any](p, `void window.dispatchEvent(new PageTransitionEvent('pageshow',
		{ persisted: true }))`)
	p.until("the computer's first words", `window.greeted`)
	p.state("live")
	evaluate[any](p, `say({ type: 'muted', why: 'blurred' })`)
	p.state("muted")
	p.until("the reason",
		`document.getElementById('card-text').innerText.includes('unrecognisable')`)
	evaluate[any](p, `say({ type: 'muted', why: '' })`)
	p.state("live")
	p.until("boxes again", boxesAgree+`.then((off) => off !== null && off < 4)`)
	evaluate[any](p, `say({ type: 'bye', reason: 'sent-away' })`)
	p.state("ended")
	evaluate[any](p, namesNobody)
	p.do("connect again", chromedp.Click(chromedp.CSS("#again")))
	p.state("live")
}

// TestViewersWithoutTheRightCode are told what to do.
func TestViewersWithoutTheRightCode(t *testing.T) {
	a := sharedApp(t)
	address, _, _ := strings.Cut(a.waitSince(t, 0, "sharing", nil).URL, "#")
	b := sharedBrowser(t, landscape)
	for code, want := range map[string]string{
		"":              "The link lacks its code",
		"#ABCDEFGHJKMN": "This link is no longer valid",
	} {
		p := b.beside(t, address+code)
		p.state("error")
		if got := evaluate[string](p,
			`document.getElementById('card-title').innerText`); got != want {
			t.Errorf("with %q it says %q, want %q", code, got, want)
		}
	}
}

// TestViewersWordsInEachLanguage compares the translations.
func TestViewersWordsInEachLanguage(t *testing.T) {
	p := modulePage(t)
	for _, what := range evaluate[[]string](p,
		strings.ReplaceAll(differences, "/messages.", "/watch/messages.")) {
		t.Error(what)
	}
}

// TestBoxesOfAFrame asks which boxes belong on a frame.
func TestBoxesOfAFrame(t *testing.T) {
	p := modulePage(t)
	const from = `const box = (x) => [x, 0.2, x + 0.2, 0.4];
		const at = (rtp) => line.at(rtp >>> 0).map((d) => Math.round(d.box[0] * 1000) / 1000);
		const add = (rtp, x, more) => line.add(rtp >>> 0,
			[{ box: box(x), label: 'a', confidence: 1, ...more }]);
		const line = new Timeline();`
	for what, c := range map[string]struct{ script, want string }{
		"its own":        {`add(0, 0.1); add(3000, 0.2); return at(3000)`, `[0.2]`},
		"none before":    {`add(3000, 0.2); return at(0)`, `[]`},
		"between two":    {`add(0, 0.1); add(6000, 0.2); return at(3000)`, `[0.15]`},
		"a little later": {`add(0, 0.1); add(3000, 0.12); return at(6000)`, `[0.14]`},
		"no further":     {`add(0, 0.1); add(3000, 0.12); return at(12000)`, `[0.14]`},
		"too old":        {`add(0, 0.1); return at(28000)`, `[]`},
		"late, of a slow device": {
			`const slow = new Timeline(2500); slow.add(0, [{ box: box(0.1), label: 'a' }]);
				return slow.at(90000).map((d) => d.box[0])`, `[0.1]`,
		},
		"in any order":   {`add(6000, 0.2); add(0, 0.1); return at(3000)`, `[0.15]`},
		"over the end":   {`add(-3000, 0.1); add(3000, 0.2); return at(0)`, `[0.15]`},
		"another stream": {`add(0, 0.1); add(9e6, 0.3); return [...at(0), ...at(9e6)]`, `[0.3]`},
		"of another object": {
			`add(0, 0.1, {id: 1}); add(6000, 0.2, {id: 2}); return at(3000)`,
			`[0.1]`,
		},
	} {
		got := evaluate[string](p, `import('/watch/timeline.js').then(({ Timeline }) =>
			JSON.stringify((() => { `+from+c.script+` })()))`)
		if got != c.want {
			t.Errorf("%s: %s, want %s", what, got, c.want)
		}
	}
}
