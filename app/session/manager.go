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

// maxPhones bounds how many phones send at once: each costs a decoder and a share of the detector.
const maxPhones = 8

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

	mu       sync.Mutex
	display  Display
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
	m := &Manager{peers: peers, worker: worker, display: d, approve: approve}
	m.sink = removeOnClose{sink, m}
	return m
}

// Join answers a phone's offer and starts its session.
func (m *Manager) Join(ctx context.Context, offer string, from Visitor) (*peer.Conn, error) {
	id, err := m.reserve()
	if err != nil {
		return nil, err
	}
	defer m.unreserve()
	from.Name = printable(from.Name, maxName)
	if m.approve != nil && !m.approve(ctx, from) {
		return nil, ErrRefused
	}
	s := newSession(id, from, m.worker, m.sink, m.Display())
	s.begin()
	m.keep(s)
	conn, err := m.peers.Answer(ctx, offer, s)
	if err != nil {
		s.end()
		m.forget(s)
		return nil, err
	}
	s.mu.Lock()
	s.conn = conn
	s.mu.Unlock()
	return conn, nil
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

// Tell sends a message to every phone.
func (m *Manager) Tell(msg ToPhone) {
	for _, s := range m.Sessions() {
		s.Tell(msg)
	}
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
	if len(m.sessions)+m.joining >= maxPhones {
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

func (m *Manager) keep(s *Session) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.sessions = append(m.sessions, s)
	s.setDisplay(m.display) // it may have changed meanwhile
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
