package desktop

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"handlens/app/session"
	"handlens/inference"
	"handlens/media"
	"handlens/media/pairing"
	"handlens/media/peer"
	"handlens/media/visit"
	"handlens/media/whip"
)

// wayListener writes down how far each visit comes: "v1 page awaiting-tap".
type wayListener struct {
	noListener
	mu   sync.Mutex
	way  []string
	all  chan []visit.Visit
	last visit.Visit
}

func newWayListener() *wayListener { return &wayListener{all: make(chan []visit.Visit, 100)} }

func (l *wayListener) Visit(v visit.Visit) {
	l.mu.Lock()
	defer l.mu.Unlock()
	top, _ := v.Top()
	l.way = append(l.way, strings.TrimSpace(fmt.Sprint(v.ID, " ", top, " ", v.Problem)))
	l.last = v
}

func (l *wayListener) Visits(all []visit.Visit) { l.all <- all }

// want checks what was told since the last call.
func (l *wayListener) want(t *testing.T, lines ...string) {
	t.Helper()
	l.mu.Lock()
	defer l.mu.Unlock()
	if !slices.Equal(l.way, lines) {
		t.Errorf("told is %q, want %q", l.way, lines)
	}
	l.way = nil
}

// newTestVisits returns visits and what hears of them.
func newTestVisits() (*visits, *wayListener) {
	heard, tell := newWayListener(), new(fanout)
	v := newVisits(tell)
	tell.listeners = []listener{heard, v}
	return v, heard
}

var testVisitor = whip.Visitor{
	Name: "Phone", UserAgent: "a browser", Remote: netip.MustParseAddrPort("192.0.2.1:5000"),
	Called: netip.MustParseAddr("192.0.2.9"),
}

// TestVisitsFollowAPhone has port, server, offer and session say what they see.
func TestVisitsFollowAPhone(t *testing.T) {
	v, heard := newTestVisits()
	from, called := testVisitor.Remote, testVisitor.Called
	v.arrived(pairing.Arrival{From: from, Called: called, At: time.Now()})
	v.Handshake(from, called, whip.HandshakeRefused)
	v.Handshake(from, called, whip.HandshakeDone)
	v.Asked(from)
	v.Fetched(testVisitor)
	v.Denied(testVisitor, whip.TokenMissing)
	v.Denied(testVisitor, whip.TokenWrong)
	v.Denied(testVisitor, whip.TokenLocked)
	heard.want(t, "v1 tcp", "v1 tcp certificate-refused", "v1 tls", "v1 page", "v1 page no-token",
		"v1 page wrong-token", "v1 page locked-out")
	for _, p := range []whip.Progress{
		whip.PageOpen, whip.CameraAsking, whip.CameraDenied, whip.CameraMissing, whip.CameraBusy,
		whip.CameraInsecure, whip.CameraUnsupported, whip.CameraFailed, whip.CameraOpen,
	} {
		v.Progress(testVisitor, p)
	}
	heard.want(t, "v1 token awaiting-tap", "v1 token camera-asking", "v1 token camera-denied",
		"v1 token camera-missing", "v1 token camera-busy", "v1 token camera-insecure",
		"v1 token camera-unsupported", "v1 token camera-failed", "v1 camera")

	m := session.NewManager(nowhere{}, session.NewWorker(), v.tell, session.Display{},
		v.approval(func(context.Context, session.Visitor) bool { return true }))
	if _, err := (whipAdapter{m, v}).Join(t.Context(), "", testVisitor); err != nil {
		t.Fatal(err)
	}
	s := m.Sessions()[0]
	s.State(peer.Connecting, media.Reason{})
	s.State(peer.Connected, media.Reason{})
	v.Model(modelState{State: session.ModelLoading})
	v.Failed(s, &media.Fault{Code: media.CannotDecode})
	v.Video(s, media.VP8, 640, 480)
	v.Model(modelState{State: session.ModelFailed})
	v.Model(modelState{State: session.ModelReady})
	v.Detections(s, inference.Message{})
	heard.want(t, "v1 camera awaiting-approval", "v1 camera", "v1 ice", "v1 rtp no-decoder",
		"v1 key-frame model-loading", "v1 key-frame model-failed", "v1 key-frame")
	v.Detections(s, inference.NewMessage(time.Now(), time.Now(), "m", make([]inference.Detection,
		1)))
	s.State(peer.Disconnected, media.Reason{Code: media.NothingHeard})
	s.State(peer.Connected, media.Reason{Code: media.PhoneBack})
	s.State(peer.Closed, media.Reason{Code: media.PhoneLeft})
	heard.want(t, "v1 box", "v1 box out-of-reach", "v1 box", "v1 box")
	if last := heard.last; !last.Over || last.Reason.Code != media.PhoneLeft ||
		last.Session != s.ID() || last.Called != called {
		t.Errorf("at the end it is %+v", last)
	}
}

// TestVisitsTellRefusals has offers refused for each reason that a person can do something about.
func TestVisitsTellRefusals(t *testing.T) {
	for _, c := range []struct {
		err  error
		want visit.Problem
	}{
		{peer.ErrBadOffer, visit.OfferUnusable},
		{peer.ErrNoVideo, visit.OfferUnusable},
		{peer.ErrManyVideos, visit.OfferUnusable},
		{peer.ErrNotBundled, visit.OfferUnusable},
		{session.ErrFull, visit.Full},
		{session.ErrRefused, visit.Refused},
		{peer.ErrStaleETag, visit.NoProblem},
	} {
		v, heard := newTestVisits()
		m := session.NewManager(refusing{c.err}, session.NewWorker(), v.tell, session.Display{},
			nil)
		if _, err := (whipAdapter{m, v}).Join(t.Context(), "", testVisitor); err == nil {
			t.Fatal("it was let in")
		}
		if top, _ := heard.last.Top(); top != visit.Camera || heard.last.Problem != c.want {
			t.Errorf("%v: %v at %v, want %v", c.err, heard.last.Problem, top, c.want)
		}
	}
}

// TestVisitsAreToldTogether has all visits told at the start, and soon after a change.
func TestVisitsAreToldTogether(t *testing.T) {
	v, heard := newTestVisits()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		v.run(ctx)
	}()
	if all := soon(t, "the visits", heard.all); len(all) != 0 {
		t.Errorf("at the start there are %+v", all)
	}
	v.Fetched(testVisitor)
	if all := soon(t, "the visits", heard.all); len(all) != 1 || all[0].Name != "Phone" {
		t.Errorf("after one there are %+v", all)
	}
	cancel()
	soon(t, "the end", ended)
	if wait := visitsWait(nil); wait != visitsIdle {
		t.Errorf("without visits they are looked at after %v", wait)
	}
	if wait := visitsWait([]visit.Visit{{Over: true}, {}}); wait >= visitsIdle {
		t.Errorf("on its way a device is looked at after %v", wait)
	}
}

// TestVisitEvents reads what scripts read.
func TestVisitEvents(t *testing.T) {
	var out bytes.Buffer
	e, err := openEvents("-", &out, nil)
	if err != nil {
		t.Fatal(err)
	}
	at := visit.Visit{ID: "v1", Address: netip.MustParseAddr("192.0.2.1"), Name: "Phone"}
	at.Lit[visit.TCP], at.Lit[visit.TLS] = true, true
	at.At[visit.TLS] = 1250 * time.Microsecond
	at.Problem = visit.NoRequest
	e.Visit(at)
	at.Session, at.Problem, at.Over = "phone-1", visit.NoProblem, true
	at.Reason = media.Reason{Code: media.PhoneLeft}
	e.Visit(at)
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	lines, _ := splitEvents(t, out.String())
	for i, want := range []string{
		`{"event":"visit","visit":"v1","address":"192.0.2.1","name":"Phone","rung":"tls",` +
			`"ms":1.25,"problem":"no-request"}`,
		`{"event":"visit","session":"phone-1","visit":"v1","address":"192.0.2.1",` +
			`"name":"Phone","rung":"tls","ms":1.25,"over":true,"reason":"the phone left"}`,
	} {
		var got, wanted map[string]any
		if err := json.Unmarshal([]byte(lines[i]), &got); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal([]byte(want), &wanted); err != nil {
			t.Fatal(err)
		}
		delete(got, "time")
		if fmt.Sprint(got) != fmt.Sprint(wanted) {
			t.Errorf("the event is %s, want %s", lines[i], want)
		}
	}
}

// TestConsoleTellsWhatLasts reads what a person at the terminal reads: each trouble once, when it
// lasts.
func TestConsoleTellsWhatLasts(t *testing.T) {
	var l visitLines
	now := time.Unix(1e9, 0)
	v := visit.Visit{ID: "v1", Address: netip.MustParseAddr("192.0.2.1")}
	say := func(after time.Duration, p visit.Problem) string {
		now = now.Add(after)
		v.Problem = p
		return strings.Join(l.lines([]visit.Visit{v}, now), "\n")
	}
	for _, c := range []struct {
		after   time.Duration
		problem visit.Problem
		want    string
	}{
		{0, visit.CertificateRefused, ""},
		{tellAfter - 1, visit.CertificateRefused, ""},
		{1, visit.CertificateRefused, "A device (192.0.2.1) stands before"},
		{time.Hour, visit.CertificateRefused, ""},
		{0, visit.NoProblem, ""},
		{0, visit.WrongToken, ""},
		{tellAfter / 2, visit.NoProblem, ""}, // renewed by itself
		{tellAfter, visit.WrongToken, ""},
		{tellAfter, visit.WrongToken, "came with a code that is not valid"},
		{tellAfter, visit.CertificateRefused, ""},
		{tellAfter, visit.CertificateRefused, ""}, // once is enough
		{tellAfter, visit.AwaitingTap, ""},
		{time.Hour, visit.AwaitingTap, ""},
	} {
		if got := say(c.after, c.problem); (got == "") != (c.want == "") ||
			!strings.Contains(got, c.want) {
			t.Errorf("%v, %v later: said is %q, want %q", c.problem, c.after, got, c.want)
		}
	}
	v.Name, v.Lit[visit.Page] = "Phone", true
	if got := say(0, visit.NoProblem) + say(0, visit.NoProblem); got != "Phone opened the page." {
		t.Errorf("of the page said is %q", got)
	}
	v.Over = true
	if got := say(0, visit.NoPath) + say(time.Hour, visit.NoPath); got != "" {
		t.Errorf("of one that is over said is %q", got)
	}
	if l.lines(nil, now); len(l.told) != 0 {
		t.Errorf("%d are remembered that are not there", len(l.told))
	}
}

// TestConsoleHasWords for each problem but those that are no news there.
func TestConsoleHasWords(t *testing.T) {
	silent := []visit.Problem{
		visit.AwaitingTap, visit.CameraAsking, visit.AwaitingApproval, visit.Refused,
		visit.NoDecoder, visit.ModelLoading, visit.ModelFailed, visit.OutOfReach,
	}
	for _, p := range visit.Problems() {
		if words := visitWords[p]; (words == "") != slices.Contains(silent, p) ||
			strings.HasSuffix(words, ".") {
			t.Errorf("of %v the terminal says %q", p, words)
		}
	}
}
