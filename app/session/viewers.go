package session

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"handlens/media"
	"handlens/media/peer"
)

// What Viewers may answer to who wants to watch, beside ErrRefused.
var (
	// ErrNoPhone: the phone that was asked for is not here.
	ErrNoPhone = errors.New("this phone is not here")
	// ErrNothingSent: there is no video yet.
	ErrNothingSent = errors.New("no phone sends video")
	// ErrManyViewers: as many watch as may.
	ErrManyViewers = errors.New("no more viewers can watch now")
)

// MaxViewers bounds how many may watch at once: each costs the encryption of a video, and uplink.
const MaxViewers = 16

const (
	// passFor is how long a viewer that was let in, and has gone, may come again without anybody
	// being asked; maxPasses how many of those are remembered.
	passFor   = 10 * time.Minute
	maxPasses = 64
)

// Projector makes viewers' connections; peer.Host is one.
type Projector interface {
	Watch(ctx context.Context, offer string, feed *peer.Feed, handler peer.ViewerHandler) (
		*peer.Viewer, error)
}

// Viewers lets others watch what the Manager's phones send, and keeps those who do. Any goroutine
// may use it.
type Viewers struct {
	peers   Projector
	manager *Manager
	approve func(ctx context.Context, from Visitor) bool

	mu     sync.Mutex
	most   int // 0 while nobody may
	next   int
	all    []*Viewer       // with those who are being let in
	passes map[string]pass // by the unguessable name of a connection that was let in
	model  ModelMessage
}

// pass lets one who was let in come again.
type pass struct {
	viewer *Viewer
	until  time.Time // zero while the viewer is here
}

// NewViewers returns one that lets nobody watch until SetMost. The approve function, when not nil,
// is asked for each viewer and may take its time.
func NewViewers(peers Projector, m *Manager, approve func(context.Context, Visitor) bool) *Viewers {
	return &Viewers{peers: peers, manager: m, approve: approve, passes: make(map[string]pass)}
}

// Watch answers a viewer's offer: to see the phone of that session, or the newest for "". The name
// of a connection that it has, or had a moment ago, has nobody asked again, and the other
// connection end when the new one stands.
func (vs *Viewers) Watch(ctx context.Context, offer, phone, again string, from Visitor) (
	*peer.Viewer, error,
) {
	from.Name = printable(from.Name, maxName)
	s, err := vs.find(phone)
	if err != nil {
		return nil, err
	}
	v, known, err := vs.reserve(s, again, from)
	if err != nil {
		return nil, err
	}
	if !known && vs.approve != nil && !vs.approve(ctx, from) {
		vs.remove(v)
		return nil, ErrRefused
	}
	conn, err := vs.peers.Watch(ctx, offer, s.audience.feed, v)
	if err != nil {
		vs.remove(v)
		return nil, err
	}
	v.conn.Store(conn)
	if !vs.enter(v, conn.ID()) { // nobody may watch any more
		conn.Close(media.Reason{Code: media.SentAway})
		return nil, ErrRefused
	}
	return conn, nil
}

// find returns the session to watch.
func (vs *Viewers) find(phone string) (*Session, error) {
	all := vs.manager.Sessions()
	for _, s := range slices.Backward(all) {
		if s.id == phone || phone == "" && s.audience.feed.Ready() {
			return s, nil
		}
	}
	if phone == "" {
		return nil, ErrNothingSent
	}
	return nil, ErrNoPhone
}

// Phones are those whose video can be watched, the newest last.
func (vs *Viewers) Phones() []PhoneEntry {
	phones := []PhoneEntry{}
	for _, s := range vs.manager.Sessions() {
		if s.audience.feed.Ready() {
			phones = append(phones, PhoneEntry{s.id, s.Name()})
		}
	}
	return phones
}

// Knows tells whether that is the name of a connection that was let in, and may come again.
func (vs *Viewers) Knows(name string) bool {
	vs.mu.Lock()
	defer vs.mu.Unlock()
	_, known := vs.passOf(name)
	return known
}

// passOf returns the pass of a connection, if it is good still. The caller holds the lock.
func (vs *Viewers) passOf(name string) (pass, bool) {
	p, known := vs.passes[name]
	return p, known && (p.until.IsZero() || time.Now().Before(p.until))
}

// reserve makes a viewer and a place for it, unless there is none. It is known when the name of a
// connection says that it was let in before.
func (vs *Viewers) reserve(s *Session, again string, from Visitor) (v *Viewer, known bool,
	err error,
) {
	vs.mu.Lock()
	defer vs.mu.Unlock()
	p, known := vs.passOf(again)
	places := vs.most
	v = &Viewer{from: from, session: s, all: vs}
	if known && p.until.IsZero() {
		v.instead = p.viewer
		places++ // that one's
	}
	switch {
	case vs.most == 0:
		return nil, false, ErrRefused
	case len(vs.all) >= places:
		return nil, false, fmt.Errorf("%w: %d are here already", ErrManyViewers, len(vs.all))
	}
	vs.next++
	v.id = fmt.Sprintf("viewer-%d", vs.next)
	vs.all = append(vs.all, v)
	return v, known, nil
}

// enter notes that a viewer was let in; false when nobody may watch any more.
func (vs *Viewers) enter(v *Viewer, name string) bool {
	vs.mu.Lock()
	defer vs.mu.Unlock()
	if vs.most == 0 {
		return false
	}
	if slices.Contains(vs.all, v) { // and has not gone meanwhile
		vs.makeRoom()
		vs.passes[name] = pass{viewer: v}
	}
	return true
}

// makeRoom sees to it that one more pass can be kept. The caller holds the lock.
func (vs *Viewers) makeRoom() {
	oldest := ""
	for name, p := range vs.passes {
		switch {
		case p.until.IsZero():
		case time.Now().After(p.until):
			delete(vs.passes, name)
		case oldest == "" || p.until.Before(vs.passes[oldest].until):
			oldest = name
		}
	}
	if len(vs.passes) >= maxPasses {
		delete(vs.passes, oldest)
	}
}

// remove takes a viewer away.
func (vs *Viewers) remove(v *Viewer) {
	vs.mu.Lock()
	defer vs.mu.Unlock()
	vs.all = slices.DeleteFunc(vs.all, func(w *Viewer) bool { return w == v })
}

// joined is called by a viewer whose connection stands.
func (vs *Viewers) joined(v *Viewer) {
	if before := v.instead; before != nil {
		go before.close(media.Reason{Code: media.Replaced})
		v.instead = nil
	}
	vs.manager.sink.ViewerJoined(v)
}

// left is called by a viewer whose connection is over.
func (vs *Viewers) left(v *Viewer, reason media.Reason) {
	vs.remove(v)
	vs.mu.Lock()
	for name, p := range vs.passes {
		switch {
		case p.viewer != v:
		case reason.Code == media.SentAway:
			delete(vs.passes, name)
		default:
			vs.passes[name] = pass{until: time.Now().Add(passFor)}
		}
	}
	vs.mu.Unlock()
	if v.joined {
		vs.manager.sink.ViewerLeft(v, reason)
	}
}

// List is who watches now, the one who came last at the end.
func (vs *Viewers) List() []*Viewer {
	var here []*Viewer
	for _, s := range vs.manager.Sessions() {
		s.audience.mu.Lock()
		here = append(here, s.audience.viewers...)
		s.audience.mu.Unlock()
	}
	slices.SortStableFunc(here, func(a, b *Viewer) int { return a.since.Compare(b.since) })
	return here
}

// SetMost changes how many may watch at once. Those who do stay, but with 0 nobody may: then all
// are sent away. It does not wait for that.
func (vs *Viewers) SetMost(n int) {
	vs.mu.Lock()
	vs.most = min(max(n, 0), MaxViewers)
	vs.mu.Unlock()
	if n <= 0 {
		go vs.Dismiss("")
	}
}

// Dismiss sends a viewer away, or all of them for "", and waits until they have heard of it, for a
// moment.
func (vs *Viewers) Dismiss(id string) {
	vs.mu.Lock()
	all := slices.Clone(vs.all)
	if id == "" {
		clear(vs.passes)
	}
	vs.mu.Unlock()
	var leaving sync.WaitGroup
	for _, v := range all {
		if id == "" || v.id == id {
			leaving.Go(func() { v.close(media.Reason{Code: media.SentAway}) })
		}
	}
	leaving.Wait()
}

// SetModel says what viewers are told of the model.
func (vs *Viewers) SetModel(m ModelMessage) {
	vs.mu.Lock()
	defer vs.mu.Unlock()
	vs.model = m
}

func (vs *Viewers) modelMessage() ModelMessage {
	vs.mu.Lock()
	defer vs.mu.Unlock()
	return vs.model
}
