package desktop

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"handlens/app/session"
	"handlens/media"
	"handlens/media/pairing"
	"handlens/media/peer"
	"handlens/media/whip"
	"handlens/ui"
)

// sharingLog notes the links that are told.
type sharingLog struct {
	fakeFrontend
	links []string
}

func (l *sharingLog) Sharing(url string) { l.links = append(l.links, url) }

// newShare makes a share with a real server, and the settings of a first start.
func newShare(t *testing.T) (*share, *sharingLog) {
	t.Helper()
	front := new(sharingLog)
	tell := &fanout{listeners: []listener{front}}
	sh := &share{settings: mustOpen(t, t.TempDir()), tell: tell, visits: newVisits(tell)}
	m := session.NewManager(nowhere{}, session.NewWorker(), tell, session.Display{}, nil)
	sh.viewers = session.NewViewers(nil, m, sh.approve)
	var err error
	sh.whip, err = whip.NewServer(whip.Config{
		Token: pairing.NewToken(), Host: whipAdapter{m, sh.visits}, Audience: sh,
		Pages:  fstest.MapFS{"watch.html": {Data: []byte("<!doctype html>")}},
		Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { sh.whip.Close() })
	return sh, front
}

// status is what the server answers to a viewer who comes by that link.
func (sh *share) status(method, path, link string) int {
	r := httptest.NewRequest(method, path, strings.NewReader("v=0\r\n"))
	_, token, _ := strings.Cut(link, "#")
	r.Header.Set("Authorization", "Bearer "+token)
	r.Header.Set("Content-Type", "application/sdp")
	w := httptest.NewRecorder()
	sh.whip.ServeHTTP(w, r)
	return w.Code
}

// TestShare switches sharing on and off, renews the link, and has the address change.
func TestShare(t *testing.T) {
	sh, front := newShare(t)
	offer := pairingOffer{URL: "https://192.0.2.1:8443/#AAAABBBBCC01", Token: "AAAABBBBCC01"}
	v := sh.settings.get()
	sh.apply(v)
	sh.Pairing(offer)
	link, _ := sh.Link()
	if link != "" || len(front.links) != 0 || sh.status("GET", "/watch", "") != 404 ||
		!errors.Is(sh.RenewLink(), errNotShared) {
		t.Errorf("before it is switched on the link is %q, told were %q", link, front.links)
	}
	v.Share = true
	sh.apply(v)
	first, qr := sh.Link()
	if !strings.HasPrefix(first, "https://192.0.2.1:8443/watch#") ||
		!pairing.IsToken(first[len(first)-pairing.TokenLength:]) {
		t.Errorf("the link is %s", first)
	}
	if img, err := qr(300); err != nil || img.Bounds().Dx() < 100 {
		t.Errorf("its code is %v, %v", img, err)
	}
	// Nobody sends anything.
	if got := sh.status("POST", "/whep", first); got != http.StatusNotFound {
		t.Errorf("with the link one gets %d", got)
	}
	v.MaxViewers = 2
	sh.apply(v)
	if again, _ := sh.Link(); again != first {
		t.Error("another limit makes another link")
	}
	if err := sh.RenewLink(); err != nil {
		t.Error(err)
	}
	second, _ := sh.Link()
	if sh.status("POST", "/whep", first) != 401 || sh.status("POST", "/whep", second) != 404 {
		t.Errorf("after another link the first one gets %d", sh.status("POST", "/whep", first))
	}
	offer.URL = "https://192.0.2.2:8443/#AAAABBBBCC01"
	sh.Pairing(offer)
	sh.Pairing(offer)
	third := strings.Replace(second, "192.0.2.1", "192.0.2.2", 1)
	sh.endsSharing(t)
	if want := []string{first, second, third, ""}; !slices.Equal(front.links, want) {
		t.Errorf("told were %q, want %q", front.links, want)
	}
	sh.apply(v)
	if again, _ := sh.Link(); again == "" || strings.HasSuffix(third, again[len(again)-12:]) {
		t.Errorf("switched on again, the link is %q", again)
	}
}

// endsSharing switches it off.
func (sh *share) endsSharing(t *testing.T) {
	t.Helper()
	sh.apply(ui.Settings{})
	if sh.status("GET", "/watch", "") != 404 {
		t.Error("the page is there after it was switched off")
	}
}

// TestConsoleSaysWhoWatches reads what a person at the terminal does.
func TestConsoleSaysWhoWatches(t *testing.T) {
	var out bytes.Buffer
	terminal := openTerminal(&out)
	c := &console{lines: terminal}
	c.Sharing("https://192.0.2.1:8444/watch#viewers")
	c.Sharing("")
	viewer := session.Visitor{Name: "Chrome", Address: "192.0.2.8", Watches: true}
	if c.Approve(t.Context(), viewer).Allow {
		t.Error("nobody was asked, and a viewer may watch")
	}
	if err := terminal.Close(); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"browser at https://192.0.2.1:8444/watch#viewers", "Nobody can watch",
		"Chrome at 192.0.2.8 may not watch",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is not said in %s", want, &out)
		}
	}
}

// TestViewersAreAskedFor has the person say who may watch, if they want to be asked.
func TestViewersAreAskedFor(t *testing.T) {
	sh, _ := newShare(t)
	asked := 0
	answer := ui.Approval{}
	sh.ask = func(context.Context, session.Visitor) ui.Approval {
		asked++
		return answer
	}
	if !sh.approve(t.Context(), session.Visitor{}) || asked != 0 {
		t.Error("the link is not enough")
	}
	sh.settings.now.Approve = ui.ApproveAsk
	if sh.approve(t.Context(), session.Visitor{}) || asked != 1 {
		t.Error("one that is refused may watch")
	}
	answer.Allow = true
	if !sh.approve(t.Context(), session.Visitor{}) || asked != 2 {
		t.Error("one that is let in may not watch")
	}
}

func TestWatchErrors(t *testing.T) {
	other := errors.New("something else")
	for ours, want := range map[error]error{
		peer.ErrNoVideo: whip.ErrOtherCodec, peer.ErrNoFeed: whip.ErrNothingSent,
		peer.ErrManyViewers: whip.ErrManyViewers, session.ErrManyViewers: whip.ErrManyViewers,
		session.ErrNoPhone: whip.ErrNoPhone, session.ErrNothingSent: whip.ErrNothingSent,
		session.ErrRefused: whip.ErrRefused, peer.ErrBadOffer: whip.ErrBadOffer, other: other,
	} {
		if err := watchError(fmt.Errorf("since: %w", ours)); !errors.Is(err, want) {
			t.Errorf("%v becomes %v", ours, err)
		}
	}
}

// TestViewerEvents reads what scripts hear of viewers.
func TestViewerEvents(t *testing.T) {
	var out safeBuffer
	e, err := openEvents("-", &out, func(err error) { t.Error(err) })
	if err != nil {
		t.Fatal(err)
	}
	e.Sharing("https://192.0.2.1/watch#x")
	e.ViewerJoined(new(session.Viewer))
	e.ViewerLeft(new(session.Viewer), media.Reason{Code: media.PhoneClosed})
	e.ViewerLeft(new(session.Viewer), media.Reason{Code: media.PhoneLost})
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`"event":"sharing"`, `"url":"https://192.0.2.1/watch#x"`, `"event":"viewer-joined"`,
		`"event":"viewer-left"`, `"reason":"left"`, `"reason":"lost"`,
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%s is not in %s", want, out.String())
		}
	}
}

// safeBuffer is a buffer that one goroutine writes and another reads.
type safeBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *safeBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *safeBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// TestICEServersAreSaid has the terminal say what it means that servers outside are asked.
func TestICEServersAreSaid(t *testing.T) {
	var out bytes.Buffer
	sayICEServers(&out, nil)
	if out.Len() != 0 {
		t.Errorf("without a server it says %q", &out)
	}
	sayICEServers(&out, []media.ICEServer{
		{URL: "turn:turn.example", Username: "me", Credential: "secret"},
	})
	said := out.String()
	if !strings.Contains(said, "turn:turn.example") || !strings.Contains(said, "encrypted") ||
		strings.Contains(said, "secret") {
		t.Errorf("it says %q", said)
	}
}

// TestNamesAreForThoseWhoWereLetIn: while viewers are asked for, the link alone tells nothing of
// the phones.
func TestNamesAreForThoseWhoWereLetIn(t *testing.T) {
	sh, _ := newShare(t)
	v := sh.settings.get()
	v.Approve = ui.ApproveAsk
	sh.settings.set(v)
	if !sh.asks() || len(sh.Phones("nobody")) != 0 || sh.Phones("nobody") == nil {
		t.Errorf("a stranger learns %v", sh.Phones("nobody"))
	}
}
