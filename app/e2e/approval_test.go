package e2e

import (
	"context"
	"os"
	"os/exec"
	"strings"
	"testing"

	"handlens/media/waittest"
)

// TestThePersonAtTheWindowIsAsked has the person let in a phone, and then somebody who wants to
// watch, who sees and learns nothing before. A class that is made unrecognisable takes the picture
// from the viewer again, until it is not any more.
func TestThePersonAtTheWindowIsAsked(t *testing.T) {
	s := startScreen(t)
	a := startApp(t, 0, []string{"DISPLAY=" + s.display, "LIBGL_ALWAYS_SOFTWARE=1"},
		"--approve", "ask", "--share")
	b := sharedBrowser(t, landscape)
	phone := b.open(t, withCodec(a.url, "VP8"))
	phone.start()
	phone.state("connecting")
	s.allow(t, "wants to join")
	phone.state("live")
	a.found(t, 0, a.wait(t, "phone-joined", nil).Session, landscape)

	viewer := b.beside(t, a.waitSince(t, 0, "sharing", nil).URL)
	s.asks(t, "wants to watch")
	viewer.state("connecting")
	const learnt = `(async () => {
		const { token } = await import('/token.js');
		const ask = (what) => fetch(what, { headers: { Authorization: 'Bearer ' + token() } });
		const phones = await (await ask('/watch/phones')).text();
		const model = (await ask('/model')).status;
		const seen = ` + firstPicture + ` || !document.getElementById('who').hidden;
		return [phones, model, seen].join();
	})()`
	if got := evaluate[string](viewer, learnt); got != "[],403,false" {
		t.Errorf("before anybody has said yes, the viewer has the phones, the model, a picture: %s",
			got)
	}
	s.allow(t, "wants to watch")
	viewer.state("live")
	viewer.until("a first picture", firstPicture)
	viewer.until("boxes on the patches", boxesAgree+`.then((off) => off !== null && off < 4)`)
	viewer.until("the phone's name",
		`document.getElementById('phone').options.length === 1`)
	viewer.accessible("watching")
	detectsHere(t, viewer)
	viewer.snapshotHasBoxes(t)

	viewer.clickUntil(s, 253, 478, "muted") // makes the first class of the list unrecognisable
	viewer.until("the reason",
		`document.getElementById('card-text').innerText.includes('unrecognisable')`)
	viewer.accessible("muted")
	viewer.clickUntil(s, 253, 478, "live")
	viewer.until("boxes again", boxesAgree+`.then((off) => off !== null && off < 4)`)
	phone.stop()
}

// asks waits until the window's title says that somebody wants something.
func (s screen) asks(t *testing.T, what string) {
	t.Helper()
	waittest.Until(t, "the question: "+what, func() bool { return s.titled(t, what) })
}

// allow says yes to that, as the question's Enter does once it can have been read.
func (s screen) allow(t *testing.T, what string) {
	t.Helper()
	s.asks(t, what)
	waittest.Until(t, "the answer to: "+what, func() bool {
		s.xdotool(t, "search", "--onlyvisible", "--name", what, "windowfocus", "key", "Return")
		return !s.titled(t, what)
	})
}

// titled says whether there is a window with this in its title.
func (s screen) titled(t *testing.T, what string) bool {
	t.Helper()
	return strings.TrimSpace(s.xdotool(t, "search", "--onlyvisible", "--name", what)) != ""
}

// xdotool acts on the screen, and returns what it says; nothing, too, when there is no such window.
func (s screen) xdotool(t *testing.T, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, "xdotool", args...)
	cmd.Env = append(os.Environ(), "DISPLAY="+s.display)
	out, _ := cmd.Output() // it fails when it finds none
	return string(out)
}

// snapshotHasBoxes has the page save a picture, and looks for boxes in it.
func (p *page) snapshotHasBoxes(t *testing.T) {
	t.Helper()
	const differs = `(async () => {
		const create = URL.createObjectURL;
		const saved = new Promise((done) => {
			URL.createObjectURL = (blob) => { done(blob); return create.call(URL, blob); };
		});
		document.getElementById('snapshot').click();
		const blob = await saved;
		URL.createObjectURL = create;
		const picture = await createImageBitmap(blob);
		const video = document.getElementById('video');
		const { width, height } = picture;
		const pixels = (of) => {
			const context = new OffscreenCanvas(width, height).getContext('2d');
			context.drawImage(of, 0, 0);
			return context.getImageData(0, 0, width, height).data;
		};
		const [a, b] = [pixels(picture), pixels(video)];
		let other = 0;
		for (let i = 0; i < a.length; i += 4) other += Math.abs(a[i] - b[i]) > 60;
		return { type: blob.type, width, height, wide: video.videoWidth, boxes: other };
	})()`
	got := evaluate[struct {
		Type                       string
		Width, Height, Wide, Boxes int
	}](p, differs)
	// Three boxes of lines with labels.
	if got.Type != "image/png" || got.Width != got.Wide || got.Boxes < 1000 {
		t.Errorf("the snapshot is %+v", got)
	}
}
