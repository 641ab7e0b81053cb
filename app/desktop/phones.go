package desktop

import (
	"sync"
	"time"

	"handlens/app/session"
	"handlens/media"
	"handlens/media/peer"
)

// phoneRegistry knows the phones that are here. It makes a phone of each session that joins, and
// has those recorded that are to be without being asked. Any goroutine may use it.
type phoneRegistry struct {
	noListener
	recorder  *recorder
	snapshots *snapshots
	tell      listener
	recordAll bool // from the first frame (--record)

	mu     sync.Mutex
	phones map[string]*phone
	lost   map[string]time.Time // by Session.Phone: when one was lost in the middle of a recording
}

func newPhoneRegistry(r *recorder, s *snapshots, tell listener, recordAll bool) *phoneRegistry {
	return &phoneRegistry{
		recorder: r, snapshots: s, tell: tell, recordAll: recordAll,
		phones: make(map[string]*phone), lost: make(map[string]time.Time),
	}
}

// Joined implements session.Sink.
func (r *phoneRegistry) Joined(s *session.Session) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.phones[s.ID()] = &phone{Session: s, recorder: r.recorder, snapshots: r.snapshots}
}

// Connection implements session.Sink.
func (r *phoneRegistry) Connection(s *session.Session, state peer.State, _ media.Reason) {
	if ph := r.find(s.ID()); ph != nil && state != peer.Closed {
		ph.reach(state == peer.Connected)
		if state == peer.Connected {
			ph.inform()
		}
	}
}

// Hello implements session.Sink: the page may be a new one, of a phone that is being recorded.
func (r *phoneRegistry) Hello(s *session.Session) {
	if ph := r.find(s.ID()); ph != nil {
		ph.inform()
	}
}

// ViewerJoined implements session.Sink.
func (r *phoneRegistry) ViewerJoined(v *session.Viewer) { r.watched(v) }

// ViewerLeft implements session.Sink.
func (r *phoneRegistry) ViewerLeft(v *session.Viewer, _ media.Reason) { r.watched(v) }

// watched tells a phone how many watch its video.
func (r *phoneRegistry) watched(v *session.Viewer) {
	if ph := r.find(v.Session().ID()); ph != nil {
		ph.inform()
	}
}

// Video implements session.Sink: a phone's first frame begins its recording with --record, or when
// the phone was lost in the middle of one.
func (r *phoneRegistry) Video(s *session.Session, _ media.Codec, _, _ int) {
	ph := r.find(s.ID())
	if ph == nil || !ph.first() || !(r.recordAll || r.wasLost(s.Phone())) {
		return
	}
	r.recorder.run(func() {
		if err := ph.Record(true); err != nil {
			r.tell.Failed(s, err)
		}
	})
}

// Left implements session.Sink. A recording ends with the stream by itself.
func (r *phoneRegistry) Left(s *session.Session, _ media.Reason) {
	r.mu.Lock()
	ph := r.phones[s.ID()]
	delete(r.phones, s.ID())
	r.mu.Unlock()
	if ph == nil {
		return
	}
	ph.leave()
	if ph.lost() {
		r.remember(s.Phone())
	}
	r.recorder.stop(ph)
}

// resumeWithin is how long a phone that was lost while it was recorded may be away to be recorded
// again when it returns.
const resumeWithin = 10 * time.Minute

// maxLost bounds the phones that are waited for.
const maxLost = 16

// remember has a phone that was lost be recorded again when it returns.
func (r *phoneRegistry) remember(name string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.lost) >= maxLost {
		clear(r.lost)
	}
	r.lost[name] = time.Now()
}

// wasLost says, once, whether a phone was lost while it was recorded and has not been away for too
// long.
func (r *phoneRegistry) wasLost(name string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	at, ok := r.lost[name]
	delete(r.lost, name)
	return ok && time.Since(at) < resumeWithin
}

// find returns a phone that is here, or nil.
func (r *phoneRegistry) find(id string) *phone {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.phones[id]
}

func (r *phoneRegistry) all() []*phone {
	r.mu.Lock()
	defer r.mu.Unlock()
	all := make([]*phone, 0, len(r.phones))
	for _, ph := range r.phones {
		all = append(all, ph)
	}
	return all
}

// close ends all recordings and waits until their files are complete.
func (r *phoneRegistry) close() {
	for _, ph := range r.all() {
		r.recorder.stop(ph)
	}
	r.recorder.close()
}
