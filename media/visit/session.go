package visit

import (
	"net/netip"
	"time"

	"handlens/media"
)

// Joined gives a visit its session. The session of a phone that comes back by a page of its own is
// that page's from then on.
func (b *Book) Joined(id, session string) {
	b.do(func(now time.Time) {
		before := b.sessions[session]
		if before != nil && before.ID == id {
			return
		}
		for _, e := range b.visits {
			if e.ID != id || e.Over {
				continue
			}
			if before != nil {
				b.end(before, media.Reason{Code: media.Replaced}, now)
			}
			e.Session = session
			b.sessions[session] = e
			b.update(e, now)
		}
	})
}

// Named notes what the phone calls itself.
func (b *Book) Named(session, name string) {
	b.of(session, func(e *entry, _ time.Time) { e.Name = name })
}

// Connected notes that the session's connection stands.
func (b *Book) Connected(session string) {
	b.of(session, func(e *entry, now time.Time) {
		e.away, e.badHandshake, e.answered = false, false, time.Time{}
		b.light(e, ICE, now, now)
	})
}

// Path notes the way that the session's video takes: whether it is TCP, and the phone's address on
// it. A phone that has moved to another network may have been seen there already.
func (b *Book) Path(session string, overTCP bool, remote netip.Addr) {
	b.of(session, func(e *entry, _ time.Time) {
		e.overTCP = overTCP
		if remote == e.Address {
			return
		}
		there := b.open(netip.AddrPortFrom(remote, 0), "")
		if there != nil && there != e && !there.Lit[Page] {
			b.move(e, there, Guest{From: netip.AddrPortFrom(remote, 0), Called: there.Called})
		}
	})
}

// Arose notes that RTP, KeyFrame or Box was reached at that moment.
func (b *Book) Arose(session string, r Rung, at time.Time) {
	b.of(session, func(e *entry, now time.Time) {
		if r >= KeyFrame {
			e.undecodable = false
		}
		b.light(e, r, at, now)
	})
}

// Undecodable notes that what the phone sends cannot be decoded here.
func (b *Book) Undecodable(session string) {
	b.of(session, func(e *entry, now time.Time) {
		e.undecodable = true
		b.light(e, RTP, now, now)
	})
}

// Looked notes that the detector has looked at a picture, and how many boxes there are on it.
func (b *Book) Looked(session string, boxes int) {
	b.of(session, func(e *entry, now time.Time) {
		if e.results.IsZero() {
			e.results = now
		}
		if boxes > 0 {
			b.light(e, Box, now, now)
		}
	})
}

// Away notes that nothing is heard from the phone.
func (b *Book) Away(session string) {
	b.of(session, func(e *entry, _ time.Time) { e.away = true })
}

// Left notes that the session is over.
func (b *Book) Left(session string, reason media.Reason) {
	b.of(session, func(e *entry, now time.Time) {
		switch reason.Code {
		case media.HandshakeFailed:
			e.badHandshake = true
		case media.NeverReached:
			e.answered = now.Add(-pathWithin)
		}
		b.update(e, now)
		b.end(e, reason, now)
	})
}

// of changes the visit that has that session; without one nothing happens.
func (b *Book) of(session string, change func(e *entry, now time.Time)) {
	b.do(func(now time.Time) {
		if e := b.sessions[session]; e != nil {
			e.seen = now
			change(e, now)
			b.update(e, now)
		}
	})
}
