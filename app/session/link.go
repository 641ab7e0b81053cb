package session

import (
	"sync"
	"sync/atomic"

	"handlens/media"
	"handlens/media/peer"
)

// link is one connection of a phone, and the peer.Handler of it. A phone that comes back brings a
// new one: it takes the place of the session's link once it stands, so that an offer of which
// nothing comes changes nothing. Whatever a link that has lost its place still brings is left
// alone.
type link struct {
	session *Session
	from    Visitor
	conn    atomic.Pointer[peer.Conn] // nil while it is being made

	mu   sync.Mutex // held during each call of the Handler
	over bool       // another link has taken the place
}

// do calls f, unless the link has lost its place.
func (l *link) do(f func(*Session)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.over {
		f(l.session)
	}
}

// Packet implements peer.Handler.
func (l *link) Packet(p media.Packet) { l.do(func(s *Session) { s.Packet(p) }) }

// Stale implements peer.Handler.
func (l *link) Stale() { l.do((*Session).Stale) }

// Audio implements peer.Handler.
func (l *link) Audio(p media.Audio) { l.do(func(s *Session) { s.Audio(p) }) }

// Control implements peer.Handler.
func (l *link) Control(msg []byte) { l.do(func(s *Session) { s.Control(msg) }) }

// Detections implements peer.Handler.
func (l *link) Detections(msg []byte) { l.do(func(s *Session) { s.Detections(msg) }) }

// State implements peer.Handler.
func (l *link) State(state peer.State, reason media.Reason) {
	l.do(func(s *Session) {
		switch {
		case state == peer.Closed:
			s.lose(l, reason)
		case s.uses(l):
			s.State(state, reason)
		case state == peer.Connected:
			s.adopt(l)
		}
	})
}

// retire takes the link's place away, and waits for a call that is under way.
func (l *link) retire() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.over = true
}

// dismiss ends a link's connection, and says why to a page that may still be there: in another tab
// of the same phone, say. It waits until the connection has ended.
func (l *link) dismiss(reason media.Reason) {
	if c := l.conn.Load(); c != nil {
		c.Dismiss(reason)
	}
}

// uses says whether l is the session's link.
func (s *Session) uses(l *link) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.link == l
}

// expect makes a link for a connection by which the phone wants to come back; nil when the session
// has ended. A link that was expected before is not any more.
func (s *Session) expect(from Visitor) *link {
	l := &link{session: s, from: from}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.gone {
		return nil
	}
	if before := s.expected; before != nil {
		go func() {
			before.retire()
			before.dismiss(media.Reason{Code: media.Replaced})
		}()
	}
	s.expected = l
	return l
}

// lose notes that a link's connection is over. The session is too, unless the phone is about to
// come back: the page may close the old connection when the new one stands for it, a moment before
// that one stands for us.
func (s *Session) lose(l *link, reason media.Reason) {
	s.mu.Lock()
	if s.expected == l {
		s.expected = nil
	}
	if s.link == l {
		s.lost = reason
	}
	ours := s.lost.Code == media.SentAway || s.lost.Code == media.ProgramClosed
	over := s.lost.Code != media.NoReason && !s.gone && (s.expected == nil || ours)
	reason = s.lost
	s.gone = s.gone || over
	s.mu.Unlock()
	if over {
		s.State(peer.Closed, reason)
	}
}

// adopt goes on with a link that stands. It runs on that link's goroutine.
func (s *Session) adopt(l *link) {
	s.mu.Lock()
	before, gone, wanted := s.link, s.gone, s.expected == l
	if !gone && wanted {
		s.link, s.expected, s.lost, s.from = l, nil, media.Reason{}, l.from
	}
	s.mu.Unlock()
	switch conn := l.conn.Load(); {
	case gone && conn != nil:
		// Without a good-bye: the page tries again, and has a session of its own. Like dismiss it
		// waits for this goroutine.
		go conn.Close(media.Reason{Code: media.PhoneGaveUp})
		return
	case gone:
		return
	case !wanted:
		go l.dismiss(media.Reason{Code: media.Replaced})
		return
	}
	s.called(l.from.Name, false)
	before.retire()
	go before.dismiss(media.Reason{Code: media.Replaced})
	// Its pictures begin with a key frame; nothing refers to those before.
	s.awaitKey = true
	s.tape.Gap()
	s.State(peer.Connected, media.Reason{Code: media.PhoneBack})
}
