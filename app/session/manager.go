package session

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"handlens/media"
	"handlens/media/peer"
	"handlens/media/plaintext"
)

// What a Manager may answer to who wants to join.
var (
	// ErrFull: as many phones are here as there may be.
	ErrFull = errors.New("no more phones can join now")
	// ErrRefused: the person at the window said no.
	ErrRefused = errors.New("the person at the computer did not let this phone in")
)

// MaxPhones bounds how many phones send at once: each costs a decoder and a share of the detector.
const MaxPhones = 8

// Answerer makes connections; peer.Host is one.
type Answerer interface {
	Answer(ctx context.Context, offer string, handler peer.Handler) (*peer.Conn, error)
}

// Manager lets phones in and keeps their sessions. Any goroutine may use it.
type Manager struct {
	peers   Answerer
	worker  *Worker
	sink    Sink
	approve func(ctx context.Context, from Visitor) bool

	names    names
	mu       sync.Mutex
	display  Display
	most     int // how many phones may be here
	next     int
	joining  int
	sessions []*Session
	closed   bool
}

// NewManager returns a Manager without sessions. The approve function, when not nil, is asked for
// each phone and may take its time.
func NewManager(peers Answerer, worker *Worker, sink Sink, d Display,
	approve func(context.Context, Visitor) bool,
) *Manager {
	m := &Manager{peers: peers, worker: worker, display: d, approve: approve, most: MaxPhones}
	m.sink = removeOnClose{sink, m}
	return m
}

// Join answers a phone's offer and starts its session. A phone whose session lasts comes back into
// it, by whichever address, and nobody is asked again.
func (m *Manager) Join(ctx context.Context, offer string, from Visitor) (*peer.Conn, error) {
	from.Name = printable(from.Name, maxName)
	if l := m.returning(from); l != nil {
		return m.answer(ctx, offer, l)
	}
	id, err := m.reserve()
	if err != nil {
		return nil, err
	}
	defer m.unreserve()
	if m.approve != nil && !m.approve(ctx, from) {
		return nil, ErrRefused
	}
	s := newSession(id, from, m.worker, m.sink, m.Display())
	s.begin()
	if before := m.keep(s); before != nil { // it has asked twice, and is here meanwhile
		s.end()
		return m.answer(ctx, offer, before)
	}
	conn, err := m.answer(ctx, offer, s.link)
	if err != nil {
		s.end()
		m.forget(s)
	}
	return conn, err
}

// name gives a session a name that no other one has: the visitor's, or what it was called before.
func (m *Manager) name(s *Session) {
	known := m.names.remembered(s.phone)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.names = &m.names
	if s.phone != "" && precise(known) > precise(s.kind) {
		s.kind = known
	}
	s.name = m.names.give(s, s.kind)
}

// answer makes the connection of a link.
func (m *Manager) answer(ctx context.Context, offer string, l *link) (*peer.Conn, error) {
	conn, err := m.peers.Answer(ctx, offer, l)
	if err != nil {
		if !l.session.uses(l) {
			l.session.lose(l, media.Reason{Code: media.PhoneGaveUp})
		}
		return nil, err
	}
	l.conn.Store(conn)
	l.mu.Lock()
	over := l.over
	l.mu.Unlock()
	if over { // by a later offer of the same phone, which could not end this connection yet
		conn.Close(media.Reason{Code: media.Replaced})
	}
	return conn, nil
}

// returning finds the session that a phone has left open, and returns a link into it; else nil.
func (m *Manager) returning(from Visitor) *link {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.find(from)
}

// find is returning for who holds the lock.
func (m *Manager) find(from Visitor) *link {
	if from.Phone == "" || m.closed {
		return nil
	}
	for _, s := range m.sessions {
		if s.phone == from.Phone {
			if l := s.expect(from); l != nil {
				return l
			}
		}
	}
	return nil
}

// Sessions returns those that last, oldest first.
func (m *Manager) Sessions() []*Session {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.sessions)
}

// Find returns the session of that ID, or nil.
func (m *Manager) Find(id string) *Session {
	for _, s := range m.Sessions() {
		if s.id == id {
			return s
		}
	}
	return nil
}

// Display returns what is to be seen.
func (m *Manager) Display() Display {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.display
}

// SetDisplay changes what is to be seen, of the phones that are here and of those to come. The maps
// belong to the Manager from here on.
func (m *Manager) SetDisplay(d Display) {
	m.mu.Lock()
	m.display = d
	m.mu.Unlock()
	for _, s := range m.Sessions() {
		s.setDisplay(d)
	}
}

// SetMaxPhones changes how many phones may be here at once. Those that are here stay.
func (m *Manager) SetMaxPhones(n int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.most = n
}

// Close ends all sessions, waits for them and lets nobody in any more.
func (m *Manager) Close() {
	m.mu.Lock()
	m.closed = true
	m.mu.Unlock()
	var ending sync.WaitGroup
	for _, s := range m.Sessions() {
		if c := s.Conn(); c != nil {
			ending.Go(func() { c.Dismiss(media.Reason{Code: media.ProgramClosed}) })
		}
	}
	ending.Wait()
}

func (m *Manager) reserve() (string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed {
		return "", ErrRefused
	}
	if len(m.sessions)+m.joining >= m.most {
		return "", fmt.Errorf("%w: %d are connected already", ErrFull, len(m.sessions))
	}
	m.joining++
	m.next++
	return fmt.Sprintf("phone-%d", m.next), nil
}

func (m *Manager) unreserve() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.joining--
}

// keep takes in a session, unless the phone has one already: then it returns a link into that.
func (m *Manager) keep(s *Session) *link {
	m.mu.Lock()
	defer m.mu.Unlock()
	if l := m.find(s.from); l != nil {
		return l
	}
	m.sessions = append(m.sessions, s)
	s.setDisplay(m.display) // it may have changed meanwhile
	m.name(s)
	return nil
}

func (m *Manager) forget(s *Session) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.sessions = slices.DeleteFunc(m.sessions, func(t *Session) bool { return t == s })
}

// removeOnClose is a Sink that has the Manager forget a session whose connection is over before
// anyone else is told.
type removeOnClose struct {
	Sink
	m *Manager
}

func (r removeOnClose) Connection(s *Session, state peer.State, reason media.Reason) {
	if state == peer.Closed {
		r.m.forget(s)
	}
	r.Sink.Connection(s, state, reason)
}

// printable cuts text from the network down to one line of at most limit characters that are safe
// to show.
func printable(text string, limit int) string {
	text = plaintext.Printable(text)
	if r := []rune(text); len(r) > limit {
		text = strings.TrimSpace(string(r[:limit]))
	}
	return text
}
