package e2e

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// startAsSet starts the program for one test with those settings, which the window would write.
func startAsSet(t *testing.T, settings string, powerless bool, args ...string) *app {
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
	var env []string
	if powerless {
		env = []string{"HANDLENS_ONNXRUNTIME=" + filepath.Join(dir, "nothing")}
	}
	l := newAccount(dir, modelFile(t), 0, env, append(args, "--no-window")...)
	l.powerless = powerless
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
		return n == 3
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
	window.Worker = class extends Worker { constructor(...a) { super(...a); workers.push(this); } };
	true`

// flip taps the page's switch for detection on the phone.
func (p *page) flip() {
	p.test.Helper()
	evaluate[bool](p, `document.getElementById("detect-here").click(), true`)
}

// TestThePhoneDetects has the phone detect as the settings say, the computer again as the phone's
// holder wants it, the phone once more, and the computer when the phone's worker dies. All the time
// a recording runs, which has the boxes, wherever they were found.
func TestThePhoneDetects(t *testing.T) {
	a := startAsSet(t, `{"detectOn":"phone"}`, false, "--record")
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

	mark = a.mark()
	p.flip()
	if e := a.moved(t, mark, "computer"); e.Why != "chosen" {
		t.Errorf("it moves back: %s", e.Why)
	}
	p.until("the worker to be gone", `document.getElementById("detect-state").textContent === ""`)
	mark = a.mark()
	a.found(t, mark, joined.Session, landscape)
	a.figures(t, mark, "computer")

	p.flip()
	a.moved(t, mark, "phone")
	length := a.watch(t, joined.Session, landscape, 3*time.Second)
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

// TestThePhoneDetectsForAComputerThatCannot has boxes come from a phone where no model can run.
func TestThePhoneDetectsForAComputerThatCannot(t *testing.T) {
	a := startAsSet(t, `{"detectOn":"auto"}`, true)
	p := sharedBrowser(t, landscape).open(t, a.url)
	p.start()
	joined := a.wait(t, "phone-joined", nil)
	found := a.found(t, 0, joined.Session, landscape)
	if found.Model != "patches" {
		t.Errorf("they are found by %q", found.Model)
	}
	overlaid(p)
	a.moved(t, 0, "phone")
}
