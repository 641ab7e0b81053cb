package desktop

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"go.uber.org/goleak"

	"handlens/app/session"
	"handlens/media/pairing"
	"handlens/media/peer"
	"handlens/media/waittest"
	"handlens/media/whip"
	"handlens/ui"
)

// gate is a guard with all that it guards: real connections behind a real HTTP server.
type gate struct {
	*guard
	front  *fakeFrontend
	asked  []session.Visitor
	answer ui.Approval
}

func newGate(t *testing.T, approve string) *gate {
	t.Helper()
	before := goleak.IgnoreCurrent()
	t.Cleanup(func() { goleak.VerifyNone(t, before) })
	g := &gate{front: new(fakeFrontend)}
	dir := t.TempDir()
	settings := mustOpen(t, dir)
	settings.now.Approve = approve
	g.guard = &guard{
		settings: settings, known: mustOpenKnown(t, dir), dataDir: dir,
		fault: func(err error) { t.Error(err) },
		ask: func(_ context.Context, v session.Visitor) ui.Approval {
			g.asked = append(g.asked, v)
			return g.answer
		},
	}
	token, err := openToken(dir, 8443)
	if err != nil {
		t.Fatal(err)
	}
	home := []pairing.Address{{IP: netip.MustParseAddr("192.0.2.1")}}
	g.addresses = &addresses{tell: g.front, token: token, port: 8443, found: home}
	host, err := peer.Listen(peer.Config{
		Addresses: []netip.Addr{netip.MustParseAddr("127.0.0.1")},
		Logger:    slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	sink := &fanout{listeners: []listener{g.guard}}
	g.manager = session.NewManager(host, session.NewWorker(), sink, session.Display{}, g.approve)
	g.whip, err = whip.NewServer(whip.Config{
		Token: token, Host: whipAdapter{g.manager, newVisits(sink)}, Pages: fstest.MapFS{},
		Remembered: g.known.has, Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		g.manager.Close()
		g.whip.Close()
		if err := host.Close(); err != nil {
			t.Error(err)
		}
		g.known.flush()
	})
	return g
}

// request asks the server as a phone does.
func (g *gate) request(
	method, path, body string, header map[string]string,
) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.RemoteAddr = "127.0.0.1:40000" // where the phone's packets come from, too
	for name, value := range header {
		r.Header.Set(name, value)
	}
	w := httptest.NewRecorder()
	g.whip.ServeHTTP(w, r)
	return w
}

// TestGuard goes through what a person decides at the window: lets a phone in for good and another
// for now, makes a new code, and takes back what was for good.
func TestGuard(t *testing.T) {
	g := newGate(t, ui.ApproveAsk)
	mine, guest := g.page(t), g.page(t)
	first := mine.token

	g.answer = ui.Approval{}
	if status := mine.join(t); status != http.StatusForbidden || len(g.asked) != 1 {
		t.Fatalf("a phone that is refused gets %d, asked for were %v", status, g.asked)
	}
	if mine.remembered(t) != "" {
		t.Error("a refused phone gets the token by its key")
	}
	g.answer = ui.Approval{Allow: true, Remember: true}
	if status := mine.join(t); status != http.StatusCreated || len(g.asked) != 2 ||
		g.asked[1].Phone != mine.id(t) {
		t.Fatalf("a phone that is let in gets %d, asked for were %v", status, g.asked)
	}
	g.answer = ui.Approval{Allow: true}
	if status := guest.join(t); status != http.StatusCreated || len(g.asked) != 3 {
		t.Fatalf("the guest gets %d, asked for were %v", status, g.asked)
	}
	known := g.Known()
	if len(known) != 1 || known[0].ID != mine.id(t) || known[0].Name != "Anna's phone" ||
		!known[0].Here || known[0].Seen.IsZero() {
		t.Errorf("known are %+v", known)
	}
	if mine.remembered(t) != first || guest.remembered(t) != "" {
		t.Error("not just the phone that is remembered gets the token by its key")
	}

	g.renewsTheCode(t, mine, guest)
	g.revokes(t, mine, guest)
}

// renewsTheCode makes a new code: phones that are here hear of it and stay.
func (g *gate) renewsTheCode(t *testing.T, mine, guest *testPage) {
	t.Helper()
	if err := g.RenewCode(); err != nil {
		t.Fatal(err)
	}
	second := g.addresses.token
	if second == mine.token || g.front.offers[0].Token != second ||
		!strings.HasSuffix(g.front.offers[0].URL, "#"+second) {
		t.Errorf("after %s the code says %+v", mine.token, g.front.offers[0])
	}
	if b, err := os.ReadFile(filepath.Join(g.dataDir, tokenFile)); err != nil ||
		string(b) != "8443 "+second {
		t.Errorf("after a crash the token would be %q, %v", b, err)
	}
	for _, p := range []*testPage{mine, guest} {
		if got := p.told(t, "token")["token"]; got != second {
			t.Errorf("a phone that is here is told %v, want %s", got, second)
		}
		for _, token := range []string{p.token, second} {
			if status := p.trickles(token); status != http.StatusNoContent {
				t.Errorf("with the token %s its session gets %d", token, status)
			}
		}
	}
	late := g.page(t)
	late.token = mine.token
	if status := late.join(t); status != http.StatusUnauthorized {
		t.Errorf("another phone with the old code gets %d", status)
	}
	if mine.remembered(t) != second {
		t.Error("a remembered phone does not get the new token by its key")
	}
}

// revokes takes back what was for good: that phone goes, the other one stays.
func (g *gate) revokes(t *testing.T, mine, guest *testPage) {
	t.Helper()
	second := g.addresses.token
	if err := g.Revoke(mine.id(t)); err != nil {
		t.Fatal(err)
	}
	third := g.addresses.token
	if got := mine.told(t, "bye")["reason"]; got != "sent-away" {
		t.Errorf("the phone is sent away for %v", got)
	}
	waittest.Receive(t, "the end of the phone's channel", mine.closed)
	for len(mine.control) > 0 {
		if m := <-mine.control; m["type"] == "token" {
			t.Error("a phone that was sent away is told the new token")
		}
	}
	if third == second {
		t.Error("the code is not a new one")
	}
	// It may hear of the one before once more, if it was told while it introduced itself.
	for guest.told(t, "token")["token"] != third {
	}
	if len(g.Known()) != 0 || mine.remembered(t) != "" || len(g.manager.Sessions()) != 1 {
		t.Errorf("known are %v, and %d phones are here", g.Known(), len(g.manager.Sessions()))
	}
	if b, err := os.ReadFile(g.known.path); err != nil || !bytes.Equal(b, []byte("[]\n")) {
		t.Errorf("the next start would know %q, %v", b, err)
	}
	mine.token = second
	if status := mine.join(t); status != http.StatusUnauthorized {
		t.Errorf("with the code that it knows it gets %d", status)
	}
	mine.token = third
	asked := len(g.asked)
	if status := mine.join(t); status != http.StatusCreated || len(g.asked) != asked+1 {
		t.Errorf("with the new code it gets %d, asked for were %v", status, g.asked[asked:])
	}
	if got := mine.told(t, "token")["token"]; got != third {
		t.Errorf("let in again, it is told %v", got)
	}
}

// TestGuardWhereTheCodeIsEnough asks for nobody and remembers nobody; who was remembered before is
// seen.
func TestGuardWhereTheCodeIsEnough(t *testing.T) {
	g := newGate(t, ui.ApproveAuto)
	mine, guest := g.page(t), g.page(t)
	if err := g.known.add(mine.id(t), "phone"); err != nil {
		t.Fatal(err)
	}
	for _, p := range []*testPage{mine, guest} {
		if status := p.join(t); status != http.StatusCreated {
			t.Errorf("it gets %d", status)
		}
	}
	if known := g.Known(); len(g.asked) != 0 || len(known) != 1 || known[0].Name != "Anna's phone" {
		t.Errorf("asked for were %v, known are %+v", g.asked, known)
	}
	if guest.remembered(t) != "" {
		t.Error("the code of today is good for that of tomorrow")
	}
	// A change at the window counts at once.
	window := &program{settings: g.settings, manager: g.manager, share: new(share)}
	v := g.settings.get()
	v.Approve = ui.ApproveAsk
	window.changed(v)
	late := g.page(t)
	if status := late.join(t); status != http.StatusForbidden || len(g.asked) != 1 {
		t.Errorf("another one gets %d, asked for were %v", status, g.asked)
	}
	v.MaxPhones = 2
	window.changed(v)
	if status := late.join(t); status != http.StatusServiceUnavailable || len(g.asked) != 1 {
		t.Errorf("the third of two gets %d, asked for were %v", status, g.asked)
	}
	g.settings.flush()
}

// Where there is no window, remembered phones get in, and others are turned away with a word.
func TestGuardWithoutAWindow(t *testing.T) {
	g := newGate(t, ui.ApproveAsk)
	var out bytes.Buffer
	terminal := openTerminal(&out)
	g.ask = (&console{lines: terminal}).Approve
	mine, guest := g.page(t), g.page(t)
	if err := g.known.add(mine.id(t), "phone"); err != nil {
		t.Fatal(err)
	}
	if status := mine.join(t); status != http.StatusCreated {
		t.Errorf("a remembered phone gets %d", status)
	}
	if status := guest.join(t); status != http.StatusForbidden {
		t.Errorf("another one gets %d", status)
	}
	if err := terminal.Close(); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(out.String(), "was not let in"); n != 1 {
		t.Errorf("the terminal says %q", out.String())
	}
}
