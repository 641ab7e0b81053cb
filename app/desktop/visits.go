package desktop

import (
	"context"
	"errors"
	"net/netip"
	"time"

	"handlens/app/session"
	"handlens/inference"
	"handlens/media"
	"handlens/media/pairing"
	"handlens/media/peer"
	"handlens/media/visit"
	"handlens/media/whip"
)

const (
	// visitsPause is the least time between two looks at all visits.
	visitsPause = 250 * time.Millisecond
	// visitsTick is how often they are looked at while devices are on their way: what does not come
	// in time is a problem. visitsIdle is how often when there are none.
	visitsTick = time.Second
	visitsIdle = 5 * time.Second
)

// visits follows each device's way here. The port, the HTTP server, the offers and the sessions
// tell it what they see, it has that kept in a visit.Book, and tells what follows. Any goroutine
// may call it.
type visits struct {
	noListener
	book *visit.Book
	tell listener
	news chan struct{} // has something in it when a visit has changed
}

var _ whip.Watcher = (*visits)(nil)

func newVisits(tell listener) *visits {
	v := &visits{tell: tell, news: make(chan struct{}, 1)}
	v.book = visit.NewBook(time.Now, v.changed)
	return v
}

func (v *visits) changed(c visit.Visit) {
	v.tell.Visit(c)
	v.again()
}

// again has all visits told again soon.
func (v *visits) again() {
	select {
	case v.news <- struct{}{}:
	default:
	}
}

// run tells of all visits, until ctx ends.
func (v *visits) run(ctx context.Context) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-v.news:
		case <-timer.C:
		case <-ctx.Done():
			return
		}
		all := v.book.Visits()
		v.tell.Visits(all)
		select {
		case <-time.After(visitsPause):
		case <-ctx.Done():
			return
		}
		timer.Reset(visitsWait(all))
	}
}

// visitsWait is how long the visits may stay as they are without being looked at.
func visitsWait(all []visit.Visit) time.Duration {
	for _, v := range all {
		if !v.Over {
			return visitsTick - visitsPause
		}
	}
	return visitsIdle
}

// arrived hears of the connections to our port.
func (v *visits) arrived(a pairing.Arrival) { v.book.Arrived(a.From, a.Called, a.At, a.Silent) }

// Handshake implements whip.Watcher.
func (v *visits) Handshake(from netip.AddrPort, called netip.Addr, how whip.Handshake) {
	if how == whip.HandshakeDone {
		v.book.Encrypted(from, called)
	} else {
		v.book.Balked(from, called, how == whip.HandshakeRefused)
	}
}

// Asked implements whip.Watcher.
func (v *visits) Asked(from netip.AddrPort) { v.book.Asked(from) }

// Fetched implements whip.Watcher.
func (v *visits) Fetched(from whip.Visitor) { v.book.Fetched(guest(from)) }

// Denied implements whip.Watcher.
func (v *visits) Denied(from whip.Visitor, why whip.Denial) {
	v.book.Denied(guest(from), map[whip.Denial]visit.Problem{
		whip.TokenMissing: visit.NoToken, whip.TokenWrong: visit.WrongToken,
		whip.TokenLocked: visit.LockedOut,
	}[why])
}

// progressProblems are what the page's reports mean.
var progressProblems = map[whip.Progress]visit.Problem{
	whip.PageOpen: visit.AwaitingTap, whip.CameraOpen: visit.NoProblem,
	whip.CameraAsking: visit.CameraAsking, whip.CameraDenied: visit.CameraDenied,
	whip.CameraMissing: visit.CameraMissing, whip.CameraBusy: visit.CameraBusy,
	whip.CameraInsecure: visit.CameraInsecure, whip.CameraUnsupported: visit.CameraUnsupported,
	whip.CameraFailed: visit.CameraFailed,
}

// Progress implements whip.Watcher.
func (v *visits) Progress(from whip.Visitor, p whip.Progress) {
	v.book.Told(guest(from), progressProblems[p])
}

func guest(from whip.Visitor) visit.Guest {
	return visit.Guest{
		From: from.Remote, Called: from.Called, Name: from.Name, Agent: from.UserAgent,
		Phone: from.Phone,
	}
}

// offered notes an offer and returns the name of the visit that it belongs to.
func (v *visits) offered(from whip.Visitor) string { return v.book.Offered(guest(from)) }

// answered notes what became of an offer.
func (v *visits) answered(id string, err error) {
	problem := visit.NoProblem
	switch {
	case errors.Is(err, session.ErrRefused):
		problem = visit.Refused
	case errors.Is(err, session.ErrFull):
		problem = visit.Full
	case errors.Is(err, peer.ErrBadOffer), errors.Is(err, peer.ErrNoVideo),
		errors.Is(err, peer.ErrManyVideos), errors.Is(err, peer.ErrNotBundled):
		problem = visit.OfferUnusable
	case err != nil:
		return // the phone went away, or a fault of our own, which is told elsewhere
	}
	v.book.Answered(id, problem)
}

// asks notes that somebody at the computer is asked for a phone.
func (v *visits) asks(who session.Visitor) { v.book.Answered(who.Visit, visit.AwaitingApproval) }

// Connection implements session.Sink.
func (v *visits) Connection(s *session.Session, state peer.State, reason media.Reason) {
	switch state {
	case peer.Connecting:
		v.book.Joined(s.Visit(), s.ID())
	case peer.Connected:
		v.book.Joined(s.Visit(), s.ID())
		v.follow(s)
		v.book.Connected(s.ID())
	case peer.Disconnected:
		v.book.Away(s.ID())
	case peer.Closed:
		v.book.Left(s.ID(), reason)
	}
}

// follow notes what the session's connection has seen.
func (v *visits) follow(s *session.Session) {
	c := s.Conn()
	if c == nil {
		return
	}
	st := c.Stats()
	if st.Network != "" {
		v.book.Path(s.ID(), st.Network == "tcp", st.Remote.Addr())
	}
	if !st.FirstPacket.IsZero() {
		v.book.Arose(s.ID(), visit.RTP, st.FirstPacket)
	}
}

// Hello implements session.Sink.
func (v *visits) Hello(s *session.Session) { v.book.Named(s.ID(), s.Name()) }

// Video implements session.Sink.
func (v *visits) Video(s *session.Session, _ media.Codec, _, _ int) {
	v.follow(s)
	v.book.Arose(s.ID(), visit.KeyFrame, time.Now())
}

// Detections implements session.Sink.
func (v *visits) Detections(s *session.Session, m inference.Message) {
	v.book.Looked(s.ID(), len(m.Detections))
}

// Stats implements session.Sink: of a phone that came back, nobody tells the first picture.
func (v *visits) Stats(s *session.Session, st session.Stats) {
	v.follow(s)
	if st.FPSIn > 0 {
		v.book.Arose(s.ID(), visit.KeyFrame, time.Now())
	}
}

// Failed implements session.Sink.
func (v *visits) Failed(s *session.Session, err error) {
	var fault *media.Fault
	if errors.As(err, &fault) && fault.Code == media.CannotDecode {
		v.book.Undecodable(s.ID())
	}
}

// Model implements listener.
func (v *visits) Model(st modelState) {
	v.book.Model(map[session.ModelState]visit.Problem{
		session.ModelLoading: visit.ModelLoading, session.ModelFailed: visit.ModelFailed,
	}[st.State])
}
