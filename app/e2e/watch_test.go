package e2e

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"
)

// TestOthersWatch has players that are not ours watch a real phone: a newcomer has a picture within
// a second, detections lie on the very frame that they name, the phone says how many watch and
// comes back into its session without anybody noticing more than a pause.
func TestOthersWatch(t *testing.T) {
	a := sharedApp(t)
	link := a.waitSince(t, 0, "sharing", nil).URL
	p := sharedBrowser(t, landscape).open(t, withCodec(a.url, "VP8"))
	evaluate[any](p, record)
	evaluate[any](p, meddle)
	p.start()
	p.state("live")
	phone := a.wait(t, "phone-joined", nil).Session
	a.found(t, a.from, phone, landscape)
	onlyWithTheirToken(t, a, link)

	one := watch(t, link)
	took := <-one.first
	t.Logf("from asking to the first picture: %v", took)
	joined := a.wait(t, "viewer-joined", nil)
	if joined.Session != phone || joined.Viewer == "" || joined.Address != "127.0.0.1" {
		t.Errorf("the event says %+v", joined)
	}
	one.hears("muted", func(m map[string]any) bool { return m["why"] == "" })
	one.hears("phones", func(m map[string]any) bool {
		return strings.Contains(fmt.Sprint(m["phones"]), phone)
	})
	one.hears("scene", func(m map[string]any) bool { return len(m["counts"].([]any)) == 3 })
	mean := one.onTheirFrames(30)
	t.Logf("boxes are %.2f %% of the width from where things are in their frame", 100*mean)
	if mean > slack/5 { // as far as it moves from one frame to the next
		t.Error("that is too far")
	}
	two := watch(t, link)
	took = <-two.first
	t.Logf("the second one's first picture: %v", took)
	p.until("the phone says that two watch",
		`document.getElementById('watchers').textContent === '2 watching'`)

	mark := a.mark()
	goOn(t, a, p, one)
	ask(t, "DELETE", two.session, two.token, "")
	left := a.waitSince(t, mark, "viewer-left", nil)
	if left.Reason != "left" || left.Session != phone {
		t.Errorf("one that leaves: %+v", left)
	}
	p.until("one watches",
		`document.getElementById('watchers').textContent === '1 watching'`)
	leave(p.ctx)
	if bye := one.hears("bye", nil); bye["reason"] != "phone-left" {
		t.Errorf("when the phone leaves, it is told %v", bye)
	}
	a.waitSince(t, mark, "viewer-left", func(e event) bool { return e.Reason == "phone-left" })
}

// goOn has the phone come back by another connection: who watches goes on.
func goOn(t *testing.T, a *app, p *page, viewer *player) {
	t.Helper()
	mark := a.mark()
	evaluate[any](p, `void Object.assign(meddle, { method: 'PATCH', status: 404, times: 1 })`)
	evaluate[any](p, moved)
	a.waitSince(t, mark, "connection", func(e event) bool { return e.State == "connected" })
	before := viewer.frames()
	for limit := time.Now().Add(patience); viewer.frames() < before+15; time.Sleep(pollInterval) {
		if time.Now().After(limit) {
			t.Fatal("after the phone's return no more frames come")
		}
	}
	for len(viewer.results) > 0 {
		<-viewer.results
	}
	viewer.onTheirFrames(5)
}

// onlyWithTheirToken tries the viewers' endpoint without a token and with the phones', and the
// phones' endpoint with the viewers'.
func onlyWithTheirToken(t *testing.T, a *app, link string) {
	t.Helper()
	whip, phones := a.endpoint()
	page, viewers, _ := strings.Cut(link, "#")
	whep := strings.TrimSuffix(page, "watch") + "whep"
	_, offer := newPlayer(t)
	for _, c := range []struct{ endpoint, token string }{
		{whep, ""}, {whep, phones}, {whip, viewers},
	} {
		if got := ask(t, "POST", c.endpoint, c.token, offer); got.status != 401 {
			t.Errorf("%s with %q gives %d", c.endpoint, c.token, got.status)
		}
	}
}

// TestAiortcWatches has aiortc play the phone's video.
func TestAiortcWatches(t *testing.T) {
	interpreter := os.Getenv(pythonPeers)
	if interpreter == "" {
		t.Skip("only make peers installs it")
	}
	a := sharedApp(t)
	link := a.waitSince(t, 0, "sharing", nil).URL
	for _, codec := range []string{"VP8", "H264"} {
		t.Run(codec, func(t *testing.T) {
			a := sharedApp(t)
			p := sharedBrowser(t, landscape).open(t, withCodec(a.url, codec))
			p.start()
			p.state("live")
			a.wait(t, "video", nil)
			page, token, _ := strings.Cut(link, "#")
			whep := strings.TrimSuffix(page, "watch") + "whep"
			said := publish(t, interpreter, "aiortc_player.py", whep, token, "30").wait()
			if said != "30 frames of 640 x 480\n" {
				t.Errorf("it said %q", said)
			}
		})
	}
}
