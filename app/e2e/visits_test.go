package e2e

import (
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/chromedp"

	"handlens/media/visit"
)

// ladder waits until a visit has reached the rung, and returns the events of its way there, one for
// each rung, in order.
func (a *app) ladder(t *testing.T, to visit.Rung) []event {
	t.Helper()
	var way []event
	// A page that is loaded again leaves a visit behind that comes no further.
	id := a.wait(t, "visit", func(e event) bool { return e.Rung == to.String() }).Visit
	for _, r := range visit.Rungs()[:to+1] {
		e := a.wait(t, "visit", func(e event) bool {
			return e.Rung == r.String() && e.Visit == id
		})
		if len(way) > 0 && e.MS < way[len(way)-1].MS {
			t.Errorf("%s was reached before %s: %+v after %+v", e.Rung, way[len(way)-1].Rung, e,
				way[len(way)-1])
		}
		way = append(way, e)
	}
	return way
}

// problem waits until a visit has that problem.
func (a *app) problem(t *testing.T, want visit.Problem) event {
	t.Helper()
	return a.wait(t, "visit", func(e event) bool { return e.Problem == want.String() })
}

// inMilliseconds words the times of a way.
func inMilliseconds(way []event) string {
	var words []string
	for _, e := range way {
		words = append(words, e.Rung+" "+time.Duration(e.MS*float64(time.Millisecond)).
			Round(time.Millisecond).String())
	}
	return strings.Join(words, ", ")
}

// TestLadder scans, taps, and sees each rung of the way to the first box light up in its order.
func TestLadder(t *testing.T) {
	a := sharedApp(t)
	b := sharedBrowser(t, landscape)
	scanned := time.Now()
	p := b.open(t, a.url)
	p.state("ready")
	a.problem(t, visit.AwaitingTap)
	tapped := time.Now()
	p.start()
	way := a.ladder(t, visit.Box)
	picture, box := way[visit.KeyFrame], way[visit.Box]
	t.Logf("%s", inMilliseconds(way))
	t.Logf("scan → first box %v, tap → picture %v, tap → first box %v",
		time.UnixMilli(box.Time).Sub(scanned).Round(time.Millisecond),
		time.UnixMilli(picture.Time).Sub(tapped).Round(time.Millisecond),
		time.UnixMilli(box.Time).Sub(tapped).Round(time.Millisecond))
	joined := a.wait(t, "phone-joined", nil)
	if box.Session != joined.Session || box.Name == "" || box.Problem != "" {
		t.Errorf("the last rung is told as %+v", box)
	}
	p.stop()
	over := a.wait(t, "visit", func(e event) bool { return e.Over && e.Visit == box.Visit })
	if !strings.Contains(over.Reason, "phone") {
		t.Errorf("the end is told as %+v", over)
	}

	// Another try on the same page is another visit, and what fails about it is told.
	mark := a.mark()
	evaluate[any](p, `navigator.mediaDevices.getUserMedia =
		() => Promise.reject(new DOMException('for the test', 'NotReadableError'))`)
	p.start()
	p.expect("busy")
	again := a.waitSince(t, mark, "visit", func(e event) bool {
		return e.Problem == visit.CameraBusy.String()
	})
	if again.Visit == box.Visit || again.Rung != visit.Token.String() {
		t.Errorf("the second try is told as %+v", again)
	}
}

// TestLadderOfCertificate has a browser stand before its warning, until its user goes on.
func TestLadderOfCertificate(t *testing.T) {
	a := startApp(t, 0, nil, "--no-window")
	b := startBrowser(t, landscape, chromedp.Flag("ignore-certificate-errors", false))
	ctx, cancel := chromedp.NewContext(b.ctx)
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatal(err)
	}
	p := &page{ctx, t}
	if err := chromedp.Do(ctx, chromedp.Navigate(a.url)); err == nil ||
		!strings.Contains(err.Error(), "ERR_CERT_AUTHORITY_INVALID") {
		t.Fatalf("the browser does not warn: %v", err)
	}
	refused := a.problem(t, visit.CertificateRefused)
	if refused.Rung != visit.TCP.String() {
		t.Errorf("it is told as %+v", refused)
	}
	p.until("the warning", `document.getElementById('proceed-link')`)
	evaluate[any](p, `document.getElementById('proceed-link').click()`)
	p.state("ready")
	if way := a.ladder(t, visit.Token); way[visit.TLS].Visit != refused.Visit ||
		way[visit.TLS].Problem != "" {
		t.Errorf("after the warning it is told as %+v", way[visit.TLS])
	}
}

// TestLadderOfCameraDenied sees that the phone's user does not allow the camera, and then does.
func TestLadderOfCameraDenied(t *testing.T) {
	a := startApp(t, 0, nil, "--no-window")
	b := startBrowser(t, landscape)
	p := b.open(t, a.url)
	b.permit(t, a, browser.PermissionSettingDenied)
	p.start()
	denied := a.problem(t, visit.CameraDenied)
	b.permit(t, a, browser.PermissionSettingGranted)
	p.start()
	if way := a.ladder(t, visit.Box); way[visit.Box].Visit != denied.Visit {
		t.Errorf("the camera was denied to %+v", denied)
	}
}

// TestOldCodeIsToldBeforeTheTap comes with yesterday's code: page and computer say so at once. A
// page without a code is told apart.
func TestOldCodeIsToldBeforeTheTap(t *testing.T) {
	a := sharedApp(t)
	b := sharedBrowser(t, landscape)
	before, token, _ := strings.Cut(a.url, "#")
	p := b.open(t, before+"#"+strings.Repeat("x", len(token)))
	p.expect("unauthorized", "no longer valid", "scan")
	if e := a.problem(t, visit.WrongToken); e.Rung != visit.Page.String() {
		t.Errorf("it is told as %+v", e)
	}
	b.open(t, before)
	a.problem(t, visit.NoToken)
}
