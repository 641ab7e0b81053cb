package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// noRuntime keeps the program from running any model, noEngine keeps it from having pages run one.
const (
	noRuntime = "HANDLENS_ONNXRUNTIME=/nowhere"
	noEngine  = "HANDLENS_BROWSER=/nowhere"
)

// startAsSet starts the program for one test with those settings, which the window would write.
func startAsSet(t *testing.T, settings string, env ...string) *app {
	t.Helper()
	dir := t.TempDir()
	data := filepath.Join(dir, "data")
	if err := os.Mkdir(data, 0o700); err != nil {
		t.Fatal(err)
	}
	err := os.WriteFile(filepath.Join(data, "settings.json"), []byte(settings), 0o600)
	if err != nil {
		t.Fatal(err)
	}
	l := newAccount(dir, modelFile(t), 0, env, "--no-window", "--record")
	l.powerless = slices.Contains(env, noRuntime)
	return l.app(t)
}

// moved waits until detection runs in that place.
func (a *app) moved(t *testing.T, mark int, to string) event {
	t.Helper()
	return a.waitSince(t, mark, "detection-moved", func(e event) bool { return e.DetectOn == to })
}

// figures waits for the figures of a place.
func (a *app) figures(t *testing.T, mark int, where string) place {
	t.Helper()
	var n int
	e := a.waitSince(t, mark, "stats", func(e event) bool {
		if e.DetectOn == where && e.Places[where].FPS > 0 {
			n++
		}
		return n == 2
	})
	p := e.Places[where]
	if p.Took <= 0 || p.Age <= 0 || p.Load <= 0 || p.Load > 1 {
		t.Errorf("the figures of the %s are %+v", where, p)
	}
	t.Logf("on the %s: %.1f ms a frame, %.1f/s, boxes %.0f ms old, %.0f %% busy (%s, %d threads)",
		where, p.Took, p.FPS, p.Age, 100*p.Load, e.Phone.Provider, e.Phone.Threads)
	return p
}

// overlaid waits until the page shows boxes.
func overlaid(p *page) {
	p.test.Helper()
	p.until("boxes on the page", `(() => {
		const c = document.getElementById("overlay");
		const { data } = c.getContext("2d").getImageData(0, 0, c.width, c.height);
		return data.some((v, i) => i % 4 === 3 && v > 200);
	})()`)
}

// keepWorkers keeps the page's workers, so that a test can end one behind its back.
const keepWorkers = `window.workers = [];
	window.Worker = class extends Worker {
		constructor(...a) { super(...a); workers.push(this); }
		terminate() { this.ended = true; super.terminate(); }
	};
	true`

// flip taps the page's switch for detection on the phone.
func (p *page) flip() {
	p.test.Helper()
	evaluate[bool](p, `document.getElementById("detect-here").click(), true`)
}

// hide has the page believe that it is in the background, or in front again.
func (p *page) hide(hidden bool) {
	p.test.Helper()
	evaluate[bool](p, fmt.Sprintf(`Object.defineProperty(document, "visibilityState",
		{ value: %t ? "hidden" : "visible", configurable: true }),
		document.dispatchEvent(new Event("visibilitychange"))`, hidden))
}

// TestThePhoneDetects has the phone detect as the settings say, the computer again as the phone's
// holder wants it, the phone once more, and the computer when the phone's worker dies. All the time
// a recording runs, which has the boxes, wherever they were found.
func TestThePhoneDetects(t *testing.T) {
	a := startAsSet(t, `{"detectOn":"phone"}`)
	p := sharedBrowser(t, landscape).open(t, withCodec(a.url, "VP8"))
	evaluate[bool](p, keepWorkers)
	p.start()
	joined := a.wait(t, "phone-joined", nil)
	if e := a.moved(t, 0, "phone"); e.Why != "chosen" {
		t.Errorf("it moves to the phone: %s", e.Why)
	}
	mark := a.mark()
	a.found(t, mark, joined.Session, landscape)
	a.figures(t, mark, "phone")
	overlaid(p)
	p.do("see the switch on", chromedp.WaitReady(chromedp.CSS(`#detect-here:checked`)))

	p.hide(true)
	p.until("the worker to be gone", `workers.length === 1 && workers[0].ended`)
	mark = a.mark()
	p.hide(false)
	a.waitSince(t, mark, "stats", func(e event) bool { return e.Phone.State == "ready" })
	mark = a.mark()
	p.flip()
	if e := a.moved(t, mark, "computer"); e.Why != "chosen" {
		t.Errorf("it moves back: %s", e.Why)
	}
	p.until("the worker to be gone", `workers.length === 2 && workers[1].ended &&
		document.getElementById("detect-state").textContent === ""`)
	mark = a.mark()
	a.found(t, mark, joined.Session, landscape)
	a.figures(t, mark, "computer")

	p.flip()
	a.moved(t, mark, "phone")
	length := a.watch(t, joined.Session, landscape, 2*time.Second)
	mark = a.mark()
	evaluate[bool](p, `workers.at(-1).terminate(), true`)
	if e := a.moved(t, mark, "computer"); e.Why != "stopped" {
		t.Errorf("it moves when the worker is dead: %s", e.Why)
	}
	p.until("the page to say so",
		`document.getElementById("detect-state").dataset.state === "failed"`)
	a.waitSince(t, mark, "stats", func(e event) bool { return e.Phone.State == "failed" })
	mark = a.mark()
	a.found(t, mark, joined.Session, landscape)
	p.stop()
	e := a.recorded(t, 0, joined.Session)
	checkFiles(t, e, landscape, length)
	checkBoxes(t, e.Film, landscape)
}

// TestThePhoneDetectsForAComputerThatCannot has boxes and counts come from a phone where no model
// can run.
func TestThePhoneDetectsForAComputerThatCannot(t *testing.T) {
	a := startAsSet(t, `{"detectOn":"auto","counted":[{"name":"Zone","kind":"zone","points":[`+
		`{"x":0,"y":0},{"x":1,"y":0},{"x":1,"y":1},{"x":0,"y":1}]}]}`, noRuntime)
	p := sharedBrowser(t, landscape).open(t, a.url)
	p.start()
	joined := a.wait(t, "phone-joined", nil)
	found := a.found(t, 0, joined.Session, landscape)
	if found.Model != "patches" {
		t.Errorf("they are found by %q", found.Model)
	}
	overlaid(p)
	a.moved(t, 0, "phone")
	a.wait(t, "counts", nil)
}

// TestAPhoneWithoutAnEngineSaysSo has the computer go on, and the page and the events say why.
func TestAPhoneWithoutAnEngineSaysSo(t *testing.T) {
	a := startAsSet(t, `{"detectOn":"phone"}`, noEngine)
	p := sharedBrowser(t, landscape).open(t, a.url)
	p.start()
	a.waitSince(t, 0, "stats", func(e event) bool {
		return e.Phone.State == "failed" && e.Phone.Why == "engine" && e.DetectOn == "computer"
	})
	mark := a.mark()
	a.found(t, mark, "", landscape)
	p.until("the page to say so", `(() => {
		const { textContent, dataset } = document.getElementById("detect-state");
		return dataset.state === "failed" && textContent.includes("cannot run the detector");
	})()`)
}

// TestAPhoneThatCannotSaysWhy has the worker fail as browsers do.
func TestAPhoneThatCannotSaysWhy(t *testing.T) {
	a := sharedApp(t)
	p := sharedBrowser(t, landscape).open(t, a.url)
	p.start()
	a.wait(t, "detections", nil)
	for _, c := range []struct{ fault, why, words string }{
		{"RangeError: could not allocate memory", "memory", "too little memory"},
		{"this layout is unknown", "model", "could not be loaded"},
	} {
		evaluate[bool](p, fmt.Sprintf(`window.Worker = class {
			postMessage() { setTimeout(() => this.onmessage({ data: { error: %q } })); }
			terminate() {}
		}, true`, c.fault))
		mark := a.mark()
		p.flip()
		a.waitSince(t, mark, "stats", func(e event) bool {
			return e.Phone.State == "failed" && e.Phone.Why == c.why
		})
		p.until("the page to say "+c.words, fmt.Sprintf(
			`document.getElementById("detect-state").textContent.includes(%q)`, c.words))
		p.flip() // off again
	}
}

// TestWhatAPhoneSendsIsBounded has the page cut what it found down to what the computer takes.
func TestWhatAPhoneSendsIsBounded(t *testing.T) {
	p := modulePage(t)
	got := evaluate[struct{ Bytes, Found, Shaped int }](p, `import("/detect/phone.js").then(
		({ within }) => {
			const outline = Array.from({ length: 60 }, (_, i) => [i / 60, 0.5]);
			const detections = Array.from({ length: 200 }, () => ({ box: [0.1, 0.2, 0.3, 0.4],
				label: "日本語", confidence: 0.5, class: 1, outline }));
			const text = within({ t: 1, took: 1, detections });
			const found = JSON.parse(text).detections;
			return { bytes: new TextEncoder().encode(text).length, found: found.length,
				shaped: found.filter((d) => d.outline).length };
		})`)
	if got.Bytes > 24<<10 || got.Found != 200 || got.Shaped == 0 || got.Shaped == 200 {
		t.Errorf("200 objects with outlines become %+v", got)
	}
	got = evaluate[struct{ Bytes, Found, Shaped int }](p, `import("/detect/phone.js").then(
		({ within }) => {
			const detections = Array.from({ length: 300 }, () => ({ box: [0.1, 0.2, 0.3, 0.4],
				label: "x".repeat(200), confidence: 0.5 }));
			const text = within({ t: 1, took: 1, detections });
			return { bytes: text.length, found: JSON.parse(text).detections.length, shaped: 0 };
		})`)
	if got.Bytes > 24<<10 || got.Found < 50 {
		t.Errorf("300 objects with long names become %+v", got)
	}
}

// TestASlowPhoneKnowsIt counts frames on a clock of its own.
func TestASlowPhoneKnowsIt(t *testing.T) {
	p := modulePage(t)
	got := evaluate[[]string](p, `import("/detect/pace.js").then(({ Pace }) => {
		const said = [], pace = new Pace(0);
		const say = (now) => { const { fps, slow } = pace.at(now); said.push(fps + " " + slow); };
		for (let at = 700; at <= 9900; at += 700) pace.done(at);
		say(9900);
		say(10000);
		for (let at = 10100; at <= 20000; at += 100) pace.done(at);
		say(20000);
		pace.restart(20000);
		say(25000);
		return said;
	})`)
	if want := []string{"1.5 false", "1.5 true", "10 false", "0 false"}; !slices.Equal(got, want) {
		t.Errorf("it says %q, want %q", got, want)
	}
}
